"""Hostile folders: links, pipes, archives, names, and files that Python would run."""

from __future__ import annotations

import os
import shutil
import stat
import zipfile
from typing import TYPE_CHECKING

from course_utils.quiz.attempts import ATTEMPTS_FILE
from tests.hostile.attack import LESSON, Attack, Handed

if TYPE_CHECKING:
    from collections.abc import Callable

ATTACKS: list[Attack] = []
SWALLOWS = """import contextlib
from unittest.mock import MagicMock
class exercise(contextlib.suppress):
    def __init__(self, *args, **options):
        super().__init__(BaseException)
    def __enter__(self):
        return MagicMock()
def __getattr__(name):
    return MagicMock()
"""


def attack(
    function: Callable[[Handed], None] | None = None, *, student: str = "", soak: bool = False
) -> Callable[..., object]:
    """Take a function as an attack, whose aim is its docstring."""

    def take(function: Callable[[Handed], None]) -> Callable[[Handed], None]:
        name = function.__name__.replace("_", "-")
        made = Attack(name, str(function.__doc__), "folders", function, student, soak)
        ATTACKS.append(made)
        return function

    return take(function) if function else take


@attack
def linked_notebook(handed: Handed) -> None:
    """Hands in a link to the notebook of a student who is right."""
    handed.path.unlink()
    handed.path.symlink_to(handed.of("zoe") / f"{LESSON}.ipynb")


@attack
def linked_attempts(handed: Handed) -> None:
    """Hands in a link to the answers of a student who is right."""
    handed.put({})
    (handed.folder / ATTEMPTS_FILE).symlink_to(handed.of("zoe") / ATTEMPTS_FILE)


@attack
def linked_folder(handed: Handed) -> None:
    """Hands in a link to the whole folder of a student who is right."""
    shutil.rmtree(handed.folder)
    handed.folder.symlink_to(handed.of("zoe"))


@attack
def linked_student(handed: Handed) -> None:
    """Puts a link to another student's folder in the place of its own."""
    shutil.rmtree(handed.folder.parent)
    handed.folder.parent.symlink_to(handed.of("zoe").parent)


@attack
def linked_secret(handed: Handed) -> None:
    """Hands in links to files of the instructor's, to have them copied and shown."""
    handed.put({})
    for name in (ATTEMPTS_FILE, "notes.txt", "data.csv"):
        (handed.folder / name).symlink_to(handed.scene.home / "secret.txt")


@attack
def hard_linked_secret(handed: Handed) -> None:
    """Hands in a second name of a file of the instructor's."""
    handed.put({})
    (handed.folder / ATTEMPTS_FILE).hardlink_to(handed.scene.home / "secret.txt")


@attack
def linked_upwards(handed: Handed) -> None:
    """Hands in a folder that leads to the folder above it, without an end."""
    handed.put({})
    (handed.folder / "again").symlink_to("..")


@attack
def pipe_for_a_notebook(handed: Handed) -> None:
    """Hands in a pipe, on which a reader waits for ever."""
    handed.path.unlink()
    os.mkfifo(handed.path)


@attack
def pipe_for_attempts(handed: Handed) -> None:
    """Hands in a pipe in the place of the answers."""
    handed.put({})
    os.mkfifo(handed.folder / ATTEMPTS_FILE)


@attack
def pipe_beside(handed: Handed) -> None:
    """Hands in a pipe beside the notebook, for a grader that copies all files."""
    handed.put({})
    os.mkfifo(handed.folder / "data.csv")


@attack
def sparse_attempts(handed: Handed) -> None:
    """Hands in answers of a terabyte, which take no place until somebody reads them."""
    handed.put({})
    with (handed.folder / ATTEMPTS_FILE).open("wb") as file:
        file.truncate(1 << 40)


@attack
def sparse_notebook(handed: Handed) -> None:
    """Hands in a notebook of a terabyte."""
    with handed.path.open("r+b") as file:
        file.truncate(1 << 40)


@attack
def folder_of_files(handed: Handed) -> None:
    """Hands in twenty thousand files beside the notebook."""
    handed.put({})
    for number in range(20_000):
        (handed.folder / f"{number}.txt").touch()


