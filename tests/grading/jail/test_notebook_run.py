"""A notebook's own run shows what a kernel shows, and takes no other shape whatever is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from course_utils.grading.jail.jail import Jail, Ran
from course_utils.grading.jail.limits import Limits
from course_utils.grading.jail.messages import Messages
from course_utils.grading.jail.notebook import notebook_outputs, notebook_task
from course_utils.places import COURSE_ROOT
from tests.support.jailed import ran

if TYPE_CHECKING:
    from collections.abc import Iterator

LESSON = "01_interrupt_before"
LATER = "from IPython.display import display\nshown = display('first', display_id=True)"
CELLS = {
    "print(1); 1 + 1": [("stream", "1\n"), ("execute_result", "2")],
    "%%time\nx = 1": [("stream", "CPU times: ")],
    "!echo out; echo err >&2": [("stream", "out\nerr\n")],
    "import os; n = os.write(1, b'out'); n = os.write(2, b'err')": [
        *(("stream", "out"), ("stream", "err"))
    ],
    "1 / 0": [("error", "ZeroDivisionError")],
    "input('?')": [("error", "StdinNotImplementedError")],
    "import asyncio; await asyncio.sleep(0); 5": [("execute_result", "5")],
    "asyncio.run(asyncio.sleep(0))": [("error", "RuntimeError")],
    "import warnings; warnings.warn('careful')": [("stream", "<ipython-input-")],
    "import threading; t = threading.Thread(target=print, args=[3]); t.start(); t.join()": [
        ("stream", "3\n")
    ],
    LATER: [("display_data", "'second'")],
    "shown.update('second')": [],
    "import ipywidgets; ipywidgets.Button(description='Go')": [
        ("execute_result", "Button(description='Go'")
    ],
    "from IPython.display import clear_output\nprint(1); clear_output(wait=True); print(2)": [
        ("stream", "2\n")
    ],
    "import multiprocessing as m; p = m.get_context('fork').Process(target=print, args=[4])\n"
    "p.start(); p.join()": [("stream", "4\n")],
    "import subprocess, sys; subprocess.run([sys.executable, '-c', 'print(5)']).returncode": [
        *(("stream", "5\n"), ("execute_result", "0"))
    ],
    "%pip install no-such-package": [("stream", "ERROR: Could not find a version")],
    "print?": [],
    "   ": [],
}


@pytest.fixture(scope="module")
def jail() -> Iterator[Jail]:
    with Jail() as running:
        yield running


def in_short(output: Any) -> tuple[str, str]:
    data = output.get("data", {})
    text = output.get("text") or output.get("ename") or data.get("text/plain", "")
    return output["output_type"], text


def merged(outputs: list[Any]) -> list[tuple[str, str]]:
    """Outputs in short, a stream whole: a kernel may send it in parts."""
    whole: list[tuple[str, str]] = []
    for kind, text in map(in_short, outputs):
        if whole and kind == whole[-1][0] == "stream":
            kind, text = "stream", whole.pop()[1] + text  # noqa: PLW2901
        whole.append((kind, text))
    return whole


def test_each_kind_of_output_is_as_in_a_kernel(jail: Jail):
    result, outputs = ran(jail, list(CELLS), Limits())
    assert result.ended == ""
    for (cell, expected), came in zip(CELLS.items(), outputs, strict=True):
        short = [in_short(output) for output in came]
        assert len(short) == len(expected), (cell, short)
        for (kind, text), (expected_kind, start) in zip(short, expected, strict=True):
            assert kind == expected_kind, cell
            assert text.startswith(start), cell


def test_a_lesson_shows_what_is_stored_in_it(jail: Jail):
    path = COURSE_ROOT / "notebooks" / LESSON / f"{LESSON}.ipynb"
    lesson = nbformat.read(path, as_version=4)
    result = jail.run(notebook_task(lesson.cells, {path.name: path.read_bytes()}, LESSON))
    outputs = notebook_outputs(result, len(lesson.cells))
    assert result.ended == ""
    for cell, came in zip(lesson.cells, outputs, strict=True):
        # What a learner has done is not there, and no question bank.
        if cell.cell_type == "code" and not {"ask(", "progress("} & set(_calls(cell.source)):
            assert merged(came) == merged(cell.outputs), cell.source


def _calls(source: str) -> list[str]:
    return [name for name in ("ask(", "progress(") if name in source]


def test_what_is_no_output_is_left_out():
    good = {"output_type": "stream", "name": "stdout", "text": "a"}
    picture = {
        "output_type": "display_data",
        "data": {"image/png": "aGk=", "text/html": ["no", "text"], "evil/<b>": "x"},
        "metadata": {"image/png": {"width": "1 onload=x", "height": 5}, "other": 1},
        "transient": {},
    }
    forged = [
        *({**good, "name": "stdin"}, {**good, "text": 1}, {"output_type": "pyout"}, 3, None),
        {"output_type": "error", "ename": 1, "evalue": "", "traceback": []},
        {"output_type": "execute_result", "data": {}, "metadata": {}, "execution_count": "1"},
    ]
    messages = (
        {"cell": 0, "outputs": [good, *forged, picture]},
        *({"cell": True, "outputs": []}, {"cell": 9, "outputs": []}, {"cell": 1, "outputs": {}}),
    )
    first, second = notebook_outputs(Ran(messages, "It was slow."), 2)
    kept = {"data": {"image/png": "aGk="}, "metadata": {"image/png": {"height": 5}}}
    assert first == [good, {"output_type": "display_data", **kept}]
    assert [output.ename for output in second] == ["KernelEnded"]
    assert second[0].evalue.endswith("before this cell was through. It was slow.")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=first)])
    nbformat.validate(notebook)


def test_only_objects_of_json_are_messages():
    messages = Messages(1000)
    lines = [b"[1]", b'{"a": NaN}', b"{", b"\xff", b'{"a": "\\ud800"}', b"[" * 500, b'{"a": 1}']
    sent = b"\n".join(lines) + b'\n{"step": "x"}\n{"b'
    assert messages.take(sent[:20]) is False
    assert messages.take(sent[20:]) is True
    assert messages.kept == [{"a": 1}, {"step": "x"}]
    messages.take(b"x" * 1000)
    assert messages.problem == "It printed more than 0 MiB."
