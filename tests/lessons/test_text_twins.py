"""Every picture that a lesson shows is there in words too, for who does not see it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from bs4 import BeautifulSoup

from tests.support.lesson import NOTEBOOKS, REFERENCE, Lesson

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EVERY = [*NOTEBOOKS, REFERENCE]


def shown_by(cell: Any) -> Iterator[dict[str, str]]:
    """Give what the outputs of a cell hold, by kinds."""
    yield from (output["data"] for output in cell.get("outputs", []) if "data" in output)


def drawings(path: Path) -> list[tuple[str, dict[str, str]]]:
    """Return the pictures of a lesson, each with its cell and its other kinds."""
    return [
        (cell.id, data)
        for cell in Lesson(path).cells
        for data in shown_by(cell)
        if any(kind.startswith("image/") for kind in data)
    ]


def test_there_are_drawings_in_most_lessons() -> None:
    assert sum(bool(drawings(path)) for path in EVERY) >= 10, "hardly any picture was found"


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_every_picture_has_its_words_beside_it_and_in_it(path: Path) -> None:
    for cell, data in drawings(path):
        words = data.get("text/plain", "")
        assert len(words.split()) >= 3, f"{cell}: beside the picture stands {words!r}"
        assert not words.startswith("<"), f"{cell}: beside the picture stands {words!r}"
        page = BeautifulSoup(data.get("image/svg+xml", ""), "html.parser")
        assert page.svg is not None, f"{cell} shows a bitmap, whose words nobody compares"
        assert page.svg.get("role") == "img", cell
        title = page.svg.title.get_text() if page.svg.title else ""
        assert title == words, f"{cell}: the drawing says {title!r}, and beside it {words!r}"


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_no_picture_in_a_text_or_a_card_is_without_words(path: Path) -> None:
    for cell in Lesson(path).cells:
        texts = [data.get("text/html", "") for data in shown_by(cell)]
        if cell.cell_type == "markdown":
            texts.append(cell.source)
            assert not re.search(r"!\[\s*\]\(", cell.source), f"{cell.id}: an image without words"
        for text in texts:
            page = BeautifulSoup(text, "html.parser")
            for picture in page.find_all(["img", "svg"]):
                named = picture.get("alt") or picture.get("aria-label") or picture.find("title")
                hidden = picture.get("aria-hidden") == "true"
                assert named or hidden, f"{cell.id}: {str(picture)[:100]}"
