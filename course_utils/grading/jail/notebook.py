"""A notebook's own run, seen from outside: its task, and its outputs, none of which is trusted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from nbformat import from_dict

from course_utils.grading.jail.task import Task

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nbformat import NotebookNode

    from course_utils.grading.jail.task import Ran

RUNNER = "course_utils.grading.jail.notebook_run"

_ENDED = "The kernel had ended before this cell was through."
_BY_ITSELF = "A cell had ended it, perhaps with quit() or exit()."
_MOST_OUTPUTS = 1000
_MOST_LINES = 1000
_MIME = re.compile(r"[a-z]+/[A-Za-z0-9.+-]{1,100}", re.ASCII)
_IS_JSON = re.compile(r"application/(.*\+)?json", re.ASCII)
_SIZES = ("width", "height")


def notebook_task(cells: Sequence[NotebookNode], files: Mapping[str, bytes], lesson: str) -> Task:
    """Return the task that runs a notebook.

    Args:
        cells: all its cells.
        files: what lies beside it.
        lesson: the name of its folder.
    """
    given = [
        {"id": str(cell.get("id", number)), "cell_type": cell.cell_type, "source": cell.source}
        for number, cell in enumerate(cells)
    ]
    # Signals do there what they do in a kernel.
    return Task(f"{RUNNER}:run_notebook", {"cells": given}, files, lesson, apart=True)


def notebook_outputs(ran: Ran, count: int) -> list[list[NotebookNode]]:
    """Return the outputs of each cell, in shapes that nbformat allows and with no key besides.

    Args:
        ran: what `run_notebook` sent.
        count: how many cells it was given.

    Returns:
        A list for each cell. A cell that did not run to its end has one error, "KernelEnded",
        which says why.
    """
    cells: dict[int, list[NotebookNode]] = {}
    for message in ran.messages:
        number, outputs = message.get("cell"), message.get("outputs")
        if type(number) is int and 0 <= number < count and isinstance(outputs, list):
            checked = map(_checked, outputs[:_MOST_OUTPUTS])
            cells[number] = [_node(output) for output in checked if output is not None]
    return [cells[n] if n in cells else [_ended(ran.ended)] for n in range(count)]


def _ended(why: str) -> NotebookNode:
    words = f"{_ENDED} {why or _BY_ITSELF}"
    error = {"output_type": "error", "ename": "KernelEnded", "evalue": words}
    return _node({**error, "traceback": [f"KernelEnded: {words}"]})


def _node(output: dict[str, Any]) -> NotebookNode:
    node: NotebookNode = from_dict(output)  # type: ignore[no-untyped-call]  # half-typed
    return node


def _checked(output: Any) -> dict[str, Any] | None:
    """Return an output's parts that nbformat knows; None if it is no output."""
    match output:
        case {"output_type": "stream", "name": "stdout" | "stderr" as name, "text": str(text)}:
            return {"output_type": "stream", "name": name, "text": text}
        case {
            "output_type": "error",
            "ename": str(name),
            "evalue": str(words),
            "traceback": list(lines),
        }:
            kept = [line for line in lines[:_MOST_LINES] if isinstance(line, str)]
            return {"output_type": "error", "ename": name, "evalue": words, "traceback": kept}
        case {"output_type": "display_data", "data": dict(data), "metadata": dict(about)}:
            return {"output_type": "display_data", **_rich(data, about)}
        case {
            "output_type": "execute_result",
            "data": dict(data),
            "metadata": dict(about),
            "execution_count": int(count),
        }:
            kind = {"output_type": "execute_result", "execution_count": int(count)}
            return {**kind, **_rich(data, about)}
    return None


def _rich(data: dict[str, Any], about: dict[str, Any]) -> dict[str, Any]:
    kept = {
        kind: value
        for kind, value in data.items()
        if _MIME.fullmatch(kind) and (isinstance(value, str) or _IS_JSON.fullmatch(kind))
    }
    return {"data": kept, "metadata": {kind: _sizes(about[kind]) for kind in kept if kind in about}}


def _sizes(about: Any) -> dict[str, int]:
    """Return how large a picture is to be shown, in pixels; a page shows nothing else of it."""
    if not isinstance(about, dict):
        return {}
    sizes = {name: about.get(name) for name in _SIZES}
    return {name: size for name, size in sizes.items() if type(size) is int and 0 < size <= 10_000}
