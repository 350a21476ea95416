"""How a decision is carried out on a breakpoint.

Nothing is ever sent as `Command(resume=...)` here: at a breakpoint LangGraph ignores the value and
runs the tool, whatever it says. What differs from an approval is written to the state first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessage, ToolMessage
from langgraph.graph import END, START
from langgraph.types import Command

from course_utils.neighbours.langgraph import an_edge_leads_to
from course_utils.review.deciding.edited_message import edited_message
from course_utils.review.forms.differences import same_value
from course_utils.review.reading.conversations import conversation, last_calls
from course_utils.review.reading.graphs import tool_nodes
from course_utils.review.reading.marks import ACTORS, marked
from course_utils.review.reading.places import places
from course_utils.review.reading.tool_calls import calls_ahead
from course_utils.review.record.entries import STATIC

if TYPE_CHECKING:
    from collections.abc import Collection

    from langchain.agents.middleware.human_in_the_loop import Decision
    from langchain_core.messages import BaseMessage, ToolCall
    from langchain_core.runnables import RunnableConfig

    from course_utils.review.deciding.pause_decisions import PauseDecisions
    from course_utils.review.deciding.turn import Turn
    from course_utils.review.reading.pauses import BreakpointPause
    from course_utils.review.reading.places import Place

REJECTED = "A person rejected this call."
ENDED = (
    "After this decision the graph would have come back to the same calls, so the turn was ended "
    "here, without a reply of the agent."
)
SILENT = "There is no reply: this graph ends after the node that runs the calls."
WENT_ELSEWHERE = (
    "The edited calls are written, but with them the graph waits for something else: look again "
    "before you approve."
)


def carry_out(
    turn: Turn,
    config: RunnableConfig,
    decided: PauseDecisions,
    pause: BreakpointPause,
    place: Place,
) -> str:
    """Carry out a checked decision on a breakpoint and run the thread to its next stop.

    Args:
        turn: the writes and runs of this decision.
        config: names the thread, and in its metadata the decision.
        decided: the decision.
        pause: the pause as it stands now.
        place: where it stands.

    Returns:
        What a person would not expect, empty where all went its way.

    Raises:
        Exception: whatever a node raises while the thread runs.
    """
    return _CarryingOut(turn, config, pause, place).carry_out(decided)


def actors_of(pause: BreakpointPause, place: Place) -> list[str]:
    """Name the nodes that must not come to run calls which a person has answered.

    Args:
        pause: the pause.
        place: where it stands.
    """
    executor = [pause.executor] if pause.executor else []
    return sorted({*tool_nodes(place.graph), *pause.before, *executor})


def corrected_message(
    pause: BreakpointPause, place: Place, decisions: Collection[Decision]
) -> BaseMessage:
    """Return the agent's message with the calls as a person has edited them.

    Args:
        pause: the pause.
        place: where it stands.
        decisions: one for each of its calls.

    Raises:
        UneditableError: if a copy of a call in it cannot be edited with the call.
    """
    messages = conversation(place.snapshot.values, pause.messages_key)
    said = next(m for m in reversed(messages) if isinstance(m, AIMessage))
    return edited_message(said, said.tool_calls, edited_arguments(pause, decisions))


def edited_arguments(
    pause: BreakpointPause, decisions: Collection[Decision]
) -> dict[str, dict[str, Any]]:
    """Return the arguments of each call of a pause as they are decided, by the calls' ids."""
    return {
        str(call["id"]): _arguments(call, decision)
        for call, decision in zip(pause.calls, decisions, strict=True)
    }


