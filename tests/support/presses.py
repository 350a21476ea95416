"""Cards on which something is typed, left, typed anew, and then pressed at once."""

from __future__ import annotations

import json
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.support import forked
from tests.support.small_notebook import written

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from playwright.sync_api import Locator

    from tests.support.lab_page import LabPage

# Milliseconds, for a machine whose cores are all busy.
SLOW = 60_000
LESSON = "01_interrupt_before"
QUESTION = "01_interrupt_before/parameter"
CARDS = """
import json
import threading
from importlib.metadata import version
from typing import TypedDict

from course_utils import ApprovalCard, ask
from ipywidgets import VBox
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt
from pydantic import BaseModel

class Trip(BaseModel):
    town: str
    nights: int = 1
    meals: bool = False

class State(TypedDict, total=False):
    number: int
    heard: object
    ran_in: str

CALL = {
    "action_requests": [{"name": "send_email", "args": {"to": "alice"}}],
    "review_configs": [{"action_name": "send_email", "allowed_decisions": ["approve", "reject"]}],
}

def asks_for_decision(state):
    return told(interrupt(CALL)["decisions"][0])

def asks_for_text(state):
    return told(interrupt("What is it called?"))

def asks_for_form(state):
    return told(interrupt("Where to?", response_schema=Trip))

def told(heard):
    heard = heard.model_dump() if isinstance(heard, BaseModel) else heard
    return {"heard": heard, "ran_in": threading.current_thread().name}

def paused(number):
    node = [asks_for_decision, asks_for_text, asks_for_form][number % 4]
    graph = StateGraph(State).add_node("ask", node).add_edge(START, "ask").compile(InMemorySaver())
    config = {"configurable": {"thread_id": str(number)}}
    graph.invoke({"number": number}, config)
    graphs[number] = graph, config
    return ApprovalCard(graph, config)

graphs = {}
cards = [ask(QUESTION) if number % 4 == 3 else paused(number) for number in range(TRIES)]
VBox(cards)
"""
TELL = """
values = [graph.get_state(config).values for graph, config in graphs.values()]
print(json.dumps({
    "ipykernel": version("ipykernel"),
    "heard": {value["number"]: value["heard"] for value in values if "heard" in value},
    "threads": sorted({value["ran_in"] for value in values if "heard" in value}),
}))
"""


def type_and_press(
    lab_page: LabPage,
    workspace: Path,
    tries: int,
    beside: AbstractContextManager[None] | None = None,
) -> dict[str, Any]:
    """Type on so many cards and press, with whatever kernel and page the test has.

    Args:
        lab_page: the page.
        workspace: the learner's folder that it shows.
        tries: the cards.
        beside: what goes on meanwhile.

    Returns:
        What the kernel says: its `ipykernel`, the `threads` that ran the graphs, and `heard`, what
        arrived by the number of its card; `typed` is what should have.
    """
    folder = workspace / LESSON
    first = f"TRIES, QUESTION = {tries}, {QUESTION!r}"
    # A kernel that is forked would not be of the line that the test has installed.
    written(folder / "presses.ipynb", first, CARDS, TELL, kernel=forked.STARTED)
    lab_page.open(f"{LESSON}/presses.ipynb")
    lab_page.run_up_to("VBox(cards)")
    cards = lab_page.output("VBox(cards)").locator(".hitl-card")
    expect(cards).to_have_count(tries)
    with beside or nullcontext():
        typed = {str(n): ANSWERS[n % 4](cards.nth(n), n) for n in range(tries)}
    lab_page.run_from("print(json.dumps")
    told: dict[str, Any] = json.loads(lab_page.output("print(json.dumps").inner_text())
    lines = (folder / "attempts.jsonl").read_text(encoding="utf-8").splitlines()
    tried = [json.loads(line)["answer"] for line in lines]
    told["heard"] |= dict(zip([n for n in typed if int(n) % 4 == 3], tried, strict=True))
    return {**told, "typed": typed}


def _reject(card: Locator, number: int) -> Any:
    _type_twice(card.get_by_placeholder("Reason"), f"reason {number}")
    card.get_by_role("button", name="Reject").click()
    expect(card).to_contain_text("Finished", timeout=SLOW)
    return {"type": "reject", "message": f"reason {number}"}


def _send_text(card: Locator, number: int) -> Any:
    _type_twice(card.get_by_label("Your answer"), f"word {number}")
    card.get_by_role("button", name="Send").click()
    expect(card).to_contain_text("Finished", timeout=SLOW)
    return f"word {number}"


def _send_form(card: Locator, number: int) -> Any:
    card.get_by_label("Meals").check()
    card.get_by_label("Nights").fill(str(number))
    _type_twice(card.get_by_label("Town"), f"town {number}")
    card.get_by_role("button", name="Send").click()
    expect(card).to_contain_text("Finished", timeout=SLOW)
    return {"town": f"town {number}", "nights": number, "meals": True}


def _submit(card: Locator, number: int) -> Any:
    _type_twice(card.get_by_label("Answer:"), f"blank {number}")
    card.get_by_role("button", name="Submit").click()
    expect(card).to_contain_text("Saved.", timeout=SLOW)
    return f"blank {number}"


ANSWERS = [_reject, _send_text, _send_form, _submit]


def _type_twice(field: Locator, words: str) -> None:
    """Type a draft, leave the field, and type the words: what the page sent first may be late."""
    field.fill("a draft")
    field.blur()
    field.fill(words)
