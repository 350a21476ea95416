"""A lesson's notebook run by nbval, as it stands or changed, offline or through ChatOllama."""

from __future__ import annotations

import os
import re
from copy import deepcopy
from random import Random
from typing import TYPE_CHECKING, Any

import nbformat
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from course_utils.model.brain import reply_to
from course_utils.model.tools import read_tools
from course_utils.places import COURSE_ROOT
from tests.support import forked
from tests.support.ollama_server import Answer, OllamaServer
from tests.support.other_words import reworded, unmarked

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path


def nbval(notebook: Path, *options: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run nbval, strict and with no other plugin, on a notebook in its own folder."""
    return forked.run(
        *("-m", "pytest", "-p", "nbval.plugin", "--nbval", "--nbval-current-env"),
        *("-p", "no:cacheprovider", "--rootdir=.", "-q", *options, notebook.name),
        cwd=notebook.parent,
        env={
            **os.environ,
            **forked.with_forked_kernels(),
            # Half of the time such a run takes is the import of plugins that it has no use for.
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTHONPATH": str(COURSE_ROOT),
            # A copied notebook has no `questions.json`: its questions come from the bank.
            "HITL_QUIZZES": str(COURSE_ROOT / "quizzes"),
            **settings,
        },
    )


def copied(notebook: Path, folder: Path) -> Path:
    """Copy a lesson's notebook, so that running it leaves nothing behind in `notebooks/`."""
    copy = folder / notebook.name
    copy.write_bytes(notebook.read_bytes())
    return copy


def check_sections_run_again(notebook: Path, folder: Path, seed: int | None) -> None:
    """Check that a lesson's sections print the same when they are run once more.

    Args:
        notebook: the lesson.
        folder: where its copy is run.
        seed: of another order; None for the lesson's own.
    """
    copy = copied(notebook, folder)
    lesson = nbformat.read(copy, as_version=4)
    # The end of a lesson links to its cells, and some are there twice now.
    lesson.cells = [cell for cell in lesson.cells if cell.id != "end"]
    again = sections(lesson.cells)
    if seed is not None:
        Random(seed).shuffle(again)  # noqa: S311 - an order, no secret
    for number, cell in enumerate(deepcopy([cell for cells in again for cell in cells])):
        cell.id = f"again-{number}"
        lesson.cells.append(cell)
    nbformat.write(lesson, copy)
    run = nbval(copy)
    assert run.returncode == 0, f"seed {seed}: {run.stdout}"


def sections(cells: list[Any]) -> list[list[Any]]:
    """Group cells by the headings they stand under."""
    found: list[list[Any]] = []
    for cell in cells:
        if cell.cell_type == "markdown" and re.search("^##+ ", cell.source, re.MULTILINE):
            found.append([])
        if found:
            found[-1].append(cell)
    return found


def check_what_changed_is_found(notebook: Path, folder: Path) -> None:
    """Check that nbval fails for one changed line and one changed question."""
    copy = copied(notebook, folder)
    lesson = nbformat.read(copy, as_version=4)
    stored = [(n, out) for n, cell in enumerate(lesson.cells) for out in cell.get("outputs", [])]
    number, printed = next((n, out) for n, out in stored if out.output_type == "stream")
    printed.text += "and one word more\n"
    asked, question = next(
        (n, out) for n, out in stored if "hitl-card" in out.get("data", {}).get("text/html", "")
    )
    question.data["text/html"] += "<p>And one word more.</p>"
    del lesson.cells[max(number, asked) + 1 :]  # what comes later need not run to show it
    nbformat.write(lesson, copy)
    run = nbval(copy)
    assert run.returncode == 1, run.stdout
    assert "2 failed" in run.stdout, run.stdout


def check_only_the_models_words_differ(notebook: Path, folder: Path) -> int:
    """Check that through the real ChatOllama nothing differs but what the lesson says.

    Where it shows what the model says, the lesson has other words in its outputs. Its first cell
    says which model answers.

    Returns:
        The most tool calls that a message of the model had.
    """
    copy = copied(notebook, folder)
    lesson = nbformat.read(copy, as_version=4)
    (first,) = (cell for cell in lesson.cells if "which_model()" in cell.source)
    first.metadata["tags"] = ["nbval-ignore-output"]
    nbformat.write(lesson, copy)
    most = 0

    def answer(messages: list[dict[str, Any]], tools: list[dict[str, Any]]) -> Answer:
        nonlocal most
        given = in_other_words(messages, tools)
        most = max(most, len(given.calls))
        return given

    with OllamaServer(answer) as server:
        run = nbval(
            copy,
            *("-p", "tests.support.other_words"),
            HITL_MODEL="ollama:llama3.1:8b",
            OLLAMA_HOST=server.base_url,
        )
    assert run.returncode == 0, run.stdout
    assert server.chats(), "the lesson never asked the server"
    return most


def in_other_words(messages: list[dict[str, Any]], tools: list[dict[str, Any]]) -> Answer:
    """Answer as the offline model does, in words that can be told from its own."""
    said = [{**message, "content": unmarked(message.get("content", ""))} for message in messages]
    answer = as_the_offline_model(said, tools)
    return Answer(reworded(answer.content), answer.calls)


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
