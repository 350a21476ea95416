"""Perfect submissions of a lesson that came in an odd shape, as honest students hand them in."""

from __future__ import annotations

import copy
import json
import shutil
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from course_utils.quiz.attempts import ATTEMPTS_FILE
from course_utils.quiz.bank import load_bank
from tests.support.course import ROOT
from tests.support.submissions import hand_in, right_answer, solutions, tried

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.course import Course

Cells = list[dict[str, Any]]
ODD: list[Odd] = []
ODD_NAMES = (
    *("0012345", "müller.anna", "anna b", "o'brien", "a(b)+c", "Doe, Jane", "zoe "),
    *("=lee", "__MACOSX"),
)
OTHER = "02_state_next"


@dataclass(frozen=True)
class Handed:
    """A perfect submission that is about to become an odd one.

    Attributes:
        folder: the student's folder for the lesson.
        lesson: the lesson.
    """

    folder: Path
    lesson: str

    @property
    def path(self) -> Path:
        """The notebook."""
        return self.folder / f"{self.lesson}.ipynb"

    @property
    def attempts(self) -> Path:
        """The answers."""
        return self.folder / ATTEMPTS_FILE

    def notebook(self) -> Any:
        """The notebook, as JSON, with each cell's text in one piece."""
        notebook = json.loads(self.path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            cell["source"] = "".join(cell["source"])
        return notebook

    def write(self, notebook: Any) -> None:
        """Write the notebook."""
        self.path.write_text(json.dumps(notebook, indent=1), encoding="utf-8")


@dataclass(frozen=True)
class Odd:
    """One odd shape.

    Attributes:
        name: the student's, which says what is odd.
        make: changes a perfect submission.
    """

    name: str
    make: Callable[[Handed], None]


def hand_in_perfect(course: Course, student: str) -> Handed:
    """Hand in all right answers."""
    questions = [q for q in load_bank(course.bank).questions if q.points]
    right = [tried(question, right_answer(question)) for question in questions]
    hand_in(course, student, solutions(course), right)
    return Handed(course.submitted(student), course.lesson)


def hand_in_odd(course: Course) -> list[str]:
    """Hand in each odd submission and each odd name; return the names of their students."""
    for odd in ODD:
        odd.make(hand_in_perfect(course, odd.name))
    for name in ODD_NAMES:
        hand_in_perfect(course, name)
    return [*(odd.name for odd in ODD), *ODD_NAMES]


def _odd(make: Callable[[Handed], None]) -> Callable[[Handed], None]:
    ODD.append(Odd(make.__name__.replace("_", "-"), make))
    return make


def _odd_cells(change: Callable[[Cells], None]) -> Callable[[Cells], None]:
    """Take a function that changes the cells of a notebook in their list."""

    def make(handed: Handed) -> None:
        notebook = handed.notebook()
        change(notebook["cells"])
        handed.write(notebook)

    ODD.append(Odd(change.__name__.replace("_", "-"), make))
    return change


def _at(cells: Cells, name: str) -> int:
    """Return where the graded cell of a name is."""
    names = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in cells]
    return names.index(name)


def _code(source: str) -> dict[str, Any]:
    made = {"cell_type": "code", "id": f"own{abs(hash(source)) % 10**6}", "metadata": {}}
    return {**made, "execution_count": None, "outputs": [], "source": source}


# What editors and people do to cells.


@_odd_cells
def metadata_lost(cells: Cells) -> None:
    """The notebook was pasted, cell by cell, into a new one."""
    for number, cell in enumerate(cells):
        cell["metadata"], cell["id"] = {}, f"new{number}"


@_odd_cells
def metadata_of_an_editor(cells: Cells) -> None:
    """An editor keeps only what it wrote itself."""
    for cell in cells:
        cell["metadata"] = {"vscode": {"languageId": "python"}}


@_odd_cells
def one_test_pasted(cells: Cells) -> None:
    """One test was cut and pasted, and lost its name."""
    cells[_at(cells, "pending-test")]["metadata"] = {}


