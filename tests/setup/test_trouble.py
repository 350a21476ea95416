"""docs/trouble.md answers to the words that a learner sees, and to nothing else."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from course_utils import installing
from course_utils.cell_errors import graphs, missing_names, overwritten, surroundings
from course_utils.places import COURSE_ROOT

if TYPE_CHECKING:
    from types import ModuleType

PAGE = (COURSE_ROOT / "docs" / "trouble.md").read_text("utf-8")
SEEN = re.findall(r'^\| "(.+?)" \| \S', PAGE, re.MULTILINE)
# Not ours, and seen all the same: of Python, of a shell, of JupyterLab.
OF_OTHERS = {"No module named 'course_utils'", "bad interpreter", "File Save Error"}
# Parts of a longer sentence, and what is said of no failure.
NO_FAILURES = {"ALL_ABOVE", "BEGUN", "FAILED", "KEPT", "NOT_RUN", "WITHOUT_UV"}
TELLING = (graphs, installing, missing_names, overwritten, surroundings)


def sentences(module: ModuleType) -> dict[str, str]:
    """Return what a module says, by the names of its constants."""
    said = {name: text for name, text in vars(module).items() if isinstance(text, str)}
    return {name: text for name, text in said.items() if name.isupper() and name[0] != "_"}


def test_every_row_quotes_what_the_course_says() -> None:
    makefile = (COURSE_ROOT / "Makefile").read_text("utf-8")
    said = [makefile]
    for path in (COURSE_ROOT / "course_utils").rglob("*.py"):
        said += [
            node.value
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
    unsaid = [row for row in SEEN if row not in OF_OTHERS and not any(row in s for s in said)]
    assert len(SEEN) > 40, SEEN
    assert unsaid == [], f"docs/trouble.md quotes {unsaid}, which nobody says"


@pytest.mark.parametrize("module", TELLING, ids=lambda module: module.__name__)
def test_what_is_said_of_a_failure_has_a_row(module: ModuleType) -> None:
    unanswered = [
        f"{name}: {text}"
        for name, text in sentences(module).items()
        if name not in NO_FAILURES and not any(row in text for row in SEEN)
    ]
    assert sentences(module), f"{module.__name__} says nothing"
    assert unanswered == [], f"docs/trouble.md has no row for {unanswered}"
