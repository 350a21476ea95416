"""What a learner waits for: installation, JupyterLab, a lesson, imports, the start page, a check.

PYTHONPATH=. python benchmarks/starting.py install
PYTHONPATH=. python benchmarks/starting.py lab
PYTHONPATH=. python benchmarks/starting.py imports
PYTHONPATH=. python benchmarks/starting.py page
PYTHONPATH=. python benchmarks/starting.py check
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import nbformat
import typer
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect, sync_playwright
from rich.console import Console
from rich.progress import track
from rich.table import Table

from course_utils.grading.own_work.checking import Checking, read_own
from course_utils.grading.own_work.lessons import lesson_called, lessons_in
from course_utils.grading.own_work.page import page_of, write_page
from course_utils.learning.course import course_progress
from course_utils.quiz.attempts import ATTEMPTS_FILE
from course_utils.quiz.released import QUESTIONS_FILE, read_released
from course_utils.workspace.derive import derive_workspace
from tests.support import chromium
from tests.support.course import ROOT
from tests.support.lab_page import LabPage
from tests.support.running_lab import address, learners_environment, running_lab

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser

app = typer.Typer(add_completion=False)
OURS, BARE = "this course", "bare JupyterLab"
LESSON = "01_interrupt_before/01_interrupt_before.ipynb"
FIRST_RESULT = "def show(messages)"
PEER = "peer.ipynb"
# What somebody installs who wants LangGraph, Ollama and widgets in JupyterLab, and nothing else.
PACKAGES = (
    "jupyterlab",
    "ipywidgets",
    "langgraph",
    "langgraph-checkpoint-sqlite",
    "langchain-ollama",
)
LANGGRAPH = "import langgraph.graph, langgraph.prebuilt, langgraph.checkpoint.memory"
IMPORTS = {
    "langgraph": LANGGRAPH,
    "langgraph and ipywidgets": f"{LANGGRAPH}, ipywidgets",
    "langgraph and what lesson 01 takes from course_utils": f"{LANGGRAPH}\n"
    "from course_utils import ApprovalCard, ask, chat_model, exercise, progress, show_graph",
    "course_utils, no name used": "import course_utils",
}
_MEASURED = """
import time
begun = time.perf_counter()
{code}
taken = time.perf_counter() - begun
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(taken, int(status["VmHWM"].split()[0]) / 1024)
"""
# The lesson's graph, with a node in the place of the model.
AGENT = """
from langchain_core.messages import AIMessage

def agent(state):
    if state["messages"][-1].type == "tool":
        return {"messages": [AIMessage("Done.")]}
    mail = {"to": "alice@example.com", "subject": "Lunch", "body": "At noon?"}
    call = {"name": "send_email", "args": mail, "id": "1"}
    return {"messages": [AIMessage("", tool_calls=[call])]}
