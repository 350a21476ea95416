"""What editors and people do to the cells of a notebook, and cells that run in an odd way."""

from __future__ import annotations

import copy
from typing import Any

from tests.support.odd_handing import Cells, at, code, odd_cells


@odd_cells
def metadata_lost(cells: Cells) -> None:
    """The notebook was pasted, cell by cell, into a new one."""
    for number, cell in enumerate(cells):
        cell["metadata"], cell["id"] = {}, f"new{number}"


@odd_cells
def metadata_of_an_editor(cells: Cells) -> None:
    """An editor keeps only what it wrote itself."""
    for cell in cells:
        cell["metadata"] = {"vscode": {"languageId": "python"}}


@odd_cells
def one_test_pasted(cells: Cells) -> None:
    """One test was cut and pasted, and lost its name."""
    cells[at(cells, "pending-test")]["metadata"] = {}


@odd_cells
def solution_in_two_cells(cells: Cells) -> None:
    """A solution was split; both halves have its name."""
    place = at(cells, "pending")
    first = {**copy.deepcopy(cells[place]), "id": "half", "source": "import math\nhelp_of_mine = 1"}
    cells.insert(place, first)


@odd_cells
def draft_kept_below(cells: Cells) -> None:
    """An early draft of a solution was kept at the end, under the solution's name."""
    draft = copy.deepcopy(cells[at(cells, "pending")])
    draft |= {"id": "draft", "source": "def pending(graph, config):\n    return None"}
    cells.append(draft)


@odd_cells
def test_copied_to_the_end(cells: Cells) -> None:
    """A test stands twice."""
    cells.append({**copy.deepcopy(cells[at(cells, "supervise-test")]), "id": "again"})


@odd_cells
def test_above_its_solution(cells: Cells) -> None:
    """A test was moved above what it tests."""
    cells.insert(at(cells, "pending"), cells.pop(at(cells, "pending-test")))


@odd_cells
def test_merged_into_a_solution(cells: Cells) -> None:
    """A solution and its test became one cell."""
    test = cells.pop(at(cells, "pending-test"))
    cells[at(cells, "pending")]["source"] += "\n\n" + test["source"]


@odd_cells
def solution_merged_into_the_helper(cells: Cells) -> None:
    """A solution was merged into the locked cell above it."""
    solution = cells.pop(at(cells, "supervise"))
    cells[at(cells, "make-desk")]["source"] += "\n\n" + solution["source"]


@odd_cells
def solution_in_a_cell_of_its_own(cells: Cells) -> None:
    """A solution stands in a new cell, and its own cell as it was given."""
    cell = cells[at(cells, "pending")]
    cells.insert(at(cells, "pending") + 1, code(cell["source"]))
    cell["source"] = "def pending(graph, config):\n    raise NotImplementedError()"


@odd_cells
def solution_as_text(cells: Cells) -> None:
    """A solution's cell was turned into text."""
    cell = cells[at(cells, "supervise")]
    cell["cell_type"] = "markdown"
    del cell["outputs"], cell["execution_count"]


@odd_cells
def ids_twice_or_none(cells: Cells) -> None:
    """Half of the cells have one id, the others have none."""
    for number, cell in enumerate(cells):
        cell["id"] = "same"
        if number % 2:
            del cell["id"]


@odd_cells
def tests_deleted(cells: Cells) -> None:
    """All tests and questions were deleted."""
    cells[:] = [cell for cell in cells if not cell["metadata"].get("nbgrader", {}).get("grade")]


@odd_cells
def a_kind_of_cell_nobody_knows(cells: Cells) -> None:
    """An editor put in a cell of a kind of its own."""
    cells.insert(3, {"cell_type": "sql", "id": "sql", "metadata": {}, "source": "select 1"})


@odd_cells
def number_that_is_none(cells: Cells) -> None:
    """An output holds numbers that JSON has not."""
    numbers = {"y": [float("nan"), float("inf"), 1e300]}
    cells[3]["outputs"] = [_shown("application/vnd.plotly.v1+json", numbers)]


@odd_cells
def deep_output(cells: Cells) -> None:
    """An output is nested 250 deep."""
    deep: list[Any] = []
    for _ in range(250):
        deep = [deep]
    cells[3]["outputs"] = [_shown("application/json", deep)]


@odd_cells
def half_a_character(cells: Cells) -> None:
    """A comment holds half of a character, as a broken paste leaves."""
    cells[at(cells, "supervise")]["source"] += "\n# smile \ud83d"


def _shown(kind: str, data: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {}, "data": {kind: data}}


# What runs in an odd way.


@odd_cells
def loop_without_an_end(cells: Cells) -> None:
    """A solution never comes back; it waits, since the limit counts seconds and not work."""
    cells[at(cells, "pending")]["source"] = (
        "import time\n\ndef pending(graph, config):\n    while True:\n        time.sleep(0.1)"
    )


@odd_cells
def asks_for_a_name(cells: Cells) -> None:
    """A solution's cell waits for somebody to type."""
    cells[at(cells, "pending")]["source"] += '\n\nname = input("Your name? ")\nprint(name)'


@odd_cells
def quits(cells: Cells) -> None:
    """A cell between two exercises ends the kernel."""
    cells.insert(at(cells, "pending-test") + 1, code("quit()"))


@odd_cells
def exits_in_a_solution(cells: Cells) -> None:
    """A solution ends the program."""
    source = "import sys\n\ndef pending(graph, config):\n    sys.exit(0)"
    cells[at(cells, "pending")]["source"] = source


@odd_cells
def prints_much(cells: Cells) -> None:
    """A cell prints two hundred thousand lines."""
    source = "for number in range(200_000):\n    print('line', number)"
    cells.insert(at(cells, "pending"), code(source))


@odd_cells
def installs_and_plots(cells: Cells) -> None:
    """Cells of the student's install, plot and warn."""
    cells.insert(1, code("%pip --version"))
    plots = "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])"
    cells.insert(2, code(plots))
    warns = "import sys, warnings\nwarnings.warn('old')\nprint('noise', file=sys.stderr)"
    cells.insert(3, code(warns))


@odd_cells
def times_a_solution(cells: Cells) -> None:
    """A solution's cell measures its time."""
    cell = cells[at(cells, "supervise")]
    cell["source"] = "%%time\n" + cell["source"]


@odd_cells
def error_in_a_cell_of_its_own(cells: Cells) -> None:
    """A cell of the student's is no Python."""
    cells.insert(5, code("my notes: ask the teacher"))


@odd_cells
def helper_of_its_own(cells: Cells) -> None:
    """A solution uses a function from a cell of the student's."""
    place = at(cells, "pending")
    helper = "def last_calls(state):\n    return state.values['messages'][-1].tool_calls"
    cells.insert(place, code(helper))
    cells[place + 1]["source"] = (
        "def pending(graph, config):\n    state = graph.get_state(config)\n"
        "    return last_calls(state) if state.next else []"
    )
