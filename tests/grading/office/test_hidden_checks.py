"""What a student is told of a failed test: all of a visible check, and of a hidden one its hint."""

from __future__ import annotations

import json
import math

import pytest

from course_utils.exercises.exercise import ExerciseError, exercise
from course_utils.grading.reports.check_counts import count_checks
from course_utils.grading.reports.hidden_checks import told_of_a_test
from course_utils.places import COURSE_ROOT

VISIBLE = """with exercise(1, double) as check:
    check.equal("double(2)", double(2), 4, "Multiply.")
    check.equal("double(3)", double(3), 6, "Multiply.")"""
HIDDEN = """    check.equal("double(77)", double(77), 154, "Any number.")
    check.equal("double(2)", double(78), 156, "Multiply.")"""
SECRETS = ("77", "154", "156", "78")


def said(double: object) -> str:
    """Run the test as a whole; return what it says."""
    names = {"double": double, "exercise": exercise}
    try:
        exec(f"{VISIBLE}\n{HIDDEN}", names)  # noqa: S102 - as a kernel does
    except ExerciseError as error:
        return str(error)
    raise AssertionError("the test passed")


def raising_at(number: int) -> object:
    def double(given: int) -> int:
        if given == number:
            raise KeyError(f"no {given}")
        return 2 * given

    return double


def wrong_at(number: int) -> object:
    return lambda given: 2 * given + (given == number)


@pytest.mark.parametrize("double", [wrong_at(2), wrong_at(3), raising_at(3)])
def test_a_visible_check_is_told_in_full(double: object) -> None:
    words = said(double)
    assert told_of_a_test(words, VISIBLE, HIDDEN) == words


@pytest.mark.parametrize(
    ("double", "says"),
    [
        (wrong_at(77), "Exercise 1 did not pass. A hidden check failed.\n\nHint:      Any number."),
        # The same words as a visible check's.
        (wrong_at(78), "Exercise 1 did not pass. A hidden check failed.\n\nHint:      Multiply."),
        (raising_at(77), "Exercise 1 did not pass. It ended with an error in a hidden check:"),
    ],
)
def test_a_hidden_check_tells_its_hint_and_no_value(double: object, says: str) -> None:
    words = said(double)
    told = told_of_a_test(words, VISIBLE, HIDDEN)
    assert told.startswith(says), f"it says {told!r}, expected {says!r}"
    assert any(secret in words for secret in SECRETS)
    assert not any(secret in told for secret in SECRETS), f"it gives away a value: {told!r}"


@pytest.mark.parametrize("words", ["Exercise 1 passed: 4 checks\n", "Exercise 1: not done yet."])
def test_what_says_nothing_of_a_check_is_told(words: str) -> None:
    assert told_of_a_test(words, VISIBLE, HIDDEN) == words


@pytest.mark.parametrize(
    ("body", "least", "most"),
    [
        ("    check.equal('a', 1, 1, '')\n    check.that('b', f(), '')", 2, 2),
        ("    for n in (1, 2, 3):\n        both(n)\n    one()", 7, 7),
        ("    for n in range(3):\n        one()", 0, math.inf),
        ("    if n:\n        both(1)\n    else:\n        one()", 1, 2),
        ("    try:\n        act()\n    except OSError:\n        both(1)\n    one()", 1, 3),
        ("    [one() for n in many]\n    one()", 1, math.inf),
        ("    perhaps()", 0, 1),
        ("    no syntax", 0, math.inf),
    ],
)
def test_checks_are_counted_in_the_source(body: str, least: float, most: float) -> None:
    functions = (
        "def one():\n    check.equal('a', 1, 1, '')\n"
        "def both(n):\n    one()\n    check.that(str(n), n, '')\n"
        "def perhaps():\n    if n:\n        return\n    one()\n"
    )
    assert count_checks(f"{functions}with exercise(1, f) as check:\n{body}") == (least, most)


def test_of_every_test_of_the_course_a_visible_check_is_known() -> None:
    unsure = []
    for path in sorted((COURSE_ROOT / "notebooks").glob("*/*.ipynb")):
        for cell in json.loads(path.read_text())["cells"]:
            source = "".join(cell["source"])
            visible, begin, _ = source.partition("### BEGIN HIDDEN TESTS")
            graded = cell["metadata"].get("nbgrader", {})
            if begin and graded.get("grade") and not count_checks(visible.rstrip()).least:
                unsure.append(graded["grade_id"])
    assert unsure == [], "a visible check that fails first would be taken for a hidden one"


def test_checks_that_cannot_be_counted_are_told_by_their_words() -> None:
    block = "with exercise(1, f) as check:\n    for n in many:\n        "
    loop = block + 'check.equal("f(n)", 1, 2, "A")'
    failed = "Exercise 1 did not pass. This check failed after 9 checks that passed:\n\n"
    words = f"{failed}Checked:   f(n)\nCame back: 1\nExpected:  2\nHint:      A"
    assert told_of_a_test(words, loop, "check.equal('g(77)', 1, 2, 'B')") == words
    assert "Expected" not in told_of_a_test(words, loop, 'check.equal("f(n)", 77, 78, "A")')


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("AssertionError: f(2) gave 3", "AssertionError: f(2) gave 3"),
        ("AssertionError: f(77) gave 3", "A hidden check failed: AssertionError"),
        ("ValueError: 77", "A hidden check failed: ValueError"),
        ("I was called with 77", "A hidden check failed."),
        ("f(77) gave 3", "A hidden check failed."),
        ("TypeError: no 3", "TypeError: no 3"),
        ("It ran for longer than 30 seconds.", "It ran for longer than 30 seconds."),
    ],
)
def test_plain_asserts(words: str, expected: str) -> None:
    visible, hidden = 'assert f(2) == 4, f"f(2) gave {f(2)}"', 'assert f(77), f"f(77) gave {f(77)}"'
    assert told_of_a_test(words, visible, hidden) == expected
