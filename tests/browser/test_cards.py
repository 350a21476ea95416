"""The cards in a real JupyterLab: impatient clicks, no mouse, no sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.support.aloud import assert_read_out, regions
from tests.support.small_notebook import written

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator

    from tests.support.lab_page import LabPage

LESSON = "01_interrupt_before/01_interrupt_before.ipynb"
THREE_MAILS = """
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from course_utils import ApprovalCard

outbox = []

@tool
def send_email(to: str) -> str:
    "Send an email."
    outbox.append(to)
    return "sent"

def agent(state):
    number = sum(isinstance(message, ToolMessage) for message in state["messages"])
    call = {"name": "send_email", "args": {"to": f"mail-{number}"}, "id": str(number)}
    return {"messages": [AIMessage("", tool_calls=[call] if number < 3 else [])]}

builder = StateGraph(MessagesState).add_node(agent).add_node("tools", ToolNode([send_email]))
builder.add_edge(START, "agent").add_conditional_edges("agent", tools_condition)
builder.add_edge("tools", "agent")
graph = builder.compile(checkpointer=InMemorySaver(), interrupt_before=["tools"])
config = {"configurable": {"thread_id": "mails"}}
graph.invoke({"messages": [("user", "mail them")]}, config)
ApprovalCard(graph, config)
"""
# As an agent that takes its time, until the test has done what a person does meanwhile.
WAITS = """    import pathlib, time
    while not pathlib.Path("go").exists():
        time.sleep(0.01)
"""


@pytest.fixture
def three_mails(lab: str, workspace: Path) -> str:
    """A notebook whose agent asks for one mail after another."""
    last = "last = ApprovalCard(config=config, graph=graph)\nlast.press('approve')\nlast"
    return written(workspace / "mails.ipynb", THREE_MAILS, "print('sent:', outbox)", last)


def test_a_double_click_approves_one_mail_and_not_the_next(
    lab_page: LabPage, three_mails: str
) -> None:
    lab_page.open(three_mails)
    lab_page.run_up_to("ApprovalCard(graph")
    card = lab_page.output("ApprovalCard(graph")

    card.get_by_role("button", name="Approve").dblclick()

    expect(card.get_by_role("cell", name="mail-1")).to_be_visible()
    expect(card.get_by_role("button", name="Approve")).to_be_focused()
    lab_page.run_from("print('sent:'")
    expect(lab_page.output("print('sent:'")).to_have_text("sent: ['mail-0']")


def test_what_follows_the_first_press_at_once_does_not_approve_the_next_mail(
    lab_page: LabPage, three_mails: str
) -> None:
    lab_page.open(three_mails)
    lab_page.run_up_to("ApprovalCard(graph")
    card = lab_page.output("ApprovalCard(graph")
    approve = card.get_by_role("button", name="Approve")

    approve.click()
    expect(card.get_by_role("cell", name="mail-1")).to_be_visible()
    approve.click()
    expect(card).to_contain_text("Pressed sooner than this can be read")
    for _ in range(5):
        lab_page.page.keyboard.down("Enter")
    lab_page.page.keyboard.up("Enter")

    lab_page.run_from("print('sent:'")
    expect(lab_page.output("print('sent:'")).to_have_text("sent: ['mail-0']")


def test_the_focus_goes_to_what_comes_next_and_the_keys_reach_the_notebook_from_there(
    lab_page: LabPage, three_mails: str
) -> None:
    lab_page.open(three_mails)
    lab_page.run_up_to("ApprovalCard(graph")
    card, keyboard = lab_page.output("ApprovalCard(graph"), lab_page.page.keyboard
    approve = card.get_by_role("button", name="Approve")
    silent = regions(lab_page.page)

    approve.focus()
    keyboard.press("Enter")
    expect(card.get_by_role("cell", name="mail-1")).to_be_visible()
    expect(approve).to_be_focused()
    assert_read_out(lab_page.page, silent, "You approved send_email.")
    keyboard.press("ArrowDown")
    assert lab_page.active_cell() == 1

    lab_page.run_from("last = ApprovalCard(")
    card = lab_page.output("last = ApprovalCard(")
    card.get_by_role("button", name="Reject").click()
    verdict = card.locator(".hitl-title")
    expect(verdict).to_have_text("Finished.")
    expect(verdict).to_be_focused()
    keyboard.press("ArrowUp")
    assert lab_page.active_cell() == 1
    verdict.focus()
    keyboard.press("Shift+Enter")
    # The cell of the card runs again, on a thread that has finished.
    error = "ValueError: the card shows no button 'approve' of number 0"
    expect(lab_page.output("last = ApprovalCard(")).to_contain_text(error)


PAYMENTS = """
import pathlib, time
from langchain_core.messages import AIMessage
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from course_utils import ApprovalCard

