"""Which threads wait: found in every kind of storage, and without loading those that do not."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from operator import add
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import aiosqlite
import pytest
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.func import entrypoint, task
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import Command, Send, interrupt

from course_utils.loops import run
from course_utils.review.deciding.resuming import decide
from course_utils.review.deciding.shown import read_thread
from course_utils.review.inbox.heads import heads_of
from course_utils.review.inbox.news import became_of
from course_utils.review.inbox.storage import CheckpointsUnreadableError, Head
from course_utils.review.inbox.waiting_threads import WaitingThreads, leads_on
from course_utils.review.record.entries import PauseKey
from course_utils.review.record.opening import journal_of
from tests.support.agents import ONE_MAIL, TWO_MAILS, MailAgent, thread

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from langchain_core.runnables import RunnableConfig


class CountingSaver(SqliteSaver):
    """A SqliteSaver that notes whose checkpoints it was asked to load in full."""

    loaded: set[str]

    def get_tuple(self, config):
        self.loaded.add(config["configurable"]["thread_id"])
        return super().get_tuple(config)


@pytest.fixture
def counting(tmp_path: Path) -> Iterator[CountingSaver]:
    with CountingSaver.from_conn_string(str(tmp_path / "counted.sqlite")) as saver:
        saver.loaded = set()
        yield saver


class Numbers(TypedDict):
    """A state without messages."""

    numbers: Annotated[list[int], add]


def mails(saver: Any, **how: Any) -> Any:
    return MailAgent(**how).compile(checkpointer=saver, interrupt_before=["tools"])


def ask(graph: Any, name: str, words: str = ONE_MAIL) -> None:
    graph.invoke({"messages": [("user", words)]}, thread(name))


def names(queue: WaitingThreads) -> list[str]:
    return [waiting.thread_id for waiting in queue]


def questions(saver: Any) -> Any:
    builder = StateGraph(MessagesState)
    builder.add_node("enquire", lambda state: {"messages": [interrupt({"how": "much"})]})
    builder.add_edge(START, "enquire")
    return builder.compile(checkpointer=saver)


def joined(saver: Any, **how: Any) -> Any:
    """Two branches that a third node waits for."""
    builder = StateGraph(Numbers)
    for name in ("left", "right", "join"):
        builder.add_node(name, lambda state: {"numbers": [1]})
    builder.add_edge(START, "left").add_edge(START, "right").add_edge(["left", "right"], "join")
    builder.add_node("last", lambda state: {"numbers": [2]}, defer=True)
    builder.add_edge("join", "last")
    return builder.compile(checkpointer=saver, **how)


def sent(saver: Any, **how: Any) -> Any:
    """Three tasks from Sends."""
    builder = StateGraph(Numbers).add_node("work", lambda number: {"numbers": [number]})
    builder.add_conditional_edges(START, lambda state: [Send("work", n) for n in range(3)])
    return builder.compile(checkpointer=saver, **how)


def workflow(saver: Any) -> Any:
    @task
    def double(number: int) -> int:
        return 2 * number

    @entrypoint(checkpointer=saver)
    def doubling(number: int) -> Any:
        return [double(number).result(), interrupt("and what?")]

    return doubling


def test_what_waits_is_listed_oldest_first_with_what_is_asked(saver: BaseCheckpointSaver[str]):
    graph = mails(saver)
    before = datetime.now(UTC)
    ask(graph, "b")
    ask(graph, "talk", "hello")
    ask(graph, "a", TWO_MAILS)
    first, second = WaitingThreads(graph)
    assert (first.thread_id, first.status, first.resuming) == ("b", "paused", None), first
    assert [(name, given["to"]) for name, given in second.asked] == [
        ("send_email", "alice@example.com"),
        ("send_email", "bob@example.com"),
    ], second
    assert before - timedelta(seconds=1) < first.since < second.since <= datetime.now(UTC)


def test_a_thread_decided_is_gone_and_one_at_its_next_pause_is_the_newest(
    saver: BaseCheckpointSaver[str],
):
    graph = MailAgent().compile(
        checkpointer=saver, interrupt_before=["tools"], interrupt_after=["tools"]
    )
    for name in ("one", "two", "three"):
        ask(graph, name)
    queue = WaitingThreads(graph)
    graph.invoke(None, thread("one"))
    graph.invoke(None, thread("two"))
    graph.invoke(None, thread("two"))
    assert names(queue) == ["one", "three"], "where they stood when it looked"
    queue.refresh()
    assert names(queue) == ["three", "one"]


def test_a_question_and_a_crash_wait_for_a_person_too(saver: BaseCheckpointSaver[str]):
    enquiry = questions(saver)
    ask(enquiry, "question")
    graph = mails(saver, fails=1)
    ask(graph, "crash")
    with pytest.raises(ConnectionError):
        graph.invoke(None, thread("crash"))
    (question,) = WaitingThreads(enquiry)
    (crash,) = WaitingThreads(graph)
    assert question.asked == (("enquire", {"how": "much"}),), question
    assert (crash.thread_id, crash.status) == ("crash", "crashed"), crash
    assert "smtp down" in crash.explanation, crash


def test_threads_of_another_graph_are_left_out(saver: BaseCheckpointSaver[str]):
    graphs = {"mail": mails(saver), "enquiry": questions(saver), "workflow": workflow(saver)}
    ask(graphs["mail"], "mail")
    ask(graphs["enquiry"], "enquiry")
    graphs["workflow"].invoke(1, thread("workflow"))
    for name, graph in graphs.items():
        assert names(WaitingThreads(graph)) == [name]


def test_a_workflow_is_not_offered_what_another_graph_has_only_begun(
    saver: BaseCheckpointSaver[str],
):
    graph = mails(saver)
    ask(graph, "talk", "hello")
    *_, oldest = saver.list(thread("talk"))
    begun: RunnableConfig = {"configurable": {"thread_id": "begun", "checkpoint_ns": ""}}
    versions = oldest.checkpoint["channel_versions"]
    saver.put(begun, oldest.checkpoint, oldest.metadata, versions)
    assert names(WaitingThreads(workflow(saver))) == []
    assert names(WaitingThreads(graph)) == []


def test_what_is_told_from_the_bare_checkpoint_is_what_langgraph_says(
    saver: BaseCheckpointSaver[str],
):
    """Every checkpoint that graphs of many shapes pass through, against `get_state`."""
    stopped = {"interrupt_before": "*"}
    graphs = [mails(saver), joined(saver), joined(saver, **stopped), sent(saver)]
    graphs += [sent(saver, **stopped), questions(saver), workflow(saver)]
    told = []
    for number, graph in enumerate(graphs):
        _run_to_its_end(graph, thread(str(number)))
        channels = {"__pregel_tasks"}.union(*(node.triggers for node in graph.nodes.values()))
        for saved in list(saver.list(thread(str(number)))):
            head = Head(saved.config["configurable"]["checkpoint_id"], str(number))
            (raw,) = heads_of(saver).read([head], channels)
            tasks = [task.name for task in graph.get_state(saved.config).tasks]
            if tasks == [START]:
                continue
            told.append(leads_on(graph, raw))
            assert told[-1] == bool(tasks), (tasks, raw)
    assert (told.count(False), told.count(True) > 9) == (len(graphs), True), told


def _run_to_its_end(graph: Any, config: RunnableConfig) -> None:
    given: Any = {"messages": [("user", ONE_MAIL)], "numbers": [0]} if START in graph.nodes else 1
    graph.invoke(given, config)
    while (state := graph.get_state(config)).next:
        graph.invoke(Command(resume="nothing") if state.interrupts else None, config)


def test_only_what_is_on_the_page_is_loaded_in_full(counting: CountingSaver):
    graph = mails(counting)
    for number in range(40):
        ask(graph, f"talk-{number}", "hello")
    for name in ("first", "second", "third"):
        ask(graph, name)
    counting.loaded.clear()
    queue = WaitingThreads(graph)
    assert queue.count() == 3
    assert counting.loaded == set(), "counting loads nothing in full"
    assert [waiting.thread_id for waiting in queue.page(1, 2)] == ["first", "second"]
    assert counting.loaded == {"first", "second"}


def test_threads_that_ran_through_joins_and_sends_are_seen_to_be_finished(counting: CountingSaver):
    for graph in (joined(counting), sent(counting)):
        graph.invoke({"numbers": [0]}, thread(graph.name))
        counting.loaded.clear()
        assert WaitingThreads(graph).count() == 0
        assert list(WaitingThreads(graph)) == []
        assert counting.loaded == set()


def test_a_first_page_looks_at_no_more_threads_than_it_must(counting: CountingSaver):
    graph = mails(counting)
    for number in range(100):
        ask(graph, f"{number}", "hello" if number else ONE_MAIL)
    queue = WaitingThreads(graph)
    _break_blob(counting.conn, "99")
    assert [waiting.thread_id for waiting in queue.page(1, 1)] == ["0"]
    assert queue.count() == 2, "the last, which was broken after all, is found when all are counted"


def test_what_is_known_to_be_finished_is_not_read_again(counting: CountingSaver):
    graph = mails(counting)
    ask(graph, "talk", "hello")
    queue = WaitingThreads(graph)
    assert queue.count() == 0
    _break_blob(counting.conn, "talk")
    queue.refresh()
    assert queue.count() == 0
    assert WaitingThreads(graph).count() == 1, "a queue that does not know it has to read it"


def _break_blob(connection: sqlite3.Connection, name: str) -> None:
    connection.execute("UPDATE checkpoints SET checkpoint = ? WHERE thread_id = ?", (b"\xc1", name))
    connection.commit()


def test_a_checkpoint_that_cannot_be_read_gets_a_line_and_hides_no_other(counting: CountingSaver):
    graph = mails(counting)
    for name in ("sound", "broken", "sound too"):
        ask(graph, name)
    _break_blob(counting.conn, "broken")
    found = {waiting.thread_id: waiting for waiting in WaitingThreads(graph)}
    assert list(found) == ["sound", "broken", "sound too"]
    assert found["broken"].status == "unreadable", found["broken"]
    assert "cannot be read" in found["broken"].explanation, found["broken"]
    assert found["sound too"].status == "paused", found["sound too"]


def test_a_thread_deleted_meanwhile_makes_room_for_the_next(saver: BaseCheckpointSaver[str]):
    graph = mails(saver)
    for name in ("a", "b", "c", "d"):
        ask(graph, name)
    queue = WaitingThreads(graph)
    assert queue.count() == 4
    saver.delete_thread("b")
    assert [waiting.thread_id for waiting in queue.page(1, 2)] == ["a", "c"]
    assert [waiting.thread_id for waiting in queue.page(2, 2)] == ["d"]
    assert queue.count() == 3


def test_pages_and_words_to_look_for(saver: BaseCheckpointSaver[str]):
    graph = mails(saver)
    for number in range(5):
        ask(graph, f"order-{number}", ONE_MAIL.replace("alice", "carol" if number % 2 else "alice"))
    queue = WaitingThreads(graph)
    pages = [[waiting.thread_id for waiting in queue.page(page, 2)] for page in (1, 2, 3, 4)]
    assert pages == [["order-0", "order-1"], ["order-2", "order-3"], ["order-4"], []]
    assert [w.thread_id for w in queue.page(1, 9, "CAROL send_")] == ["order-1", "order-3"]
    assert [w.thread_id for w in queue.page(1, 9, "carol order-3")] == ["order-3"]
    assert (queue.count("carol"), queue.count("nobody"), queue.count(at_most=2)) == (2, 0, 2)


def test_who_is_resuming_a_thread_right_now_is_told(saver: BaseCheckpointSaver[str]):
    seen: list[Any] = []
    agent = MailAgent()
    graph = agent.compile(checkpointer=saver, interrupt_before=["tools"])
    graph.nodes["tools"].bound.tools_by_name["send_email"].func = lambda **given: seen.extend(
        WaitingThreads(graph)
    )
    ask(graph, "mail")
    (pause,) = read_thread(graph, thread("mail")).pauses
    decide(graph, thread("mail"), pause, {"type": "approve"}, reviewer="alice")
    assert [(w.thread_id, w.status, w.resuming) for w in seen] == [("mail", "running", "alice")]
    assert list(WaitingThreads(graph)) == []


class Backwards(JsonPlusSerializer):
    """A serializer of somebody's own, whose bytes nobody else can read."""

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]:
        kind, data = super().dumps_typed(obj)
        return f"{kind}+backwards", data[::-1]

    def loads_typed(self, data: tuple[str, bytes]) -> Any:
        return super().loads_typed((data[0].removesuffix("+backwards"), data[1][::-1]))


