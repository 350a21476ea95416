"""Links between lessons, and from the other pages, lead somewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from course_utils.places import COURSE_ROOT
from tests.support.lesson import NOTEBOOKS, REFERENCE, Lesson

if TYPE_CHECKING:
    from pathlib import Path

LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)")
PAGES = [
    *NOTEBOOKS,
    REFERENCE,
    *sorted(COURSE_ROOT.glob("*.md")),
    *sorted(COURSE_ROOT.glob("docs/*.md")),
]


def prose(page: Path) -> str:
    if page.suffix == ".ipynb":
        return "\n\n".join(c.source for c in Lesson(page).cells if c.cell_type == "markdown")
    return page.read_text(encoding="utf-8")


def headings(page: Path) -> set[str]:
    """Name each heading as a link names it: JupyterLab keeps its letters, GitHub lowers them."""
    plain = [
        heading.strip().replace("`", "").replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    ]
    github = [re.sub(r"[^\w-]", "", heading.lower()) for heading in plain]
    return {*plain, *github}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_to_a_file_and_a_heading_that_are_there(page: Path):
    for target, heading in LINK.findall(prose(page)):
        linked = (page.parent / target).resolve() if target else page
        assert linked.exists(), f"{page.name} links to {target}, which is not there"
        if heading:
            assert heading in headings(linked), f"{page.name}: no heading {heading} in {linked}"


def test_a_link_to_nothing_would_be_found(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text("# Here\n\n[gone](gone.md), [nowhere](#there)\n")
    with pytest.raises(AssertionError, match=r"gone\.md"):
        test_every_relative_link_leads_to_a_file_and_a_heading_that_are_there(page)
