"""How a decision is carried out on a breakpoint.

Nothing is ever sent as `Command(resume=...)` here: at a breakpoint LangGraph ignores the value and
runs the tool, whatever it says. What differs from an approval is written to the state first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessage, ToolMessage
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command

from course_utils.review.reading.places import places
from course_utils.review.reading.thread import ACTORS
from course_utils.review.reading.tool_calls import calls_ahead, last_calls, messages_in, tool_nodes
from course_utils.review.record.journal import STATIC

if TYPE_CHECKING:
    from collections.abc import Collection

    from langchain.agents.middleware.human_in_the_loop import Decision
    from langchain_core.messages import ToolCall
    from langchain_core.runnables import RunnableConfig
    from langgraph.pregel import Pregel

    from course_utils.review.deciding.pause_decisions import PauseDecisions
    from course_utils.review.reading.calling import Calling
    from course_utils.review.reading.pauses import BreakpointPause
    from course_utils.review.reading.places import Place

REJECTED = "A person rejected this call."
ENDED = (
    "After this decision the graph would have come back to the same calls, so the turn was ended "
    "here, without a reply of the agent."
)
SILENT = "The agent gave no reply: this graph ends after the node that runs the calls."
WENT_ELSEWHERE = (
    "The edited calls are written, but with them the graph waits for something else: look again "
    "before you approve."
)


def carry_out(
    calling: Calling, config: RunnableConfig, answer: PauseDecisions, pause: BreakpointPause
) -> str:
    """Carry out a checked decision on a breakpoint and run the thread to its next stop.

    Args:
        calling: the calls on the graph.
        config: names the thread, and in its metadata the decision.
        answer: the decision.
        pause: the pause as it stands now.

    Returns:
        What a person would not expect, empty where all went its way.

    Raises:
        Exception: whatever a node raises while the thread runs.
    """
    return _CarryingOut(calling, config, pause).carry_out(answer)


def actors_of(pause: BreakpointPause) -> list[str]:
    """Name the nodes that must not come to run calls which a person has answered."""
    executor = [pause.executor] if pause.executor else []
    return sorted({*tool_nodes(pause.place.graph), *pause.before, *executor})


@dataclass(frozen=True)
class _CarryingOut:
    calling: Calling
    config: RunnableConfig
    pause: BreakpointPause

    def carry_out(self, answer: PauseDecisions) -> str:
        kinds = answer.kinds
        if kinds & {"reject", "respond"}:
            self._answer(answer.decisions)
            return self._close_the_turn(actors_of(self.pause))
        if self.pause.approval == "carry on" and self._actors_written():
            return self._close_the_turn(self._actors_written())
        if "edit" in kinds and not self._edit(answer.decisions):
            return WENT_ELSEWHERE
        self._go_on(self._breakpoints())
        return ""

    def _actors_written(self) -> list[str]:
        """Return the nodes that a rejection which was cut off wanted to keep from running."""
        written = str((self.pause.place.snapshot.metadata or {}).get(ACTORS, ""))
        return written.split(",") if written else []

    def _answer(self, decisions: tuple[Decision, ...]) -> None:
        answers = [
            _tool_message(call, decision)
            for call, decision in zip(self.pause.calls, decisions, strict=True)
            if call["id"] not in self.pause.answered
        ]
        self._write(answers, self.pause.executor)

    def _edit(self, decisions: tuple[Decision, ...]) -> bool:
        """Write the edited calls in the place of the old ones; tell whether they wait now."""
        edited = {
            call["id"]: {**call, "args": _arguments(call, decision)}
            for call, decision in zip(self.pause.calls, decisions, strict=True)
        }
        place = self.pause.place
        messages = messages_in(place.snapshot.values, self.pause.messages_key)
        said = next(m for m in reversed(messages) if isinstance(m, AIMessage))
        calls = [edited.get(call["id"], call) for call in said.tool_calls]
        corrected = [said.model_copy(update={"tool_calls": calls})]
        # After a write LangGraph follows the edges, and would end where none leads here.
        goto = () if _an_edge_leads_to(self.pause.before, place.graph) else self.pause.before
        self._write(corrected, None, goto)
        now = self._place()
        return (
            now is not None
            and {task.name for task in now.tasks} == set(self.pause.before)
            and list(calls_ahead(now).calls) == [edited[call["id"]] for call in self.pause.calls]
        )

    def _write(self, messages: list[Any], as_node: str | None, goto: Collection[str] = ()) -> None:
        key = self.pause.messages_key
        update: Any = {key: messages} if key else messages
        values = Command(update=update, goto=list(goto)) if goto else update
        self.calling.write(self._there(), values, as_node)

    def _there(self) -> RunnableConfig:
        """Return the config that names the graph or subgraph of the pause, at its newest state."""
        configurable = dict(self.config["configurable"])
        if self.pause.place.namespace:
            configurable["checkpoint_ns"] = self.pause.place.namespace
        return {**self.config, "configurable": configurable}

    def _place(self) -> Place | None:
        """Return where the nodes of the pause's own graph wait now, None where none do."""
        now = self.calling.state(self.config)
        waiting = places(self.calling, self.calling.graph, now)
        return next((p for p in waiting if p.namespace == self.pause.place.namespace), None)

    def _close_the_turn(self, actors: Collection[str]) -> str:
        """Run on after an answer, or end the turn where that would lead to the calls again."""
        breakpoints = self._breakpoints()
        inside = bool(self.pause.place.namespace)
        if not self._comes_back(actors):
            self._go_on(breakpoints if inside else sorted({*breakpoints, *actors}))
        if self._comes_back(actors):
            self.calling.write(self._there(), None, END)
            if inside:
                self._go_on(breakpoints)
            return ENDED
        now = self.calling.state(self.config)
        if not (inside or now.interrupts or set(now.next) <= set(breakpoints)):
            # It stopped for the calls of a new message, where the graph has no breakpoint.
            self._go_on(breakpoints)
        return "" if inside or self._agent_spoke() else SILENT

    def _comes_back(self, actors: Collection[str]) -> bool:
        """Tell whether a node that runs calls waits with those that have been answered."""
        place = self._place()
        if place is None or not {task.name for task in place.tasks} & set(actors):
            return False
        messages = messages_in(place.snapshot.values, self.pause.messages_key)
        calls, answered = last_calls(messages)
        return any(call["id"] in answered for call in calls)

    def _agent_spoke(self) -> bool:
        messages = messages_in(self.calling.state(self.config).values, self.pause.messages_key)
        return bool(messages) and not isinstance(messages[-1], ToolMessage)

    def _go_on(self, breakpoints: list[str]) -> None:
        self.calling.go_on(self.config, None, breakpoints)

    def _breakpoints(self) -> list[str]:
        """Return the compiled breakpoints and those of the pause, which nothing has saved."""
        graph = self.calling.graph
        before = graph.interrupt_before_nodes
        compiled = set(graph.nodes if before == "*" else before)
        own = set(self.pause.before) if self._stood_there() else set()
        if own - compiled and self._stopped_by_its_call():
            own |= tool_nodes(graph).keys()
        return sorted((compiled | own) - {START})

    def _stood_there(self) -> bool:
        """Tell whether the outermost graph was stopped before its nodes, and not cut off there."""
        place, metadata = self.pause.place, self.pause.place.snapshot.metadata or {}
        cut_off = self.pause.approval == "carry on" and metadata.get("source") != "update"
        return self.pause.key.pause_id == STATIC and not (place.namespace or cut_off)

    def _stopped_by_its_call(self) -> bool:
        """Tell whether the breakpoint was given to `invoke`, perhaps beside others to come."""
        after = self.calling.graph.interrupt_after_nodes
        return self.pause.approval in {"approve", "continue"} and not after


def _an_edge_leads_to(nodes: Collection[str], graph: Pregel[Any, Any, Any, Any]) -> bool:
    """Tell whether an edge may lead to these nodes, and not a `Command(goto=...)` alone."""
    builder = getattr(graph, "builder", None)
    if not isinstance(builder, StateGraph):
        return True
    ends = {end for _, end in builder.edges | builder.waiting_edges}
    for branch in (spec for specs in builder.branches.values() for spec in specs.values()):
        ends |= set(graph.nodes if branch.ends is None else branch.ends.values())
    return bool(ends & set(nodes))


def _tool_message(call: ToolCall, decision: Any) -> ToolMessage:
    said = decision.get("message", "")
    if decision["type"] == "respond":
        return ToolMessage(said, name=call["name"], tool_call_id=str(call["id"]))
    content = f"{REJECTED} Reason: {said}" if said else REJECTED
    return ToolMessage(content, name=call["name"], tool_call_id=str(call["id"]), status="error")


def _arguments(call: ToolCall, decision: Any) -> dict[str, Any]:
    return decision["edited_action"]["args"] if decision["type"] == "edit" else call["args"]
