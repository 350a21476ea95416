"""What a student wrote, as HTML that can do nothing: for feedback pages and for Formgrader.

nbgrader's pages show a submission's markdown and outputs as they are, and an instructor's browser
would run what is in them. Its page templates take their filters from the exporter, and `FILTERS`
puts these in the place of two of them.
"""

from __future__ import annotations

import re

import bleach
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from course_utils.neighbours.nbgrader import page_filters

FILTERS = page_filters(html=f"{__name__}.inert_html", markdown=f"{__name__}.inert_markdown")
"""For `HTMLExporter.filters`; they need `HTMLExporter.sanitize_html`."""

_TAGS = {
    *bleach.ALLOWED_TAGS,
    *(
        "br",
        "del",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "p",
        "pre",
        "span",
        "sub",
        "sup",
    ),
    *("table", "tbody", "td", "th", "thead", "tr"),
}
_CLASS = re.compile(r"hitl-[a-z0-9-]+|highlight|dataframe|[a-z][a-z0-9]{0,2}")
"""Ours, pandas', and those that colour code. Formgrader gives marks at a click on `full-credit`."""


_LINK = re.compile(r"https://|mailto:|#")
"""On Formgrader's page a relative link leads to a file that the student's code may have written."""


def _keep(tag: str, name: str, value: str) -> bool:
    """Tell whether an attribute only lays out, or leads away from here."""
    if name == "class":
        return all(_CLASS.fullmatch(word) for word in value.split())
    if tag == "a" and name == "href":
        return _LINK.match(value) is not None
    return name in {"role", "scope"} or (tag == "a" and name == "title")


def inert_html(html: str | bytes) -> str:
    """Keep the markup that only lays out text; show the rest as the text it is."""
    text = html.decode() if isinstance(html, bytes) else html
    return str(bleach.clean(text, tags=_TAGS, attributes=_keep))


def inert_markdown(source: str) -> str:
    """Turn markdown into HTML and make that inert."""
    return inert_html(MarkdownWithMath(renderer=_WithoutImages(escape=False)).render(source))


class _WithoutImages(IPythonRenderer):
    def image(self, text: str, url: str, title: str | None = None) -> str:  # noqa: ARG002
        """Name an image; nbconvert makes no page where one is attached that is not handed in."""
        return f"(image: {text})"
