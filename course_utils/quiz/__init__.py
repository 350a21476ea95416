"""The question bank, the attempts and the score: no widgets, no nbgrader."""
