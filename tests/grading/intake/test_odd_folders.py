"""A student's folder in any shape: the work in it is found, or one reason names the file."""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import struct
import tarfile
import zipfile
from codecs import BOM_UTF16_BE
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from course_utils.grading.intake.cell_text import same_code
from tests.support.released import attempts, notebook, solutions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from course_utils.grading.marking.submissions import Submission

LESSON = "01_interrupt_before"
NOTEBOOK = f"{LESSON}.ipynb"
RIGHT = solutions(LESSON)
OTHER = "02_state_next"


@dataclass(frozen=True)
class Odd:
    """A change to a lesson's folder with everything right in it, and what has to come of it.

    Attributes:
        change: changes the folder.
        said: words of a note; empty when nothing may be said.
        waits: words of the one reason why a person has to look; empty when nobody has to.
        solved: whether all right answers are found; else no notebook is.
        points: of the quiz; None when it was not scored.
    """

    change: Callable[[Path], object]
    said: str = ""
    waits: str = ""
    solved: bool = True
    points: int | None = 6


def rename(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / NOTEBOOK).rename(folder / name)


def rename_attempts(name: str) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (folder / "attempts.jsonl").rename(target)

    return change


def rename_folder(name: str) -> Callable[[Path], object]:
    return lambda folder: folder.rename(folder.with_name(name))


def nest(*names: str) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        away = folder.rename(folder.with_name("away"))
        target = folder.joinpath(*names)
        target.parent.mkdir(parents=True)
        away.rename(target)

    return change


def flatten(folder: Path) -> None:
    for path in list(folder.iterdir()):
        path.rename(folder.parent / path.name)
    folder.rmdir()