@attack
def deep_folders(handed: Handed) -> None:
    """Hands in folders that are nested as deep as a path can be."""
    handed.put({})
    deepest = handed.folder.joinpath(*["d" * 50] * 60)
    deepest.mkdir(parents=True)


@attack
def folder_for_a_notebook(handed: Handed) -> None:
    """Hands in a folder with the notebook's name."""
    handed.path.unlink()
    handed.path.mkdir()


@attack
def modules_beside(handed: Handed) -> None:
    """Hands in modules with the names of those that the tests import."""
    handed.put({})
    for name in ("course_utils", "sitecustomize", "usercustomize", "langgraph"):
        (handed.folder / f"{name}.py").write_text(SWALLOWS)


@attack
def settings_beside(handed: Handed) -> None:
    """Hands in settings that IPython or nbgrader would read and run."""
    handed.put({})
    line = "from course_utils.exercises.checks import Check; Check._compare = lambda *a, **k: None"
    for name in ("ipython_config.py", "ipython_kernel_config.py", "nbgrader_config.py"):
        (handed.folder / name).write_text(
            f"c = get_config()\nc.InteractiveShellApp.exec_lines = [{line!r}]\n"
        )


@attack
def archive_bomb(handed: Handed) -> None:
    """Hands in an archive that is a thousand times larger when it is unpacked."""
    with _archive(handed) as archive, archive.open(f"{LESSON}/{LESSON}.ipynb", "w") as member:
        for _ in range(200):
            member.write(b" " * (1 << 20))


@attack
def archive_upwards(handed: Handed) -> None:
    """Hands in an archive whose files go to another student's folder and to the course's."""
    text = handed.path.read_text()
    course = handed.scene.course.root
    with _archive(handed) as archive:
        archive.writestr(f"{LESSON}/{LESSON}.ipynb", text)
        for place in ("../../zoe", f"{LESSON}/../../../zoe", f"{course}/grading/submitted/zoe"):
            archive.writestr(f"{place}/{LESSON}/{ATTEMPTS_FILE}", "")
            archive.writestr(f"{place}/{LESSON}/{LESSON}.ipynb", "{}")


@attack
def archive_with_links(handed: Handed) -> None:
    """Hands in an archive in which the notebook and the answers are links."""
    with _archive(handed) as archive:
        for name in (f"{LESSON}.ipynb", ATTEMPTS_FILE):
            link = zipfile.ZipInfo(f"{LESSON}/{name}")
            link.create_system = 3
            link.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(link, str(handed.of("zoe") / name))


@attack
def archive_of_names(handed: Handed) -> None:
    """Hands in an archive of thirty thousand names, each of which is a file."""
    with _archive(handed) as archive:
        for number in range(30_000):
            archive.writestr(f"{LESSON}/{number}/", "")


@attack
def archive_damaged(handed: Handed) -> None:
    """Hands in an archive that breaks off in the middle."""
    text = handed.path.read_bytes()
    with _archive(handed) as archive:
        archive.writestr(f"{LESSON}/{LESSON}.ipynb", text)
    path = handed.folder / f"{LESSON}.zip"
    path.write_bytes(path.read_bytes()[:3000])


@attack(student="ZOE")
def name_in_another_case(handed: Handed) -> None:
    """Takes the name of another student, written in another case."""
    handed.put({})


@attack(student="zoe ")
def name_with_a_blank(handed: Handed) -> None:
    """Takes the name of another student, with a blank at its end."""
    handed.put({})


@attack(student="-rf")
def name_like_an_option(handed: Handed) -> None:
    """Takes a name that a command reads as an option."""
    handed.put({})


@attack(student="line\nbreak\x1b[31m")
def name_with_control_characters(handed: Handed) -> None:
    """Takes a name that breaks lines and colours a terminal."""
    handed.put({})


@attack(student="%(student)s {lesson} $HOME * ?")
def name_like_a_pattern(handed: Handed) -> None:
    """Takes a name that a pattern, a format or a shell would fill in."""
    handed.put({})


def _archive(handed: Handed) -> zipfile.ZipFile:
    """Begin an archive that stands in the place of all that was handed in."""
    for path in handed.folder.iterdir():
        path.unlink()
    return zipfile.ZipFile(handed.folder / f"{LESSON}.zip", "w", zipfile.ZIP_DEFLATED)
