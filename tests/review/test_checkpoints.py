"""The checkpointer of HITL_CHECKPOINTS: threads outlive it, and processes share it."""

from __future__ import annotations

import socket
import sqlite3
from typing import TYPE_CHECKING

import pytest

from course_utils.checkpoints import CheckpointsError, checkpoints
from tests.support.agents import MailAgent, ask, conversation, thread
from tests.support.workers import all_at_once, workers

if TYPE_CHECKING:
    from pathlib import Path

    from langgraph.checkpoint.base import BaseCheckpointSaver

OPENER = """
from course_utils.checkpoints import checkpoints

answer("ready")
for place in lines():
    with checkpoints(place):
        answer("opened")
"""

# Takes forty steps on a thread of its own, as fast as it can.
WRITER = """
from langgraph.graph import START, StateGraph
from course_utils.checkpoints import checkpoints

builder = StateGraph(dict)
builder.add_node("step", lambda state: {"n": state["n"] + 1})
builder.add_edge(START, "step")
config = {"configurable": {"thread_id": sys.argv[1]}}
answer("ready")
for place in lines():
    with checkpoints(place) as saver:
        graph = builder.compile(checkpointer=saver)
        for n in range(40):
            graph.invoke({"n": n}, config)
        answer(graph.get_state(config).values["n"])
"""


def test_a_paused_thread_waits_until_the_place_is_opened_again(place: str) -> None:
    agent = MailAgent()
    with checkpoints(place) as saver:
        ask(agent.compile(checkpointer=saver, interrupt_before=["tools"]))

    with checkpoints(place) as saver:
        graph = agent.compile(checkpointer=saver, interrupt_before=["tools"])
        assert graph.get_state(thread()).next == ("tools",)
        graph.invoke(None, thread())

    assert agent.outbox == ["alice@example.com"]


def test_an_open_checkpointer_keeps_a_conversation(saver: BaseCheckpointSaver[str]) -> None:
    graph = MailAgent().compile(checkpointer=saver)
    ask(graph)
    assert conversation(graph) == ["human", "ai", "tool", "ai"]


def test_processes_that_open_a_new_place_and_write_at_once_are_never_refused(place: str) -> None:
    with workers(WRITER, 4) as writers:
        assert all_at_once(writers, place) == ["40"] * 4


def test_processes_that_make_the_same_new_file_at_once_are_never_refused(tmp_path: Path) -> None:
    with workers(OPENER, 4) as openers:
        # One file alone goes well nine times in ten, even where nobody waits for anybody.
        for number in range(60):
            file = tmp_path / f"{number}.sqlite"
            assert all_at_once(openers, str(file)) == ["opened"] * 4, file


def test_the_setting_is_used_where_no_place_is_given(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HITL_CHECKPOINTS", place)
    with checkpoints() as saver:
        ask(MailAgent().compile(checkpointer=saver))
    with checkpoints(place) as saver:
        assert saver.get_tuple(thread()) is not None, f"nothing was kept in {place}"


def test_a_missing_folder_is_made_and_the_file_is_ready_for_readers_beside_a_writer(
    tmp_path: Path,
) -> None:
    file = tmp_path / "new" / "folder" / "checkpoints.sqlite"
    with checkpoints(file):
        mode = sqlite3.connect(file).execute("PRAGMA journal_mode").fetchone()
    assert mode == ("wal",)


@pytest.mark.parametrize("spoil", ["a file as folder", "a folder as file", "no database"])
def test_a_file_that_cannot_be_used_is_named_with_the_fix(tmp_path: Path, spoil: str) -> None:
    file = tmp_path / "kept" / "checkpoints.sqlite"
    if spoil == "a file as folder":
        file.parent.write_text("not a folder")
    elif spoil == "a folder as file":
        file.mkdir(parents=True)
    else:
        file.parent.mkdir()
        file.write_text("these are the minutes of a meeting, not a database" * 20)

    with pytest.raises(CheckpointsError, match="HITL_CHECKPOINTS") as told, checkpoints(file):
        pytest.fail(f"{file} was opened")

    assert str(file) in str(told.value), told.value


def test_a_postgresql_that_is_not_there_is_told_without_the_password() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"postgresql://ada:sesame@127.0.0.1:{port}/course?password=sesame2"

    with pytest.raises(CheckpointsError) as told, checkpoints(address):
        pytest.fail(f"{address} was opened")

    said = str(told.value)
    assert f"cannot be reached at postgresql://ada@127.0.0.1:{port}/course" in said, said
    assert "sesame" not in said, said


def test_an_address_that_is_none_is_told_without_the_password() -> None:
    address = "postgresql://ada:sesame%zz@127.0.0.1/course"
    with pytest.raises(CheckpointsError, match="percent-encoded") as told, checkpoints(address):
        pytest.fail(f"{address} was opened")
    assert "sesame" not in str(told.value), told.value
