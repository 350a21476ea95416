"""One shape for every pause: LangChain's human-in-the-loop request, and what may be decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from langchain.agents.middleware.human_in_the_loop import (
    ActionRequest,
    DecisionType,
    HITLRequest,
    ReviewConfig,
)

from course_utils.review.tool_calls import conversation, executing_node, unanswered_calls

if TYPE_CHECKING:
    from collections.abc import Mapping

    from langchain_core.messages import ToolCall
    from langgraph.pregel import Pregel
    from langgraph.types import StateSnapshot

NO_EXECUTOR = (
    "No Reject here: it is not known which node runs the calls, and a rejection written as another "
    "node would still let them run. Name it with tools_node=."
)
SEVERAL_NODES = (
    "No Reject here: several nodes wait at once ({nodes}), and a rejection would drop the others."
)
INSIDE_SUBGRAPH = "The pause is inside the subgraph {node!r}, which cannot be answered from here."
ASKS_A_QUESTION = (
    "Node {node!r} asks with interrupt(), which wants a value, not a yes: "
    "answer it with Command(resume=...)."
)


@dataclass(frozen=True)
class Pause:
    """A thread's present pause.

    Attributes:
        checkpoint_id: the checkpoint that waits; a decision counts for this one alone.
        before: the nodes that run next, once each.
        calls: the tool calls that wait for an answer, empty where nothing is pending.
        decisions: what a person may decide here; `approve` alone means go on.
        refusals: why a decision that one might look for is not offered.
        messages_key: where the state keeps its messages.
        executor: the node that would run the calls, None where it is not known.
    """

    checkpoint_id: str
    before: tuple[str, ...]
    calls: tuple[ToolCall, ...] = ()
    decisions: tuple[DecisionType, ...] = ()
    refusals: tuple[str, ...] = ()
    messages_key: str = field(default="messages", compare=False)
    executor: str | None = field(default=None, compare=False)

    @property
    def request(self) -> HITLRequest:
        """The pause as the request that LangChain's own middleware would raise."""
        return HITLRequest(
            action_requests=[ActionRequest(name=c["name"], args=c["args"]) for c in self.calls],
            review_configs=[
                ReviewConfig(action_name=name, allowed_decisions=list(self.decisions))
                for name in dict.fromkeys(call["name"] for call in self.calls)
            ],
        )


def read_pause(
    graph: Pregel[Any, Any, Any, Any], snapshot: StateSnapshot, tools_node: str | None
) -> Pause:
    """Read the pause that a snapshot with waiting nodes stands at.

    Args:
        graph: the compiled graph.
        snapshot: the newest state of a thread, with `next` not empty and no failed task.
        tools_node: the node that runs tool calls, where the caller knows it.
    """
    checkpoint_id = str(snapshot.config["configurable"]["checkpoint_id"])
    before = tuple(dict.fromkeys(snapshot.next))
    unanswerable = _unanswerable(snapshot)
    if unanswerable:
        return Pause(checkpoint_id, before, refusals=(unanswerable,))
    key, messages = conversation(_values(snapshot))
    calls = tuple(unanswered_calls(messages))
    if not calls:
        return Pause(checkpoint_id, before, decisions=("approve",))
    executor = tools_node or executing_node(graph, before[0], calls)
    refusal = _no_reject(before, executor)
    return Pause(
        checkpoint_id,
        before,
        calls,
        decisions=("approve",) if refusal else ("approve", "reject"),
        refusals=(refusal,) if refusal else (),
        messages_key=key,
        executor=executor,
    )


def _values(snapshot: StateSnapshot) -> Mapping[str, Any]:
    return snapshot.values if isinstance(snapshot.values, dict) else {}


def _unanswerable(snapshot: StateSnapshot) -> str | None:
    for task in snapshot.tasks:
        if task.interrupts:
            return ASKS_A_QUESTION.format(node=task.name)
        if task.state is not None:
            return INSIDE_SUBGRAPH.format(node=task.name)
    return None


def _no_reject(before: tuple[str, ...], executor: str | None) -> str | None:
    if len(before) > 1:
        return SEVERAL_NODES.format(nodes=", ".join(before))
    return None if executor else NO_EXECUTOR
