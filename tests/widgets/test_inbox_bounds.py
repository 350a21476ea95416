"""How far the inbox looks when a thousand threads wait: as far as it says, and no further."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.sqlite import SqliteSaver

from course_utils import Inbox
from tests.support.agents import ONE_MAIL, MailAgent, thread

if TYPE_CHECKING:
    from collections.abc import Iterator

THREADS = 1_200
PAGE = 2
# Beyond the page.
COUNTED = 1_000
# Checkpoints are looked at some at a time, so that a few more are than were asked for.
SOME = 100


class WatchedSaver(BaseCheckpointSaver[str]):
    """A checkpointer of somebody's own, which notes whose checkpoints it is asked for."""

    def __init__(self, kept: SqliteSaver) -> None:
        super().__init__(serde=kept.serde)
        self.kept, self.asked = kept, set[str]()

    def get_tuple(self, config: Any) -> Any:
        self.asked.add(config["configurable"]["thread_id"])
        return self.kept.get_tuple(config)

    def list(self, config: Any, **how: Any) -> Any:
        return self.kept.list(config, **how)

    def put(self, *checkpoint: Any) -> Any:
        return self.kept.put(*checkpoint)

    def put_writes(self, *writes: Any) -> None:
        self.kept.put_writes(*writes)


@pytest.fixture
def watched() -> Iterator[WatchedSaver]:
    with SqliteSaver.from_conn_string(":memory:") as kept:
        yield WatchedSaver(kept)


@pytest.fixture
def inbox(watched: WatchedSaver) -> Inbox:
    """An inbox over one thread that waits and its many copies."""
    graph = MailAgent().compile(checkpointer=watched, interrupt_before=["tools"])
    graph.invoke({"messages": [("user", ONE_MAIL)]}, thread("order-0001"))
    for table in ("checkpoints", "writes"):
        names = [row[1] for row in watched.kept.conn.execute(f"PRAGMA table_info({table})")]
        others = ", ".join(name for name in names if name != "thread_id")
        copy = (
            f"INSERT INTO {table} (thread_id, {others}) "  # noqa: S608 - our own words
            f"SELECT ?, {others} FROM {table} WHERE thread_id = 'order-0001'"
        )
        copies = [(f"order-{number:04}",) for number in range(2, THREADS + 1)]
        watched.kept.conn.executemany(copy, copies)
    return Inbox(graph, page_size=PAGE)


def test_a_page_counts_a_thousand_threads_ahead_and_looks_at_hardly_more(
    inbox: Inbox, watched: WatchedSaver
) -> None:
    assert inbox.status == "1-2 of more than 1,002 threads"
    assert COUNTED <= len(watched.asked) <= PAGE + COUNTED + SOME, len(watched.asked)
    inbox.press("next")
    assert inbox.status == "3-4 of more than 1,004 threads"


def test_a_filter_looks_at_every_thread_once(inbox: Inbox, watched: WatchedSaver) -> None:
    inbox.filter("order")
    assert inbox.status == "1-2 of 1,200 threads"
    assert len(watched.asked) == THREADS
    watched.asked.clear()
    inbox.filter("order-119")
    assert inbox.status == "1-2 of 10 threads"
    assert watched.asked == {"order-1190", "order-1191"}, "those that the page shows"