"""


@app.command()
def install() -> None:
    """Install both from their packages, each into an environment of its own, once."""
    table = _table("Installed into an empty environment", "what", ("seconds", "ratio"))
    with tempfile.TemporaryDirectory() as name:
        clone, peer = Path(name, "course"), Path(name, "peer")
        _must("git", "clone", "-q", str(ROOT), str(clone))
        ours = _seconds(lambda: _must("make", "-C", str(clone), ".venv/.lab-installed"))
        theirs = _seconds(lambda: _install_peer(peer))
    table.add_row(BARE, f"{theirs:.1f}", "1.0")
    table.add_row(OURS, f"{ours:.1f}", f"{ours / theirs:.1f}")
    _print(table)


def _install_peer(folder: Path) -> None:
    _must(sys.executable, "-m", "venv", str(folder))
    python = str(folder / "bin" / "python")
    _must(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "uv")
    pins = ("-c", str(ROOT / "constraints.txt"), "--compile-bytecode")
    _must(str(folder / "bin" / "uv"), "pip", "install", "-q", "--python", python, *pins, *PACKAGES)


@app.command()
def lab(rounds: int = 3) -> None:
    """Start JupyterLab and open a notebook, for the first time and once more; medians."""
    found = chromium.find()
    if found is None:
        raise SystemExit(chromium.ADVICE)
    taken: dict[tuple[str, str], list[dict[str, float]]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=chromium.FLAGS)
        for _ in track(range(rounds), "Starting", transient=True):
            for what, start in ((OURS, _our_lab), (BARE, _bare_lab)):
                with tempfile.TemporaryDirectory() as name:
                    for which in ("first", "second"):
                        parts = _opened(browser, start(Path(name)), what)
                        taken.setdefault((which, what), []).append(parts)
        browser.close()
    parts = [*next(iter(taken.values()))[0]]
    table = _table(f"Seconds, medians of {rounds}", "start", (OURS, BARE, "ratio"))
    for which in ("first", "second"):
        rows = {
            w: {p: median(one[p] for one in taken[which, w]) for p in parts} for w in (OURS, BARE)
        }
        for part in parts:
            _row(table, f"{which}: {part}", rows[OURS][part], rows[BARE][part])
        _row(table, f"{which}: in all", *(sum(rows[what].values()) for what in (OURS, BARE)))
    _print(table)


def _opened(browser: Browser, server: AbstractContextManager[str], what: str) -> dict[str, float]:
    """Return the seconds of each part from the command to the first result."""
    clock = _Clock()
    notebook = LESSON if what == OURS else PEER
    with server as url:
        clock.part("until the server's address is printed")
        page = LabPage(browser.new_page(), url)
        page.page.goto(urlsplit(url)._replace(path=f"/lab/tree/{notebook}").geturl())
        page.wait_until_idle()
        clock.part("until the notebook has a kernel")
        page.run_up_to(FIRST_RESULT)
        expect(page.output(FIRST_RESULT).get_by_text("outbox:")).to_be_visible()
        clock.part("until the first result of the agent is seen")
        page.page.close()
    return clock.parts


class _Clock:
    def __init__(self) -> None:
        self.parts: dict[str, float] = {}
        self._begun = time.perf_counter()

    def part(self, name: str) -> None:
        now = time.perf_counter()
        self.parts[name], self._begun = now - self._begun, now


@contextmanager
def _our_lab(folder: Path) -> Iterator[str]:
    with running_lab(folder / "workspace", folder / "home", cold=True) as printed:
        yield address(printed)


@contextmanager
def _bare_lab(folder: Path) -> Iterator[str]:
    """Run `jupyter lab` on a folder with one notebook, in the same environment as ours."""
    root = folder / "notebooks"
    root.mkdir(exist_ok=True)
    nbformat.write(_peer(), root / PEER)
    options = ("--no-browser", "--allow-root", "--port=0", f"--ServerApp.root_dir={root}")
    command = [str(Path(sys.executable).parent / "jupyter"), "lab", *options]
    environment = learners_environment(folder / "home")
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=environment, text=True, **pipes) as server:
        try:
            yield next(
                word for line in server.stderr for word in line.split() if "/lab?token=" in word
            )
        finally:
            server.terminate()


def _peer() -> nbformat.NotebookNode:
    """Return the cells of lesson 01 up to its first result, without what is the course's."""
    lesson = nbformat.read(ROOT / "notebooks" / LESSON, as_version=4)
    cells = {cell.id: cell.source for cell in lesson.cells}
    graph = cells["graph"].replace("from course_utils import chat_model\n", "")
    before, _, after = graph.partition("model = ")
    graph = before + AGENT + "\nbuilder" + after.partition("\nbuilder")[2]
    sources = [cells["tool"], graph, cells["run-unsupervised"]]
    return new_notebook(cells=list(map(new_code_cell, sources)), metadata=lesson.metadata)


@app.command()
def imports(rounds: int = 7) -> None:
    """Import in fresh processes: seconds, and the most memory the process had; medians."""
    taken: dict[str, list[Sequence[float]]] = {name: [] for name in IMPORTS}
    for _ in track(range(rounds), "Importing", transient=True):
        for name, code in IMPORTS.items():
            said = _must(sys.executable, "-c", _MEASURED.format(code=code))
            taken[name].append([float(word) for word in said.split()])
    headings = ("seconds", "times LangGraph", "MiB", "times LangGraph")
    table = _table(f"Imported, medians of {rounds}", "what", headings)
    medians = {
        name: [median(each) for each in zip(*rows, strict=True)] for name, rows in taken.items()
    }
    first = next(iter(medians.values()))
    for name, (seconds, size) in medians.items():
        ratios = (f"{seconds / first[0]:.2f}", f"{size / first[1]:.2f}")
        table.add_row(name, f"{seconds:.2f}", ratios[0], f"{size:.0f}", ratios[1])
    _print(table)


