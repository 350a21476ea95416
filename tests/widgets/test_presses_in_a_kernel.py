"""A press that reaches a real kernel in a subshell: its thread and its loop are not the cells'."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from jupyter_client.manager import start_new_kernel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_client.blocking.client import BlockingKernelClient
    from jupyter_client.manager import KernelManager

SECONDS = 60
# As ipykernel was from 7.0 to 7.3: the page alone says where a message is handled.
THE_PAGE_DECIDES = "from ipykernel.comm.comm import BaseComm; del BaseComm._reply_subshell_for"
CARD = """
import asyncio, threading, time
from typing import TypedDict

from course_utils import ApprovalCard
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph

where = []
cells = (threading.current_thread(), asyncio.get_running_loop())

class State(TypedDict, total=False):
    never: str

async def act(state):
    where.append((threading.current_thread(), asyncio.get_running_loop()) == cells)
    print("begun", flush=True)
    return {}

def wait(state):
    where.append(threading.current_thread() is cells[0])
    print("begun", flush=True)
    for _ in range(600):
        time.sleep(0.1)
    return {}

def builder(node):
    return StateGraph(State).add_node("act", node).add_edge(START, "act")

config = {"configurable": {"thread_id": "1"}}
"""
ASYNC = """
opening = AsyncSqliteSaver.from_conn_string(":memory:")
graph = builder(act).compile(await opening.__aenter__(), interrupt_before=["act"])
await graph.ainvoke({"never": ""}, config)
card = ApprovalCard(graph, config)
"""
ENDLESS = """
never = asyncio.Event()

async def wait_for_ever(state):
    print("begun", flush=True)
    await never.wait()
    return {}

graph = builder(wait_for_ever).compile(InMemorySaver(), interrupt_before=["act"])
await graph.ainvoke({"never": ""}, config)
card = ApprovalCard(graph, config)
"""
SYNC = """
graph = builder(wait).compile(InMemorySaver(), interrupt_before=["act"])
graph.invoke({"never": ""}, config)
card = ApprovalCard(graph, config)
"""
STUCK = """
returns = threading.Event()

def sleep_in_c(state):
    print("asleep", flush=True)
    returns.wait()
    return {}

graph = builder(sleep_in_c).compile(InMemorySaver(), interrupt_before=["act"])
graph.invoke({"never": ""}, config)
card = ApprovalCard(graph, config)
"""
TWO = """
from langgraph.graph import MessagesState
from langchain_core.messages import AIMessage
from langchain_core.tools import tool
from langgraph.prebuilt import ToolNode

meet = threading.Barrier(2)

@tool
def pay(amount: int) -> str:
    "Pay, once the other card pays too."
    print("paying", amount, flush=True)
    meet.wait(timeout=30)
    return f"paid {amount}"

def call(state):
    amount = int(state["messages"][0].text)
    return {"messages": [AIMessage("", tool_calls=[
        {"name": "pay", "args": {"amount": amount}, "id": str(amount)}])]}

paying = StateGraph(MessagesState).add_node("agent", call).add_node("tools", ToolNode([pay]))
paying.add_edge(START, "agent").add_edge("agent", "tools")
paying = paying.compile(InMemorySaver(), interrupt_before=["tools"])
cards = []
for amount in ("10", "20"):
    config = {"configurable": {"thread_id": amount}}
    paying.invoke({"messages": [("user", amount)]}, config)
    cards.append(ApprovalCard(paying, config, reviewer="ann"))
"""
BOUND = """
import sqlite3
orders = sqlite3.connect(":memory:")

def look(state):
    where.append(threading.current_thread() is cells[0])
    orders.execute("SELECT 1")
    print("looked", flush=True)
    return {}

graph = builder(look).compile(InMemorySaver(), interrupt_before=["act"])
config = {"configurable": {"thread_id": "1"}}
graph.invoke({"never": ""}, config)
card = ApprovalCard(graph, config)
"""


ASKING = """
from langgraph.types import interrupt

