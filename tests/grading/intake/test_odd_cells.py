"""Cells that were split, copied, merged, moved, retyped or lost: which answer counts."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import yaml

from course_utils.grading.intake.cell_text import same_code
from course_utils.grading.intake.restore import restore
from course_utils.grading.intake.submitted import read_cells
from tests.support.course import ROOT
from tests.support.released import notebook, released_lesson, solutions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from course_utils.grading.intake.restore import Restored

LESSON = "01_interrupt_before"
ANSWERS = ROOT / "tests" / "lessons"
RIGHT = solutions(LESSON)
DRAFT = "def pending(graph, config):\n    return []"
STUB = "def pending(graph, config):\n    # YOUR CODE HERE\n    raise NotImplementedError()"


@dataclass(frozen=True)
class Odd:
    """A change to a notebook that is right, and what has to come of it.

    Attributes:
        change: changes the list of cells in place.
        answers: what differs from the right answers; None for an exercise without one.
        said: words that one of the notes has; empty when nothing may be said.
        waits: the exercises that a person has to look at.
    """

    change: Callable[[list[dict]], None]
    answers: dict[str, str | None] | None = None
    said: str = ""
    waits: tuple[str, ...] = ()


def at(cells: list[dict], name: str) -> int:
    return next(place for place, cell in enumerate(cells) if cell["id"] == name)


def code(source: str, name: str = "own", **metadata: object) -> dict:
    return {"cell_type": "code", "id": name, "metadata": metadata, "source": source, "outputs": []}


def copied(cells: list[dict], name: str, source: str | None = None) -> dict:
    """Return a copy of a cell as JupyterLab makes it: the same metadata, a new id."""
    cell = deepcopy(cells[at(cells, name)])
    return {**cell, "id": f"{name}-copy", "source": cell["source"] if source is None else source}


def lose_metadata(cells: list[dict]) -> None:
    for cell in cells:
        cell["metadata"] = {}


def lose_everything(cells: list[dict]) -> None:
    for number, cell in enumerate(cells):
        cell["metadata"] = {}
        cell["id"] = f"x{number}"


def keep_answers_alone(cells: list[dict]) -> None:
    cells[:] = [code(RIGHT[name], f"x{name}") for name in ("reject", "supervise", "pending")]


def rename_an_answer_and_lose_all(cells: list[dict]) -> None:
    lose_everything(cells)
    answer = next(cell for cell in cells if "def pending" in cell["source"])
    answer["source"] = answer["source"].replace("pending(", "pendng(")
    cells.insert(0, code("print(1)"))
    cells.insert(cells.index(answer), code("scratch = 1", "scratch"))


def split_with_metadata(cells: list[dict]) -> None:
    place = at(cells, "pending")
    cells.insert(place, copied(cells, "pending", "import math\nhelper = 1"))


def split_in_the_middle(cells: list[dict]) -> None:
    place = at(cells, "reject")
    lines = cells[place]["source"].split("\n")
    cells.insert(place + 1, code("\n".join(lines[4:]), "half"))
    cells[place]["source"] = "\n".join(lines[:4])


def split_in_the_middle_with_metadata(cells: list[dict]) -> None:
    place = at(cells, "reject")
    lines = cells[place]["source"].split("\n")
    cells.insert(place + 1, copied(cells, "reject", "\n".join(lines[4:])))
    cells[place]["source"] = "\n".join(lines[:4])


def old_draft_below(cells: list[dict]) -> None:
    cells.append(copied(cells, "pending", STUB))


def other_draft_below(cells: list[dict]) -> None:
    cells.append(copied(cells, "pending", DRAFT))


def copy_without_change(cells: list[dict]) -> None:
    cells.insert(0, copied(cells, "pending"))


def work_in_the_copy(cells: list[dict]) -> None:
    cells.append(copied(cells, "pending"))
    cells[at(cells, "pending")]["source"] = STUB


def own_draft_without_metadata(cells: list[dict]) -> None:
    cells.insert(at(cells, "pending"), code(DRAFT))


def copy_a_test(cells: list[dict]) -> None:
    cells.append(copied(cells, "supervise-test"))


def move_a_test_up(cells: list[dict]) -> None:
    cells.insert(at(cells, "pending"), cells.pop(at(cells, "pending-test")))


def merge_a_test_into_the_answer(cells: list[dict]) -> None:
    test = cells.pop(at(cells, "pending-test"))
    cells[at(cells, "pending")]["source"] += "\n\n" + test["source"]


def changed_test_merged_into_the_answer(cells: list[dict]) -> None:
    test = cells.pop(at(cells, "pending-test"))
    source = test["source"].replace("Always return a list.", "Always!")
    cells[at(cells, "pending")]["source"] += "\n\n" + source


def answer_merged_into_the_test(cells: list[dict]) -> None:
    answer = cells.pop(at(cells, "pending"))
    test = cells[at(cells, "pending-test")]
    test["source"] = answer["source"] + "\n\n" + test["source"]


def answer_merged_into_the_helpers(cells: list[dict]) -> None:
    answer = cells.pop(at(cells, "supervise"))
    cells[at(cells, "make-desk")]["source"] += "\n" + answer["source"]


def answer_merged_into_a_cell_of_the_lesson(cells: list[dict]) -> None:
    answer = cells.pop(at(cells, "pending"))
    cells[at(cells, "two-calls")]["source"] += "\n" + answer["source"]


def answer_typed_into_the_test(cells: list[dict]) -> None:
    cells[at(cells, "pending-test")]["source"] = RIGHT["pending"]
    cells[at(cells, "pending")]["source"] = STUB


def answer_typed_below_the_test(cells: list[dict]) -> None:
    cells.insert(at(cells, "pending-test") + 1, code(RIGHT["pending"]))
    cells[at(cells, "pending")]["source"] = STUB


def two_answers_one_in_the_test(cells: list[dict]) -> None:
    cells[at(cells, "pending-test")]["source"] += "\n" + DRAFT


def both_answers_in_one_cell(cells: list[dict]) -> None:
    answer = cells.pop(at(cells, "pending"))
    cells[at(cells, "supervise")]["source"] += "\n\n" + answer["source"]


def turned(name: str, kind: str, *, fenced: bool = False) -> Callable[[list[dict]], None]:
    def change(cells: list[dict]) -> None:
        cell = cells[at(cells, name)]
        cell["cell_type"] = kind
        if fenced:
            cell["source"] = f"```python\n{cell['source']}\n```"

    return change


def reversed_order(cells: list[dict]) -> None:
    cells.reverse()


def without(*names: str) -> Callable[[list[dict]], None]:
    def change(cells: list[dict]) -> None:
        for name in names:
            cells.pop(at(cells, name))

    return change


def swapped_metadata(cells: list[dict]) -> None:
    one, other = cells[at(cells, "pending")], cells[at(cells, "supervise")]
    one["source"], other["source"] = other["source"], one["source"]


def changed_test(cells: list[dict]) -> None:
    cells[at(cells, "pending-test")]["source"] = "pass"


def formatted_test(cells: list[dict]) -> None:
    cell = cells[at(cells, "pending-test")]
    cell["source"] = cell["source"].replace('"', "'").replace("    ", "  ").replace("'''", '"""')


