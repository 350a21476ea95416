"""`hitl doctor`: what the course finds on this machine, and the fix for what is not fine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from course_utils.cli.commands import WORKSPACE
from course_utils.cli.findings import Finding
from course_utils.cli.learners_options import Workspace  # noqa: TC001 - typer reads it
from course_utils.cli.machine_findings import installed, surroundings
from course_utils.cli.workspace_findings import workspace_findings
from course_utils.settings import (
    SettingsError,
    is_address,
    settings,
    without_password,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


def doctor(
    workspace: Workspace = WORKSPACE,
) -> None:
    """Say what is installed, which model will answer, and how to fix what is not fine.

    What goes wrong inside a lesson is said there, below the cell. docs/trouble.md has it all in one
    table: what you see, and what to do.
    """
    workspace = workspace.resolve()
    findings = [
        *installed(),
        *surroundings(workspace),
        *workspace_findings(workspace),
        *_chosen(),
    ]
    Console().print(_table(findings))
    if any(finding.broken for finding in findings):
        raise typer.Exit(1)


def _table(findings: list[Finding]) -> Table:
    table = Table(box=None, show_header=False)
    for finding in findings:
        lines = [escape(finding.found), f"[bold]{escape(finding.fix)}[/]" if finding.fix else ""]
        table.add_row(finding.mark, finding.what, "\n".join(filter(None, lines)))
    return table


def _chosen() -> Iterator[Finding]:
    try:
        chosen = settings()
    except SettingsError as error:
        yield Finding("settings", "a name or a value that is not allowed", str(error))
        return
    provider, _, name = chosen.model.partition(":")
    is_ollama = provider == "ollama"
    model = _ollama(chosen.ollama_host, name) if is_ollama else _other_model(chosen.model)
    yield model
    if not model.broken:
        yield _tool_calls()
    yield Finding("releases", chosen.feedback)
    yield Finding("grading's jail", chosen.sandbox)
    banks = len(list(chosen.quizzes.glob("*.yaml")))
    fix = "" if banks else "set HITL_QUIZZES to a folder of question banks, or unset it"
    yield Finding("quizzes", f"{chosen.quizzes} ({banks} *.yaml)", fix)
    yield _checkpoints(chosen.checkpoints)
    yield _gradebook(chosen.gradebook)


def _checkpoints(place: str) -> Finding:
    shown = without_password(place)
    if not is_address(place):
        return Finding("checkpoints", shown, _file_fix(Path(place)))
    # Imported here: only who uses PostgreSQL waits for it.
    from course_utils.checkpoints import CheckpointsError, reach  # noqa: PLC0415

    try:
        reach(place)
    except CheckpointsError as error:
        return Finding("checkpoints", shown, str(error))
    return Finding("checkpoints", shown)


def _file_fix(file: Path) -> str:
    nearest = next(folder for folder in file.parents if folder.exists())
    if file.is_dir() or not nearest.is_dir() or not os.access(nearest, os.W_OK):
        return "set HITL_CHECKPOINTS to a file in a folder you may write to, or unset it"
    return ""


def _gradebook(address: str) -> Finding:
    # Imported here: the lines above need not wait for it.
    from sqlalchemy import make_url  # noqa: PLC0415
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

    try:
        return Finding("gradebook", make_url(address).render_as_string(hide_password=True))
    except ArgumentError:
        fix = "set HITL_GRADEBOOK to a database address such as sqlite:////folder/gradebook.db"
        return Finding("gradebook", "not a database address", fix)


def _ollama(host: str, name: str) -> Finding:
    # Imported here: only who uses Ollama waits for it.
    from course_utils.model.ollama import ollama_problem  # noqa: PLC0415

    problem = ollama_problem(host, name)
    return Finding("model", f"{name}, by Ollama at {host}", problem or "")


def _tool_calls() -> Finding:
    # Imported here: LangChain takes a second, and the rest of the table need not wait for it.
    from course_utils.model.probe import try_a_tool_call  # noqa: PLC0415

    tried = try_a_tool_call()
    return Finding("tool calls", tried.found, tried.fix)


def _other_model(name: str) -> Finding:
    # Imported here: the lines above need not wait for it.
    from course_utils.model import model_problem  # noqa: PLC0415

    problem = model_problem()
    return Finding("model", f"{name} cannot be made" if problem else name, problem)