class Told(TypedDict, total=False):
    name: str

def ask(state):
    return {"name": interrupt("Who?")}

asking = StateGraph(Told).add_node("ask", ask).add_edge(START, "ask").compile(InMemorySaver())
asking.invoke({"name": ""}, config)
card = ApprovalCard(asking, config)
"""


class Notebook:
    """A kernel, and what a notebook and its page send to it."""

    def __init__(self, manager: KernelManager, client: BlockingKernelClient) -> None:
        self.manager, self.client = manager, client
        self.subshell = self._create_subshell()

    def run(self, cell: str) -> str:
        """Run a cell, and return what it printed."""
        printed: list[str] = []

        def take(message: dict[str, Any]) -> None:
            content = message["content"]
            assert message["msg_type"] != "error", "\n".join(content["traceback"])
            if message["msg_type"] == "stream" and content["name"] == "stdout":
                printed.append(content["text"])

        self.client.execute_interactive(cell, output_hook=take, timeout=SECONDS)
        return "".join(printed).strip()

    def press(self, words: str) -> None:
        """Send the message of a card's script from a subshell, where JupyterLab sends it."""
        find = (
            "from tests.support.cards import pressed_in_a_page\n"
            f"presses, message = pressed_in_a_page(card, {words!r}, {{}})\n"
            "print(presses.model_id, message['pressed'])"
        )
        presses, button = self.run(find).split()
        content = {"pressed": button, "words": words, "fields": {}}
        data = {"method": "custom", "content": content}
        message = self.client.session.msg("comm_msg", {"comm_id": presses, "data": data})
        message["header"]["subshell_id"] = self.subshell
        self.client.shell_channel.send(message)

    def click(self, words: str) -> None:
        """Send what a page without the script sends for a click on a button."""
        find = (
            "from tests.support.cards import pressed_in_a_page\n"
            f"print(pressed_in_a_page(card, {words!r}, {{}})[1]['pressed'])"
        )
        data = {"method": "custom", "content": {"event": "click"}}
        message = {"comm_id": self.run(find), "data": data}
        self.client.shell_channel.send(self.client.session.msg("comm_msg", message))

    def wait_for_print(self, words: str) -> None:
        """Wait until something has printed this, outside of any cell."""
        while words not in self.client.get_iopub_msg(timeout=SECONDS)["content"].get("text", ""):
            pass

    def _create_subshell(self) -> str:
        self.client.control_channel.send(self.client.session.msg("create_subshell_request"))
        reply = self.client.get_control_msg(timeout=SECONDS)
        subshell: str = reply["content"]["subshell_id"]
        return subshell


@pytest.fixture(scope="module", params=["", THE_PAGE_DECIDES], ids=["as it is", "as in 7.0"])
def notebook(request: pytest.FixtureRequest) -> Iterator[Notebook]:
    """A kernel whose widgets' messages come from a subshell."""
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        opened = Notebook(manager, client)
        opened.run(request.param)
        opened.run(CARD)
        yield opened
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_an_async_graph_runs_in_the_loop_of_the_cells(notebook: Notebook) -> None:
    notebook.run("where.clear()")
    notebook.run(ASYNC)
    notebook.press("Continue")
    notebook.wait_for_print("begun")
    notebook.run("await card.settled()")
    assert notebook.run("print(where, card.status)") == "[True] finished"


def test_kernel_interrupt_reaches_what_a_press_runs(notebook: Notebook) -> None:
    notebook.run("where.clear()")
    notebook.run(SYNC)
    notebook.press("Continue")
    notebook.wait_for_print("begun")
    notebook.manager.interrupt_kernel()
    notebook.run("await card.settled()")
    shown = "from tests.support.cards import seen; print(where, 'Interrupted' in seen(card))"
    assert notebook.run(shown) == "[False] True"