@_odd_cells
def solution_in_two_cells(cells: Cells) -> None:
    """A solution was split; both halves have its name."""
    at = _at(cells, "pending")
    first = {**copy.deepcopy(cells[at]), "id": "half", "source": "import math\nhelp_of_mine = 1"}
    cells.insert(at, first)


@_odd_cells
def draft_kept_below(cells: Cells) -> None:
    """An early draft of a solution was kept at the end, under the solution's name."""
    draft = copy.deepcopy(cells[_at(cells, "pending")])
    draft |= {"id": "draft", "source": "def pending(graph, config):\n    return None"}
    cells.append(draft)


@_odd_cells
def test_copied_to_the_end(cells: Cells) -> None:
    """A test stands twice."""
    cells.append({**copy.deepcopy(cells[_at(cells, "supervise-test")]), "id": "again"})


@_odd_cells
def test_above_its_solution(cells: Cells) -> None:
    """A test was moved above what it tests."""
    cells.insert(_at(cells, "pending"), cells.pop(_at(cells, "pending-test")))


@_odd_cells
def test_merged_into_a_solution(cells: Cells) -> None:
    """A solution and its test became one cell."""
    test = cells.pop(_at(cells, "pending-test"))
    cells[_at(cells, "pending")]["source"] += "\n\n" + test["source"]


@_odd_cells
def solution_merged_into_the_helper(cells: Cells) -> None:
    """A solution was merged into the locked cell above it."""
    solution = cells.pop(_at(cells, "supervise"))
    cells[_at(cells, "make-desk")]["source"] += "\n\n" + solution["source"]


@_odd_cells
def solution_in_a_cell_of_its_own(cells: Cells) -> None:
    """A solution stands in a new cell, and its own cell as it was given."""
    cell = cells[_at(cells, "pending")]
    cells.insert(_at(cells, "pending") + 1, _code(cell["source"]))
    cell["source"] = "def pending(graph, config):\n    raise NotImplementedError()"


@_odd_cells
def solution_as_text(cells: Cells) -> None:
    """A solution's cell was turned into text."""
    cell = cells[_at(cells, "supervise")]
    cell["cell_type"] = "markdown"
    del cell["outputs"], cell["execution_count"]


@_odd_cells
def ids_twice_or_none(cells: Cells) -> None:
    """Half of the cells have one id, the others have none."""
    for number, cell in enumerate(cells):
        cell["id"] = "same"
        if number % 2:
            del cell["id"]


@_odd_cells
def tests_deleted(cells: Cells) -> None:
    """All tests and questions were deleted."""
    cells[:] = [cell for cell in cells if not cell["metadata"].get("nbgrader", {}).get("grade")]


@_odd_cells
def a_kind_of_cell_nobody_knows(cells: Cells) -> None:
    """An editor put in a cell of a kind of its own."""
    cells.insert(3, {"cell_type": "sql", "id": "sql", "metadata": {}, "source": "select 1"})


@_odd_cells
def number_that_is_none(cells: Cells) -> None:
    """An output holds numbers that JSON has not."""
    numbers = {"y": [float("nan"), float("inf"), 1e300]}
    cells[3]["outputs"] = [_shown("application/vnd.plotly.v1+json", numbers)]


@_odd_cells
def deep_output(cells: Cells) -> None:
    """An output is nested 250 deep."""
    deep: list[Any] = []
    for _ in range(250):
        deep = [deep]
    cells[3]["outputs"] = [_shown("application/json", deep)]


@_odd_cells
def half_a_character(cells: Cells) -> None:
    """A comment holds half of a character, as a broken paste leaves."""
    cells[_at(cells, "supervise")]["source"] += "\n# smile \ud83d"


def _shown(kind: str, data: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {}, "data": {kind: data}}


@_odd
def from_colab(handed: Handed) -> None:
    """An older format without ids, for another kernel."""
    notebook = handed.notebook()
    notebook["nbformat_minor"] = 0
    notebook["metadata"] = {"kernelspec": {"name": "python37", "display_name": "P", "x": 1}}
    for cell in notebook["cells"]:
        cell["metadata"]["id"] = cell.pop("id")
    handed.write(notebook)


# What happens to files on the way.


