"""`hitl regrade`: one student again, or everybody after a test was corrected."""

from __future__ import annotations

from typing import Annotated

import typer

from course_utils.cli.course import CourseFolder, opened_course
from course_utils.cli.grade import grade_all
from course_utils.printable import printable


def regrade(
    lesson: Annotated[str, typer.Argument(help="The lesson, as 01_interrupt_before.")],
    student: Annotated[
        str, typer.Option(metavar="PATTERN", help="Only these students, as ann or 'a*'.")
    ] = "*",
    test: Annotated[
        str, typer.Option(metavar="NAME", help="Take this test from the lesson's source first.")
    ] = "",
    folder: CourseFolder = None,
) -> None:
    """Grade again and say whose points changed. The release and what a person gave stay."""
    # Imported here: nbgrader takes most of a second that `hitl --help` need not wait.
    from course_utils.grading.nbgrader import regrading  # noqa: PLC0415
    from course_utils.grading.nbgrader.autograde import REFUSALS  # noqa: PLC0415
    from course_utils.grading.nbgrader.course import (  # noqa: PLC0415
        check_lesson,
        configuration_here,
    )

    with opened_course(folder, regrading.RegradeError, *REFUSALS) as (course, gradebook):
        check_lesson(course, gradebook, lesson)
        if test and not regrading.correct_test(course, gradebook, lesson, test):
            typer.echo(f"The gradebook has {test} already as it is in the source.")
        before = regrading.points_of(gradebook, lesson)
        with regrading.run_again(course, configuration_here(), lesson, student) as run:
            interrupted = grade_all(run) if run.standings else False
        if run.standings:
            changed = regrading.changes(before, regrading.points_of(gradebook, lesson))
            for words in changed:
                typer.echo(printable(words))
            typer.echo("Nobody's points changed." if not changed else f"Changed: {len(changed)}.")
        if interrupted:
            typer.echo(f"Stopped. What is graded is kept; go on with: hitl grade {lesson}")
            raise typer.Exit(130)
        regrading.check_all_are_graded(run)