class SomebodysSaver(BaseCheckpointSaver[str]):
    """A checkpointer of somebody's own, which keeps its checkpoints where only it finds them."""

    def __init__(self) -> None:
        super().__init__()
        self._kept = InMemorySaver()

    def get_tuple(self, config):
        return self._kept.get_tuple(config)

    def list(self, config, **how):
        return self._kept.list(config, **how)

    def put(self, *what):
        return self._kept.put(*what)

    def put_writes(self, *what):
        return self._kept.put_writes(*what)

    def get_next_version(self, current, channel):
        return self._kept.get_next_version(current, channel)


@contextmanager
def storage(kind: str, folder: Path) -> Iterator[BaseCheckpointSaver[Any]]:
    if kind == "in memory":
        yield InMemorySaver()
    elif kind == "somebody's own":
        yield SomebodysSaver()
    elif kind == "sqlite in memory":
        with SqliteSaver.from_conn_string(":memory:") as saver:
            yield saver
    elif kind == "an awkward path":
        awkward = folder / "50% off? #1 \u00e9"
        awkward.mkdir()
        with SqliteSaver.from_conn_string(str(awkward / "check points.sqlite")) as saver:
            yield saver
    elif kind == "own serializer":
        with closing(sqlite3.connect(folder / "own.sqlite", check_same_thread=False)) as connection:
            yield SqliteSaver(connection, serde=Backwards())


