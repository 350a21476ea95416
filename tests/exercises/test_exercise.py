"""What a test cell says: that it passed, what failed, whose line raised, or that it is not done."""

from __future__ import annotations

from typing import Any

import pytest

from course_utils.exercises.checks import Check, CheckFailedError
from course_utils.exercises.exercise import ExerciseFailedError, ExerciseNotDoneError
from tests.support.lesson import run_cell

START = "def double(number):\n    raise NotImplementedError()"
RIGHT = "def double(number):\n    return 2 * number"
TEST = """
from course_utils import exercise

with exercise(2, double) as check:
    check.equal("double(0)", double(0), 0, "Nothing twice is nothing.")
    check.equal("double(4)", double(4), 8, "Multiply by two.")
"""
# A graph of two nodes, of which the second is the learner's.
GIVEN = """
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph

config = {"configurable": {"thread_id": "1"}}

def make_graph(node):
    builder = StateGraph(MessagesState).add_node("pack", lambda state: {}).add_edge(START, "pack")
    return builder.add_node("ship", node).add_edge("pack", "ship").compile(InMemorySaver())
"""
GRAPH_TEST = """
from course_utils import exercise

with exercise(1, ship, part=2) as check:
    check.that("a graph is made", make_graph(ship), "It compiles.")
    graph = make_graph(ship)
    graph.invoke({"messages": []}, config)
"""


def told(*cells: str) -> str:
    """Run cells, the last of which has to fail, and return the words of its failure."""
    names: dict[str, Any] = {}
    *before, test = cells
    for cell in before:
        run_cell(cell, names)
    with pytest.raises((ExerciseFailedError, ExerciseNotDoneError)) as caught:
        run_cell(test, names)
    shown = "\n".join(caught.value._render_traceback_())
    assert shown == str(caught.value), "a page shows other words than a program reads"
    return shown


def test_a_test_that_passes_says_so_with_the_number_of_its_checks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    names: dict[str, Any] = {}
    run_cell(RIGHT, names)
    run_cell(TEST, names)
    one = (
        "from course_utils import exercise\nwith exercise(3, part=1, kind='Milestone') as check:\n"
    )
    run_cell(f"{one}    check.that('two is even', True, '')", names)
    assert capsys.readouterr().out == (
        "Exercise 2 passed: 2 checks\nMilestone 3, part 1 passed: 1 check\n"
    )


def test_a_failed_check_says_what_was_called_came_back_was_expected_and_a_hint_alone() -> None:
    assert told("def double(number):\n    return number", TEST) == (
        "Exercise 2 did not pass. This check failed after 1 check that passed:\n\n"
        "Checked:   double(4)\n"
        "Came back: 4\n"
        "Expected:  8\n"
        "Hint:      Multiply by two."
    )


@pytest.mark.parametrize("doc", ["", '    """Return a number twice."""\n'])
def test_a_start_that_is_not_done_is_one_calm_line(doc: str) -> None:
    start = START.replace("    raise", f"{doc}    raise")
    assert told(start, TEST) == "Exercise 2: not done yet."


@pytest.mark.parametrize(
    "swallows",
    [
        "try:\n        double(1)\n    except Exception as error:\n        came = repr(error)\n    ",
        "from concurrent.futures import ThreadPoolExecutor\n"
        "    came = repr(ThreadPoolExecutor().submit(double, 1).exception())\n    ",
    ],
)
def test_a_start_whose_error_the_test_caught_is_not_done_either(swallows: str) -> None:
    test = TEST.partition("    check")[0] + f"    {swallows}check.equal('double', came, '2', '')"
    assert told(START, test) == "Exercise 2: not done yet."


def test_a_start_with_code_of_its_own_is_not_done_where_its_line_runs() -> None:
    half = "def double(number):\n    number = int(number)\n    raise NotImplementedError()"
    assert told(half, TEST) == "Exercise 2: not done yet."


@pytest.mark.parametrize(
    "answer",
    [
        "def double(number):\n    return len(str(number)) + refuse()\n",
        "def double(number):\n    raise NotImplementedError('no number is doubled here')",
    ],
)
def test_a_not_implemented_error_of_another_kind_is_an_error(answer: str) -> None:
    # As LangGraph raises where a checkpointer lacks a method.
    given = "from langgraph.checkpoint.base import BaseCheckpointSaver\n"
    given += "refuse = lambda: BaseCheckpointSaver().get_tuple({})"
    words = told(given, answer, TEST)
    assert "It ended with an error" in words
    assert "NotImplementedError" in words.splitlines()[-1], words


