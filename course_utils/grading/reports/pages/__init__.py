"""What stands in the head of nbgrader's pages in the place of MathJax: a second wall.

nbgrader's templates take MathJax from another machine. nbconvert looks for its `mathjax.html.j2` in
these folders first, one for each page, and finds a Content-Security-Policy: should markup of a
student's come through `inert_html`, the browser runs nothing of it and asks nobody for anything.

- A feedback page needs no script.
- Formgrader's page of a submission has loaded its scripts by then. Allowed are what it still has in
  its body, by their hashes: a script for two tooltips, and what shows and hides a student's name.
  Its scripts wait for MathJax, so they are told that it is done.
"""

from pathlib import Path

TEMPLATES = Path(__file__).parent
