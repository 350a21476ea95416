"""What only a PostgreSQL of our own can show: it goes down and comes back, and leaves nothing."""

from __future__ import annotations

import psycopg
import pytest

from course_utils.checkpoints import checkpoints
from tests.support.agents import MailAgent, ask, thread
from tests.support.postgres import running_postgresql


def test_an_open_checkpointer_outlives_a_restart_of_postgresql() -> None:
    agent = MailAgent()
    with running_postgresql() as server, checkpoints(server.new_database()) as saver:
        graph = agent.compile(checkpointer=saver, interrupt_before=["tools"])
        ask(graph)
        server.stop()
        server.start()
        graph.invoke(None, thread())
    assert agent.outbox == ["alice@example.com"]


def test_a_postgresql_of_the_tests_is_stopped_and_removed_when_a_test_fails() -> None:
    with pytest.raises(InterruptedError), running_postgresql() as server:
        raise InterruptedError("as a failing test would")
    assert not server.folder.exists(), f"{server.folder} was left"
    with pytest.raises(psycopg.OperationalError, match="refused"):
        psycopg.connect(server.address())
