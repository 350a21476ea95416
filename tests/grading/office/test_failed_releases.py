"""A new release that fails leaves the one that is in students' hands as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pytest
from nbgrader.api import Gradebook

from tests.support.small_course import small_course

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.course import Course


def files(course: Course) -> dict[str, bytes]:
    """Return all that is in the folders of releases."""
    folders = [*course.root.glob("grading/release*"), *course.root.glob("grading/.release*")]
    return {
        str(path.relative_to(course.root)): path.read_bytes()
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
    }


def kept_tests(course: Course) -> dict[str, str]:
    """Return the source of each cell that the gradebook has."""
    with Gradebook(course.gradebook) as gradebook:
        notebook = gradebook.find_notebook(course.lesson, course.lesson)
        return {cell.name: cell.source for cell in notebook.source_cells}


def edit(course: Course, change: Callable[[nbformat.NotebookNode], None]) -> None:
    path = course.source / f"{course.lesson}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    nbformat.write(notebook, path)


def lose_a_marker(course: Course) -> None:
    def change(notebook: nbformat.NotebookNode) -> None:
        notebook.cells[3].source = notebook.cells[3].source.replace("### END SOLUTION", "")

    edit(course, change)


def repeat_a_grade_id(course: Course) -> None:
    def change(notebook: nbformat.NotebookNode) -> None:
        notebook.cells[5].metadata.nbgrader.grade_id = "double-test"

    edit(course, change)


def damage_the_bank(course: Course) -> None:
    course.bank.write_text("lesson: [")


def lose_the_source(course: Course) -> None:
    (course.source / f"{course.lesson}.ipynb").rename(course.source / "draft.ipynb")


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = small_course(tmp_path_factory.mktemp("released"), feedback="deferred")
    course.release()
    return course


@pytest.mark.parametrize(
    "spoil", [lose_a_marker, repeat_a_grade_id, damage_the_bank, lose_the_source]
)
def test_a_mistake_in_the_source_changes_nothing(
    released: Course, spoil: Callable[[Course], None]
) -> None:
    before, cells = files(released), kept_tests(released)
    sources = [(path, path.read_bytes()) for path in (*released.source.iterdir(), released.bank)]
    spoil(released)
    try:
        done = released.nbgrader("generate_assignment", "--force", released.lesson)
    finally:
        (released.source / "draft.ipynb").unlink(missing_ok=True)
        for path, content in sources:
            path.write_bytes(content)
    assert done.returncode != 0, f"{spoil.__name__}: the release passed:\n{done.stderr}"
    assert files(released) == before, f"{spoil.__name__} changed the release"
    assert kept_tests(released) == cells, f"{spoil.__name__} changed the gradebook"
    # The guard against giving the key away is part of it.
    assert f"grading/release/{released.lesson}/questions.json" in before


def test_a_disk_that_is_full_or_closed_changes_nothing(released: Course) -> None:
    before, cells = files(released), kept_tests(released)
    # A file where the new release is made: as root, permissions stop nobody.
    (released.root / "grading" / "release.new").write_text("full")
    done = released.nbgrader("generate_assignment", released.lesson)
    (released.root / "grading" / "release.new").unlink()
    assert done.returncode != 0
    assert "The release that is there stays as it was." in done.stderr
    assert files(released) == before
    assert kept_tests(released) == cells


def test_a_run_that_ended_between_the_two_renames_is_taken_up(released: Course) -> None:
    before = files(released)
    released.released.rename(released.released.with_name(f"{released.lesson}.old"))
    released.release()
    assert files(released) == before


def test_a_new_release_takes_the_place_of_the_old(tmp_path: Path) -> None:
    course = small_course(tmp_path)
    course.release()
    (course.released / "stray.txt").write_text("stray")

    def change(notebook: nbformat.NotebookNode) -> None:
        notebook.cells[0].source = "# Another title"

    edit(course, change)
    course.release()
    now = files(course)
    assert b"Another title" in now[f"grading/release/{course.lesson}/{course.lesson}.ipynb"]
    assert sorted(now) == [
        f"grading/release/{course.lesson}/{course.lesson}.ipynb",
        f"grading/release/{course.lesson}/questions.json",
    ]
