"""The inbox: every thread of a graph that waits for a person, and a card to decide each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, Button, Text
from traitlets import Unicode

from course_utils.review.inbox.storage import CheckpointsUnreadableError
from course_utils.review.inbox.waiting_threads import WaitingThreads
from course_utils.review.record.entries import JournalError
from course_utils.widgets import inbox_html as html
from course_utils.widgets.approval_card import ApprovalCard
from course_utils.widgets.parts import Panel, Row, hide
from course_utils.widgets.presses import Presses, part

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.pregel import Pregel

    from course_utils.review.inbox.waiting_thread import WaitingThread

# How far beyond the page to count: the bare count is quick, the filter reads each thread in full.
_COUNT_AHEAD, _FILTER_AHEAD = 1000, 200


class Inbox(Panel):
    """List the threads that wait, the oldest first, and decide them one after the other.

    Open shows a thread's approval card below the list. When something has been decided in it the
    list is read again, and the card stays on its thread and shows the next pause. Next in line
    opens the oldest thread of the list that nobody is resuming.

    The list is as fresh as its last Refresh: a thread that somebody else has decided meanwhile is
    shown by its card as it stands then. Ages are those of the moment the list was drawn.

    Args:
        graph: a compiled graph.
        checkpointer: what holds its threads, where the graph was compiled without it.
        tools_node: the node that runs tool calls, where it is a function and not a ToolNode.
        reviewer: who decides, for the journal.
        page_size: how many threads are shown at once.

    Raises:
        ValueError: if there is no checkpointer, or `tools_node` is no node of the graph.
        CheckpointsUnreadableError: if the checkpoints cannot be read.
        JournalError: if the journal of decisions cannot be read.
    """

    status = Unicode(help="Which part of the list is shown, as '21-40 of 1,000 waiting'.")
    opened = Unicode(help="The thread whose card is open, '' where none is.")

    def __init__(
        self,
        graph: Pregel[Any, Any, Any, Any],
        checkpointer: BaseCheckpointSaver[Any] | None = None,
        *,
        tools_node: str | None = None,
        reviewer: str | None = None,
        page_size: int = 20,
    ) -> None:
        if checkpointer is not None and checkpointer is not graph.checkpointer:
            graph = graph.copy(update={"checkpointer": checkpointer})
        self._graph, self._tools_node, self._reviewer = graph, tools_node, reviewer
        self._queue = WaitingThreads(graph, tools_node=tools_node)
        self._page = 1
        self._shown: list[WaitingThread] = []
        self._told = HTML()
        # Sent whole when it is left: letter by letter, each would search the whole list.
        self._filter = part(
            Text(
                description="Filter:",
                placeholder="thread, tool or argument",
                continuous_update=False,
            )
        )
        self._filter.style.description_width = "initial"
        self._filter.observe(lambda _: self._turn_to(1), "value")
        self._page_size = page_size
        self._list, self._below = Panel(), Panel()
        self._buttons = {
            "refresh": _button("Refresh", "refresh", self.refresh),
            "next in line": _button("Next in line", "forward", self._open_next_in_line),
            "previous": _button("Previous", "chevron-left", lambda: self._turn_to(self._page - 1)),
            "next": _button("Next", "chevron-right", lambda: self._turn_to(self._page + 1)),
        }
        super().__init__()
        self.add_class("hitl-card")
        self.add_class("hitl-inbox")
        self.children = self._parts()
        self._draw()

    @property
    def card(self) -> ApprovalCard | None:
        """The card that is open."""
        return self._below.children[0] if self._below.children else None

    @property
    def threads(self) -> list[WaitingThread]:
        """The threads on the page that is shown."""
        return list(self._shown)

    def refresh(self) -> None:
        """Look for waiting threads anew and draw the list."""
        try:
            self._queue.refresh()
        except (CheckpointsUnreadableError, JournalError) as error:
            self._tell(str(error))
        else:
            self._draw()

    def filter(self, words: str) -> None:
        """Show only threads whose id, tools or arguments hold all of these words.

        Args:
            words: in any case and order; empty for every thread.
        """
        self._filter.value = words

    def open_thread(self, thread_id: str) -> None:
        """Show a thread's approval card below the list, whether or not the list shows the thread.

        Args:
            thread_id: the thread.
        """
        try:
            self._turn_card_to({"configurable": {"thread_id": thread_id}})
        except Exception as error:
            # Whatever a broken checkpoint raises, the list and the card that is open stay.
            self._tell(html.NOT_OPENED.format(thread=thread_id, error=error))
            return
        self.opened = thread_id
        self._tell()

    def press(self, button: str) -> None:
        """Press a button as the mouse would.

        Args:
            button: `refresh`, `next in line`, `previous` or `next`.

        Raises:
            ValueError: if there is no such button, or it has nothing to do now.
        """
        able = [name for name, shown in self._buttons.items() if not shown.disabled]
        if button not in able:
            raise ValueError(f"the inbox offers {', '.join(able)}, not {button!r}")
        self._buttons[button].click()

    def __repr__(self) -> str:
        """Say what is listed, without anything that changes from look to look."""
        return f"Inbox({self.status})"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, str]:
        """Add the static twin, which is what a page without a kernel shows."""
        bundle = super()._repr_mimebundle_(**kwargs)
        return {**bundle, "text/html": html.twin_html(self.status, self._shown)}

    def _parts(self) -> list[Any]:
        above = Row(self._filter, self._buttons["refresh"], self._buttons["next in line"])
        turning = Row(self._buttons["previous"], self._buttons["next"])
        for bar in (above, turning):
            bar.add_class("hitl-inbox-bar")
        return [self._told, above, self._list, turning, self._below, Presses(self)]

    def _turn_to(self, page: int) -> None:
        self._page = page
        self._draw()

    def _draw(self) -> None:
        try:
            self._show_page(self._filter.value)
        except (CheckpointsUnreadableError, JournalError) as error:
            self._tell(str(error))

    def _show_page(self, words: str) -> None:
        size = self._page_size
        self._shown = self._queue.page(self._page, size, words)
        ahead = self._page * size + (_FILTER_AHEAD if words.split() else _COUNT_AHEAD)
        counted = self._queue.count(words, at_most=ahead + 1)
        if not self._shown and self._page > 1:
            # This page has emptied since it was turned to.
            self._page = max(1, -(-counted // size))
            self._shown = self._queue.page(self._page, size, words)
        self._show_rows()
        self._buttons["previous"].disabled = self._page == 1
        self._buttons["next"].disabled = counted <= self._page * size
        self._buttons["next in line"].disabled = not counted
        self.status = self._status(words, min(counted, ahead), more=counted > ahead)
        self._tell()

    def _show_rows(self) -> None:
        """Show the threads of the page, in rows that are made when first needed and then kept."""
        rows: list[_Row] = list(self._list.children)
        rows += [_Row(self) for _ in range(len(self._shown) - len(rows))]
        self._list.children = rows
        now = datetime.now(UTC)
        for row, waiting in zip(rows, self._shown, strict=False):
            row.show(waiting, now)
        for number, row in enumerate(rows):
            hide(row, hidden=number >= len(self._shown))

    def _status(self, words: str, counted: int, *, more: bool) -> str:
        if self._shown:
            first = (self._page - 1) * self._page_size + 1
            return html.place_words(first, len(self._shown), counted, more=more)
        return html.NO_MATCH.format(words=words) if words.split() else html.EMPTY

    def _tell(self, *troubles: str) -> None:
        opened = [html.OPENED.format(thread=self.opened)] if self.opened else []
        self._told.value = html.STYLE + html.status_html([self.status, *opened], troubles)

    def _turn_card_to(self, config: RunnableConfig) -> None:
        card = self.card
        if card is None:
            card = ApprovalCard(
                self._graph, config, tools_node=self._tools_node, reviewer=self._reviewer
            )
            card.observe(self._after_the_card, "status")
            self._below.children = [card]
            return
        # That another thread stands elsewhere is no news for the list.
        card.unobserve(self._after_the_card, "status")
        try:
            card.turn_to(config)
        finally:
            card.observe(self._after_the_card, "status")

    def _open_next_in_line(self) -> None:
        for waiting in self._queue.matching(self._filter.value):
            free = waiting.resuming is None and waiting.status != "unreadable"
            if free and waiting.thread_id != self.opened:
                self.open_thread(waiting.thread_id)
                return
        self._tell(html.NONE_LEFT)

    def _after_the_card(self, change: Any) -> None:
        if change["new"] != "running":
            self.refresh()


class _Row(Row):
    """One thread of the list; used again for another one when the list changes."""

    def __init__(self, inbox: Inbox) -> None:
        self._thread_id = ""
        self._words = HTML()
        self._open = _button("", "folder-open", lambda: inbox.open_thread(self._thread_id))
        self._open.add_class("hitl-inbox-open")
        super().__init__(self._open, self._words)
        self.add_class("hitl-inbox-row")

    def show(self, waiting: WaitingThread, now: datetime) -> None:
        """Show a thread."""
        self._thread_id = waiting.thread_id
        self._open.description = f"Open {waiting.thread_id}"
        self._open.tooltip = f"Open {waiting.thread_id}"
        self._words.value = html.row_html(waiting, now - waiting.since)


def _button(words: str, icon: str, action: Any) -> Button:
    button = part(Button(description=words, icon=icon))
    button.on_click(lambda _: action())
    return button
