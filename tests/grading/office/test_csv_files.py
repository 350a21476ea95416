"""The one CSV writer: what a spreadsheet and an LMS read back, and that no cell is a formula."""

from __future__ import annotations

import csv

import pytest

from course_utils.grading.reports.csv_files import (
    csv_text,
    read_rows,
    without_apostrophe,
    write_rows,
)

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\rx",
    "\nx",
    "  =1",
    "\u00a0=1",
    "\u200b=1",
    "\ufeff=1",
    "\uff1d1",
    "\uff0b1",
    "\uff0d1",
    "\uff201",
]


def read_by_the_standard(text: str) -> list[list[str]]:
    return list(csv.reader(text.splitlines(keepends=True), strict=True))


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_becomes_text_and_comes_back(text: str):
    [_, [cell]] = read_by_the_standard(csv_text(["name"], [[text]]))
    assert cell[0] == "'", f"{text!r} was written as {cell!r}, expected an apostrophe first"
    back = without_apostrophe(cell)
    assert back.replace("'", "") == text, f"{cell!r} came back as {back!r}, expected {text!r}"


@pytest.mark.parametrize("text", ["a;=1+1", "a\n=1+1", "a\t-1", "a;  @b"])
def test_no_formula_where_another_separator_is_used(text: str):
    written = csv_text(["name"], [[text]])
    for piece in written.replace("\n", ";").replace("\t", ";").split(";"):
        assert piece.strip(' "')[:1] not in set("=+-@"), f"{text!r} was written as {written!r}"


@pytest.mark.parametrize("text", ["ann", "Smith, Ann", 'the "one"', "two\nlines", "'=kept", "é"])
def test_other_text_comes_back_as_it_was(text: str):
    assert read_by_the_standard(csv_text(["name"], [[text]])) == [["name"], [text]]


def test_numbers_stay_numbers_and_nothing_is_an_empty_cell():
    written = csv_text(["a", "b", "c", "d"], [[-1.5, 0.1 + 0.2, 12, None]])
    assert written == "a,b,c,d\r\n-1.5,0.3,12,\r\n"


def test_what_cannot_be_written_leaves_the_file_as_it_was(tmp_path):
    path = tmp_path / "new" / "grades.csv"
    write_rows(path, ["a"], [["x"]])
    for rows in ([["x", "too many"]], [[float("nan")]]):
        with pytest.raises(ValueError, match=r"headings|number"):
            write_rows(path, ["a"], rows)
    assert path.read_bytes() == b"a\r\nx\r\n"
    assert [entry.name for entry in path.parent.iterdir()] == ["grades.csv"]


def test_bytes_that_are_no_text_are_shown(tmp_path):
    path = tmp_path / "grades.csv"
    write_rows(path, ["a"], [["\udcff\x00"]])
    assert read_rows(path.read_text(encoding="utf-8")) == [["a"], ["\\udcff\\x00"]]
