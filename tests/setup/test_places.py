"""Where the course is and where work is kept, as two variables and `--course` say it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from course_utils import places
from course_utils.places import COURSE_ROOT
from course_utils.settings import PREFIX, SettingsError, settings
from tests.support import forked
from tests.support.course import make_course
from tests.support.running_lab import HITL, learners_environment

if TYPE_CHECKING:
    from pathlib import Path

LESSON = "01_small"
BANK = f"lesson: {LESSON}\npolicy: {{}}\nquestions: []\n"
NOTEBOOK = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)


def test_a_clone_has_the_course_and_the_work_in_its_own_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert settings().course == settings().data == COURSE_ROOT
    assert places.workspace_folder() == COURSE_ROOT / "workspace"


def test_another_course_brings_its_banks_its_gradebook_and_its_env_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    course = make_course(tmp_path / "course", LESSON, NOTEBOOK, BANK).root
    (course / ".env").write_text("HITL_FEEDBACK=deferred\n")
    named = {"by HITL_COURSE": (tmp_path, "course"), "by the current folder": (course, "")}
    for how, (here, variable) in named.items():
        monkeypatch.chdir(here)
        monkeypatch.setenv("HITL_COURSE", variable)
        found = settings()
        assert found.course == found.data == course, how
        assert found.quizzes == course / "quizzes", how
        assert found.gradebook == f"sqlite:///{course}/grading/gradebook.db", how
        assert found.feedback == "deferred", how


def test_work_lies_where_it_is_wanted_and_the_course_stays_where_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HITL_DATA", "mine")
    monkeypatch.setenv("HITL_QUIZZES", "my-banks")
    found = settings()
    assert found.course == COURSE_ROOT
    assert found.quizzes == tmp_path / "mine" / "my-banks"
    assert found.checkpoints == f"{tmp_path}/mine/workspace/checkpoints.sqlite"
    assert found.gradebook == f"sqlite:///{tmp_path}/mine/grading/gradebook.db"


def test_an_installed_course_is_only_read_and_work_lies_where_one_works(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    carried = make_course(tmp_path / "package" / "course", LESSON, NOTEBOOK, BANK).root
    monkeypatch.setattr(places, "CARRIED", carried)
    workspace = tmp_path / "here" / "my copy"
    lesson = workspace / LESSON
    lesson.mkdir(parents=True)
    (workspace / ".course.json").write_text("{}")
    expected = {
        tmp_path / "here": tmp_path / "here" / "workspace",
        workspace: workspace,
        # Where a lesson's kernel works.
        lesson: workspace,
    }
    for here, found in expected.items():
        monkeypatch.chdir(here)
        assert settings().course == carried, here
        assert settings().quizzes == carried / "quizzes", here
        assert settings().data == tmp_path / "here", here
        assert places.workspace_folder() == found, here
        assert settings().checkpoints == str(found / "checkpoints.sqlite"), here


def test_a_folder_that_is_no_course_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HITL_COURSE", str(tmp_path))
    with pytest.raises(SettingsError, match=r"^HITL_COURSE=.* it has no notebooks/ in it"):
        settings()


@pytest.mark.parametrize("name", ["HITL_COURSE", "HITL_DATA"])
def test_env_cannot_say_where_it_is_itself(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HITL_DATA", str(tmp_path))
    (tmp_path / ".env").write_text(f"{name}=/somewhere\n")
    with pytest.raises(SettingsError, match=rf"{name} says where \.env is"):
        settings()


def test_an_env_file_that_cannot_be_read_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HITL_DATA", str(tmp_path))
    (tmp_path / ".env").write_bytes(b"HITL_MODEL=\xff\n")
    with pytest.raises(SettingsError, match=r"\.env cannot be read: it is not written in UTF-8\."):
        settings()


def test_a_command_works_on_the_course_that_it_is_given_from_any_folder(tmp_path: Path) -> None:
    course = make_course(tmp_path / "course", LESSON, NOTEBOOK, BANK).root
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "class.csv").write_text("id\nann\n")

    def hitl(*words: str) -> str:
        answer = forked.run(str(HITL), *words, cwd=elsewhere, env=learners_environment(tmp_path))
        assert answer.returncode == 0, (words, answer)
        return answer.stdout

    assert "New: 1." in hitl("roster", "import", "class.csv", "--course", "../course")
    assert LESSON in hitl("due", "--course", str(course))
    made = {path.name for path in (course / "grading").iterdir()}
    assert "gradebook.db" in made, made
    assert {path.name for path in elsewhere.iterdir()} == {"class.csv"}


def test_a_command_says_what_a_folder_lacks_to_be_a_course(tmp_path: Path) -> None:
    command = (str(HITL), "roster", "--course", str(tmp_path))
    answer = forked.run(*command, env=learners_environment(tmp_path))
    assert answer.returncode == 1, answer
    (line,) = answer.stderr.splitlines()
    told = f"{tmp_path} is no folder of a course: it has no nbgrader_config.py. Name one"
    assert line.startswith(told), line
