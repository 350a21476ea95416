"""Which solutions are called alike, and what is taken out before they are compared."""

from __future__ import annotations

import random

from course_utils.grading.intake.released import ReleasedCell, ReleasedLesson
from course_utils.grading.reports.class_report.class_data import ClassData, Student
from course_utils.grading.reports.class_report.similar import (
    MAX_CHARACTERS,
    MOST_PAIRS,
    similar_solutions,
)

STUB = "def total(prices, limit):\n    # write it here\n    raise NotImplementedError()"
HELPER = "def rounded(value):\n    return int(value * 100 + 0.5) / 100"
LOOP = """def total(prices, limit):
    found = 0
    for name, price in sorted(prices.items()):
        if price > limit and not name.startswith("x"):
            found += price * 2 - limit
    return rounded(found)"""
RENAMED = """def total(prices, limit):
    \"\"\"Mine.\"\"\"
    s = 0  # the sum
    for k, v in sorted( prices.items() ):

        if v > limit and not k.startswith('x'):
            s += v * 2 - limit
    return rounded(s)"""
OTHER = """def total(prices, limit):
    large = {name: price for name, price in prices.items() if not name.startswith("x")}
    values = list(filter(lambda price: price > limit, large.values()))
    return rounded(2 * sum(values) - limit * len(values))"""


def class_of(*solutions: str) -> ClassData:
    """Return a class that handed in these solutions of one exercise."""
    cells = (
        ReleasedCell("h", "code", HELPER, {"grade_id": "helper", "locked": True}),
        ReleasedCell("s", "code", STUB, {"grade_id": "total", "solution": True}),
        ReleasedCell("t", "code", "assert total({}, 1) == 0", {"grade_id": "t", "grade": True}),
    )
    students = (
        Student(f"s{number}", solutions={"total": text}) for number, text in enumerate(solutions)
    )
    return ClassData("small", ReleasedLesson("small", cells), None, tuple(students))


def test_other_names_comments_quotes_and_layout_hide_nothing() -> None:
    found = similar_solutions(class_of(LOOP, OTHER, RENAMED))
    (pair,) = found.pairs
    assert (pair.cell, pair.students, pair.identical) == ("total", (("s0",), ("s2",)), False)
    # The docstring is a token of its own.
    assert 0.98 < pair.share < 1
    assert [line.text for line in pair.sides[1] if not line.matches] == [
        "def total(prices, limit):",
        '    """Mine."""',
        "",
    ]


def test_a_differently_written_solution_is_not_alike() -> None:
    assert similar_solutions(class_of(LOOP, OTHER)).found == 0


def test_the_same_text_is_called_identical() -> None:
    (pair,) = similar_solutions(class_of(LOOP, LOOP)).pairs
    assert (pair.share, pair.identical) == (1, True)


def test_the_given_start_and_the_lessons_own_cells_are_nobodys_work() -> None:
    copied = f"{STUB}\n\n{HELPER}\n" * 3
    found = similar_solutions(class_of(copied, copied))
    assert (found.found, found.compared) == (0, 0)


def test_a_short_solution_says_nothing() -> None:
    short = "def total(prices, limit):\n    return sum(prices.values()) - limit"
    assert similar_solutions(class_of(short, short)).compared == 0


def test_lines_that_a_third_of_the_class_wrote_are_nobodys_own() -> None:
    unlike = [OTHER.replace("2 *", f"{n} * {n} -" * n) for n in range(3, 9)]
    found = similar_solutions(class_of(*[LOOP] * 6, *unlike))
    assert found.usual["total"] >= 5
    assert found.found == 0


def test_who_wrote_the_same_tokens_is_named_together() -> None:
    (pair,) = similar_solutions(class_of(LOOP, LOOP, OTHER, LOOP)).pairs
    assert pair.students == (("s0",), ("s1", "s3"))


def test_of_what_is_alike_two_say_more_than_many_and_only_some_are_shown() -> None:
    def variant(number: int) -> str:
        chance = random.Random(number)  # noqa: S311 - nothing secret
        terms = "".join(f" {chance.choice('+-*/%|&^')} {chance.random()}" for _ in range(40))
        return f"def total(prices, limit):\n    return 1{terms}"

    solutions = [variant(n) for n in range(MOST_PAIRS + 2) for _ in range(2 + (n == 0))]
    found = similar_solutions(class_of(*solutions))
    assert found.found == MOST_PAIRS + 2
    assert len(found.pairs) == MOST_PAIRS
    assert all(len(pair.students[1]) == 1 for pair in found.pairs)


def test_code_that_does_not_parse_or_floods_is_read_as_far_as_it_goes() -> None:
    broken = [
        LOOP + "\n    'never closed",
        LOOP.replace("\n", "\r\n") + "\n  back = (",
        "\x00" + LOOP,
        "\ud800 = 1",
        "x = " + " + ".join(map(str, range(MAX_CHARACTERS))),
        "((((" * MAX_CHARACTERS,
    ]
    found = similar_solutions(class_of(LOOP, *broken))
    assert ("s0",) in [pair.students[0] for pair in found.pairs]
