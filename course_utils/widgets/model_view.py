"""Which model answers in this lesson, and where its words are in the outputs."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from course_utils.exercises.outline import notebook_in, outline_of
from course_utils.model import OFFLINE, model_problem
from course_utils.printable import printable
from course_utils.settings import settings
from course_utils.widgets.html.escaped import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from course_utils.exercises.outline import Outline

OFFLINE_ANSWERS = "The offline model answers. It follows rules, and nothing leaves this machine."
DIFFER = "In these sections you see its words, which the lesson's text cannot know:"
MORE = (
    "The tests of exercises use the offline model. "
    "If the model asks for other tool calls than the lesson expects, more outputs differ."
)


def which_model() -> ModelView:
    """Say which model answers in this lesson, and which outputs hold a real model's words.

    Raises:
        SettingsError: if a setting has a value that is not allowed.
    """
    name = settings().model
    if name == OFFLINE:
        return ModelView(OFFLINE_ANSWERS)
    problem = model_problem()
    if problem:
        return ModelView(f"The model {name} cannot answer yet. {problem}")
    answers = f"The model {name} answers, and words its replies in its own way."
    sections = _sections(outline_of(notebook_in(Path.cwd())))
    return ModelView(f"{answers} {DIFFER}" if sections else answers, sections, MORE)


class ModelView:
    """What is said of the model: it is its own static twin, as it holds links to cells.

    Args:
        words: what is said first.
        sections: headings, and the links to their cells.
        more: what is said below them.
    """

    def __init__(
        self, words: str, sections: Mapping[str, str] = MappingProxyType({}), more: str = ""
    ) -> None:
        self._words, self._sections, self._more = words, sections, more

    def __repr__(self) -> str:
        """Say it in lines of text."""
        headings = (f"- {heading}" for heading in self._sections)
        return printable("\n".join(filter(None, [self._words, *headings, self._more])))

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        items = "".join(
            f"<li><a href='{shown(link)}'>{shown(heading)}</a></li>"
            for heading, link in self._sections.items()
        )
        more = f"<p>{shown(self._more)}</p>" if self._more else ""
        html = f"<p>{shown(self._words)}</p>{f'<ul>{items}</ul>' if items else ''}{more}"
        return {"text/plain": repr(self), "text/html": html}


def _sections(outline: Outline) -> dict[str, str]:
    """Name the sections with the model's words, each with a link to the first cell that has any."""
    found: dict[str, str] = {}
    for cell in outline.worded:
        heading = outline.headings[cell].replace("`", "")
        found.setdefault(heading, outline.link(cell))
    return found