@tool
def pay(amount: int) -> str:
    "Pay; ten euros take until somebody says go."
    while amount == 10 and not pathlib.Path("go").exists():
        time.sleep(0.01)
    return f"paid {amount}"

def agent(state):
    amount = int(state["messages"][0].text)
    return {"messages": [AIMessage("", tool_calls=[
        {"name": "pay", "args": {"amount": amount}, "id": str(amount)}])]}

builder = StateGraph(MessagesState).add_node(agent).add_node("tools", ToolNode([pay]))
builder.add_edge(START, "agent").add_edge("agent", "tools")
graph = builder.compile(checkpointer=InMemorySaver(), interrupt_before=["tools"])

def card(amount):
    config = {"configurable": {"thread_id": amount}}
    graph.invoke({"messages": [("user", amount)]}, config)
    return ApprovalCard(graph, config, reviewer="ann")
"""


def test_a_card_says_what_runs_and_a_second_card_is_decided_meanwhile(
    lab_page: LabPage, workspace: Path
) -> None:
    cells = [PAYMENTS, "card('10')", "card('20')"]
    lab_page.open(written(workspace / "payments.ipynb", *cells))
    lab_page.run_all()
    slow = lab_page.output("card('10')")
    slow.get_by_role("button", name="Approve").click()
    running = slow.locator(".hitl-title")
    expect(running).to_have_text("Running pay ...")
    late = "element => getComputedStyle(element, '::before').animationDelay"
    assert set(running.evaluate(late).split(", ")) == {"0.3s"}, "a quick run would flash it"
    lab_page.page.wait_for_function(
        "title => getComputedStyle(title, '::before').opacity === '1'",
        arg=running.element_handle(),
    )
    expect(slow.get_by_role("button", name="Approve")).to_be_disabled()

    quick = lab_page.output("card('20')")
    quick.get_by_role("button", name="Approve").click()
    expect(quick).to_contain_text("pay: paid 20")
    expect(quick.locator(".hitl-title")).to_be_focused()
    expect(running).to_have_text("Running pay ...")
    toggle = quick.get_by_role("button", name="Show the earlier decisions")
    toggle.focus()
    lab_page.page.keyboard.press("Enter")
    expect(quick.get_by_role("region", name="Decisions on this thread")).to_contain_text("ann")
    quick.get_by_role("button", name="Show the conversation").click()
    expect(quick.get_by_role("region", name="The conversation")).to_contain_text("paid 20")
    assert faults(lab_page) == []

    (workspace / "go").touch()
    expect(slow).to_contain_text("pay: paid 10")
    assert quick.get_by_text("paid 10").count() == 0


def test_who_has_gone_on_to_something_else_keeps_the_focus_there(
    lab_page: LabPage, workspace: Path
) -> None:
    slow = THREE_MAILS.replace("    outbox.append(to)", WAITS + "    outbox.append(to)")
    lab_page.open(written(workspace / "slow.ipynb", slow, "# notes"))
    lab_page.run_up_to("ApprovalCard(graph")
    card = lab_page.output("ApprovalCard(graph")

    card.get_by_role("button", name="Approve").click()
    notes = lab_page.page.locator(".jp-Cell", has_text="# notes").get_by_role("textbox")
    notes.click()
    (workspace / "go").touch()
    expect(card.get_by_role("cell", name="mail-1")).to_be_visible()
    expect(card.get_by_role("button", name="Approve")).to_be_enabled()
    expect(notes).to_be_focused()


def test_the_ring_around_what_has_the_focus_is_drawn_whole(
    lab_page: LabPage, three_mails: str
) -> None:
    lab_page.open(three_mails)
    lab_page.run_up_to("ApprovalCard(graph")
    card = lab_page.output("ApprovalCard(graph")
    card.get_by_role("button", name="Edit").click()
    for name in ("Send the edit", "Cancel"):
        assert room_for_the_ring(card.get_by_role("button", name=name)) == []
    card.get_by_role("button", name="Cancel").click()
    card.get_by_role("button", name="Approve").focus()
    for _ in range(5):
        assert room_for_the_ring(card.locator(":focus")) == []
        lab_page.page.keyboard.press("Tab")


def test_a_card_is_decided_by_keyboard_alone(lab_page: LabPage, three_mails: str) -> None:
    lab_page.open(three_mails)
    lab_page.run_up_to("ApprovalCard(graph")
    card = lab_page.output("ApprovalCard(graph")
    silent = regions(lab_page.page)
    card.get_by_role("button", name="Approve").focus()
    lab_page.page.keyboard.press("Tab")
    lab_page.page.keyboard.press("Tab")
    lab_page.page.keyboard.type("not today")
    lab_page.page.keyboard.press("Shift+Tab")
    lab_page.page.keyboard.press("Enter")
    expect(card).to_contain_text("Reason: not today")
    assert_read_out(lab_page.page, silent, "You rejected send_email. Reason: not today")


def test_edit_opens_with_the_cursor_in_its_first_field(lab_page: LabPage, three_mails: str) -> None:
    lab_page.open(three_mails)
    lab_page.run_up_to("ApprovalCard(graph")
    card = lab_page.output("ApprovalCard(graph")
    card.get_by_role("button", name="Edit").focus()
    lab_page.page.keyboard.press("Enter")
    expect(card.get_by_label("To (required)")).to_be_focused()
    expect(card.get_by_role("button", name="Approve")).to_have_count(0)
    lab_page.page.keyboard.insert_text("eve")
    lab_page.page.keyboard.press("Enter")
    card.get_by_role("button", name="Send the edit").click()
    expect(card).to_contain_text("You edited send_email.")


def test_the_cards_of_lesson_01_have_no_serious_fault_of_accessibility(lab_page: LabPage) -> None:
    lab_page.open(LESSON)
    lab_page.run_up_to("ApprovalCard(graph")
    expect(lab_page.output("ApprovalCard(graph")).to_contain_text("Waiting for you")
    assert faults(lab_page) == []
    lab_page.run_up_to("interrupt_before/reject")
    expect(lab_page.output("interrupt_before/reject")).to_contain_text("Choose all that apply.")
    assert faults(lab_page) == []


def test_the_edge_of_a_card_tells_its_status_beside_other_cards(lab_page: LabPage) -> None:
    lab_page.open(LESSON)
    lab_page.run_up_to("interrupt_before/reject")
    card = lab_page.output("ApprovalCard(graph").locator(".hitl-approval")
    expect(card).to_have_css("border-left-width", "4px")


def room_for_the_ring(focused: Locator) -> list[str]:
    """What cuts off the ring around an element: boxes that clip, and end within 4 pixels of it."""
    found: list[str] = focused.evaluate("""element => {
        const ring = element.getBoundingClientRect(), cut = [];
        for (let box = element.parentElement; box.closest(".hitl-card"); box = box.parentElement) {
            const edge = box.getBoundingClientRect();
            const whole = edge.left <= ring.left - 4 && edge.right >= ring.right + 4
                && edge.top <= ring.top - 4 && edge.bottom >= ring.bottom + 4;
            if (getComputedStyle(box).overflow !== "visible" && !whole) cut.push(box.className);
        }
        return cut;
    }""")
    return found


def faults(lab_page: LabPage) -> list[str]:
    """What axe-core finds in the cards on the screen, if it is serious or critical."""
    found = Axe().run(lab_page.page, context=".hitl-card").response["violations"]
    grave = [fault for fault in found if fault["impact"] in {"serious", "critical"}]
    return [f"{fault['id']}: {node['html']}" for fault in grave for node in fault["nodes"]]
