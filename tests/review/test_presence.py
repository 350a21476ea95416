"""Who has which thread open: told to the others, for a short while, and never in anybody's way."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from course_utils.checkpoints import checkpoints
from course_utils.review.deciding.resuming import decide
from course_utils.review.deciding.shown import read_thread
from course_utils.review.inbox import presence
from course_utils.review.inbox.presence import Presence
from tests.support.agents import ONE_MAIL, MailAgent, thread

if TYPE_CHECKING:
    from pathlib import Path


def see_each_other(mine: Presence, yours: Presence) -> None:
    mine.open("order-1")
    assert (yours.others(), mine.others()) == ({"order-1": "alice"}, {})
    yours.open("order-1")
    mine.open("order-2")
    assert (yours.others(), mine.others()) == ({"order-2": "alice"}, {"order-1": "bob"})
    mine.open("")
    assert yours.others() == {}


def test_two_inboxes_of_one_kernel_see_each_other():
    saver = InMemorySaver()
    see_each_other(Presence(saver, "a", "alice"), Presence(saver, "b", "bob"))
    assert Presence(InMemorySaver(), "c", "carol").others() == {}, "another checkpointer's"


def test_two_kernels_see_each_other_where_the_checkpoints_are(place: str):
    with checkpoints(place) as here, checkpoints(place) as there:
        see_each_other(Presence(here, "a", "alice"), Presence(there, "b", "bob"))


@pytest.mark.parametrize("kept", ["in memory", "in a file"])
def test_who_does_not_say_so_again_is_forgotten(
    kept: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with checkpoints(tmp_path / "c.sqlite") as file:
        saver: Any = InMemorySaver() if kept == "in memory" else file
        dead, mine = Presence(saver, "a", "alice"), Presence(saver, "b", "bob")
        monkeypatch.setattr(presence, "LEASE_SECONDS", 0)
        dead.open("order-1")
        assert mine.others() == {}, "a lease of no length has ended"
        monkeypatch.undo()
        dead.renew()
        assert mine.others() == {"order-1": "alice"}


def test_several_who_have_a_thread_open_are_all_named():
    saver = InMemorySaver()
    for name in ("alice", "bob"):
        Presence(saver, name, name).open("order-1")
    assert Presence(saver, "c", "carol").others() == {"order-1": "alice, bob"}


def test_notes_that_cannot_be_kept_keep_nobody_from_deciding(tmp_path: Path):
    agent = MailAgent()
    with checkpoints(tmp_path / "c.sqlite") as saver:
        graph = agent.compile(checkpointer=saver, interrupt_before=["tools"])
        graph.invoke({"messages": [("user", ONE_MAIL)]}, thread())
        (tmp_path / "c.sqlite.open").write_text("no database at all")
        mine = Presence(saver, "a", "alice")
        mine.open("t")
        assert mine.others() == {}
        (tmp_path / "c.sqlite.open").unlink()
        with closing(sqlite3.connect(tmp_path / "c.sqlite.open")) as other:
            other.execute("BEGIN EXCLUSIVE")
            mine.renew()
            pause = read_thread(graph, thread()).pauses[0]
            decide(graph, thread(), pause, {"type": "approve"}, reviewer="alice")
    assert agent.outbox == ["alice@example.com"]