@_odd
def notebook_with_a_mark(handed: Handed) -> None:
    """The notebook begins with a byte order mark."""
    handed.path.write_bytes(b"\xef\xbb\xbf" + handed.path.read_bytes())


@_odd
def attempts_with_a_mark(handed: Handed) -> None:
    """The answers begin with a byte order mark."""
    handed.attempts.write_bytes(b"\xef\xbb\xbf" + handed.attempts.read_bytes())


@_odd
def two_bytes_a_character(handed: Handed) -> None:
    """Both files were saved as UTF-16."""
    for path in (handed.path, handed.attempts):
        path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16"))


@_odd
def windows_lines(handed: Handed) -> None:
    """The lines of both files end as on Windows."""
    for path in (handed.path, handed.attempts):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))


@_odd
def zeros_at_the_end(handed: Handed) -> None:
    """A synchronised folder filled both files up with zeros."""
    for path in (handed.path, handed.attempts):
        path.write_bytes(path.read_bytes() + b"\0" * 512)


@_odd
def conflict_of_versions(handed: Handed) -> None:
    """A version control system left its marks in the notebook."""
    text = handed.path.read_text()
    marks = '<<<<<<< HEAD\n "cells": [\n=======\n "cells": [\n>>>>>>> theirs'
    handed.path.write_text(text.replace(' "cells": [', marks, 1))


@_odd
def empty_notebook_file(handed: Handed) -> None:
    """The notebook has no bytes."""
    handed.path.write_bytes(b"")


@_odd
def half_uploaded(handed: Handed) -> None:
    """The notebook breaks off in the middle."""
    handed.path.write_bytes(handed.path.read_bytes()[:9000])


@_odd
def second_download(handed: Handed) -> None:
    """The browser put a number behind the notebook's name."""
    handed.path.rename(handed.folder / f"{handed.lesson} (1).ipynb")


@_odd
def extension_in_capitals(handed: Handed) -> None:
    """The notebook's name ends in capitals."""
    handed.path.rename(handed.path.with_suffix(".IPYNB"))


@_odd
def text_for_an_extension(handed: Handed) -> None:
    """The answers got a second extension."""
    handed.attempts.rename(handed.folder / f"{ATTEMPTS_FILE}.txt")


@_odd
def folder_in_a_folder(handed: Handed) -> None:
    """The folder was put into one of its own name."""
    aside = handed.folder.with_name("aside")
    handed.folder.rename(aside)
    handed.folder.mkdir()
    aside.rename(handed.folder / handed.lesson)


@_odd
def folder_with_a_number(handed: Handed) -> None:
    """The folder's name has a number behind it."""
    handed.folder.rename(handed.folder.with_name(f"{handed.lesson} (1)"))


@_odd
def flat_files(handed: Handed) -> None:
    """The files lie in the student's folder, without a folder for the lesson."""
    for path in list(handed.folder.iterdir()):
        path.rename(handed.folder.parent / path.name)
    handed.folder.rmdir()


@_odd
def archive_in_the_folder(handed: Handed) -> None:
    """The folder holds one archive with the files in it."""
    _pack(handed, handed.folder / f"{handed.lesson}.zip")


@_odd
def archive_for_the_folder(handed: Handed) -> None:
    """An archive lies where the folder should be."""
    _pack(handed, handed.folder.with_suffix(".zip"))
    handed.folder.rmdir()


