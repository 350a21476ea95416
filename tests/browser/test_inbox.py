"""The inbox in a real JupyterLab: without a mouse, and while somebody else works in it too."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.support.aloud import assert_read_out, regions
from tests.support.refunds import REFUNDS
from tests.support.small_notebook import written
from tests.support.tab_key import assert_tab_leads_through

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator

    from tests.support.lab_page import LabPage

OPENED = "inbox = Inbox(graph, reviewer='alice', page_size=8)\ninbox"
SOON = "from course_utils.widgets.inbox import watch\nwatch.EVERY_SECONDS = 0.3"
BOB = """
from course_utils import decide, read_thread
at = {"configurable": {"thread_id": "order-02"}}
decide(graph, at, read_thread(graph, at).pause, {"type": "approve"}, reviewer="bob")
theirs = Inbox(graph, reviewer="bob")
theirs.open_thread("order-04")
begin(31)
"""


@pytest.fixture
def thirty_orders(lab: str, workspace: Path) -> str:
    """A notebook with an inbox in which thirty threads wait."""
    return written(workspace / "inbox.ipynb", REFUNDS, SOON, OPENED, BOB, "print('paid:', paid)")


def test_a_thread_is_found_opened_and_decided_by_keyboard_alone(
    lab_page: LabPage, thirty_orders: str
) -> None:
    lab_page.open(thirty_orders)
    lab_page.run_up_to("inbox = Inbox(")
    inbox = lab_page.output("inbox = Inbox(")
    keys = lab_page.page.keyboard
    announced = inbox.get_by_role("status").first
    expect(announced).to_contain_text("1-8 of 30 threads")
    reached = assert_tab_leads_through(inbox)
    assert [name for name in reached if "order-01" in name] != [], reached

    opening = inbox.get_by_role("button", name="Open order-02")
    opening.focus()
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    expect(inbox.get_by_role("button", name="Open order-04")).to_be_focused()
    keys.press("ArrowUp")
    expect(inbox.get_by_role("button", name="Open order-03")).to_be_focused()

    inbox.get_by_label("Filter:").focus()
    keys.type("amount: 85 money")
    expect(announced).to_contain_text("1-1 of 1 thread.")
    opening = inbox.get_by_role("button", name="Open order-17")
    _tab_to(lab_page, opening)
    keys.press("Enter")
    expect(announced).to_contain_text("Thread order-17 is open below.")
    expect(inbox.get_by_text("Card of thread order-17")).to_be_focused()
    assert _faults(lab_page) == []
    approve = inbox.locator(".hitl-approval").get_by_role("button", name="Approve")
    expect(approve).to_be_in_viewport()
    _tab_to(lab_page, approve)
    keys.press("Enter")

    expect(announced).to_contain_text("No thread of this inbox mentions")
    expect(inbox.get_by_text("alice decided: approve")).to_be_visible()
    lab_page.run_from("print('paid:'")
    expect(lab_page.output("print('paid:'")).to_have_text("paid: [('A-17', 85.0)]")


def test_what_another_reviewer_does_is_told_and_moves_nothing_and_several_are_decided(
    lab_page: LabPage, thirty_orders: str
) -> None:
    lab_page.open(thirty_orders)
    lab_page.run_up_to("inbox = Inbox(")
    inbox = lab_page.output("inbox = Inbox(")
    announced = inbox.get_by_role("status").first
    inbox.get_by_role("button", name="Open order-03").click()
    expect(announced).to_contain_text("Thread order-03 is open below.")
    reason = inbox.get_by_placeholder("Reason, if you reject (optional)")
    reason.fill("half a rea")
    rows = inbox.locator(".hitl-inbox-row:visible")
    steps = _steps(rows)
    silent = regions(lab_page.page)

    lab_page.run_from('theirs.open_thread("order-04")')
    inbox = lab_page.output("inbox = Inbox(")
    expect(announced).to_contain_text("1 new, 1 decided or moved on.")
    assert_read_out(lab_page.page, silent, "1 new, 1 decided or moved on.")
    expect(inbox.get_by_text("bob decided: approve")).to_be_visible()
    expect(inbox.get_by_text("bob has this open")).to_be_visible()
    expect(reason).to_have_value("half a rea")
    assert _steps(rows) == steps, "no row goes or moves by itself"

    for number in (1, 5, 4):
        inbox.get_by_role("button", name=f"Select order-0{number}").click()
    inbox.get_by_role("button", name="Reject selected").click()
    expect(inbox.get_by_text("Reject 3 threads: look at each")).to_be_focused()
    lab_page.use_theme("JupyterLab Dark")
    assert _faults(lab_page) == []
    inbox.get_by_label("Reason for all").fill("not today")
    inbox.get_by_role("button", name="Reject these 3 threads").click()
    expect(inbox.get_by_text("Reject: 3 of 3 done.")).to_be_visible()
    expect(announced).to_contain_text("1-8 of 27 threads")
    assert _faults(lab_page) == []
    lab_page.use_theme("JupyterLab Light")
    lab_page.run_from("print('paid:'")
    expect(lab_page.output("print('paid:'")).to_have_text("paid: [('A-2', 10.0)]")


def _steps(rows: Locator) -> list[float]:
    """How far each row stands below the one before; the notebook itself may scroll."""
    expect(rows).to_have_count(8)
    tops = rows.evaluate_all("rows => rows.map(row => row.getBoundingClientRect().top)")
    return [round(below - above) for above, below in pairwise(tops)]


def _tab_to(lab_page: LabPage, button: Locator) -> None:
    """Press Tab until a button has the focus, and see that the focus shows."""
    for _ in range(16):
        lab_page.page.keyboard.press("Tab")
        if button.evaluate("element => element === document.activeElement"):
            outline = button.evaluate("element => getComputedStyle(element).outlineStyle")
            assert outline == "solid", f"the focus does not show: its outline is {outline}"
            return
    raise AssertionError(f"sixteen times Tab did not lead to {button}")


def _faults(lab_page: LabPage) -> list[str]:
    """What axe-core finds in the inbox and its card, if it is serious or critical."""
    found = Axe().run(lab_page.page, context=".hitl-inbox").response["violations"]
    grave = [fault for fault in found if fault["impact"] in {"serious", "critical"}]
    return [f"{fault['id']}: {node['html']}" for fault in grave for node in fault["nodes"]]