@app.command()
def page(tries_a_day: int = 10, rounds: int = 9) -> None:
    """Compute the start page of a year of attempts; medians, beside reading the lines as JSON."""
    with tempfile.TemporaryDirectory() as name:
        workspace = Path(name, "workspace")
        derive_workspace(workspace)
        lines = _a_year(workspace, tries_a_day)
        files = sorted(workspace.glob(f"*/{ATTEMPTS_FILE}"))
        ours = [_seconds(lambda: course_progress(workspace, {})) for _ in range(rounds)]
        theirs = [_seconds(lambda: _read_as_json(files)) for _ in range(rounds)]
    headings = ("milliseconds", "ratio")
    table = _table(
        f"{lines} attempts in {len(files)} lessons, medians of {rounds}", "what", headings
    )
    for what, times in (("json.loads of every line", theirs), ("the start page's figures", ours)):
        table.add_row(what, f"{median(times) * 1000:.1f}", f"{median(times) / median(theirs):.1f}")
    _print(table)


def _a_year(workspace: Path, tries_a_day: int) -> int:
    """Write so many tries a day for a year, at the questions in turn; return how many."""
    asked = [
        (path.parent / ATTEMPTS_FILE, question)
        for path in sorted(workspace.glob(f"*/{QUESTIONS_FILE}"))
        for question in read_released(path).questions
    ]
    begun, count = datetime(2026, 1, 1, 8, tzinfo=UTC), 365 * tries_a_day
    for number in range(count):
        path, question = asked[number % len(asked)]
        when = begun + timedelta(days=number // tries_a_day, minutes=number % tries_a_day)
        event = {"question": question.id, "version": question.version, "time": when.isoformat()}
        with path.open("a") as file:
            file.write(json.dumps({**event, "event": "try", "answer": "a"}) + "\n")
    return count


def _read_as_json(files: Sequence[Path]) -> list[Mapping[str, object]]:
    return [json.loads(line) for path in files for line in path.read_text().splitlines()]


@app.command()
def check(lesson: str = "", rounds: int = 3) -> None:
    """Check the authors' answers in one jail that is kept, page and all; medians of the later."""
    names = lessons_in(ROOT / "notebooks")
    chosen = [lesson_called(lesson, names)] if lesson else names
    headings = ("first", "one answer changed", "all changed", "in imports of LangGraph")
    table = _table(f"Seconds of a check, later ones as medians of {rounds}", "lesson", headings)
    with tempfile.TemporaryDirectory() as name, Checking() as checking:
        derive_workspace(Path(name))
        if checking.unjailed:
            raise SystemExit(checking.unjailed)
        for each in track(chosen, "Checking", transient=True):
            taken = _checks(Path(name, each), checking, rounds)
            peer = median(_seconds(lambda: _must(sys.executable, "-c", LANGGRAPH)) for _ in "123")
            cells = [f"{seconds:.2f}" for seconds in taken]
            table.add_row(each, *cells, " ".join(f"{one / peer:.1f}" for one in taken))
    _print(table)


def _checks(folder: Path, checking: Checking, rounds: int) -> tuple[float, float, float]:
    """Return the seconds of the first check, after one answer changed, and after all have."""
    source = ROOT / "notebooks" / folder.name / f"{folder.name}.ipynb"
    mine = folder / source.name

    def answered(note: str, *, last: bool) -> None:
        notebook, written = (nbformat.read(path, 4) for path in (mine, source))
        answers = [
            (cell, author)
            for cell, author in zip(notebook.cells, written.cells, strict=True)
            if author.metadata.get("nbgrader", {}).get("solution")
        ]
        for cell, author in answers[-1:] if last else answers:
            cell.source = f"{author.source}\n# {note}"
        nbformat.write(notebook, mine)

    def checked() -> None:
        done = checking.check(read_own(folder, source, ROOT / "quizzes"))
        write_page(folder, page_of(done))
        short = [mark.cell for mark in done.graded.record.marks if mark.points < mark.maximum]
        wrong = [cell for cell in short if not cell.startswith("quiz-")]
        if wrong or done.graded.record.flags:
            raise SystemExit(f"{folder.name}: the author's answers to {wrong} have not passed.")

    answered("first", last=False)
    first, later = _seconds(checked), {}
    for last in (True, False):
        taken = []
        for number in range(rounds):
            answered(f"{last} {number}", last=last)
            taken.append(_seconds(checked))
        later[last] = median(taken)
    return first, later[True], later[False]


def _seconds(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def _must(*command: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stderr[-2000:]}")
    return done.stdout


def _table(title: str, first: str, headings: Sequence[str]) -> Table:
    table = Table(first, title=title)
    for heading in headings:
        table.add_column(heading, justify="right")
    return table


def _row(table: Table, name: str, ours: float, theirs: float) -> None:
    table.add_row(name, f"{ours:.1f}", f"{theirs:.1f}", f"{ours / theirs:.2f}")


def _print(table: Table) -> None:
    Console(width=120).print(table)


if __name__ == "__main__":
    app()