@_odd
def files_of_a_mac(handed: Handed) -> None:
    """Files that a Mac adds lie beside, and a saved state of the editor."""
    (handed.folder / f"._{handed.lesson}.ipynb").write_bytes(b"\0\5\x16\7" + b"\0" * 100)
    (handed.folder / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    saved = handed.folder / ".ipynb_checkpoints"
    saved.mkdir()
    shutil.copy(handed.path, saved / f"{handed.lesson}-checkpoint.ipynb")


@_odd
def work_in_a_copy(handed: Handed) -> None:
    """The work was done in a copy; the original beside it is untouched."""
    shutil.copy(handed.path, handed.folder / f"{handed.lesson}-Copy1.ipynb")
    _make_blank(handed)


@_odd
def attempts_of_another_lesson(handed: Handed) -> None:
    """The answers are those of the next lesson."""
    questions = [q for q in load_bank(ROOT / "quizzes" / f"{OTHER}.yaml").questions if q.points]
    lines = [tried(question, right_answer(question)).model_dump_json() for question in questions]
    handed.attempts.write_text("\n".join(lines) + "\n")


@_odd
def notebook_of_another_lesson(handed: Handed) -> None:
    """The notebook is that of the next lesson, under this one's name."""
    shutil.copy(ROOT / "notebooks" / OTHER / f"{OTHER}.ipynb", handed.path)


@_odd
def no_attempts(handed: Handed) -> None:
    """The answers were not handed in."""
    handed.attempts.unlink()


@_odd
def older_questions(handed: Handed) -> None:
    """The answers are to another version of the questions."""
    text = handed.attempts.read_text()
    handed.attempts.write_text(text.replace('"version":1', '"version":2'))


@_odd
def empty_folder(handed: Handed) -> None:
    """The folder for the lesson is empty."""
    for path in handed.folder.iterdir():
        path.unlink()


@_odd
def untouched(handed: Handed) -> None:
    """The release was handed in as it was given."""
    handed.attempts.unlink()
    _make_blank(handed)


def _pack(handed: Handed, place: Path) -> None:
    files = list(handed.folder.iterdir())
    with zipfile.ZipFile(place, "w") as archive:
        for path in files:
            archive.write(path, f"{handed.lesson}/{path.name}")
    for path in files:
        path.unlink()


def _make_blank(handed: Handed) -> None:
    release = handed.folder.parents[2] / "release" / handed.lesson / f"{handed.lesson}.ipynb"
    shutil.copy(release, handed.path)


# What runs in an odd way.


@_odd_cells
def loop_without_an_end(cells: Cells) -> None:
    """A solution never comes back."""
    cells[_at(cells, "pending")]["source"] = (
        "def pending(graph, config):\n    while True:\n        pass"
    )


@_odd_cells
def asks_for_a_name(cells: Cells) -> None:
    """A solution's cell waits for somebody to type."""
    cells[_at(cells, "pending")]["source"] += '\n\nname = input("Your name? ")\nprint(name)'


@_odd_cells
def quits(cells: Cells) -> None:
    """A cell between two exercises ends the kernel."""
    cells.insert(_at(cells, "pending-test") + 1, _code("quit()"))


@_odd_cells
def exits_in_a_solution(cells: Cells) -> None:
    """A solution ends the program."""
    source = "import sys\n\ndef pending(graph, config):\n    sys.exit(0)"
    cells[_at(cells, "pending")]["source"] = source


@_odd_cells
def prints_much(cells: Cells) -> None:
    """A cell prints two hundred thousand lines."""
    source = "for number in range(200_000):\n    print('line', number)"
    cells.insert(_at(cells, "pending"), _code(source))


@_odd_cells
def installs_and_plots(cells: Cells) -> None:
    """Cells of the student's install, plot and warn."""
    cells.insert(1, _code("%pip --version"))
    plots = "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])"
    cells.insert(2, _code(plots))
    warns = "import sys, warnings\nwarnings.warn('old')\nprint('noise', file=sys.stderr)"
    cells.insert(3, _code(warns))


@_odd_cells
def times_a_solution(cells: Cells) -> None:
    """A solution's cell measures its time."""
    cell = cells[_at(cells, "supervise")]
    cell["source"] = "%%time\n" + cell["source"]


@_odd_cells
def error_in_a_cell_of_its_own(cells: Cells) -> None:
    """A cell of the student's is no Python."""
    cells.insert(5, _code("my notes: ask the teacher"))


@_odd_cells
def helper_of_its_own(cells: Cells) -> None:
    """A solution uses a function from a cell of the student's."""
    at = _at(cells, "pending")
    cells.insert(
        at, _code("def last_calls(state):\n    return state.values['messages'][-1].tool_calls")
    )
    cells[at + 1]["source"] = (
        "def pending(graph, config):\n    state = graph.get_state(config)\n"
        "    return last_calls(state) if state.next else []"
    )
