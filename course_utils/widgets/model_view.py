"""Which model answers in this lesson, and where its words are in the outputs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from course_utils.exercises.outline import notebook_in, outline_of
from course_utils.model import OFFLINE, model_problem
from course_utils.printable import printable
from course_utils.settings import settings
from course_utils.widgets.html.escaped import shown

if TYPE_CHECKING:
    from course_utils.exercises.outline import Outline

OFFLINE_ANSWERS = "The offline model answers. It follows rules, and nothing leaves this machine."
TESTS = "The tests of exercises use the offline model."
OTHER_CALLS = "If the model asks for other tool calls than the lesson expects, more outputs differ."
DIFFER = "You see its words, and not those that are stored, in these sections:"


def which_model() -> ModelView:
    """Say which model answers in this lesson, and which outputs differ from the stored ones.

    Raises:
        SettingsError: if a setting has a value that is not allowed.
    """
    name = settings().model
    if name == OFFLINE:
        return ModelView(OFFLINE_ANSWERS)
    problem = model_problem()
    if problem:
        return ModelView(f"The model {name} cannot answer yet. {problem}")
    outline = outline_of(notebook_in(Path.cwd()))
    answers = f"The model {name} answers, and words its replies in its own way."
    return ModelView(f"{answers} {TESTS} {OTHER_CALLS}", _sections(outline))


class ModelView:
    """What is said of the model: it is its own static twin, as it holds links to cells.

    Args:
        words: what is said.
        sections: the headings below which outputs differ, and the links to the cells.
    """

    def __init__(self, words: str, sections: dict[str, str] | None = None) -> None:
        self._words = words
        self._sections = sections or {}

    def __repr__(self) -> str:
        """Say it in lines of text."""
        differ = [f" {DIFFER}", *(f"\n- {heading}" for heading in self._sections)]
        return printable("".join([self._words, *(differ if self._sections else [])]))

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        items = "".join(
            f"<li><a href='{shown(link)}'>{shown(heading)}</a></li>"
            for heading, link in self._sections.items()
        )
        differ = f" {DIFFER}</p><ul>{items}</ul>" if items else "</p>"
        return {"text/plain": repr(self), "text/html": f"<p>{shown(self._words)}{differ}"}


def _sections(outline: Outline) -> dict[str, str]:
    """Name the sections with the model's words, each with a link to the first cell that has any."""
    found: dict[str, str] = {}
    for cell in outline.worded:
        heading = outline.headings[cell].replace("`", "")
        found.setdefault(heading, outline.link(cell))
    return found
