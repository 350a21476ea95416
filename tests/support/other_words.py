"""For nbval, as `-p tests.support.other_words`: what the model says differs where a lesson says so.

The model's replies are marked. A cell that shows a mark has the tag that says so, and no other has
it. Without the marks, each cell prints what is stored.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from course_utils.exercises.outline import MODEL_WORDS

if TYPE_CHECKING:
    from collections.abc import Generator

    from nbval.plugin import IPyNbCell

# At both ends: a cell may show the beginning alone.
MARK = "[in other words] "


def reworded(text: str) -> str:
    """Mark what the model says."""
    return f"{MARK}{text} {MARK.strip()}" if text else ""


def unmarked(text: str) -> str:
    """Take the marks away."""
    return MARKS.sub("", text)


MARKS = re.compile(rf"{re.escape(MARK)}| {re.escape(MARK.strip())}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: IPyNbCell) -> Generator[None, Any, Any]:
    """Run the cell, compare it without the marks, and look for marks."""
    item.parent.sanitize_patterns[MARKS.pattern] = ""
    outcome = yield
    shows = MARK.strip() in str(item.test_outputs)
    says = MODEL_WORDS in item.cell.metadata.get("tags", [])
    assert shows == says, (
        f"{item.cell.id}: {'shows' if shows else 'does not show'} what the model says, "
        f"and {'has' if says else 'has not'} the tag {MODEL_WORDS}"
    )
    return outcome