@pytest.mark.parametrize(
    "kind",
    ["in memory", "somebody's own", "sqlite in memory", "an awkward path", "own serializer"],
)
def test_every_storage_is_read(kind: str, tmp_path: Path):
    with storage(kind, tmp_path) as saver:
        graph = mails(saver)
        assert names(WaitingThreads(graph)) == [], "nothing is there yet"
        for number in range(4):
            ask(graph, f"{number}", ONE_MAIL if number % 2 else "hello")
        assert names(WaitingThreads(graph)) == ["1", "3"]
        assert WaitingThreads(graph).count() == 2


async def _two_threads(file: Path) -> Any:
    graph = mails(AsyncSqliteSaver(await aiosqlite.connect(file)))
    await graph.ainvoke({"messages": [("user", ONE_MAIL)]}, thread("mail"))
    await graph.ainvoke({"messages": [("user", "hello")]}, thread("talk"))
    return graph


def test_an_async_checkpointer_is_read_from_plain_code(tmp_path: Path):
    graph = run(_two_threads(tmp_path / "async.sqlite"))
    assert names(WaitingThreads(graph)) == ["mail"]
    run(graph.checkpointer.conn.close())


def test_an_async_checkpointer_is_read_while_its_own_loop_is_running_this_code(tmp_path: Path):
    async def a_cell_in_jupyter() -> list[str]:
        graph = await _two_threads(tmp_path / "async.sqlite")
        found = names(WaitingThreads(graph))
        await graph.checkpointer.conn.close()
        return found

    assert asyncio.run(a_cell_in_jupyter()) == ["mail"]


