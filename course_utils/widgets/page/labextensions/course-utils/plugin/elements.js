// Elements of a page, made in one go. What they are given stands in the page as text.

export function make(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

// Text in which `this` is code.
export function words(text) {
  return text.split("`").map((part, n) => (n % 2 ? make("code", "", part) : part));
}

export function button(label, act) {
  const made = make("button", "", label);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}
