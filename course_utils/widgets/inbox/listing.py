"""Which threads stand in an inbox's rows, and what is said of each, apart from how it is shown."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from course_utils.review.inbox.news import became_of, news
from course_utils.review.inbox.searching import Order
from course_utils.review.inbox.waiting_threads import WaitingThreads
from course_utils.review.record.opening import journal_of
from course_utils.widgets.inbox import html
from course_utils.widgets.inbox.rows import Marks

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from langgraph.pregel import Pregel

    from course_utils.review.inbox.storage import Head
    from course_utils.review.inbox.waiting_thread import WaitingThread

# How far beyond the page to count, and how many threads to read in search of the next one.
_COUNT_AHEAD, _READ_AHEAD = 1000, 200
_ALL = 1_000_000_000


class Listing:
    """A page of the threads that wait as it was last drawn, and what became of it since.

    The row of the thread that is open stays where it is, also when the thread no longer waits, and
    so do the rows above it when the list is read again after a decision: nothing is to move under
    the person's hand.

    Args:
        graph: a compiled graph with a checkpointer.
        tools_node: the node that runs tool calls, where it is a function and not a ToolNode.
        page_size: how many threads make a page.

    Attributes:
        shown: the threads of the page.
        listed: what the rows show: those, and the thread that is open.
        became: what became of threads that stand in a row and no longer wait as it says.
        elsewhere: who else has which thread open.
        put_off: the threads that come last.
        news: what has happened since the page was drawn, in words.
        more: whether there is a page after this one.
    """

    def __init__(
        self, graph: Pregel[Any, Any, Any, Any], tools_node: str | None, page_size: int
    ) -> None:
        self.queue = WaitingThreads(graph, tools_node=tools_node)
        self._journal = journal_of(self.queue.checkpointer)
        self._size = page_size
        self.page, self.words, self.order = 1, "", Order()
        self.shown: list[WaitingThread] = []
        self.listed: list[WaitingThread] = []
        self.became: dict[str, str] = {}
        self.elsewhere: Mapping[str, str] = {}
        self.put_off: list[str] = []
        self.news, self.status, self.more = "", "", False

    def refresh(self) -> None:
        """Look for waiting threads anew.

        Raises:
            CheckpointsUnreadableError: if the checkpoints cannot be read.
            JournalError: if the journal cannot be read.
        """
        self.queue.refresh()
        self.became, self.news = {}, ""

    @property
    def standing(self) -> list[WaitingThread]:
        """The threads that still stand as their rows say."""
        return [one for one in self.listed if one.thread_id not in self.became]

    def read(self, opened: str = "") -> None:
        """Read the page, or the last one where this page has emptied.

        Args:
            opened: the thread that is open, whose row stays.

        Raises:
            CheckpointsUnreadableError: if the checkpoints cannot be read.
            JournalError: if the journal cannot be read.
        """
        size, ahead = self._size, self.page * self._size + _COUNT_AHEAD
        shown = self._page()
        # To search is to look at all of them anyway.
        ahead = _ALL if self.words.split() else ahead
        counted = self.queue.count(self.words, at_most=ahead + 1)
        if not shown and self.page > 1:
            self.page = max(1, -(-counted // size))
            shown = self._page()
        self.shown = shown
        self.more = counted > self.page * size
        self.status = self._status(min(counted, ahead), more=counted > ahead)
        self.lay_out(opened)

    def lay_out(self, opened: str) -> None:
        """List the page, with the row of the thread that is open where it was.

        Raises:
            JournalError: if the journal cannot be read.
        """
        before = {one.thread_id: place for place, one in enumerate(self.listed)}
        known = {one.thread_id: one for one in [*self.listed, *self.shown]}
        self.listed = list(self.shown)
        if opened and opened not in {one.thread_id for one in self.shown}:
            one = known.get(opened) or self.queue.one(opened)
            self.listed.insert(min(before.get(opened, 0), len(self.listed)), one)
            self._follow(one)

    def down_to(self, thread_id: str) -> list[WaitingThread]:
        """Return what the rows show from the top down to a thread; nothing where it has no row."""
        places = (place for place, one in enumerate(self.listed) if one.thread_id == thread_id)
        return self.listed[: next(places, -1) + 1]

    def read_after_decisions(self, staying: Sequence[WaitingThread]) -> None:
        """Read the page again, and leave these rows where they are.

        Args:
            staying: what some rows show, from the top.

        Raises:
            CheckpointsUnreadableError: if the checkpoints cannot be read.
            JournalError: if the journal cannot be read.
        """
        self.refresh()
        self.read()
        now = {one.thread_id: one for one in self.listed}
        stay = [now.get(one.thread_id, one) for one in staying]
        names = {one.thread_id for one in stay}
        self.listed = stay + [one for one in self.listed if one.thread_id not in names]
        for one in stay:
            self._follow(one)

    def next_free(self, opened: str) -> WaitingThread | None:
        """Return the first thread of the list that can be decided and is not open anywhere.

        Where somebody else has all of them open, the first of them.
        """
        found = self.queue.matching(self.words, self.order, self.put_off)
        free = [
            one
            for one in islice(found, _READ_AHEAD)
            if one.resuming is None
            and one.status != "unreadable"
            and one.thread_id != opened
            and one.thread_id not in self.became
        ]
        alone = (one for one in free if one.thread_id not in self.elsewhere)
        return next(alone, free[0] if free else None)

    def turn_to(self, thread_id: str) -> bool:
        """Turn to the page on which a thread stands, and tell whether that is another one."""
        place = self.queue.place(thread_id, self.words, self.order, self.put_off)
        before = self.page
        self.page = before if place is None else place // self._size + 1
        return self.page != before

    def take(self, heads: Collection[Head]) -> None:
        """Compare the page with what is stored now; no row is touched.

        Raises:
            CheckpointsUnreadableError: if the checkpoints cannot be read.
            JournalError: if the journal cannot be read.
        """
        told = news(self.queue, self._journal, heads, self.listed)
        self.became = dict(told.became)
        self.news = html.news_words(told.new, told.gone)

    def marks(self, opened: str, selected: Collection[str]) -> Marks:
        """Return what the rows say beside what their threads ask."""
        shown = {one.thread_id for one in self.shown}
        beside = [one.thread_id for one in self.listed if one.thread_id not in shown]
        now = datetime.now(UTC)
        return Marks(now, opened, selected, self.became, self.elsewhere, self.put_off, beside)

    @property
    def stranded(self) -> str:
        """Say how many threads wait where this graph cannot go on."""
        return html.stranded_words(self.queue.stranded())

    def _page(self) -> list[WaitingThread]:
        return self.queue.page(self.page, self._size, self.words, self.order, self.put_off)

    def _follow(self, one: WaitingThread) -> None:
        """Say what became of a thread in a row, where it no longer stands as the row says."""
        now = self.queue.newest(one.thread_id)
        if now != one.checkpoint_id:
            self.became[one.thread_id] = became_of(self._journal, one, stands=now is not None)

    def _status(self, counted: int, *, more: bool) -> str:
        if self.shown:
            first = (self.page - 1) * self._size + 1
            return html.place_words(first, len(self.shown), counted, more=more)
        if self.words.split():
            return html.NO_MATCH.format(words=self.words)
        return html.NONE_HERE if self.stranded else html.EMPTY


def names_of(threads: Sequence[WaitingThread]) -> list[str]:
    """Name the arguments of some threads, in the order in which they come."""
    return list(dict.fromkeys(name for one in threads for name in one.told.arguments if name))