def test_kernel_interrupt_ends_an_async_graph_too(notebook: Notebook) -> None:
    notebook.run(ENDLESS)
    notebook.press("Continue")
    notebook.wait_for_print("begun")
    notebook.manager.interrupt_kernel()
    notebook.run("await card.settled()")
    shown = "from tests.support.cards import seen; print(card.status, 'Interrupted' in seen(card))"
    assert notebook.run(shown) == "interrupted True"


def test_an_interrupt_ends_a_run_that_a_cell_waits_for(notebook: Notebook) -> None:
    notebook.run(SYNC)
    notebook.press("Continue")
    notebook.wait_for_print("begun")
    waits = "print('waits', flush=True); await card.settled()"
    notebook.client.execute(waits, stop_on_error=False)
    notebook.wait_for_print("waits")
    notebook.manager.interrupt_kernel()
    shown = "from tests.support.cards import seen; print(card.status, 'Interrupted' in seen(card))"
    notebook.run("import asyncio\nwhile card.status == 'running': await asyncio.sleep(0.01)")
    assert notebook.run(shown) == "interrupted True"


def test_what_an_interrupt_cannot_break_off_is_told_and_told_again_when_it_ends(
    notebook: Notebook,
) -> None:
    notebook.run(STUCK)
    notebook.press("Continue")
    notebook.wait_for_print("asleep")
    notebook.run("while not returns._cond._waiters: await asyncio.sleep(0.01)")
    notebook.manager.interrupt_kernel()
    told = "from tests.support.cards import seen\nprint(card.status, "
    notebook.run("while 'Interrupted' not in card._told.value: await asyncio.sleep(0.01)")
    assert notebook.run(f"{told}'has not come to its end yet' in seen(card))") == "running True"
    notebook.run("returns.set(); await card.settled()")
    ended = notebook.run(f"{told}seen(card).count('Interrupted while it ran'))")
    assert ended == "interrupted 1"


def test_two_cards_run_at_once_and_each_tells_its_own(notebook: Notebook) -> None:
    notebook.run(TWO)
    for number in (0, 1):
        notebook.run(f"card = cards[{number}]")
        notebook.press("Approve")
        notebook.wait_for_print("paying")
    notebook.run("for card in cards: await card.settled()")
    shown = "from tests.support.cards import seen\nfor card in cards: print(card.status, "
    assert notebook.run(f"{shown}'paid 10' in seen(card), 'paid 20' in seen(card))") == (
        "finished True False\nfinished False True"
    )
    journal = "from course_utils.review.record.opening import journal_of\n"
    entries = "[(e.key.thread_id, e.outcome) for e in journal_of(paying.checkpointer).entries()]"
    assert notebook.run(f"{journal}print(sorted({entries}))") == "[('10', 'done'), ('20', 'done')]"


def test_a_graph_whose_connection_keeps_to_the_cells_thread_runs_there(notebook: Notebook) -> None:
    notebook.run("where.clear()")
    notebook.run(BOUND)
    notebook.press("Continue")
    notebook.run("import asyncio\nwhile card.status != 'finished': await asyncio.sleep(0.01)")
    assert notebook.run("print(where)") == "[True]"


def test_a_plain_click_sends_what_was_read_back_and_nothing_else(notebook: Notebook) -> None:
    notebook.run(ASKING)
    told = "from tests.support.cards import seen\nprint(card.status, 'Press again' in seen(card), "
    notebook.run("card.controls[0].text.value = 'a draft'")
    notebook.click("Send the answer")
    assert notebook.run(f"{told}'a draft' in seen(card))") == "paused True True"
    notebook.run("card.controls[0].text.value = 'Ann'")
    notebook.click("Send the answer")
    assert notebook.run(f"{told}'Ann' in seen(card))") == "paused True True"
    notebook.click("Send the answer")
    notebook.run("await card.settled()")
    assert (
        notebook.run(f"{told}asking.get_state(config).values)") == "finished False {'name': 'Ann'}"
    )
