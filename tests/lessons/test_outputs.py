"""Every output a lesson prints is what it prints today, and the check that says so can fail."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from course_utils.model.brain import reply_to
from course_utils.model.tools import read_tools
from course_utils.settings import COURSE_ROOT
from tests.support.lesson import NOTEBOOKS
from tests.support.ollama_server import Answer, OllamaServer


def nbval(notebook: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run nbval, strict, on a notebook in its own folder, with these settings."""
    return subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env"),
            *("-p", "no:cacheprovider", "-p", "no:xdist", "--rootdir=.", "-q", notebook.name),
        ],
        cwd=notebook.parent,
        # A copied notebook has no `questions.json`: its questions come from the bank.
        env={**os.environ, "HITL_QUIZZES": str(COURSE_ROOT / "quizzes"), **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def copied(notebook: Path, folder: Path) -> Path:
    """Copy a lesson's notebook, so that running it leaves nothing behind in `notebooks/`."""
    copy = folder / notebook.name
    copy.write_bytes(notebook.read_bytes())
    return copy


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_stored_output_is_what_the_cell_prints(notebook: Path, tmp_path: Path):
    run = nbval(copied(notebook, tmp_path))
    assert run.returncode == 0, run.stdout
    cells = [c for c in nbformat.read(notebook, as_version=4).cells if c.cell_type == "code"]
    assert f"{len(cells)} passed" in run.stdout, f"{len(cells)} code cells: {run.stdout}"


def as_the_offline_model(messages: list[dict[str, Any]], tools: list[dict[str, Any]]) -> Answer:
    """Answer as an Ollama server would that had the offline model pulled."""
    history: list[BaseMessage] = []
    for message in messages:
        text, asked = message.get("content", ""), message.get("tool_calls", [])
        # The protocol ties an answer to its call by their order alone.
        calls = [
            {"name": function["name"], "args": function["arguments"], "id": f"{len(history)}-{n}"}
            for n, function in enumerate(call["function"] for call in asked)
        ]
        match message["role"]:
            case "user":
                history.append(HumanMessage(text))
            case "assistant":
                history.append(AIMessage(text, tool_calls=calls))
                waiting = [call["id"] for call in calls]
            case "tool":
                history.append(ToolMessage(text, tool_call_id=waiting.pop(0)))
    reply = reply_to(history, read_tools(tools))
    return Answer(reply.text, [(call.name, call.args) for call in reply.calls])


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_lesson_prints_the_same_through_the_real_chat_ollama(notebook: Path, tmp_path: Path):
    with OllamaServer(as_the_offline_model) as server:
        run = nbval(
            copied(notebook, tmp_path),
            HITL_MODEL="ollama:llama3.1:8b",
            OLLAMA_HOST=server.base_url,
        )
    assert run.returncode == 0, run.stdout
    assert server.chats(), "the lesson never asked the server"


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_changed_line_and_a_changed_question_are_found(notebook: Path, tmp_path: Path):
    copy = copied(notebook, tmp_path)
    lesson = nbformat.read(copy, as_version=4)
    stored = [(n, out) for n, cell in enumerate(lesson.cells) for out in cell.get("outputs", [])]
    number, printed = next((n, out) for n, out in stored if out.output_type == "stream")
    printed.text += "and one word more\n"
    asked, question = next((n, out) for n, out in stored if "text/html" in out.get("data", {}))
    question.data["text/html"] += "<p>And one word more.</p>"
    del lesson.cells[max(number, asked) + 1 :]  # what comes later need not run to show it
    nbformat.write(lesson, copy)
    run = nbval(copy)
    assert run.returncode == 1, run.stdout
    assert "2 failed" in run.stdout, run.stdout


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_cell_is_exempt_from_the_comparison(notebook: Path):
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type != "code":
            continue
        words = [*cell.metadata.get("tags", []), *cell.source.splitlines()]
        told = [word for word in words if re.search("nbval|pytest_val", word, re.IGNORECASE)]
        assert told == [], f"{cell.id} tells nbval {told}"
        # nbval passes over a cell whose count is null, whatever its outputs say.
        assert cell.execution_count is not None, f"{cell.id} was stored without being run"


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_error_is_stored(notebook: Path):
    cells = nbformat.read(notebook, as_version=4).cells
    errors = [o for c in cells if c.cell_type == "code" for o in c.outputs if "ename" in o]
    assert errors == [], f"{notebook} stores errors as if they were what a lesson shows"