def repasted(name: str) -> Callable[[list[dict]], None]:
    def change(cells: list[dict]) -> None:
        cell = cells[at(cells, name)]
        cell["metadata"], cell["id"] = {}, "pasted"

    return change


def unmarked_in_colab(cells: list[dict]) -> None:
    for number, cell in enumerate(cells):
        cell["metadata"] = {"id": f"c{number}", "outputId": "x"}
        del cell["id"]


KINDS = {
    "as it should be": Odd(lambda cells: None),
    "all metadata lost": Odd(lose_metadata),
    "metadata and ids lost": Odd(lose_everything, said="An editor dropped what marks"),
    "Colab": Odd(unmarked_in_colab, said="An editor dropped what marks"),
    "answers alone in a new notebook": Odd(keep_answers_alone, said="were not in the notebook"),
    "renamed and unmarked": Odd(
        rename_an_answer_and_lose_all,
        {"pending": None},
        "An editor dropped what marks the cells",
        waits=("pending",),
    ),
    "one answer pasted again": Odd(repasted("pending"), said="in another cell"),
    "one test pasted again": Odd(repasted("pending-test")),
    "split, a helper first": Odd(
        split_with_metadata, {"pending": f"import math\nhelper = 1\n{RIGHT['pending']}"}, "split"
    ),
    "split in the middle": Odd(split_in_the_middle, said="split into 2 cells"),
    "split in the middle, both marked": Odd(
        split_in_the_middle_with_metadata, said="split into 2 cells"
    ),
    "old draft below": Odd(old_draft_below),
    "other draft below": Odd(other_draft_below, waits=("pending",)),
    "copied unchanged": Odd(copy_without_change),
    "work in the copy": Odd(work_in_the_copy),
    "own draft": Odd(own_draft_without_metadata),
    "test copied": Odd(copy_a_test),
    "test moved": Odd(move_a_test_up),
    "test merged into the answer": Odd(
        merge_a_test_into_the_answer, said="in one cell with pending-test"
    ),
    "changed test merged into the answer": Odd(
        changed_test_merged_into_the_answer, said="in one cell with pending-test"
    ),
    "answer merged into the test": Odd(answer_merged_into_the_test, said="in another cell"),
    "answer merged into the helpers": Odd(answer_merged_into_the_helpers, said="in another cell"),
    "answer merged into the lesson": Odd(
        answer_merged_into_a_cell_of_the_lesson, said="in another cell"
    ),
    "answer typed into the test": Odd(answer_typed_into_the_test, said="in another cell"),
    "answer typed below the test": Odd(answer_typed_below_the_test, said="in another cell"),
    "a second answer in the test": Odd(
        two_answers_one_in_the_test,
        said="The text of pending-test is not the one that was released",
        waits=("pending",),
    ),
    "two answers in one cell": Odd(
        both_answers_in_one_cell,
        dict.fromkeys(("supervise", "pending"), f"{RIGHT['supervise']}\n\n{RIGHT['pending']}"),
        "in another cell",
    ),
    "turned to Markdown": Odd(turned("reject", "markdown"), said="no code cell any more"),
    "turned to Markdown, fenced": Odd(
        turned("reject", "markdown", fenced=True), said="no code cell any more"
    ),
    "turned to raw": Odd(turned("reject", "raw"), said="no code cell any more"),
    "a kind nobody knows": Odd(turned("reject", "diagram"), said="no code cell any more"),
    "reversed": Odd(reversed_order),
    "answers swapped": Odd(swapped_metadata),
    "answer deleted": Odd(
        without("pending"), {"pending": None}, "There is no cell pending in the notebook"
    ),
    "tests deleted": Odd(
        without("pending-test", "quiz-none"), said="pending-test and quiz-none were not in"
    ),
    "helpers deleted": Odd(without("make-desk", "graph"), said="make-desk was not in"),
    "test changed": Odd(changed_test, said="The text of pending-test is not the one that"),
    "test formatted by an editor": Odd(formatted_test),
}


