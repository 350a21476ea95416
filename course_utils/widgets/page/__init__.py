"""How a kernel and its page speak: parts that live as long as the page, presses, loops, ends."""
