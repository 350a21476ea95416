"""What happens to the files of a submission on their way."""

from __future__ import annotations

import shutil
import zipfile
from typing import TYPE_CHECKING

from course_utils.quiz.attempts import ATTEMPTS_FILE
from course_utils.quiz.bank import load_bank
from tests.support.course import ROOT
from tests.support.odd_handing import Handed, odd
from tests.support.submissions import right_answer, tried

if TYPE_CHECKING:
    from pathlib import Path

OTHER = "02_state_next"


@odd
def from_colab(handed: Handed) -> None:
    """An older format without ids, for another kernel."""
    notebook = handed.notebook()
    notebook["nbformat_minor"] = 0
    notebook["metadata"] = {"kernelspec": {"name": "python37", "display_name": "P", "x": 1}}
    for cell in notebook["cells"]:
        cell["metadata"]["id"] = cell.pop("id")
    handed.write(notebook)


# What happens to files on the way.


@odd
def notebook_with_a_mark(handed: Handed) -> None:
    """The notebook begins with a byte order mark."""
    handed.path.write_bytes(b"\xef\xbb\xbf" + handed.path.read_bytes())


@odd
def attempts_with_a_mark(handed: Handed) -> None:
    """The answers begin with a byte order mark."""
    handed.attempts.write_bytes(b"\xef\xbb\xbf" + handed.attempts.read_bytes())


@odd
def two_bytes_a_character(handed: Handed) -> None:
    """Both files were saved as UTF-16."""
    for path in (handed.path, handed.attempts):
        path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16"))


@odd
def windows_lines(handed: Handed) -> None:
    """The lines of both files end as on Windows."""
    for path in (handed.path, handed.attempts):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))


@odd
def zeros_at_the_end(handed: Handed) -> None:
    """A synchronised folder filled both files up with zeros."""
    for path in (handed.path, handed.attempts):
        path.write_bytes(path.read_bytes() + b"\0" * 512)


@odd
def conflict_of_versions(handed: Handed) -> None:
    """A version control system left its marks in the notebook."""
    text = handed.path.read_text()
    marks = '<<<<<<< HEAD\n "cells": [\n=======\n "cells": [\n>>>>>>> theirs'
    handed.path.write_text(text.replace(' "cells": [', marks, 1))


@odd
def empty_notebook_file(handed: Handed) -> None:
    """The notebook has no bytes."""
    handed.path.write_bytes(b"")


@odd
def half_uploaded(handed: Handed) -> None:
    """The notebook breaks off in the middle."""
    handed.path.write_bytes(handed.path.read_bytes()[:9000])


@odd
def second_download(handed: Handed) -> None:
    """The browser put a number behind the notebook's name."""
    handed.path.rename(handed.folder / f"{handed.lesson} (1).ipynb")


@odd
def extension_in_capitals(handed: Handed) -> None:
    """The notebook's name ends in capitals."""
    handed.path.rename(handed.path.with_suffix(".IPYNB"))


@odd
def text_for_an_extension(handed: Handed) -> None:
    """The answers got a second extension."""
    handed.attempts.rename(handed.folder / f"{ATTEMPTS_FILE}.txt")


@odd
def folder_in_a_folder(handed: Handed) -> None:
    """The folder was put into one of its own name."""
    aside = handed.folder.with_name("aside")
    handed.folder.rename(aside)
    handed.folder.mkdir()
    aside.rename(handed.folder / handed.lesson)


@odd
def folder_with_a_number(handed: Handed) -> None:
    """The folder's name has a number behind it."""
    handed.folder.rename(handed.folder.with_name(f"{handed.lesson} (1)"))


@odd
def flat_files(handed: Handed) -> None:
    """The files lie in the student's folder, without a folder for the lesson."""
    for path in list(handed.folder.iterdir()):
        path.rename(handed.folder.parent / path.name)
    handed.folder.rmdir()


@odd
def archive_in_the_folder(handed: Handed) -> None:
    """The folder holds one archive with the files in it."""
    _pack(handed, handed.folder / f"{handed.lesson}.zip")


@odd
def archive_for_the_folder(handed: Handed) -> None:
    """An archive lies where the folder should be."""
    _pack(handed, handed.folder.with_suffix(".zip"))
    handed.folder.rmdir()


@odd
def files_of_a_mac(handed: Handed) -> None:
    """Files that a Mac adds lie beside, and a saved state of the editor."""
    (handed.folder / f"._{handed.lesson}.ipynb").write_bytes(b"\0\5\x16\7" + b"\0" * 100)
    (handed.folder / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    saved = handed.folder / ".ipynb_checkpoints"
    saved.mkdir()
    shutil.copy(handed.path, saved / f"{handed.lesson}-checkpoint.ipynb")


@odd
def work_in_a_copy(handed: Handed) -> None:
    """The work was done in a copy; the original beside it is untouched."""
    shutil.copy(handed.path, handed.folder / f"{handed.lesson}-Copy1.ipynb")
    _make_blank(handed)


@odd
def attempts_of_another_lesson(handed: Handed) -> None:
    """The answers are those of the next lesson."""
    questions = [q for q in load_bank(ROOT / "quizzes" / f"{OTHER}.yaml").questions if q.points]
    lines = [tried(question, right_answer(question)).model_dump_json() for question in questions]
    handed.attempts.write_text("\n".join(lines) + "\n")


@odd
def notebook_of_another_lesson(handed: Handed) -> None:
    """The notebook is that of the next lesson, under this one's name."""
    shutil.copy(ROOT / "notebooks" / OTHER / f"{OTHER}.ipynb", handed.path)


@odd
def no_attempts(handed: Handed) -> None:
    """The answers were not handed in."""
    handed.attempts.unlink()


@odd
def older_questions(handed: Handed) -> None:
    """The answers are to another version of the questions."""
    text = handed.attempts.read_text()
    handed.attempts.write_text(text.replace('"version":1', '"version":2'))


@odd
def empty_folder(handed: Handed) -> None:
    """The folder for the lesson is empty."""
    for path in handed.folder.iterdir():
        path.unlink()


@odd
def untouched(handed: Handed) -> None:
    """The release was handed in as it was given."""
    handed.attempts.unlink()
    _make_blank(handed)


def _pack(handed: Handed, place: Path) -> None:
    files = list(handed.folder.iterdir())
    with zipfile.ZipFile(place, "w") as archive:
        for path in files:
            archive.write(path, f"{handed.lesson}/{path.name}")
    for path in files:
        path.unlink()


def _make_blank(handed: Handed) -> None:
    release = handed.folder.parents[2] / "release" / handed.lesson / f"{handed.lesson}.ipynb"
    shutil.copy(release, handed.path)
