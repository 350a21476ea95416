"""What holds of the course's grading, whatever is handed in; shared by a few and by all attacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.hostile.ours import Came


def no_points_unseen(came: Came) -> None:
    """Nobody earns points beyond their honest worth unless a person is to look."""
    assert came.unseen == {}, f"points without a flag: {came.unseen}\n{came.log}"


def nothing_told(came: Came) -> None:
    """No secret stands in an output, on a page or in a record, and nothing reaches a listener."""
    told = {harm.name: harm.read for harm in came.harms if harm.read}
    assert (told, came.heard) == ({}, [])


def nobody_harmed(came: Came) -> None:
    """The grades of others are right, and every student has a grade or a reason."""
    assert (came.changed, came.lost) == ({}, []), came.log


def a_page_for_each_grade(came: Came) -> None:
    """Whoever has a grade has a page, so that what is said of pages is said of all of them."""
    assert came.pageless == []


def nothing_left(came: Came) -> None:
    """No file and no process of a submission is there after the grading."""
    assert came.left == []


def nothing_runs_where_it_is_read(came: Came) -> None:
    """No page has a script of a student's, and no CSV file a formula."""
    scripts = {harm.name: harm.scripts for harm in came.harms if harm.scripts}
    assert (scripts, came.formulas) == ({}, [])


CLAIMS = (
    no_points_unseen,
    nothing_told,
    nobody_harmed,
    a_page_for_each_grade,
    nothing_left,
    nothing_runs_where_it_is_read,
)
