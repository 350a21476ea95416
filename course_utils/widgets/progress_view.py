"""A lesson's end: what has passed, what the quiz has earned, what is undone, the next lesson."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from course_utils.exercises.check_button import offer_check
from course_utils.exercises.lesson_end import lesson_end
from course_utils.printable import printable
from course_utils.widgets.html.escaped import shown
from course_utils.widgets.html.style import style

if TYPE_CHECKING:
    from course_utils.exercises.lesson_end import LessonEnd, Undone

STYLE = style("""
.hitl-card.hitl-progress {line-height: 1.5; font-size: var(--jp-content-font-size1, 14px);
  color: var(--jp-content-font-color1, inherit);}
.hitl-progress a {color: var(--jp-content-link-color, #1565c0);}
""")
ALL_DONE = "All exercises and questions of this lesson are done."
NOT_YET = "Not done yet:"
LAST = "This was the last lesson."
AGAIN = "Run this cell again to see what you have done since."


def progress() -> ProgressView:
    """Show where you are with this lesson.

    It says how many exercises have passed, what the quiz has earned, what hints and wrong tries
    cost, and what is undone, with a link to each cell. The next lesson follows. In `hitl lab`, a
    button checks your work as an instructor would.
    """
    offer_check(Path.cwd())
    return ProgressView(lesson_end(Path.cwd()))


class ProgressView:
    """A lesson's end as it was when it was made: it is its own static twin.

    It is plain HTML and no widget, since JupyterLab follows links to cells in that alone.

    Args:
        end: what to show.
    """

    def __init__(self, end: LessonEnd) -> None:
        self._end = end

    def __repr__(self) -> str:
        """Show it as lines of text."""
        end = self._end
        undone = [f"- {_in_words(entry)}" for entry in end.undone]
        lines = [*_scores(end), *([NOT_YET, *undone] if undone else [])]
        lines += [ALL_DONE] if end.is_done else []
        return printable("\n".join([*lines, _next_in_words(end)]))

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._html()}

    def _html(self) -> str:
        end = self._end
        scores = "".join(f"<p>{shown(line)}</p>" for line in _scores(end))
        items = "".join(f"<li>{_linked(e.name, e.link)}: {shown(e.why)}</li>" for e in end.undone)
        undone = f"<p>{NOT_YET}</p><ul>{items}</ul>" if items else ""
        undone += f"<p>{ALL_DONE}</p>" if end.is_done else ""
        following = (
            f"<p>Next lesson: {_linked(_lesson(end.following), end.link)}</p>"
            if end.following
            else f"<p>{LAST}</p>"
        )
        body = f"{scores}{undone}{following}<p>{AGAIN}</p>"
        return f"{STYLE}<div class='hitl-card hitl-progress'>{body}</div>"


def _scores(end: LessonEnd) -> list[str]:
    told = [("Exercises", end.exercises), ("Quiz", end.quiz)]
    return [f"{name}: {words}" for name, words in told if words]


def _in_words(entry: Undone) -> str:
    cell = unquote(entry.link.partition("#cell-id=")[2])
    return f"{entry.name}: {entry.why}{f' (cell {cell})' if cell else ''}"


def _next_in_words(end: LessonEnd) -> str:
    return f"Next lesson: {_lesson(end.following)}" if end.following else LAST


def _lesson(name: str) -> str:
    """Name a lesson by its folder: `02_state_next` is "02 State next"."""
    number, _, words = name.partition("_")
    return f"{number} {words.replace('_', ' ').capitalize()}"


def _linked(words: str, link: str) -> str:
    return f"<a href='{shown(link)}'>{shown(words)}</a>" if link else shown(words)
