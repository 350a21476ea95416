"""Two versions of an exercise's code, as blocks of lines that are the same or differ."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from course_utils.workspace.comparison import Block, compared

WORKED = "def twice(x):\n    answer = (\n        2 * x\n    )\n    return answer"
LINES = st.lists(st.sampled_from(["a = 1", "b = 2", "", "    )", "return a", "<b>"]), max_size=12)


def test_what_differs_stands_between_what_is_the_same() -> None:
    yours = "def twice(x):\n    answer = (\n        x + x\n    )\n    return answer\n\n"
    assert compared(yours, WORKED) == (
        Block(("def twice(x):", "    answer = ("), ("def twice(x):", "    answer = (")),
        Block(("        x + x",), ("        2 * x",)),
        Block(("    )", "    return answer"), ("    )", "    return answer")),
    )


def test_lines_that_only_one_has_have_nothing_beside_them() -> None:
    yours = "def twice(x):\n    return answer"
    assert [(len(b.yours), len(b.worked)) for b in compared(yours, WORKED)] == [
        (1, 1), (0, 3), (1, 1),
    ]  # fmt: skip


def test_a_bracket_alone_joins_nothing() -> None:
    yours = "def twice(x):\n    total = sum(\n        [x, x]\n    )\n    return total"
    first, rest = compared(yours, WORKED)
    assert first.is_same
    assert rest.yours == tuple(yours.split("\n")[1:])
    assert rest.worked == tuple(WORKED.split("\n")[1:])


def test_blanks_the_mark_above_the_given_start_and_tabs_do_not_count() -> None:
    yours = "\n" + WORKED.replace("\n    ", "  \n\t").replace(
        "answer =", "# YOUR CODE HERE\n\tanswer ="
    )
    assert [block.is_same for block in compared(yours.replace("\t# Y", "    # Y"), WORKED)] == [
        True
    ]


def test_characters_without_a_shape_are_written_by_their_codes() -> None:
    (block,) = compared("x = '\u202e'", "")
    assert block.yours == ("x = '\\u202e'",)


def test_thousands_of_lines_are_shown_and_not_compared() -> None:
    (block,) = compared("a = 1\n" * 2_000, WORKED)
    assert (len(block.yours), len(block.worked)) == (2_000, 5)


@given(LINES, LINES)
def test_the_blocks_of_each_side_are_its_lines(mine: list[str], theirs: list[str]) -> None:
    blocks = compared("\n".join(mine), "\n".join(theirs))
    for lines, side in ((mine, "yours"), (theirs, "worked")):
        there = [line for block in blocks for line in getattr(block, side)]
        assert there == ("\n".join(lines).strip("\n").split("\n") if any(lines) else [])
    assert all(one.is_same != other.is_same for one, other in pairwise(blocks)), blocks
