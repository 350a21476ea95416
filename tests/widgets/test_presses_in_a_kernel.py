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

def begun():
    where.append((threading.current_thread(), asyncio.get_running_loop()) == cells)
    print("begun", flush=True)

async def act(state):
    begun()
    return {}

def wait(state):
    begun()
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
SYNC = """
graph = builder(wait).compile(InMemorySaver(), interrupt_before=["act"])
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
    shown = "from tests.support.cards import seen; print(where, 'Interrupted' in seen(card))"
    assert notebook.run(shown) == "[True] True"


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
    assert (
        notebook.run(f"{told}asking.get_state(config).values)") == "finished False {'name': 'Ann'}"
    )
