"""How LangGraph's checkpointers lay out what they keep, as seen in the releases named here.

These are langgraph-checkpoint 4.3.2, -sqlite 3.1.2 and -postgres 3.2.0. How PostgreSQL keeps values
apart is tested on a server, in `tests/review/test_waiting_threads.py`. A failure says what no
longer holds; the use is the function of `course_utils.neighbours.langgraph_checkpoints` that the
test calls.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver

from course_utils.neighbours import langgraph_checkpoints as layout
from tests.support.agents import MailAgent, ask, thread

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

SEEN = "seen in langgraph-checkpoint 4.3.2, and no longer so: "


def paused(saver: Any) -> Any:
    """Return a graph whose usual thread waits for a yes."""
    graph = MailAgent().compile(checkpointer=saver, interrupt_before=["tools"])
    ask(graph)
    return graph


def newest(saver: BaseCheckpointSaver[Any]) -> Any:
    """Return the newest checkpoint as the saver itself gives it."""
    saved = saver.get_tuple(thread())
    assert saved is not None
    return saved.checkpoint


def test_a_checkpoints_id_holds_the_time_when_it_was_written():
    before = datetime.now(UTC)
    graph = paused(InMemorySaver())
    written = layout.written_at(newest(graph.checkpointer)["id"])
    assert before - timedelta(seconds=1) <= written <= datetime.now(UTC), SEEN + str(written)


def test_sqlite_keeps_checkpoints_in_a_table_that_can_be_read_past_the_saver(tmp_path):
    with closing(sqlite3.connect(tmp_path / "c", check_same_thread=False)) as connection:
        assert connection.execute(layout.SQLITE_HAS_A_TABLE).fetchone() is None
        saver = SqliteSaver(connection)
        wanted = newest(paused(saver).checkpointer)
        assert connection.execute(layout.SQLITE_HAS_A_TABLE).fetchone(), SEEN
        assert connection.execute(layout.HEADS).fetchall() == [(wanted["id"], "t")], SEEN
        stored = connection.execute(layout.SQLITE_ONE, ("t", wanted["id"])).fetchone()
        read = layout.decoded(saver.serde, stored, {"messages"})
        assert list(read["channel_values"]) == ["messages"], SEEN + str(read["channel_values"])
        assert read["channel_values"]["messages"] == wanted["channel_values"]["messages"], SEEN
        assert read["channel_versions"] == wanted["channel_versions"], SEEN


def test_a_sqlite_savers_connection_is_lent_under_its_lock(tmp_path):
    with closing(sqlite3.connect(tmp_path / "c", check_same_thread=False)) as connection:
        saver = SqliteSaver(connection)
        with layout.borrowed_connection(saver) as borrowed:
            assert borrowed is connection, SEEN
            assert not saver.lock.acquire(blocking=False), SEEN + "the lock is free"
        assert layout.connection_of(saver) is connection, SEEN


def test_memory_keeps_a_thread_by_namespace_and_id_and_its_values_apart():
    saver = InMemorySaver()
    wanted = newest(paused(saver).checkpointer)
    assert layout.heads_in_memory(saver) == {"t": wanted["id"]}, SEEN
    assert layout.newest_in_memory(saver, "t") == {"": wanted["id"]}, SEEN
    read = layout.read_in_memory(saver, "t", wanted["id"], {"messages"})
    assert read["channel_values"] == {"messages": wanted["channel_values"]["messages"]}, SEEN


@pytest.mark.parametrize(
    ("module", "name", "kind"),
    [
        ("langgraph.checkpoint.memory", "InMemorySaver", ""),
        ("langgraph.checkpoint.sqlite", "SqliteSaver", "sqlite"),
        ("langgraph.checkpoint.sqlite.aio", "AsyncSqliteSaver", "async sqlite"),
        ("langgraph.checkpoint.postgres", "PostgresSaver", "postgresql"),
        ("langgraph.checkpoint.postgres.aio", "AsyncPostgresSaver", "postgresql"),
    ],
)
def test_savers_are_told_by_the_modules_they_are_defined_in(module, name, kind):
    saver = vars(import_module(module))[name]
    made = saver.__new__(saver)
    assert layout.kind_of(made) == kind, SEEN + module
