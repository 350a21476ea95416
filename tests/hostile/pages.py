"""Submissions that want to run something where they are read: in a browser, in a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from course_utils.quiz.attempts import ATTEMPTS_FILE
from course_utils.quiz.bank import load_bank
from tests.hostile.attack import Attack, Handed
from tests.support.hostile_page import attribute, hostile_code, hostile_notebook, tag
from tests.support.submissions import tried

if TYPE_CHECKING:
    from collections.abc import Callable

ATTACKS: list[Attack] = []
FORMULAS = ("=cmd|'/C calc'!A0", "+1+cmd", "-1+cmd", "@SUM(1)", "\t=1+1", "\r=1+1", " =1+1")
IMAGE = "R0lGODlhAQABAAAAACw="


def attack(
    function: Callable[[Handed], None] | None = None, *, student: str = ""
) -> Callable[..., object]:
    """Take a function as an attack, whose aim is its docstring."""

    def take(function: Callable[[Handed], None]) -> Callable[[Handed], None]:
        name = function.__name__.replace("_", "-")
        ATTACKS.append(Attack(name, str(function.__doc__), "pages", function, student))
        return function

    return take(function) if function else take


@attack
def markup_everywhere(handed: Handed) -> None:
    """Hands in a script in every place of a notebook from which a page takes text."""
    handed.put({})
    notebook = handed.notebook()
    notebook["cells"] += [dict(cell) for cell in hostile_notebook(valid=False).cells]
    handed.write(notebook)


@attack
def markup_sent(handed: Handed) -> None:
    """Has its kernel send scripts in every kind of output, and in their metadata."""
    handed.put({"supervise": hostile_code(), "start": hostile_code()})


@attack
def image_with_a_width(handed: Handed) -> None:
    """Shows an image whose width is a script."""
    width = attribute("image/width")
    handed.put(
        {
            "start": "from IPython.display import display\n"
            f"display({{'image/png': {IMAGE!r}}}, raw=True, "
            f"metadata={{'image/png': {{'width': {width!r}, 'height': {width!r}}}}})"
        }
    )


@attack
def markup_in_failures(handed: Handed) -> None:
    """Lets each test fail with words that are markup."""
    words = tag("failure")
    raised = f"raise ValueError({words!r})"
    handed.put(
        {
            "supervise": f"def supervise(builder):\n    {raised}",
            "pending": f"def pending(graph, config):\n    return [{words!r}]",
            "reject": f"def reject(graph, config, reason):\n    print({words!r})\n    {raised}",
        }
    )


@attack
def markup_in_answers(handed: Handed) -> None:
    """Answers the questions with markup."""
    handed.put({})
    _answer(handed, [tag("answer"), attribute("answer"), f"</td></tr>{tag('cell')}"])


@attack(student="x' onmouseover=ran(1) &amp;")
def markup_in_a_name(handed: Handed) -> None:
    """Takes a name that leaves the attribute it stands in."""
    handed.put({})


@attack(student="<img src=x onerror=ran(2)>")
def markup_for_a_name(handed: Handed) -> None:
    """Takes a name that is markup."""
    handed.put({})


@attack(student="=HYPERLINK(1)")
def formula_for_a_name(handed: Handed) -> None:
    """Takes a name that a spreadsheet runs."""
    handed.put({})


@attack(student="+cmd,@SUM")
def formula_with_a_comma_for_a_name(handed: Handed) -> None:
    """Takes a name that a spreadsheet runs and that has a comma."""
    handed.put({})


@attack
def formulas_for_answers(handed: Handed) -> None:
    """Answers the questions with formulas."""
    handed.put({})
    _answer(handed, FORMULAS)


@attack
def formulas_in_failures(handed: Handed) -> None:
    """Lets each test fail with words that a spreadsheet runs."""
    handed.put(
        {
            "supervise": "class Failure(Exception):\n    pass\n\nFailure.__name__ = '=cmd'\n\n"
            f"def supervise(builder):\n    raise Failure({FORMULAS[0]!r})",
            "pending": f"def pending(graph, config):\n    return {FORMULAS[0]!r}",
        }
    )


def _answer(handed: Handed, answers: Any) -> None:
    questions = [q for q in load_bank(handed.scene.course.bank).questions if q.points]
    lines = [
        tried(question, answer if question.type == "fill-blank" else (answer,)).model_dump_json()
        for question in questions
        for answer in answers
    ]
    (handed.folder / ATTEMPTS_FILE).write_text("\n".join(lines) + "\n")
