"""The tests of one answer run one after another, and each is marked as if it ran by itself."""

from dataclasses import replace

import pytest

from course_utils.grading.jail.jail import Jail
from course_utils.grading.jail.limits import Limits
from course_utils.grading.marking.apart import by_answer, mark_apart
from course_utils.grading.marking.unit import Unit
from tests.support.units import unit_of

SOON = Limits(cell_seconds=3)


def several(answer: str, **sources: str) -> list[Unit]:
    return [
        replace(unit_of(source, answer, "answer"), test=name) for name, source in sources.items()
    ]


def passed(jail: Jail, tests: list[Unit]) -> dict[str, bool]:
    return {name: each.passed for name, each in mark_apart(jail, tests, SOON).items()}


def test_all_of_one_answer_share_a_process_of_the_answer_and_none_of_the_lesson(jail: Jail):
    tests = several(
        "calls = []\ndef answer():\n    calls.append(1)\n    return len(calls)",
        one="assert answer() == 1; kept = 1",
        two="assert answer() == 2 and 'kept' not in globals()",
    )
    assert passed(jail, tests) == {"one": True, "two": True}


def test_what_fails_after_another_has_fresh_processes_unless_it_is_not_done(
    jail: Jail, monkeypatch: pytest.MonkeyPatch
):
    tests = several(
        "calls = []\ndef answer():\n    calls.append(1)\n    return len(calls)",
        one="assert answer() == 1",
        two="assert answer() == 1",
        three="assert answer() == 3",
        four="assert answer() == 1",
        five="raise AssertionError('answer: not done yet.')",
    )
    pairs = []
    run_pair = Jail.run_pair
    monkeypatch.setattr(Jail, "run_pair", lambda *given: pairs.append(1) or run_pair(*given))
    # In the first pair the first and the third pass, and the fifth has no answer; then the second
    # passes, and in the last pair the fourth.
    expected = {"one": True, "two": True, "three": True, "four": True, "five": False}
    assert passed(jail, tests) == expected
    assert len(pairs) == 3


def test_an_answer_that_ends_its_process_loses_no_other_test(jail: Jail):
    tests = several(
        "import os\ndef answer(n):\n    return n if n else os._exit(0)",
        one="assert answer(1) == 1",
        two="answer(0)",
        three="assert answer(3) == 3",
    )
    assert passed(jail, tests) == {"one": True, "two": False, "three": True}


def test_only_tests_of_the_same_code_and_functions_go_together():
    first, second = several("def answer(): return 1", one="answer()", two="answer() + 1")
    (other,) = several("def answer(): return 2", three="answer()")
    assert list(by_answer([first, second, other])) == [[first, second], [other]]
    assert list(by_answer([first, other, second])) == [[first], [other], [second]]
