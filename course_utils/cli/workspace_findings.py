"""What `hitl doctor` looks at in a learner's workspace, and which JupyterLabs are open on it."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

from course_utils.cli import commands
from course_utils.cli.findings import Finding
from course_utils.cli.servers import Running, running
from course_utils.quiz.bank import BankError, load_bank
from course_utils.quiz.released import (
    QUESTIONS_FILE,
    QuestionsFileError,
    read_released,
    released_questions,
)
from course_utils.settings import SettingsError, settings
from course_utils.workspace.changes import is_unfinished
from course_utils.workspace.derive import lessons, outdated
from course_utils.workspace.disk import saving_problem
from course_utils.workspace.elsewhere import other_workspaces

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def workspace_findings(workspace: Path) -> Iterator[Finding]:
    """Look at a workspace: its place, its disk, its lessons and questions, and who has it open.

    Args:
        workspace: the learner's; it need not be there.
    """
    names = ", ".join(path.stem for path in lessons(workspace))
    if names:
        yield Finding("workspace", f"{workspace}: {names}")
    else:
        yield Finding("workspace", f"{workspace}: no lesson", commands.lab(workspace), needed=False)
        for other in other_workspaces(workspace):
            found = f"another one is in {other}, as after a move"
            yield Finding("workspace", found, commands.lab(other), needed=False)
    problem = saving_problem(workspace)
    found = "your work cannot be saved, or soon cannot" if problem else "works"
    yield Finding("saving", found, problem)
    yield from _lessons(workspace)
    yield from _open_on(workspace)


def _lessons(workspace: Path) -> Iterator[Finding]:
    if is_unfinished(workspace):
        found = "a change of the workspace was cut off"
        yield Finding("lessons", found, commands.hitl("update", *commands.on(workspace)))
    for notebook in lessons(workspace):
        if not _is_whole(notebook):
            reset = commands.hitl("reset", notebook.stem[:2], *commands.on(workspace))
            yield Finding(notebook.stem, "the notebook is damaged", reset)
    try:
        old = outdated(workspace) if lessons(workspace) else []
        yield from _questions(workspace, old)
    except (SettingsError, BankError, OSError, ValueError):
        # The settings have a line of their own.
        return
    if old:
        found = f"newer in the course: {', '.join(old)}"
        fix = commands.hitl("update", *commands.on(workspace))
        yield Finding("lessons", found, fix, needed=False)


def _questions(workspace: Path, old: list[str]) -> Iterator[Finding]:
    """Look at each `questions.json`; one of an older lesson is what that lesson needs."""
    lab = commands.lab(workspace)
    for notebook in lessons(workspace):
        bank = settings().quizzes / f"{notebook.stem}.yaml"
        if not bank.exists():
            continue
        path = notebook.with_name(QUESTIONS_FILE)
        if not path.exists():
            yield Finding(notebook.stem, f"{QUESTIONS_FILE} is missing", lab)
            continue
        try:
            is_an_instructors = read_released(path).mode == "deferred"
        except QuestionsFileError:
            found = f"{QUESTIONS_FILE} is damaged, or of another version"
        else:
            practice = released_questions(load_bank(bank), "practice")
            if is_an_instructors or notebook.stem in old or path.read_bytes() == practice:
                continue
            found = f"{QUESTIONS_FILE} is of another version"
        yield Finding(notebook.stem, found, f"rm {shlex.quote(str(path))}; {lab}")


def _open_on(workspace: Path) -> Iterator[Finding]:
    there = list(running())
    open_here = [each for each in there if each.serves(workspace)]
    gone = [each for each in there if not each.folder.exists()]
    if len(open_here) > 1:
        found = "several are open on these lessons, and would save over each other"
        yield Finding("JupyterLab", found, "; ".join(map(_stop, open_here[1:])))
    else:
        address = open_here[0].address if open_here else "not open on these lessons"
        yield Finding("JupyterLab", address)
    for each in gone:
        found = f"the one at port {each.port} serves {each.folder}, which is no longer there"
        yield Finding("JupyterLab", found, _stop(each))


def _stop(server: Running) -> str:
    return commands.program("jupyter", "server", "stop", str(server.port))


def _is_whole(notebook: Path) -> bool:
    try:
        return isinstance(json.loads(notebook.read_text(encoding="utf-8"))["cells"], list)
    except (OSError, ValueError, KeyError, TypeError):
        return False
