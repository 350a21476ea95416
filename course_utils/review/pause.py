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
from langgraph.channels import BinaryOperatorAggregate

from course_utils.review.tool_calls import CallsAhead, calls_ahead, executing_node

if TYPE_CHECKING:
    from collections.abc import Iterator

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
REPLACES_MESSAGES = (
    "No Reject here: this graph's state replaces its messages instead of adding to them, and a "
    "rejection would erase the conversation."
)
NO_ID = "No Reject here: a call without an id cannot be answered."
ANSWERED = (
    "No Approve here: {node} would run every call of the message, and these are answered already: "
    "{calls}."
)
NOT_SHOWN = "The waiting node was sent something that is no tool call and cannot be shown here."
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
        calls: the tool calls that would run, empty where nothing is pending.
        decisions: what a person may decide here; `approve` without calls means go on.
        refusals: why a decision that one might look for is not offered.
        answered: the ids of the calls that have an answer already.
        messages_key: where the state keeps its messages; None where it consists of them.
        executor: the node that would run the calls, None where it is not known.
    """

    checkpoint_id: str
    before: tuple[str, ...]
    calls: tuple[ToolCall, ...] = ()
    decisions: tuple[DecisionType, ...] = ()
    refusals: tuple[str, ...] = ()
    answered: frozenset[str] = frozenset()
    messages_key: str | None = field(default="messages", compare=False)
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
    ahead = calls_ahead(graph, snapshot)
    undecidable = NOT_SHOWN if not ahead.readable else _not_static(snapshot)
    if undecidable:
        return Pause(checkpoint_id, before, refusals=(undecidable,))
    if not ahead.calls:
        return Pause(checkpoint_id, before, decisions=("approve",))
    executor = tools_node or executing_node(graph, before[0], ahead.calls)
    refused = dict(_refusals(graph, before, ahead, executor))
    return Pause(
        checkpoint_id,
        before,
        ahead.calls,
        tuple(decision for decision in ("approve", "reject") if decision not in refused),
        tuple(refused.values()),
        ahead.answered,
        ahead.messages_key,
        executor,
    )


def _not_static(snapshot: StateSnapshot) -> str | None:
    for task in snapshot.tasks:
        if task.interrupts:
            return ASKS_A_QUESTION.format(node=task.name)
        if task.state is not None:
            return INSIDE_SUBGRAPH.format(node=task.name)
    return None


def _refusals(
    graph: Pregel[Any, Any, Any, Any],
    before: tuple[str, ...],
    ahead: CallsAhead,
    executor: str | None,
) -> Iterator[tuple[DecisionType, str]]:
    answered = [call["name"] for call in ahead.calls if call["id"] in ahead.answered]
    if answered:
        yield "approve", ANSWERED.format(node=before[0], calls=", ".join(answered))
    if len(before) > 1:
        yield "reject", SEVERAL_NODES.format(nodes=", ".join(before))
    elif executor is None:
        yield "reject", NO_EXECUTOR
    elif not isinstance(graph.channels[ahead.messages_key or "__root__"], BinaryOperatorAggregate):
        yield "reject", REPLACES_MESSAGES
    elif not all(call["id"] for call in ahead.calls):
        yield "reject", NO_ID
