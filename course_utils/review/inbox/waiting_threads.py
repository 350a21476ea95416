"""Every thread that waits for a person, the oldest first, without loading all that do not."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from itertools import count, islice
from typing import TYPE_CHECKING, Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import START

from course_utils.neighbours import langgraph as private
from course_utils.review.inbox.glimpses import Glimpses, words_of
from course_utils.review.inbox.heads import heads_of
from course_utils.review.inbox.searching import Order, Search, Told
from course_utils.review.inbox.storage import Head
from course_utils.review.inbox.waiting_thread import WaitingThread
from course_utils.review.reading.calling import NoCheckpointerError
from course_utils.review.reading.reader import look
from course_utils.review.record.opening import journal_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from langchain_core.runnables import RunnableConfig
    from langgraph.pregel import Pregel

    from course_utils.neighbours.langgraph_checkpoints import Raw
    from course_utils.review.inbox.searching import Asked
    from course_utils.review.inbox.storage import Held
    from course_utils.review.reading.thread import Thread

NO_CHECKPOINTER = (
    "This graph was compiled without a checkpointer, so none of its threads can wait. Compile it "
    "with a checkpointer, or name the checkpointer that holds its threads."
)
_AT_A_TIME = 64
OLDEST_FIRST = Order()


class WaitingThreads:
    """The threads of one graph that wait for a person, the oldest first.

    Crashed and interrupted threads wait too. A thread that another graph wrote to the same
    checkpointer is left out, unless the two name their nodes alike. So is what cannot be told from
    another graph's: a thread cut off before its first step, an @entrypoint that asks nothing.

    It shows the moment of its making, or of its last `refresh`, and does no more work than is asked
    of it. To find the threads takes one query; which of them are finished is told from the bare
    versions in their newest checkpoints, oldest first and only as far as needed; what is on a page
    is then read in full. A search, or another order, needs what every thread asks, which is told
    from the bare checkpoints too; where that cannot be told, in subgraphs say, the thread is read
    in full. What a checkpoint leads to and asks never changes, so each is looked at once.
    With a checkpointer that is none of LangGraph's own, each refresh lists every checkpoint there
    is, which is slow.

    Args:
        graph: a compiled graph with a checkpointer.
        tools_node: the node that runs tool calls, where it is a function and not a ToolNode.

    Raises:
        NoCheckpointerError: if the graph has no checkpointer.
        ValueError: if `tools_node` is no node of it.
        CheckpointsUnreadableError: if the checkpoints cannot be read at all, here or later.
        JournalError: if the journal of decisions cannot be read, here or later.
    """

    def __init__(self, graph: Pregel[Any, Any, Any, Any], *, tools_node: str | None = None) -> None:
        if not isinstance(graph.checkpointer, BaseCheckpointSaver):
            raise NoCheckpointerError(NO_CHECKPOINTER)
        if tools_node is not None and tools_node not in graph.nodes:
            raise ValueError(
                f"tools_node={tools_node!r} is no node of this graph: {list(graph.nodes)}"
            )
        self._graph, self._tools_node = graph, tools_node
        self.checkpointer: BaseCheckpointSaver[Any] = graph.checkpointer
        self._journal = journal_of(graph.checkpointer)
        self._storage = heads_of(graph.checkpointer)
        self._channels = _Channels(
            {private.SENDS}.union(*(node.triggers for node in graph.nodes.values()))
        )
        self._glimpses = Glimpses(graph)
        self._leads_on: dict[Head, bool] = {}
        self._stranded: set[Head] = set()
        self._told: dict[Head, Told] = {}
        self.refresh()

    @property
    def quick(self) -> bool:
        """Whether to look for new threads costs little, however many are stored."""
        return self._storage.quick

    def find(self) -> list[Head]:
        """List the newest checkpoint of every thread, waiting or not; any thread may call it."""
        return self._storage.find()

    def refresh(self, heads: Collection[Head] | None = None) -> None:
        """Look for the threads anew.

        Args:
            heads: what `find` has found.
        """
        heads = sorted(self._storage.find() if heads is None else heads)
        self._leads_on = {head: self._leads_on[head] for head in heads if head in self._leads_on}
        self._told = {head: self._told[head] for head in heads if head in self._told}
        self._stranded &= set(heads)
        self._looked_at = frozenset(heads)
        self._newest = {head.thread_id: head.checkpoint_id for head in heads}
        self._search = self._leading_on(heads)
        self._found: list[Head] = []
        self._known: dict[Head, WaitingThread | None] = {}

    def __iter__(self) -> Iterator[WaitingThread]:
        """Yield what waits, reading each thread in full when its turn comes."""
        return filter(None, map(self._read, self._heads()))

    def matching(
        self, words: str = "", order: Order = OLDEST_FIRST, last: Collection[str] = ()
    ) -> Iterator[WaitingThread]:
        """Yield what waits and mentions these words, each read in full when its turn comes.

        Args:
            words: what each thread must mention; see `Search`.
            order: the order.
            last: threads to come after all others.
        """
        found = map(self._read, self._ordered(words, order, last))
        return (waiting for waiting in found if waiting and waiting.mentions(words))

    def page(
        self,
        number: int,
        size: int,
        words: str = "",
        order: Order = OLDEST_FIRST,
        last: Collection[str] = (),
    ) -> list[WaitingThread]:
        """Return one page; only the threads of the page are read in full.

        Args:
            number: the page, from 1.
            size: how many threads make a page.
            words: what each thread must mention; see `Search`.
            order: the order.
            last: threads to come after all others.
        """
        first, after = (number - 1) * size, number * size
        while True:
            heads = islice(self._ordered(words, order, last), first, after)
            page = [(head, self._read(head)) for head in heads]
            if all(waiting and waiting.mentions(words) for _, waiting in page):
                return [waiting for _, waiting in page if waiting]
            # Decided or deleted since the last refresh, or not what the glimpse had told: those
            # behind it move up.
            self._found = [head for head in self._found if self._known.get(head, head) is not None]

    def count(self, words: str = "", *, at_most: int | None = None) -> int:
        """Count what waits, without reading any of it in full where that can be helped.

        Args:
            words: what each thread must mention; see `Search`.
            at_most: where to stop counting.
        """
        return sum(1 for _ in islice(self._ordered(words, OLDEST_FIRST, ()), at_most))

    def stranded(self) -> list[str]:
        """Name the threads, as far as was looked, that wait at a node this graph does not have.

        They were begun by another version of the graph, or by a graph that shares nodes with it.
        """
        return [head.thread_id for head in sorted(self._stranded)]

    def argument_names(self) -> list[str]:
        """Name the arguments of what waits, those that most threads have first.

        Threads of which only LangGraph can tell what they ask are left out, if not yet read.
        """
        told = (told for _, told in self._tellings(in_full=False))
        names = Counter(name for one in told for name in one.arguments if name)
        return [name for name, _ in names.most_common()]

    def changes(self, heads: Collection[Head]) -> tuple[set[Head], set[Head]]:
        """Tell what came and what went since the last refresh, as far as was looked.

        Args:
            heads: what `find` has found now.

        Returns:
            Those after which a node is due and that are new, and those known to wait that are no
            longer the newest of their thread.
        """
        now = set(heads)
        return set(self._leading_on(sorted(now - self._looked_at))), set(self._found) - now

    def place(
        self,
        thread_id: str,
        words: str = "",
        order: Order = OLDEST_FIRST,
        last: Collection[str] = (),
    ) -> int | None:
        """Return where a thread stands in the list, counted from 0; None where it does not."""
        heads = enumerate(self._ordered(words, order, last))
        return next((place for place, head in heads if head.thread_id == thread_id), None)

    def newest(self, thread_id: str) -> str | None:
        """Return a thread's newest checkpoint as of the last refresh; None where it has none."""
        return self._newest.get(thread_id)

    def one(self, thread_id: str) -> WaitingThread:
        """Read one thread, whether or not it waits."""
        newest = self.newest(thread_id)
        head = Head(newest, thread_id) if newest else None
        return self._as_read(thread_id, head, self._look(thread_id))

    def _ordered(self, words: str, order: Order, last: Collection[str]) -> Iterator[Head]:
        """Yield the heads of what waits and mentions these words, in this order."""
        if not (words.split() or last) and order == OLDEST_FIRST:
            yield from self._heads()
            return
        search = Search(words)
        found = ((head, told) for head, told in self._tellings() if search.finds(told))
        heads = order.sorted(found)
        later = {thread: place for place, thread in enumerate(last)}
        yield from (head for head in heads if head.thread_id not in later)
        put_off = [head for head in heads if head.thread_id in later]
        yield from sorted(put_off, key=lambda head: later[head.thread_id])

    def _tellings(self, *, in_full: bool = True) -> list[tuple[Head, Told]]:
        """Return what is known of every thread that waits, the oldest first."""
        heads = list(self._heads())
        new = [head for head in heads if head not in self._told]
        for head, held in zip(new, self._storage.hold(new, self._glimpses.channels), strict=True):
            told = self._glimpse(head, held)
            if told is None and in_full:
                waiting = self._read(head)
                told = waiting.told if waiting else None
            if told is not None:
                self._told[head] = told
        return [(head, self._told[head]) for head in heads if head in self._told]

    def _glimpse(self, head: Head, held: Held | None) -> Told | None:
        glimpse = None if head in self._known else self._glimpses.of(held)
        if glimpse is None:
            return None
        return Told(head.thread_id, head.written, glimpse.asked, glimpse.words)

    def _heads(self) -> Iterator[Head]:
        """Yield the heads of threads that are not finished, looking further only when asked to."""
        for place in count():
            if place == len(self._found):
                self._found += islice(self._search, 1)
            if place == len(self._found):
                return
            yield self._found[place]

    def _leading_on(self, heads: list[Head]) -> Iterator[Head]:
        rest = iter(heads)
        while some := list(islice(rest, _AT_A_TIME)):
            new = [head for head in some if head not in self._leads_on]
            for head, raw in zip(new, self._storage.read(new, self._channels), strict=True):
                self._leads_on[head] = leads_on(self._graph, raw)
                if not self._leads_on[head] and private.waits_elsewhere(self._graph, raw or {}):
                    self._stranded.add(head)
            yield from (head for head in some if self._leads_on[head])

    def _read(self, head: Head) -> WaitingThread | None:
        if head not in self._known:
            self._known[head] = read = self._waiting(head)
            self._told.pop(head, None)
            if read:
                self._told[head] = read.told
        return self._known[head]

    def _look(self, thread_id: str) -> Thread:
        config: RunnableConfig = {"configurable": {"thread_id": thread_id}}
        return look(self._graph, config, self._journal, tools_node=self._tools_node)

    def _waiting(self, head: Head) -> WaitingThread | None:
        thread = self._look(head.thread_id)
        if thread.status == "finished":
            self._leads_on[head] = False
        if thread.status in {"finished", "unknown"} or self._may_be_anothers(thread):
            return None
        return self._as_read(head.thread_id, head, thread)

    @staticmethod
    def _as_read(thread_id: str, head: Head | None, thread: Thread) -> WaitingThread:
        return WaitingThread(
            thread_id,
            head.written if head else datetime.now(UTC),
            thread.status,
            _asked(thread),
            thread.explanation,
            thread.resumed_by or None,
            words_of(thread.messages),
            thread,
            head.checkpoint_id if head else "",
        )

    def _may_be_anothers(self, thread: Thread) -> bool:
        """Tell whether this is an @entrypoint's thread by nothing but having begun.

        Every thread begins alike, and going on would run this graph on another's input.
        """
        waits = thread.status in {"paused", "unclear"}
        return START not in self._graph.nodes and waits and not _asked(thread)


def _asked(thread: Thread) -> Asked:
    return tuple(
        (action["name"], action["args"])
        for pause in thread.pauses
        for action in pause.request["action_requests"]
    )


class _Channels(frozenset[str]):
    """The channels that lead to the nodes of a graph, and to nodes that it does not have."""

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or str(name).startswith(private.BRANCH)


def leads_on(graph: Pregel[Any, Any, Any, Any], checkpoint: Raw | None) -> bool:
    """Tell whether a node of the graph is due after a checkpoint, as LangGraph would.

    Args:
        graph: the compiled graph.
        checkpoint: with the values of the Sends and of the trigger channels at least; None where
            it could not be read.

    Returns:
        True also where it cannot be told.
    """
    if checkpoint is None:
        return True
    try:
        return private.anything_due(graph, checkpoint)
    except Exception:
        # Written by another version of LangGraph, say: reading it in full decides.
        return True
