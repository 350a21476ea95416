"""The inbox: every thread of a graph that waits for a person, and a card to decide each."""

from __future__ import annotations

import asyncio
import getpass
import uuid
from contextlib import contextmanager
from functools import partial
from inspect import isroutine
from typing import TYPE_CHECKING, Any

from traitlets import Unicode

from course_utils.review.inbox.presence import Presence
from course_utils.review.inbox.storage import CheckpointsUnreadableError
from course_utils.review.reading.graphs import compiled_graph
from course_utils.review.record.entries import JournalError
from course_utils.widgets.card.approval_card import ApprovalCard
from course_utils.widgets.inbox import html
from course_utils.widgets.inbox.bulk import Bulk
from course_utils.widgets.inbox.listing import Listing
from course_utils.widgets.inbox.view import Acts, InboxView
from course_utils.widgets.inbox.watch import Watch
from course_utils.widgets.page.parts import Panel
from course_utils.widgets.page.presses import Presses

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.pregel import Pregel

    from course_utils.review.deciding.many import Came, Kind
    from course_utils.review.inbox.storage import Head
    from course_utils.review.inbox.waiting_thread import WaitingThread

_UNREADABLE = (CheckpointsUnreadableError, JournalError)


class Inbox(Panel):
    """List the threads that wait, the oldest first, and decide them one after the other.

    Open shows a thread's approval card below its row. When something has been decided in it the
    list is read again, and the card stays on its thread and shows the next pause. Next in line
    opens the first thread of the list that nobody is resuming and nobody else has open; with
    "Decide and next" that happens by itself when a decision has ended its thread. Not now lets a
    thread come last in this inbox, and decides nothing.

    Several threads can be selected and approved or rejected together, after one look at all that
    would be done. Each is claimed on its own.

    In a notebook the list looks again by itself every few seconds, while no cell runs: ages, who
    has a thread open and what was decided elsewhere are told in their rows, and no row moves or
    goes before Refresh is pressed. With a checkpointer that is none of LangGraph's own, only ages
    and open threads are told. That somebody has a thread open keeps nobody from deciding it.

    Args:
        graph: a compiled graph.
        checkpointer: what holds its threads, where the graph was compiled without it.
        tools_node: the node that runs tool calls, where it is a function and not a ToolNode.
        reviewer: who decides, for the journal.
        page_size: how many threads are shown at once.
        config: returns, of a thread's id, the config to decide it with: what the graph needs in
            `configurable` and no checkpoint keeps. It need not name the thread.
        context: what the graph's nodes read as `runtime.context`, or a function that returns it of
            a thread's id.

    Raises:
        TypeError: if it is no compiled graph; the message says what is needed.
        ValueError: if there is no checkpointer, or `tools_node` is no node of the graph.
        CheckpointsUnreadableError: if the checkpoints cannot be read.
        JournalError: if the journal of decisions cannot be read.
    """

    status = Unicode(help="Which part of the list is shown, as '21-40 of 1,000 threads'.")
    opened = Unicode(help="The thread whose card is open, '' where none is.")

    def __init__(
        self,
        graph: Pregel[Any, Any, Any, Any],
        checkpointer: BaseCheckpointSaver[Any] | None = None,
        *,
        tools_node: str | None = None,
        reviewer: str | None = None,
        page_size: int = 20,
        config: Callable[[str], RunnableConfig] | None = None,
        context: Any = None,
    ) -> None:
        graph = compiled_graph(graph)
        if checkpointer is not None and checkpointer is not graph.checkpointer:
            graph = graph.copy(update={"checkpointer": checkpointer})
        self._graph, self._tools_node, self._reviewer = graph, tools_node, reviewer
        self._config, self._context = config, context
        self._said: tuple[Sequence[str], Sequence[str]] = (), ()
        self._listing = Listing(graph, tools_node, page_size)
        self._presence = Presence(
            self._listing.queue.checkpointer, uuid.uuid4().hex, reviewer or getpass.getuser()
        )
        bulk = Bulk(graph, reviewer, self._config_of, self._context_of, self._after_many)
        self._view = InboxView(self._acts(), bulk)
        super().__init__()
        self.add_class("hitl-card")
        self.add_class("hitl-inbox")
        self.children = [*self._view.arranged(), Presses(self)]
        self._draw()
        bulk.observe(self._after_the_look, "looking")
        self._watch = Watch(self._look, self._take, lambda: not self._view.page.gone)
        self.observe(self._end, "comm")

    @property
    def card(self) -> ApprovalCard | None:
        """The card that is open."""
        return self._view.thread.card if self.opened else None

    @property
    def threads(self) -> list[WaitingThread]:
        """The threads on the page that is shown."""
        return list(self._listing.shown)

    @property
    def selected(self) -> list[str]:
        """The threads that are selected, on whatever page."""
        return list(self._view.selection.threads)

    def refresh(self) -> None:
        """Look for waiting threads anew and draw the list."""
        with self._telling_troubles():
            self._listing.refresh()
            self._show_page()
            self._offer_names()

    def filter(self, words: str) -> None:
        """Show only threads whose id, tools, arguments or user mention all of these words.

        `amount: 55` looks for an argument of that name, and numbers are compared as numbers.

        Args:
            words: in any case and order; empty for every thread.
        """
        self._view.bar.filter.value = words

    def sort(self, by: str = "age", *, descending: bool = False) -> None:
        """Show the list in another order.

        Args:
            by: `age`, `thread` or `tool`, else the name of an argument.
            descending: whether the greatest comes first; of ages, the newest.
        """
        self._view.bar.sort(by, descending=descending)

    def open_thread(self, thread_id: str) -> None:
        """Show a thread's approval card below its row, whether or not the list shows the thread.

        Args:
            thread_id: the thread.
        """
        try:
            self._view.thread.turn_to(self._config_of(thread_id), self._context_of(thread_id))
        except Exception as error:
            # Whatever a broken checkpoint raises, the list and the card that is open stay.
            self._tell(html.NOT_OPENED.format(thread=thread_id, error=error))
            return
        self.opened = thread_id
        self._presence.open(thread_id)
        with self._telling_troubles():
            self._listing.lay_out(thread_id)
            self._show_rows()
            self._tell()
        self._view.page.show(self._view.thread.title)

    def put_card_away(self) -> None:
        """Show no card any more; what was pressed in it is carried out."""
        self.opened = ""
        self._presence.open("")
        with self._telling_troubles():
            self._listing.lay_out("")
            self._show_rows()
            self._tell()

    def select(self, *thread_ids: str) -> None:
        """Select threads of the page that is shown, to decide them together.

        Args:
            thread_ids: the threads; those that are selected are selected no more.
        """
        self._view.selection.turn(thread_ids, self._listing.standing)
        self._show_rows()

    def not_now(self, *thread_ids: str) -> None:
        """Let threads come last in this inbox; nothing is decided, and nobody else is told.

        Args:
            thread_ids: the threads.
        """
        before = [name for name in self._listing.put_off if name not in thread_ids]
        self._listing.put_off = [*before, *thread_ids]
        self._draw()

    def press(self, button: str) -> None:
        """Press a button as the mouse would.

        Args:
            button: `refresh`, `next in line`, `previous`, `next`, `not now`, `select page`,
                `approve selected`, `reject selected`, `put off selected`, `confirm` or `cancel`.

        Raises:
            ValueError: if there is no such button, or it has nothing to do now.
        """
        buttons = self._view.buttons
        able = [name for name, shown in buttons.items() if not shown.disabled]
        if button not in able:
            raise ValueError(f"the inbox offers {', '.join(able)}, not {button!r}")
        buttons[button].click()

    async def settled(self) -> None:
        """Wait until what was confirmed for several threads has been carried out."""
        await self._view.bulk.settled()

    def __repr__(self) -> str:
        """Say what is listed, without anything that changes from look to look."""
        return f"Inbox({self.status})"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, str]:
        """Add the static twin, which is what a page without a kernel shows."""
        bundle = super()._repr_mimebundle_(**kwargs)
        return {**bundle, "text/html": html.twin_html(self.status, self.threads)}

    def _acts(self) -> Acts:
        return Acts(
            refresh=self.refresh,
            next_in_line=self._open_next_in_line,
            turn_by=lambda pages: self._turn_to(self._listing.page + pages),
            choose=lambda: self._turn_to(1),
            press_row=self._open_or_put_away,
            select=self.select,
            select_page=self._select_page,
            look=self._look_at_several,
            put_off=lambda names: self.not_now(*names),
            not_now=self._put_off_open,
            card_for=self._card_for,
            after_the_card=self._after_the_card,
        )

    def _card_for(self, config: RunnableConfig, context: Any) -> ApprovalCard:
        return ApprovalCard(
            self._graph,
            config,
            tools_node=self._tools_node,
            reviewer=self._reviewer,
            context=context,
        )

    def _config_of(self, name: str) -> RunnableConfig:
        given: RunnableConfig = self._config(name) if self._config else {}
        return {**given, "configurable": {**given.get("configurable", {}), "thread_id": name}}

    def _context_of(self, name: str) -> Any:
        of_thread = isroutine(self._context) or isinstance(self._context, partial)
        return self._context(name) if of_thread else self._context

    # The list

    def _turn_to(self, page: int) -> None:
        self._listing.page = page
        self._draw()

    def _draw(self) -> None:
        with self._telling_troubles():
            self._show_page()

    @contextmanager
    def _telling_troubles(self) -> Iterator[None]:
        try:
            yield
        except _UNREADABLE as error:
            self._tell(str(error))

    def _show_page(self) -> None:
        listing, bar = self._listing, self._view.bar
        listing.words, listing.order = bar.filter.value, bar.order
        listing.elsewhere = self._presence.others()
        listing.read(self.opened)
        self._show_all()

    def _show_all(self, *said: str) -> None:
        self._view.show_page(self._listing, self.opened)
        self.status = self._listing.status
        self._tell(said=said)

    def _show_rows(self) -> None:
        self._view.show_rows(self._listing, self.opened)

    def _offer_names(self) -> None:
        self._view.bar.offer(self._listing.queue.argument_names())

    def _tell(self, *troubles: str, said: Sequence[str] = ()) -> None:
        self._said = said, troubles
        self._tell_again()

    def _tell_again(self) -> None:
        """Say where the inbox stands, and still what was done last and what went wrong in it."""
        self._view.tell(self._listing, self.opened, *self._said)

    # One thread

    def _open_or_put_away(self, thread_id: str) -> None:
        if thread_id == self.opened:
            self.put_card_away()
        else:
            self.open_thread(thread_id)

    def _open_next_in_line(self, *said: str) -> None:
        with self._telling_troubles():
            self._listing.elsewhere = self._presence.others()
            following = self._listing.next_free(self.opened)
            if following is None:
                self._tell(html.NONE_LEFT, said=said)
                return
            if self._listing.turn_to(following.thread_id):
                self._listing.read(following.thread_id)
            self.open_thread(following.thread_id)
            self._show_all(*said)

    def _put_off_open(self) -> None:
        opened = self.opened
        self.not_now(opened)
        self._open_next_in_line(html.NOT_NOW.format(thread=opened))

    def _after_the_card(self, status: str) -> None:
        with self._telling_troubles():
            self._listing.read_after_decisions(self._listing.down_to(self.opened))
            self._view.selection.drop([self.opened])
            self._show_all()
        if self._view.bar.then_next.value and status == "finished" and self.opened:
            soon(self._go_on)

    def _go_on(self) -> None:
        """Open the next thread, and say what became of the one that was open."""
        became = self._listing.became.get(self.opened, "")
        self._open_next_in_line(html.DECIDED_NEXT.format(thread=self.opened, became=became))

    # Several threads

    def _select_page(self) -> None:
        self._view.selection.turn_all(self._listing.standing)
        self._show_rows()

    def _look_at_several(self, kind: Kind, threads: Sequence[WaitingThread]) -> None:
        self._view.bulk.look(kind, threads)
        self._view.page.show(self._view.bulk.title)

    def _after_many(self, came: Sequence[Came]) -> None:
        """Say in the rows what became of the threads; they go when the look is put away."""
        names = {one.chosen.id for one in came}
        self._view.selection.drop(names)
        with self._telling_troubles():
            self._listing.read_after_decisions(self._listing.listed)
            self._show_all()
        if self.card is not None and self.opened in names:
            self.card.refresh()
        self._view.page.show(self._view.bulk.title)

    def _after_the_look(self, change: Any) -> None:
        if not change["new"]:
            self.refresh()
            self._view.page.show(self._view.selection.buttons["select page"])

    # By itself

    def _look(self) -> tuple[Collection[Head] | None, Mapping[str, str]]:
        """Look at what is stored; nothing of the inbox is touched, since this is another thread."""
        self._presence.renew()
        heads = self._listing.queue.find() if self._listing.queue.quick else None
        return heads, self._presence.others()

    def _take(self, seen: tuple[Collection[Head] | None, Mapping[str, str]]) -> None:
        heads, self._listing.elsewhere = seen
        if heads is not None:
            self._listing.take(heads)
        if self.opened:
            self._view.thread.follow()
        self._show_rows()
        self._tell_again()
        self._offer_names()

    def _end(self, change: Any) -> None:
        if change["new"] is None:
            self._watch.stop()
            self._presence.open("")


def soon(act: Callable[[], None]) -> None:
    """Act when the card has said all that it has to say; without a loop, now."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        act()
    else:
        loop.call_soon(act)