@pytest.mark.parametrize("path", sorted(ANSWERS.glob("[0-9]*.yaml")), ids=lambda path: path.stem)
def test_no_answer_that_a_learner_might_give_is_changed_or_doubted(path: Path) -> None:
    lesson, right = released_lesson(path.stem), solutions(path.stem)
    for answer in yaml.safe_load(path.read_text()):
        name, text = answer["exercise"], answer["code"]
        cells = notebook(path.stem, {**right, name: text})["cells"]
        as_it_is = restore(lesson, read_cells(json.dumps({"cells": cells}).encode()))
        lose_everything(cells)
        lost = restore(lesson, read_cells(json.dumps({"cells": cells}).encode()))
        for found in (as_it_is, lost):
            got = found.solutions.get(name)
            assert got == text.rstrip("\n") or got == text, f"{answer['name']}: {got!r}"
            assert not found.waits, f"{answer['name']}: {found.waits}"
        assert not as_it_is.notes


def restored(change: Callable[[list[dict]], None]) -> Restored:
    handed = notebook(LESSON, RIGHT)
    change(handed["cells"])
    return restore(released_lesson(LESSON), read_cells(json.dumps(handed).encode()))


@pytest.mark.parametrize("kind", KINDS)
def test_the_answers_are_found_and_what_was_done_is_said(kind: str) -> None:
    odd = KINDS[kind]
    found = restored(odd.change)
    wanted = {**RIGHT, **(odd.answers or {})}
    for name, answer in wanted.items():
        got = found.solutions.get(name)
        same = got is answer if answer is None or got is None else same_code(got, answer)
        assert same, f"the answer to {name} is {got!r}, and not {answer!r}"
    assert {doubt.cell for doubt in found.waits} == set(odd.waits), found.waits
    notes = " ".join(found.notes)
    assert odd.said in notes if odd.said else not notes, f"the notes are {notes!r}"


@pytest.mark.parametrize("kind", KINDS)
def test_every_released_cell_is_there_once_as_released(kind: str) -> None:
    found = restored(KINDS[kind].change)
    lesson = released_lesson(LESSON)
    assert [c.released_id for c in found.cells if c.released_id] == [c.id for c in lesson.cells]
    assert len({cell.id for cell in found.cells}) == len(found.cells)
    texts = {cell.name: cell.source for cell in found.cells if cell.name}
    for cell in lesson.cells:
        if cell.name and not cell.is_solution:
            assert texts[cell.name] == cell.source, f"{cell.name} is not as it was released"


def test_the_students_own_cells_stay_after_the_cell_they_stood_after() -> None:
    def add(cells: list[dict]) -> None:
        cells.insert(at(cells, "pending"), code("helper = 1", "mine"))
        cells.insert(0, code("import os", "first"))
        cells.insert(at(cells, "reject"), code("b = 2", "mine"))

    cells = restored(add).cells
    order = [cell.id for cell in cells]
    own = {
        cell.source: order[place - 1] for place, cell in enumerate(cells) if not cell.released_id
    }
    assert order[0] == "first"
    assert (own["helper = 1"], own["b = 2"]) == ("exercise-pending", "exercise-reject")


def test_a_changed_cell_of_the_lesson_is_kept_for_a_run_of_the_notebook() -> None:
    def change(cells: list[dict]) -> None:
        cells[at(cells, "pause")]["source"] += "\nprint('mine')"

    (cell,) = (cell for cell in restored(change).cells if cell.id == "pause")
    assert cell.whose == "student"
    assert cell.source.endswith("print('mine')")


def test_words_that_were_typed_into_a_locked_text_are_kept() -> None:
    lesson = released_lesson("10_capstone")
    handed = notebook("10_capstone")
    cell = next(cell for cell in handed["cells"] if cell["id"] == "reflection")
    cell["source"] += "\n\nGil sends his form twice."
    found = restore(lesson, read_cells(json.dumps(handed).encode()))
    own = [cell.source for cell in found.cells if not cell.released_id]
    assert own == ["Gil sends his form twice."]
