"""What is kept, where, and in which shape: savers, payloads, names, async."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import Command, interrupt
from pydantic import BaseModel

from tests.claims.scene import (
    EMPTY,
    MAIL,
    THREAD,
    agent,
    mail_agent,
    outbox,
    paused,
    questions,
    raised,
    row,
    run_calls,
    waits,
)


def a_new_memory_saver_knows_no_thread():
    paused()
    rebuilt = mail_agent(interrupt_before=["tools"])
    return {"next": waits(rebuilt), "None": raised(rebuilt.invoke, None, THREAD)}


RESUME = """
import sys
from tests.claims.scene import THREAD, mail_agent, outbox
from langgraph.checkpoint.sqlite import SqliteSaver

with SqliteSaver.from_conn_string(sys.argv[1]) as saver:
    mail_agent(checkpointer=saver, interrupt_before=["tools"]).invoke(None, THREAD)
print(*outbox)
"""


def a_file_keeps_the_pause_for_another_process():
    path = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "threads.sqlite")
        with SqliteSaver.from_conn_string(file) as saver:
            paused(checkpointer=saver, interrupt_before=["tools"])
        another = [sys.executable, "-c", RESUME, file]
        return subprocess.check_output(another, env=path, text=True).split()


def a_renamed_node_loses_the_pause():
    saver = InMemorySaver()
    paused(checkpointer=saver, interrupt_before=["tools"])
    builder = StateGraph(MessagesState).add_node("agent", agent).add_node("actions", run_calls)
    builder.add_edge(START, "agent").add_edge("agent", "actions")
    renamed = builder.compile(saver, interrupt_before=["actions"])
    raises = raised(renamed.invoke, None, THREAD)
    return {"next": waits(renamed), "raises": raises, "sent": outbox}


def from_conn_string_wants_with():
    return raised(mail_agent, checkpointer=SqliteSaver.from_conn_string(":memory:")).split(".")[0]


def sqlite_wants_a_connection_for_all_threads():
    with closing(sqlite3.connect(":memory:")) as connection:
        graph = mail_agent(checkpointer=SqliteSaver(connection))
        return raised(graph.invoke, MAIL, THREAD).partition(".")[0]


def put(payload: Any, saver: Any = None) -> Any:
    """Ask with this payload, and read it back from the checkpoint."""

    def act(state):
        interrupt(payload)

    graph = row(act, checkpointer=saver or InMemorySaver())
    error = raised(graph.invoke, EMPTY, THREAD)
    return error if error != "nothing" else questions(graph)[0]


def a_question_with_a_function_cannot_be_kept():
    came = {"function": put(agent), "object": put(object())}
    return {kind: what if isinstance(what, str) else "kept" for kind, what in came.items()}


def a_tuple_comes_back_as_a_list():
    return type(put({"range": (1, 2)})["range"]).__name__


class Request(BaseModel):
    """A request, as a pydantic model."""

    to: str


@dataclass
class Record:
    """A request, as a dataclass."""

    to: str


def a_model_comes_back_as_itself_only_if_its_type_is_allowed():
    allowed = [(Request.__module__, "Request"), (Record.__module__, "Record")]
    seen = {}
    for name, types in {"strict": None, "allowed": allowed}.items():
        serde = JsonPlusSerializer(allowed_msgpack_modules=types)
        seen[name] = [
            type(put(p, InMemorySaver(serde=serde))).__name__
            for p in (Request(to="a"), Record("a"))
        ]
    return seen


def a_model_is_read_back_with_a_warning():
    warned = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: warned.append(record.getMessage())  # type: ignore[method-assign]
    serde = logging.getLogger("langgraph.checkpoint.serde.jsonplus")
    serde.addHandler(handler)
    try:
        kind = type(put(Request(to="a"))).__name__
    finally:
        serde.removeHandler(handler)
    return {"kind": kind, "warns": any("unregistered type" in message for message in warned)}


def sqlite_saver_does_not_await():
    async def ask():
        with SqliteSaver.from_conn_string(":memory:") as saver:
            await mail_agent(checkpointer=saver).ainvoke(MAIL, THREAD)

    return raised(asyncio.run, ask()).partition(".")[0]


def asyncio_run_does_not_start_within_a_loop():
    async def in_a_notebook():
        waiting = mail_agent().ainvoke(MAIL, THREAD)
        try:
            return raised(asyncio.run, waiting)
        finally:
            waiting.close()

    return asyncio.run(in_a_notebook())


def a_question_waits_in_an_async_graph_too():
    async def act(state):
        return {"log": [interrupt("ok?")]}

    async def ask_and_answer():
        graph = row(act)
        await graph.ainvoke(EMPTY, THREAD)
        return (await graph.ainvoke(Command(resume="yes"), THREAD))["log"]

    return asyncio.run(ask_and_answer())