def test_an_error_shows_the_call_the_learners_lines_and_the_message_last() -> None:
    answer = "def double(number):\n    return twice(\n        number,\n    )\n\n"
    answer += "def twice(number):\n    return {}[number]"
    assert told(answer, TEST) == (
        "Exercise 2 did not pass. It ended with an error:\n\n"
        "Called:    double(0)\n"
        "Your code:\n"
        "  line 2:     return twice(\n"
        "  line 3:         number,\n"
        "  line 4:     )\n"
        "  line 7:     return {}[number]\n\n"
        "KeyError: 0"
    )


def test_langgraphs_note_on_the_task_does_not_hide_the_message_of_a_learners_node() -> None:
    words = told(GIVEN, 'def ship(state):\n    return {"parcel": state["parcel"]}', GRAPH_TEST)
    assert words == (
        "Exercise 1, part 2 did not pass. It ended with an error after 1 check that passed:\n\n"
        'Called:    graph.invoke({"messages": []}, config)\n'
        "Your code:\n"
        '  line 2:     return {"parcel": state["parcel"]}\n\n'
        "KeyError: 'parcel'"
    )


def test_langgraphs_own_message_comes_last_after_the_line_that_called_it() -> None:
    answer = "def build(node):\n    return make_graph(node).with_config().nodes\n\n"
    answer += (
        'def compiled():\n    return StateGraph(MessagesState).compile(interrupt_before=["x"])'
    )
    test = "from course_utils import exercise\nwith exercise(1, compiled) as check:\n    compiled()"
    *_, call, yours, line, _, message = told(GIVEN, answer, test).splitlines()
    assert call == "Called:    compiled()"
    assert (yours, line.strip()[:7]) == ("Your code:", "line 5:")
    assert message.startswith("ValueError: "), message


def test_an_error_outside_the_learners_code_shows_the_line_of_the_test() -> None:
    nothing = "def double(number):\n    pass"
    test = TEST + "    double(1).invoke({})"
    words = told(nothing, test.replace("double(0), 0", "0, 0").replace("double(4), 8", "8, 8"))
    assert "Called:    double(1).invoke" in words, words
    assert words.endswith("AttributeError: 'NoneType' object has no attribute 'invoke'"), words
    assert "Your code" not in words


def test_a_recursion_without_an_end_is_told_in_some_twenty_lines() -> None:
    words = told("def double(number):\n    return double(number)", TEST)
    assert len(words.splitlines()) < 25, words
    assert "RecursionError" in words.splitlines()[-1]


def test_a_failure_that_the_code_under_test_swallows_still_fails() -> None:
    body = "    try:\n        check.that('pigs fly', 0, 'They do not.')\n"
    body += "    except Exception:\n        pass\n    check.that('1 is 1', 1, '')"
    words = told(RIGHT, TEST + body)
    assert "Checked:   pigs fly" in words


def test_an_interrupt_is_not_made_a_failure() -> None:
    with pytest.raises(KeyboardInterrupt):
        run_cell(f"{TEST}    raise KeyboardInterrupt", {"double": lambda number: 2 * number})


def test_exactly_tells_true_from_one_and_equal_does_not() -> None:
    check = Check()
    check.equal("x", 1, True, "")
    check.exactly("x", [True], [True], "")
    for came_back, expected in ((1, True), ([0], [False]), ((), [])):
        with pytest.raises(CheckFailedError):
            check.exactly("x", came_back, expected, "")
    assert check.passed == 2


def test_raises_wants_an_error_of_its_kind_and_says_what_came_instead() -> None:
    check = Check()
    check.raises("int('x')", ValueError, lambda: int("x"), "")
    with pytest.raises(
        CheckFailedError, match=r"Came back: 5, and no error\nExpected:  ValueError"
    ):
        check.raises("int('5')", ValueError, lambda: int("5"), "It has to refuse.")
    with pytest.raises(CheckFailedError, match="Came back: TypeError: int"):
        check.raises("int(None)", ValueError, lambda: int(None), "It has to refuse.")  # type: ignore[call-overload]
    assert check.passed == 1


class Broken:
    """What cannot be shown."""

    def __repr__(self) -> str:
        raise RuntimeError("no")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("x" * 5000, "xxx ..."),
        (Broken(), "a Broken whose repr raises RuntimeError"),
        ("\u202egone", "u202egone"),
    ],
)
def test_whatever_came_back_can_be_shown(value: object, words: str) -> None:
    with pytest.raises(CheckFailedError) as caught:
        Check().equal("x", value, 1, "")
    assert words in str(caught.value)
    assert len(str(caught.value)) < 1000