def packed(folder: Path, prefix: str = "") -> bytes:
    """Return a zip of a folder's files, which are removed."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in list(folder.iterdir()):
            archive.writestr(f"{prefix}{path.name}", path.read_bytes())
            archive.writestr(f"__MACOSX/{prefix}._{path.name}", b"\0\5\x16\7")
            path.unlink()
    return content.getvalue()


def zip_inside(name: str, prefix: str = "") -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(packed(folder, prefix))


def zip_instead(name: str) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        content = packed(folder, f"{LESSON}/")
        folder.rmdir()
        (folder.parent / name).write_bytes(content)

    return change


def zip_in_zip(folder: Path) -> None:
    inner = packed(folder)
    with zipfile.ZipFile(folder / "work.zip", "w") as archive:
        archive.writestr("homework/inner.zip", inner)


def tar_inside(folder: Path) -> None:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for path in list(folder.iterdir()):
            archive.add(path, f"./{LESSON}/{path.name}")
            path.unlink()
    (folder / "work.tar.gz").write_bytes(content.getvalue())


def bomb(folder: Path) -> None:
    with zipfile.ZipFile(folder / "work.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(NOTEBOOK, b"\0" * 80_000_000)
    (folder / NOTEBOOK).unlink()


def many(folder: Path) -> None:
    with zipfile.ZipFile(folder / "work.zip", "w") as archive:
        for number in range(2500):
            archive.writestr(f"{number}.ipynb", b"")
    (folder / NOTEBOOK).unlink()


def gzip_bomb(folder: Path) -> None:
    (folder / f"{NOTEBOOK}.gz").write_bytes(gzip.compress(b"\0" * 80_000_000, 1))
    (folder / NOTEBOOK).unlink()


def encrypted(folder: Path) -> None:
    content = bytearray(packed(folder))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := content.find(mark, at + 1)) >= 0:
            struct.pack_into("<H", content, at + offset, 1)
    (folder / "work.zip").write_bytes(content)


def other_archive(folder: Path) -> None:
    (folder / NOTEBOOK).unlink()
    (folder / "work.rar").write_bytes(b"Rar!\x1a\x07\x00")


def torn_archive(folder: Path) -> None:
    content = packed(folder)
    (folder / "work.zip").write_bytes(content[: len(content) // 2])


def put(folder: Path, name: str, answers: dict[str, str]) -> None:
    (folder / name).write_text(json.dumps(notebook(LESSON, answers)))


def copy_beside_the_original(folder: Path) -> None:
    (folder / NOTEBOOK).rename(folder / f"{LESSON}-Copy1.ipynb")
    put(folder, NOTEBOOK, {})


def original_beside(folder: Path) -> None:
    put(folder, f"{LESSON} (1).ipynb", {})


def half_done_beside(folder: Path) -> None:
    (folder / NOTEBOOK).rename(folder / f"{LESSON}_final.ipynb")
    put(folder, NOTEBOOK, {"supervise": RIGHT["supervise"]})


def other_work_beside(folder: Path) -> None:
    put(folder, f"{LESSON}-Copy1.ipynb", {**RIGHT, "pending": "def pending(g, c):\n    return 1"})


def another_lesson(folder: Path) -> None:
    (folder / NOTEBOOK).write_text(json.dumps(notebook(OTHER, solutions(OTHER))))


def another_lesson_without_metadata(folder: Path) -> None:
    other = notebook(OTHER, solutions(OTHER))
    for cell in other["cells"]:
        cell["metadata"] = {}
    (folder / NOTEBOOK).write_text(json.dumps(other))


def another_lesson_beside(folder: Path) -> None:
    (folder / f"{OTHER}.ipynb").write_text(json.dumps(notebook(OTHER, solutions(OTHER))))


def recoded(encoding: str, mark: bytes = b"") -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        for path in folder.iterdir():
            path.write_bytes(mark + path.read_text().encode(encoding))

    return change


def padded(folder: Path) -> None:
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n") + b"\0" * 512)


def with_output(data: object) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        handed = json.loads((folder / NOTEBOOK).read_text())
        output = {"output_type": "display_data", "metadata": {}, "data": data}
        next(c for c in handed["cells"] if "outputs" in c)["outputs"] = [output]
        (folder / NOTEBOOK).write_text(json.dumps(handed))

    return change


def nested_list(depth: int) -> list:
    deep: list = []
    for _ in range(depth):
        deep = [deep]
    return deep


def odd_cells(folder: Path) -> None:
    handed = json.loads((folder / NOTEBOOK).read_text())
    for number, cell in enumerate(handed["cells"]):
        cell["source"] = cell["source"].splitlines(keepends=True)
        cell["id"] = "same" if number % 2 else None
    handed["cells"] += [
        {"cell_type": "sql", "source": "select 1", "metadata": None},
        {"cell_type": "code", "source": "x = '\ud800'", "metadata": []},
        {"cell_type": "code"},
        "no cell",
    ]
    handed.update(nbformat_minor="5", metadata=[])
    (folder / NOTEBOOK).write_text(json.dumps(handed))


def format_3(folder: Path) -> None:
    cells = json.loads((folder / NOTEBOOK).read_text())["cells"]
    old = [
        {"cell_type": "code", "input": cell["source"], "language": "python", "metadata": {}}
        if cell["cell_type"] == "code"
        else {"cell_type": "heading", "level": 2, "source": cell["source"].lstrip("# ")}
        for cell in cells
    ]
    sheet = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": old}]}
    (folder / NOTEBOOK).write_text(json.dumps(sheet))


def conflict(folder: Path) -> None:
    text = json.dumps(json.loads((folder / NOTEBOOK).read_text()), indent=1)
    marks = '<<<<<<< HEAD\n "cells": [\n=======\n "cells": [\n>>>>>>> theirs\n'
    (folder / NOTEBOOK).write_text(text.replace(' "cells": [\n', marks, 1))


def content(data: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / NOTEBOOK).write_bytes(data)


def torn(folder: Path) -> None:
    path = folder / NOTEBOOK
    path.write_bytes(path.read_bytes()[:5000])


def linked(folder: Path) -> None:
    (folder / NOTEBOOK).unlink()
    (folder / NOTEBOOK).symlink_to("/etc/hostname")


def pipe(folder: Path) -> None:
    (folder / NOTEBOOK).unlink()
    os.mkfifo(folder / NOTEBOOK)


def only_a_document(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / "answers.docx").write_bytes(b"PK\x03\x04")


def attempts_of_another_lesson(folder: Path) -> None:
    (folder / "attempts.jsonl").write_text(attempts(OTHER))


def attempts_of_two_lessons(folder: Path) -> None:
    (folder / "attempts.jsonl").write_text(attempts(OTHER) + attempts(LESSON))


def attempts_in_two_files(folder: Path) -> None:
    lines = (folder / "attempts.jsonl").read_text().splitlines(keepends=True)
    (folder / "attempts.jsonl").write_text("".join(lines[:3]))
    (folder / "attempts (1).jsonl").write_text("".join(lines[2:]))


def attempts_twice(folder: Path) -> None:
    lines = (folder / "attempts.jsonl").read_text().splitlines(keepends=True)
    (folder / "attempts-old.jsonl").write_text("".join(lines[:3]))


def attempts_out_of_order(folder: Path) -> None:
    attempts_in_two_files(folder)
    path = folder / "attempts (1).jsonl"
    path.write_text("".join(reversed(path.read_text().splitlines(keepends=True))))


def attempts_as_a_list(folder: Path) -> None:
    lines = (folder / "attempts.jsonl").read_text().splitlines()
    (folder / "attempts.jsonl").write_text(json.dumps(list(map(json.loads, lines)), indent=2))


def attempts_laid_out(folder: Path) -> None:
    lines = (folder / "attempts.jsonl").read_text().splitlines()
    text = "\n".join(json.dumps(json.loads(line), indent=2) for line in lines)
    (folder / "attempts.jsonl").write_text(text)


def empty_archive(folder: Path) -> None:
    packed(folder)
    zipfile.ZipFile(folder / "work.zip", "w").close()


def old_version(folder: Path) -> None:
    path = folder / "attempts.jsonl"
    path.write_text(path.read_text().replace('"version":1', '"version":9'))


FOUND = "The notebook was found as "
NOT_GRADED = "The exercises could not be graded: "

KINDS = {
    "as it should be": Odd(lambda folder: None),
    **{
        f"renamed to {name}": Odd(rename(name), f"{FOUND}{LESSON}/{name}.")
        for name in (
            *(f"{LESSON} (1).ipynb", f"{LESSON} - Copy.ipynb", f"{LESSON}-Copy1.ipynb"),
            *(f"{LESSON}_final.ipynb", f"{LESSON}.IPYNB", f"{NOTEBOOK}.txt", f"{NOTEBOOK}.json"),
            *("Untitled.ipynb", "ann smith hw1.ipynb", f"{LESSON}.json", LESSON, "lesson.json"),
        )
    },
    **{
        f"folder renamed to {name}": Odd(rename_folder(name), f"{FOUND}{name}/{NOTEBOOK}.")
        for name in (
            *(f"{LESSON} (1)", "01", "lesson-1", "Lesson 1", "01-Interrupt-Before", "hw1"),
            *("interrupt_before", f"{LESSON}_submission", "my work", f"Copy of {LESSON}"),
        )
    },
    "nested once": Odd(nest(LESSON), f"{FOUND}{LESSON}/{LESSON}/{NOTEBOOK}."),
    "nested deeply": Odd(nest("a", "b", "c", LESSON), f"{FOUND}{LESSON}/a/b/c/{LESSON}/"),
    "flat": Odd(flatten, f"{FOUND}{NOTEBOOK}."),
    "zip inside": Odd(zip_inside(f"{LESSON}.zip"), f"{FOUND}{LESSON}/{LESSON}.zip/{NOTEBOOK}."),
    "zip inside, folder in it": Odd(zip_inside("a.zip", f"{LESSON}/"), f"{FOUND}{LESSON}/a.zip/"),
    "zip called a notebook": Odd(zip_inside(NOTEBOOK), f"{FOUND}{LESSON}/{NOTEBOOK}/"),
    "zip with paths upwards": Odd(zip_inside("a.zip", "../../../etc/"), f"{FOUND}{LESSON}/a.zip/"),
    "zip with absolute paths": Odd(zip_inside("a.zip", "/etc/"), f"{FOUND}{LESSON}/a.zip/etc/"),
    "zip from Windows": Odd(zip_inside("a.zip", "C:\\work\\"), f"{FOUND}{LESSON}/a.zip/work/"),
    "zip instead": Odd(zip_instead(f"{LESSON}.zip"), f"{FOUND}{LESSON}.zip/{LESSON}/"),
    "zip without an ending": Odd(zip_instead(LESSON), f"{FOUND}{LESSON}/{LESSON}/{NOTEBOOK}."),
    "zip of any name": Odd(zip_instead("homework.zip"), f"{FOUND}homework.zip/{LESSON}/"),
    "zip in a zip": Odd(zip_in_zip, f"{FOUND}{LESSON}/work.zip/homework/inner.zip/"),
    "tar.gz": Odd(tar_inside, f"{FOUND}{LESSON}/work.tar.gz/{LESSON}/{NOTEBOOK}."),
    "zip bomb": Odd(bomb, waits="work.zip holds more than a submission needs", solved=False),
    "zip of thousands": Odd(many, waits="work.zip holds more than", solved=False),
    "gzip bomb": Odd(gzip_bomb, waits=".gz holds more than a submission needs", solved=False),
    "encrypted": Odd(
        encrypted, "No attempts.jsonl", "work.zip is encrypted", solved=False, points=0
    ),
    "rar": Odd(other_archive, waits="work.rar is an archive of a kind", solved=False),
    "torn zip": Odd(torn_archive, "No attempts.jsonl", "work.zip is a damaged", False, 0),
    "work in the copy": Odd(copy_beside_the_original, f"{FOUND}{LESSON}/{LESSON}-Copy1.ipynb."),
    "original beside": Odd(original_beside, f"{NOTEBOOK} was graded and not {LESSON}/{LESSON} (1)"),
    "half done beside": Odd(half_done_beside, f"{FOUND}{LESSON}/{LESSON}_final.ipynb."),
    "other work beside": Odd(
        other_work_beside,
        waits=f"different work in {LESSON}/{NOTEBOOK} and {LESSON}/{LESSON}-Copy1",
    ),
    "another lesson": Odd(
        another_lesson, waits=f"{NOTEBOOK} is the notebook of the lesson {OTHER}", solved=False
    ),
    "another lesson, unmarked": Odd(
        another_lesson_without_metadata, waits=f"the notebook of the lesson {OTHER}", solved=False
    ),
    "another lesson beside": Odd(another_lesson_beside),
    "UTF-8 with a mark": Odd(recoded("utf-8-sig")),
    "UTF-16": Odd(recoded("utf-16")),
    "UTF-16, the other order": Odd(recoded("utf-16-be", BOM_UTF16_BE)),
    "UTF-16 without a mark": Odd(recoded("utf-16-le")),
    "Windows line ends and padding": Odd(padded),
    "NaN in an output": Odd(with_output({"a/b": {"y": [float("nan"), float("inf")]}})),
    "deep output": Odd(with_output({"application/json": nested_list(700)})),
    "odd cells": Odd(odd_cells),
    "format 3": Odd(format_3, "An editor dropped what marks the cells"),
    "git conflict": Odd(conflict, waits="holds the marks of a git conflict", solved=False),
    "empty": Odd(content(b""), waits=f"{NOTEBOOK} is empty", solved=False),
    "no cells": Odd(content(b'{"cells": []}'), waits="has no text in any cell", solved=False),
    "a web page": Odd(content(b"<!doctype html>"), waits="is a web page", solved=False),
    "a list": Odd(content(b"[1, 2]"), waits="is no notebook", solved=False),
    "too deep": Odd(content(b"[" * 200_000), waits="is nested too deeply", solved=False),
    "torn": Odd(torn, waits="is damaged at line", solved=False),
    "a link": Odd(linked, waits="cannot be read: it is a symbolic link", solved=False),
    "a pipe": Odd(pipe, waits="cannot be read: it is not a plain file", solved=False),
    "only a document": Odd(
        only_a_document,
        "No attempts.jsonl",
        f"there is no {NOTEBOOK} among the files: {LESSON}/answers.docx",
        solved=False,
        points=0,
    ),
    **{
        f"attempts as {name}": Odd(
            rename_attempts(name), f"answers were taken from {LESSON}/{name}"
        )
        for name in ("attempts.jsonl.txt", "attempts (1).jsonl", "Attempts.JSONL", "quiz/attempts")
    },
    "attempts beside the folder": Odd(rename_attempts("../attempts.jsonl")),
    "attempts of another lesson": Odd(
        attempts_of_another_lesson, f"holds answers to the lesson {OTHER} and none to", points=0
    ),
    "attempts of two lessons": Odd(attempts_of_two_lessons, f"also holds answers to {OTHER}"),
    "attempts in two files": Odd(
        attempts_in_two_files, "attempts.jsonl and 01_interrupt_before/att"
    ),
    "attempts and an older copy": Odd(attempts_twice),
    "attempts out of order": Odd(
        attempts_out_of_order, "answers were taken", "not all were written in order", points=3
    ),
    "attempts as a list": Odd(attempts_as_a_list),
    "attempts laid out by an editor": Odd(attempts_laid_out),
    "empty zip": Odd(
        empty_archive,
        "No attempts.jsonl",
        "work.zip is an archive with nothing in it",
        solved=False,
        points=0,
    ),
    "in the folder of another lesson": Odd(
        lambda folder: folder.rename(folder.with_name(OTHER)), "No attempts.jsonl", points=0
    ),
    "eight folders down": Odd(nest(*"12345678"), f"{FOUND}{LESSON}/1/2/3/4/5/6/7/8/{NOTEBOOK}."),
    "answers to an old version": Odd(old_version, "to another version of a question", points=3),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_work_is_found_or_one_reason_names_the_file(
    submitted: Path, read: Callable[[], Submission], kind: str
) -> None:
    odd = KINDS[kind]
    odd.change(submitted / "ann" / LESSON)
    found = read()
    notes, reasons = " ".join(found.notes), [flag.why for flag in found.flags]
    if odd.solved:
        assert found.restored, f"no notebook was found: {reasons} {notes}"
        for name, right in RIGHT.items():
            got = found.restored.solutions.get(name, "")
            assert same_code(got, right), f"the answer to {name} is {got!r}"
    else:
        assert found.restored is None
    assert sum(score.points for score in found.quiz.scores.values()) == odd.points
    assert odd.said in notes if odd.said else not notes, f"the notes are {notes!r}"
    assert len(reasons) == bool(odd.waits), f"the reasons are {reasons}"
    assert odd.waits in " ".join(reasons), f"the reasons are {reasons}"
    assert str(submitted) not in notes, "a student is told where the instructor keeps things"


def test_a_folder_with_nothing_in_it_is_nothing_handed_in(
    submitted: Path, read: Callable[[], Submission]
) -> None:
    shutil.rmtree(submitted / "ann" / LESSON)
    assert not read().handed_in
    (submitted / "ann" / LESSON / ".ipynb_checkpoints").mkdir(parents=True)
    assert not read().handed_in
    assert read().remarks == (f"The folder {LESSON} is empty.",)


def test_the_work_of_other_lessons_is_nothing_handed_in_for_this_one(
    submitted: Path, read: Callable[[], Submission]
) -> None:
    shutil.rmtree(submitted / "ann" / LESSON)
    (submitted / "ann" / "homework.ipynb").write_text(json.dumps(notebook(OTHER)))
    (submitted / "ann" / "attempts.jsonl").write_text(attempts(OTHER))
    found = read()
    assert not found.handed_in
    assert not found.flags
    (remark,) = found.remarks
    assert remark == f"Nothing of {LESSON} was found in: homework.ipynb and attempts.jsonl."