WRITER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
connection.execute("DELETE FROM checkpoints")
print("writing", flush=True)
sys.stdin.read()
"""


def test_it_reads_while_another_process_writes(counting: CountingSaver, tmp_path: Path):
    graph = mails(counting)
    ask(graph, "mail")
    command = [sys.executable, "-c", WRITER, str(tmp_path / "counted.sqlite")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n"
        assert names(WaitingThreads(graph)) == ["mail"], "what is not committed has not happened"
        writer.communicate("")


def test_checkpoints_that_cannot_be_read_at_all_are_named(tmp_path: Path):
    file = tmp_path / "gone.sqlite"
    with SqliteSaver.from_conn_string(str(file)) as saver:
        ask(mails(saver), "mail")
    file.write_bytes(b"no database at all" * 100)
    with (
        SqliteSaver.from_conn_string(str(file)) as saver,
        pytest.raises(CheckpointsUnreadableError, match=r"gone\.sqlite cannot be read"),
    ):
        WaitingThreads(mails(saver))


@pytest.mark.parametrize(
    ("saver", "tools_node", "words"),
    [(None, None, "without a checkpointer"), (InMemorySaver(), "tolls", "no node of this graph")],
)
def test_what_cannot_be_listed_is_refused(saver: Any, tools_node: str | None, words: str):
    with pytest.raises(ValueError, match=words):
        WaitingThreads(mails(saver), tools_node=tools_node)


def test_a_decision_whose_run_was_cut_off_is_not_told_as_decided_alone():
    graph = mails(InMemorySaver())
    ask(graph, "order-07")
    (waiting,) = WaitingThreads(graph)
    journal = journal_of(graph.checkpointer)
    key = PauseKey("order-07", "", waiting.checkpoint_id, "static")
    told = []
    with journal.lock("order-07"):
        journal.claim([(key, [{"type": "approve"}], None)], "bob")
        told.append(became_of(journal, waiting))
    told.append(became_of(journal, waiting, again=True))
    assert told == ["being resumed by bob", "bob decided: approve. The run was cut off"]