@dataclass(frozen=True)
class _CarryingOut:
    turn: Turn
    config: RunnableConfig
    pause: BreakpointPause
    place: Place

    def carry_out(self, decided: PauseDecisions) -> str:
        kinds = decided.kinds
        if kinds & {"reject", "respond"}:
            self._answer(decided.decisions)
            return self._close_the_turn(actors_of(self.pause, self.place))
        if self.pause.approval == "carry on" and self._actors_written():
            return self._close_the_turn(self._actors_written())
        if not kinds <= {"approve", "edit"}:
            # Whatever is not known must not end as an approval.
            raise ValueError(f"a breakpoint cannot carry out {sorted(kinds)}")
        if "edit" in kinds and not self._edit(decided.decisions):
            return WENT_ELSEWHERE
        self._go_on(self._breakpoints())
        return ""

    def _actors_written(self) -> list[str]:
        """Return the nodes that a rejection which was cut off wanted to keep from running."""
        return marked(self.place.snapshot, ACTORS)

    def _answer(self, decisions: tuple[Decision, ...]) -> None:
        answers = [
            _answer_in(self.pause.style, _tool_message(call, decision))
            for call, decision in zip(self.pause.calls, decisions, strict=True)
            if call["id"] not in self.pause.answered
        ]
        self._write(answers, self.pause.executor)

    def _edit(self, decisions: tuple[Decision, ...]) -> bool:
        """Write the edited calls in the place of the old ones; tell whether they wait now."""
        edited = edited_arguments(self.pause, decisions)
        corrected = corrected_message(self.pause, self.place, decisions)
        # After a write LangGraph follows the edges, and would end where none leads here.
        goto = () if an_edge_leads_to(self.pause.before, self.place.graph) else self.pause.before
        self._write([corrected], None, goto)
        now = self._place_now()
        return (
            now is not None
            and {task.name for task in now.tasks} == set(self.pause.before)
            # NaN is unlike itself; and a serializer may turn a tuple into a list.
            and same_value(
                [(call["id"], call["name"], call["args"]) for call in calls_ahead(now).calls],
                [(c["id"], c["name"], edited[str(c["id"])]) for c in self.pause.calls],
            )
        )

    def _write(self, messages: list[Any], as_node: str | None, goto: Collection[str] = ()) -> None:
        key = self.pause.messages_key
        update: Any = {key: messages} if key else messages
        values = Command(update=update, goto=list(goto)) if goto else update
        self.turn.write(self._there(), values, as_node)

    def _there(self) -> RunnableConfig:
        """Return the config that names the graph or subgraph of the pause, at its newest state."""
        configurable = dict(self.config["configurable"])
        if self.pause.namespace:
            configurable["checkpoint_ns"] = self.pause.namespace
        return {**self.config, "configurable": configurable}

    def _place_now(self) -> Place | None:
        """Return where the nodes of the pause's own graph wait now, None where none do."""
        calling = self.turn.calling
        waiting = places(calling, calling.graph, self.turn.state())
        return next((p for p in waiting if p.namespace == self.pause.namespace), None)

    def _close_the_turn(self, actors: Collection[str]) -> str:
        """Run on after an answer, or end the turn where that would lead to the calls again."""
        breakpoints = self._breakpoints()
        inside = bool(self.pause.namespace)
        if not self._comes_back(actors):
            self._go_on(breakpoints if inside else sorted({*breakpoints, *actors}))
        if self._comes_back(actors):
            self.turn.write(self._there(), None, END)
            if inside:
                self._go_on(breakpoints)
            return ENDED
        now = self.turn.state()
        if not (inside or now.interrupts or set(now.next) <= set(breakpoints)):
            # It stopped for the calls of a new message, where the graph has no breakpoint.
            self._go_on(breakpoints)
        return "" if inside or self._agent_spoke() else SILENT

    def _comes_back(self, actors: Collection[str]) -> bool:
        """Tell whether a node that runs calls waits with those that have been answered."""
        place = self._place_now()
        if place is None or not {task.name for task in place.tasks} & set(actors):
            return False
        messages = conversation(place.snapshot.values, self.pause.messages_key)
        calls, answered = last_calls(messages)
        return any(call["id"] in answered for call in calls)

    def _agent_spoke(self) -> bool:
        messages = conversation(self.turn.state().values, self.pause.messages_key)
        return bool(messages) and not isinstance(messages[-1], ToolMessage)

    def _go_on(self, breakpoints: list[str]) -> None:
        self.turn.go_on(self.config, None, breakpoints)

    def _breakpoints(self) -> list[str]:
        """Return the compiled breakpoints and those of the pause, which nothing has saved."""
        graph = self.turn.calling.graph
        before = graph.interrupt_before_nodes
        compiled = set(graph.nodes if before == "*" else before)
        own = set(self.pause.before) if self._stood_there() else set()
        if own - compiled and self._stopped_by_its_call():
            own |= tool_nodes(graph).keys()
        return sorted((compiled | own) - {START})

    def _stood_there(self) -> bool:
        """Tell whether the outermost graph was stopped before its nodes, and not cut off there."""
        metadata = self.place.snapshot.metadata or {}
        cut_off = self.pause.approval == "carry on" and metadata.get("source") != "update"
        return self.pause.key.pause_id == STATIC and not (self.pause.namespace or cut_off)

    def _stopped_by_its_call(self) -> bool:
        """Tell whether the breakpoint was given to `invoke`, perhaps beside others to come."""
        after = self.turn.calling.graph.interrupt_after_nodes
        return self.pause.approval in {"approve", "continue"} and not after


def _tool_message(call: ToolCall, decision: Any) -> ToolMessage:
    said = decision.get("message", "")
    if decision["type"] == "respond":
        return ToolMessage(said, name=call["name"], tool_call_id=str(call["id"]))
    content = f"{REJECTED} Reason: {said}" if said else REJECTED
    return ToolMessage(content, name=call["name"], tool_call_id=str(call["id"]), status="error")


def _answer_in(style: str, answer: ToolMessage) -> Any:
    """Write an answer as the list of messages has its calls written."""
    id_, words = answer.tool_call_id, answer.content
    match style:
        case "openai":
            return {"role": "tool", "tool_call_id": id_, "content": words}
        case "responses":
            return {"type": "function_call_output", "call_id": id_, "output": words}
        case "anthropic":
            failed = answer.status == "error"
            block = {"type": "tool_result", "tool_use_id": id_, "content": words}
            return {"role": "user", "content": [{**block, "is_error": failed}]}
    return answer


def _arguments(call: ToolCall, decision: Any) -> dict[str, Any]:
    return decision["edited_action"]["args"] if decision["type"] == "edit" else call["args"]
