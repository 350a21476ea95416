"""Every thread that waits for a person, the oldest first, without loading all that do not."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count, islice
from typing import TYPE_CHECKING, Any, TypeAlias

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import START

from course_utils.neighbours import langgraph as private
from course_utils.review.inbox.heads import heads_of
from course_utils.review.reading.reader import look
from course_utils.review.record.opening import journal_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from langchain_core.runnables import RunnableConfig
    from langgraph.pregel import Pregel

    from course_utils.neighbours.langgraph_checkpoints import Raw
    from course_utils.review.inbox.heads import Head
    from course_utils.review.reading.thread import Thread

NO_CHECKPOINTER = (
    "This graph was compiled without a checkpointer, so none of its threads can wait: compile it "
    "with one, or name the one that holds its threads."
)
_AT_A_TIME = 64

Asked: TypeAlias = "tuple[tuple[str, Mapping[str, Any]], ...]"


@dataclass(frozen=True)
class WaitingThread:
    """A thread that waits for a person.

    Attributes:
        thread_id: the thread.
        since: when its newest checkpoint was written.
        status: what `read_thread` says of it: `paused`, `crashed`, `interrupted`, `running` or
            `unreadable`.
        asked: each tool with its arguments, or each question with its own; empty where the thread
            waits for nothing but to go on.
        explanation: the status in a sentence or two.
        resuming: who is resuming it right now, None where nobody is.
    """

    thread_id: str
    since: datetime
    status: str
    asked: Asked = ()
    explanation: str = ""
    resuming: str | None = None

    def mentions(self, words: str) -> bool:
        """Tell whether its id, a tool or an argument holds every one of these words.

        Case is ignored.
        """
        arguments = (
            str(part) for _, given in self.asked for pair in given.items() for part in pair
        )
        told = " ".join([self.thread_id, *(name for name, _ in self.asked), *arguments]).casefold()
        return all(word in told for word in words.casefold().split())


class WaitingThreads:
    """The threads of one graph that wait for a person, the oldest first.

    Crashed and interrupted threads wait too. A thread that another graph wrote to the same
    checkpointer is left out, unless the two name their nodes alike. So is what cannot be told from
    another graph's: a thread cut off before its first step, an @entrypoint that asks nothing.

    It shows the moment of its making, or of its last `refresh`, and does no more work than is asked
    of it. To find the threads takes one query; which of them are finished is told from the bare
    versions in their newest checkpoints, oldest first and only as far as needed; what waits is then
    read in full. What a checkpoint leads to never changes, so a refresh looks at new ones alone.
    With a checkpointer that is none of LangGraph's own, each refresh lists every checkpoint there
    is, which is slow.

    Args:
        graph: a compiled graph with a checkpointer.
        tools_node: the node that runs tool calls, where it is a function and not a ToolNode.

    Raises:
        ValueError: if the graph has no checkpointer, or `tools_node` is no node of it.
        CheckpointsUnreadableError: if the checkpoints cannot be read at all, here or later.
        JournalError: if the journal of decisions cannot be read, here or later.
    """

    def __init__(self, graph: Pregel[Any, Any, Any, Any], *, tools_node: str | None = None) -> None:
        if not isinstance(graph.checkpointer, BaseCheckpointSaver):
            raise ValueError(NO_CHECKPOINTER)
        if tools_node is not None and tools_node not in graph.nodes:
            raise ValueError(
                f"tools_node={tools_node!r} is no node of this graph: {list(graph.nodes)}"
            )
        self._graph, self._tools_node = graph, tools_node
        self._journal = journal_of(graph.checkpointer)
        self._storage = heads_of(graph.checkpointer)
        self._channels = {private.SENDS}.union(*(node.triggers for node in graph.nodes.values()))
        self._leads_on: dict[Head, bool] = {}
        self.refresh()

    def refresh(self) -> None:
        """Look for the threads anew."""
        heads = sorted(self._storage.find())
        self._leads_on = {head: self._leads_on[head] for head in heads if head in self._leads_on}
        self._search = self._leading_on(heads)
        self._found: list[Head] = []
        self._known: dict[Head, WaitingThread | None] = {}

    def __iter__(self) -> Iterator[WaitingThread]:
        """Yield what waits, reading each thread in full when its turn comes."""
        return filter(None, map(self._read, self._heads()))

    def matching(self, words: str) -> Iterator[WaitingThread]:
        """Yield what waits and mentions these words; without words, all that waits."""
        return (waiting for waiting in self if waiting.mentions(words))

    def page(self, number: int, size: int, words: str = "") -> list[WaitingThread]:
        """Return one page.

        Without words to look for, only the threads of the page are read in full.

        Args:
            number: the page, from 1.
            size: how many threads make a page.
            words: what each thread must mention.
        """
        first, after = (number - 1) * size, number * size
        if words.split():
            return list(islice(self.matching(words), first, after))
        while None in (page := [self._read(head) for head in islice(self._heads(), first, after)]):
            # Decided or deleted since the last refresh: those behind it move up.
            self._found = [head for head in self._found if self._known.get(head, head) is not None]
        return [waiting for waiting in page if waiting]

    def count(self, words: str = "", *, at_most: int | None = None) -> int:
        """Count what waits; with words to look for, every thread counted is read in full.

        Args:
            words: what each thread must mention.
            at_most: where to stop counting.
        """
        counted = self.matching(words) if words.split() else self._heads()
        return sum(1 for _ in islice(counted, at_most))

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
            yield from (head for head in some if self._leads_on[head])

    def _read(self, head: Head) -> WaitingThread | None:
        if head not in self._known:
            self._known[head] = self._waiting(head)
        return self._known[head]

    def _waiting(self, head: Head) -> WaitingThread | None:
        config: RunnableConfig = {"configurable": {"thread_id": head.thread_id}}
        thread = look(self._graph, config, self._journal, tools_node=self._tools_node)
        if thread.status == "finished":
            self._leads_on[head] = False
        asked = _asked(thread)
        if thread.status in {"finished", "unknown"} or self._may_be_anothers(thread, asked):
            return None
        return WaitingThread(
            head.thread_id,
            head.written,
            thread.status,
            asked,
            thread.explanation,
            thread.resumed_by or None,
        )

    def _may_be_anothers(self, thread: Thread, asked: Asked) -> bool:
        """Tell whether this is an @entrypoint's thread by nothing but having begun.

        Every thread begins alike, and going on would run this graph on another's input.
        """
        return (
            START not in self._graph.nodes and thread.status in {"paused", "unclear"} and not asked
        )


def _asked(thread: Thread) -> Asked:
    return tuple(
        (action["name"], action["args"])
        for pause in thread.pauses
        for action in pause.request["action_requests"]
    )


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
