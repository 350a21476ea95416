"""Two real processes that decide the same pause at the same moment, round after round.

Both have read the pause before either is told to go. Who gets as far as the tool writes its line to
a file of effects and waits inside the tool until the other has tried too: so that a round in which
only one acts shows that the other was refused, and not that it came late.
"""

from __future__ import annotations

import os
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessage
from langchain_core.tools import tool
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import Command, interrupt

from course_utils.checkpoints import checkpoints
from course_utils.review.deciding.resuming import AlreadyDecidedError, decide
from course_utils.review.deciding.shown import read_thread
from tests.support.workers import Worker, all_at_once, workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.graph.state import CompiledStateGraph

    Graph = CompiledStateGraph[Any, Any, Any, Any]
    # Reads the pause of a thread, and returns what decides it.
    Reader = Callable[[Graph, RunnableConfig], Callable[[], None]]

REVIEWERS = ("alice", "bob")
PAUSES = ("breakpoint", "question")
ACTING, WON, LOST = "acting", "won", "lost: "
PAY = {"name": "pay", "args": {"amount": 5}}
REQUEST = {
    "action_requests": [PAY],
    "review_configs": [{"action_name": "pay", "allowed_decisions": ["approve", "reject"]}],
}


@dataclass(frozen=True)
class Round:
    """How one round went.

    Attributes:
        effects: the line each tool that ran has written: thread and reviewer.
        tried: what each reviewer had come to when both had tried, `acting` inside the tool.
        ended: what each came to in the end.
    """

    effects: tuple[str, ...]
    tried: tuple[str, ...]
    ended: tuple[str, ...]


def check_plain(number: int, went: Round) -> None:
    """Check that both have acted, or the race never happened."""
    expected = [f"{thread_name(number)} {reviewer}" for reviewer in REVIEWERS]
    assert sorted(went.effects) == expected, f"plain, round {number}: {went}"
    assert (went.tried, went.ended) == ((ACTING,) * 2, (WON,) * 2), f"plain, round {number}: {went}"


def check_decide(number: int, went: Round) -> None:
    """Check that one has acted, and that the other was told who while it acted."""
    said = f"decide, round {number}: {went}"
    assert len(went.effects) == 1, said
    thread, winner = went.effects[0].split()
    assert thread == thread_name(number), said
    wins = REVIEWERS.index(winner)
    assert (went.tried[wins], went.ended[wins]) == (ACTING, WON), said
    assert went.tried[1 - wins].startswith(f"{LOST}{winner} decided this first, on "), said


CHECKS = {"plain": check_plain, "decide": check_decide}


def race(how: str, pause: str, place: str, folder: Path, rounds: int) -> Iterator[Round]:
    """Let two processes decide the same pauses.

    Args:
        how: `plain`, LangGraph's own invoke, or `decide`, ours.
        pause: `breakpoint` or `question`, an interrupt() with LangChain's request.
        place: where both keep their checkpoints.
        folder: where the effects are written.
        rounds: how many pauses they race for, each on a thread of its own.
    """
    effects = folder / "effects"
    effects.touch()
    code = "from tests.support.racing import review\nreview(lines(), answer)"
    arguments = (how, pause, place, str(effects))
    with (
        checkpoints(place) as saver,
        effects.open() as written,
        workers(code, len(REVIEWERS), *arguments) as reviewers,
    ):
        graph = paying_graph(saver, pause, act=lambda amount: None)
        for number in range(rounds):
            name = thread_name(number)
            graph.invoke({"messages": [("user", "Pay")]}, _thread(name))
            tried, ended = _round(reviewers, name)
            yield Round(tuple(written.read().splitlines()), tried, ended)


def _round(reviewers: Sequence[Worker], name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    shown = all_at_once(reviewers, name)
    assert set(shown) == {"shown"}, f"{name} was not shown: {shown}"
    tried = all_at_once(reviewers, "go")
    inside = [one for one, came_to in zip(reviewers, tried, strict=True) if came_to == ACTING]
    for one in inside:
        one.tell("both have tried")
    ended = [
        one.answer() if one in inside else came_to
        for one, came_to in zip(reviewers, tried, strict=True)
    ]
    return tuple(tried), tuple(ended)


def paying_graph(saver: BaseCheckpointSaver[Any], pause: str, act: Callable[[int], None]) -> Graph:
    """Compile an agent whose one tool pays, and which pauses before it in one of two ways."""

    @tool
    def pay(amount: int) -> str:
        """Pay."""
        act(amount)
        return "paid"

    def agent(state: MessagesState) -> dict[str, Any]:
        if state["messages"][-1].type == "tool":
            return {"messages": [AIMessage("Done.")]}
        return {"messages": [AIMessage("", tool_calls=[{**PAY, "id": "call-1"}])]}

    builder = StateGraph(MessagesState)
    builder.add_node("agent", agent)
    builder.add_node("ask", _ask if pause == "question" else lambda state: {})
    builder.add_node("tools", ToolNode([pay], handle_tool_errors=False))
    builder.add_edge(START, "agent")
    builder.add_conditional_edges("agent", tools_condition, {"tools": "ask", END: END})
    builder.add_edge("ask", "tools")
    builder.add_edge("tools", "agent")
    before = ["tools"] if pause == "breakpoint" else []
    return builder.compile(checkpointer=saver, interrupt_before=before)


def _ask(state: MessagesState) -> dict[str, Any]:
    (decision,) = interrupt(REQUEST)["decisions"]
    assert decision == {"type": "approve"}, decision
    return {}


def review(told: Iterable[str], answer: Callable[[str], None]) -> None:
    """Decide as one of the reviewers: what a worker process runs."""
    number, how, pause, place, effects = sys.argv[1:]
    reviewer, lines = REVIEWERS[int(number)], iter(told)
    name = ""

    def act(amount: int) -> None:
        _append(Path(effects), f"{name} {reviewer}\n")
        answer(ACTING)
        next(lines)

    with checkpoints(place) as saver:
        graph = paying_graph(saver, pause, act)
        reader = {"plain": _plain, "decide": _ours(reviewer)}[how]
        answer("ready")
        for name in lines:
            go = reader(graph, _thread(name))
            answer("shown")
            next(lines)
            answer(_outcome(go))


def _outcome(go: Callable[[], None]) -> str:
    try:
        go()
    except AlreadyDecidedError as error:
        return LOST + " ".join(str(error).split())
    return WON


def _plain(graph: Graph, config: RunnableConfig) -> Callable[[], None]:
    """Approve as LangGraph's documentation shows, with nothing of ours."""
    asked = graph.get_state(config).interrupts
    answers = {one.id: {"decisions": [{"type": "approve"}]} for one in asked}
    resume = Command(resume=answers) if answers else None
    return lambda: graph.invoke(resume, config) and None


def _ours(reviewer: str) -> Reader:
    def read(graph: Graph, config: RunnableConfig) -> Callable[[], None]:
        pause = read_thread(graph, config).pause
        assert pause is not None, f"nothing waits on {config}"

        def go() -> None:
            decide(graph, config, pause, {"type": "approve"}, reviewer=reviewer)

        return go

    return read


def _append(file: Path, line: str) -> None:
    # One write to a file opened so is never torn nor lost, whoever else writes.
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND)
    with closing(os.fdopen(descriptor, "wb", buffering=0)) as raw:
        raw.write(line.encode())


def thread_name(number: int) -> str:
    """Name the thread of a round."""
    return f"round-{number}"


def _thread(name: str) -> RunnableConfig:
    return {"configurable": {"thread_id": name}}
