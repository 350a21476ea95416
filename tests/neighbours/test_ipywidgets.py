"""What ipywidgets, comm and ipykernel do without promising it, each seen in the release named.

A failure says what no longer holds; the use is the function of `course_utils.neighbours.ipywidgets`
or `course_utils.neighbours.ipykernel` that the test calls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from comm import get_comm_manager
from ipywidgets import HTML, Button, Text
from jupyter_client.manager import start_new_kernel

from course_utils.neighbours import ipykernel, ipywidgets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyter_client.blocking.client import BlockingKernelClient

SECONDS = 60
CLICK: Any = {
    "content": {"data": {"method": "custom", "content": {"event": "click"}}},
    "buffers": [],
}


def test_a_message_for_a_widget_is_handed_over_as_something_to_do():
    button, clicked = Button(), []
    button.on_click(lambda _: clicked.append("clicked"))
    held: list[Callable[[], Any]] = []
    ipywidgets.hand_messages_to(held.append, button)
    button.comm.handle_msg(CLICK)
    assert (clicked, len(held)) == ([], 1), "so in ipywidgets 8.1.9 and comm 0.2.3"
    held[0]()
    assert clicked == ["clicked"], "so in ipywidgets 8.1.9 and comm 0.2.3"


def test_enter_in_a_text_comes_as_a_message_of_its_own():
    field, heard = Text(), []
    ipywidgets.on_enter(field, lambda: heard.append("enter"))
    for event in ("submit", "something else"):
        data = {"method": "custom", "content": {"event": event}}
        field.comm.handle_msg({"content": {"data": data}, "buffers": []})
    assert heard == ["enter"], "so in ipywidgets 8.1.9"


def test_a_closed_widgets_comm_is_known_and_deaf():
    button, clicked = Button(), []
    button.on_click(lambda _: clicked.append("clicked"))
    comm = button.comm
    button.close()
    ipywidgets.silence(comm)
    known = get_comm_manager().get_comm(comm.comm_id)
    assert known is comm, "so in comm 0.2.3"
    known.handle_msg(CLICK)
    assert clicked == []
    assert comm.target_name != "jupyter.widget", "or a page would ask the kernel for it"


def test_a_widgets_bundle_holds_its_view_and_takes_a_twin_beside_it():
    bundle = HTML("words")._repr_mimebundle_()
    view = bundle["application/vnd.jupyter.widget-view+json"]
    assert set(view) >= {"model_id", "version_major"}, f"so in ipywidgets 8.1.9, now {bundle}"


@pytest.fixture(scope="module")
def kernel() -> Iterator[BlockingKernelClient]:
    """A real kernel."""
    manager, client = start_new_kernel()
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def answered(client: BlockingKernelClient, code: str) -> str:
    """Return what a cell prints."""
    printed: list[str] = []

    def note(message: dict[str, Any]) -> None:
        if message["msg_type"] == "error":
            printed.append("\n".join(message["content"]["traceback"]))
        printed.append(message["content"].get("text", ""))

    client.execute_interactive(code, timeout=SECONDS, output_hook=note)
    return "".join(printed).strip()


def test_the_kernels_loop_is_the_one_in_which_a_cell_runs(kernel):
    code = (
        "import asyncio\n"
        "from course_utils.neighbours.ipykernel import loop_of_the_cells\n"
        "print(loop_of_the_cells() is asyncio.get_running_loop())"
    )
    assert answered(kernel, code) == "True", "so in ipykernel 6.31.0 and 7.4.0"


def test_a_cell_is_not_begun_in_a_page_and_a_message_for_a_widget_is(kernel):
    code = (
        "from ipywidgets import Button\n"
        "from course_utils.neighbours.ipykernel import begun_in_a_page\n"
        "seen, button = [], Button()\n"
        "button.on_click(lambda _: seen.append(begun_in_a_page()))\n"
        "print(begun_in_a_page(), button.comm.comm_id)"
    )
    by_a_cell, comm_id = answered(kernel, code).split()
    data = {"method": "custom", "content": {"event": "click"}}
    click = kernel.session.msg("comm_msg", {"comm_id": comm_id, "data": data})
    kernel.shell_channel.send(click)
    seen = answered(kernel, "print(seen)")
    assert (by_a_cell, seen) == ("False", "[True]"), "so in ipykernel 6.31.0 and 7.4.0"


def test_between_messages_an_interrupt_is_ignored_and_that_is_kept_while_one_is_handled(kernel):
    code = (
        "import signal\n"
        "kept = get_ipython().kernel.saved_sigint_handler\n"
        "handled = signal.getsignal(signal.SIGINT)\n"
        "print(handled is signal.default_int_handler, kept is signal.SIG_IGN)"
    )
    assert answered(kernel, code) == "True True", "so in ipykernel 7.4.0"


def test_an_interrupt_is_heard_between_messages_only_while_somebody_hears(kernel):
    code = (
        "from course_utils.neighbours.ipykernel import hearing_interrupts\n"
        "kept = []\n"
        "with hearing_interrupts(lambda: None):\n"
        "    kept.append(callable(get_ipython().kernel.saved_sigint_handler))\n"
        "kept.append(callable(get_ipython().kernel.saved_sigint_handler))\n"
        "print(kept)"
    )
    assert answered(kernel, code) == "[True, False]"


def test_outside_a_kernel_there_is_no_loop_of_cells_and_nothing_begins_in_a_page():
    assert (ipykernel.loop_of_the_cells(), ipykernel.begun_in_a_page()) == (None, False)


def test_the_thread_of_a_widgets_messages_is_chosen_by_its_comm(kernel):
    code = (
        "from ipywidgets import Button\n"
        "from course_utils.neighbours.ipykernel import keep_in_the_main_shell\n"
        "comm = Button().comm\n"
        "keep_in_the_main_shell(comm)\n"
        "print(comm._reply_subshell_for({}, 'a subshell'))"
    )
    assert answered(kernel, code) == "None", "so in ipykernel 7.4.0"
