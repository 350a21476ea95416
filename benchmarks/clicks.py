"""From the click to the visible result: the card's Approve, and a bare Button that resumes.

PYTHONPATH=. python benchmarks/clicks.py
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING, NamedTuple

import nbformat
import typer
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.support import chromium
from tests.support.lab_page import LabPage
from tests.support.running_lab import address, running_lab

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Locator

WARM_UP = 3
CARD, BARE = "ApprovalCard", "bare Button"
SAVERS = ("InMemorySaver", "SqliteSaver")
NOTEBOOK = """
import tempfile
from contextlib import ExitStack
from ipywidgets import HTML, Button, HBox, VBox
from langchain_core.messages import AIMessage
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from course_utils import ApprovalCard
from course_utils.checkpoints import checkpoints

@tool
def send(to: str) -> str:
    "Send."
    return f"sent to {to}"

def agent(state):
    first, last = state["messages"][0], state["messages"][-1]
    if last.type == "tool":
        return {"messages": [AIMessage("Done.")]}
    call = {"name": "send", "args": {"to": first.text}, "id": "1"}
    return {"messages": [AIMessage("", tool_calls=[call])]}

builder = StateGraph(MessagesState).add_node(agent).add_node("tools", ToolNode([send]))
builder.add_edge(START, "agent").add_conditional_edges("agent", tools_condition)
builder.add_edge("tools", "agent")

file = tempfile.mkdtemp() + "/checkpoints.sqlite"
stack = ExitStack()
savers = {
    "InMemorySaver": InMemorySaver(),
    "SqliteSaver": stack.enter_context(checkpoints(file)),
}

def bare_button(graph, config):
    button, shown = Button(description="Approve"), HTML()

    def resume(_):
        shown.value = graph.invoke(None, config)["messages"][-2].text

    button.on_click(resume)
    return VBox([button, shown])

ways = {"ApprovalCard": ApprovalCard, "bare Button": bare_button}
number = 0

def fresh(way, saver, slot):
    global number
    number += 1
    graph = builder.compile(checkpointer=savers[saver], interrupt_before=["tools"])
    config = {"configurable": {"thread_id": str(number)}}
    graph.invoke({"messages": [("user", f"person {number}.")]}, config)
    slot.children = [ways[way](graph, config), HTML(f"shown {number}.")]

rows = []
for way in ways:
    for saver in savers:
        slot, following = VBox(), Button(description=f"{way} {saver}")
        following.on_click(lambda _, how=(way, saver, slot): fresh(*how))
        rows.append(VBox([following, slot]))
VBox(rows)
"""
# From the click that the page dispatches to the change in the page that shows the tool's answer.
MEASURE = """(button, [area, expected]) => new Promise(resolve => {
    const observer = new MutationObserver(() => {
        if (!area.textContent.includes(expected)) return;
        observer.disconnect();
        resolve(performance.now() - start);
    });
    observer.observe(area, {subtree: true, childList: true, characterData: true});
    const start = performance.now();
    button.click();
})"""


class Way(NamedTuple):
    """What is clicked, and where its thread is kept."""

    what: str
    saver: str


WAYS = [Way(what, saver) for what in (CARD, BARE) for saver in SAVERS]


def main(clicks: int = 50) -> None:
    """Click so often on each, one after the other in turn, and print the table."""
    with _notebook() as output:
        taken: dict[Way, list[float]] = {way: [] for way in WAYS}
        number = 0
        for turn in track(range(WARM_UP + clicks), "Clicking", transient=True):
            for way in WAYS:
                number += 1
                milliseconds = _click(output, way, number)
                taken[way] += [milliseconds] if turn >= WARM_UP else []
    Console(width=100).print(_table(taken))


@contextmanager
def _notebook() -> Iterator[Locator]:
    """Open the notebook in a real JupyterLab and Chromium, and run it."""
    found = chromium.find()
    if found is None:
        raise SystemExit(chromium.ADVICE)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        workspace = Path(name) / "workspace"
        with running_lab(workspace, Path(name) / "home") as printed:
            kernel = {"name": "python3", "display_name": "Python 3"}
            cells = [new_code_cell(NOTEBOOK.strip())]
            notebook = new_notebook(cells=cells, metadata={"kernelspec": kernel})
            nbformat.write(notebook, workspace / "click.ipynb")
            browser = playwright.chromium.launch(executable_path=found, args=chromium.FLAGS)
            lab_page = LabPage(browser.new_page(), address(printed))
            lab_page.open("click.ipynb")
            lab_page.run_all()
            yield lab_page.output("bare_button")
            browser.close()


def _click(output: Locator, way: Way, number: int) -> float:
    """Show a thread of its own, click Approve on it, and return the milliseconds it took."""
    output.get_by_role("button", name=" ".join(way)).click()
    slot = output.locator(".widget-vbox", has_text=f"shown {number}.").last
    button = slot.get_by_role("button", name="Approve")
    button.wait_for()
    area = slot.element_handle()
    return float(button.evaluate(MEASURE, [area, f"sent to person {number}."]))


def _table(taken: dict[Way, list[float]]) -> Table:
    table = Table(title="From click to visible result, in milliseconds")
    for heading in ("clicked", "checkpoints"):
        table.add_column(heading)
    for heading in ("clicks", "lower quartile", "median", "upper quartile", "ratio"):
        table.add_column(heading, justify="right")
    medians = {way: quantiles(times, n=4)[1] for way, times in taken.items()}
    for way, times in taken.items():
        figures = [f"{figure:.1f}" for figure in quantiles(times, n=4)]
        ratio = medians[way] / medians[Way(BARE, way.saver)]
        table.add_row(*way, str(len(times)), *figures, f"{ratio:.2f}")
    return table


if __name__ == "__main__":
    typer.run(main)
