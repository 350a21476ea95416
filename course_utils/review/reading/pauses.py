"""One shape for every pause: LangChain's human-in-the-loop request, and what may be decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from course_utils.neighbours import langgraph
from course_utils.neighbours.langchain import DECISION_TYPES, named_node
from course_utils.printable import listed
from course_utils.review.reading.interrupt_requests import (
    InterruptRequest,
    read_interrupt,
    request_of,
)
from course_utils.review.reading.refusals import SEVERAL_NODES, refusals
from course_utils.review.reading.tool_calls import CallsAhead, calls_ahead, executing_node
from course_utils.review.record.entries import STATIC, PauseKey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain.agents.middleware.human_in_the_loop import ActionRequest, HITLRequest
    from langchain_core.messages import ToolCall

    from course_utils.neighbours.langchain import DecisionType
    from course_utils.review.reading.asking import Asking
    from course_utils.review.reading.places import Place

CANNOT_BE_TOLD = "What {nodes} will do cannot be told from here: no tool call is pending."
NO_ANSWER = (
    "No answer can be sent here: this node raised NodeInterrupt, which waits for a change of the "
    "state and not for an answer."
)
NOT_SHOWN = "It cannot be told what the waiting node was sent."
HIDDEN = (
    "Node {node!r} has called a graph whose state LangGraph does not show: it cannot be told what "
    "would run."
)
PLAIN_ANSWER = (
    "Nothing can be answered here: somebody answered this step with a plain Command(resume=...). "
    "LangGraph would give that answer to the next question too. Go on as it was begun, with "
    "Command(resume=...)."
)
SEVERAL_MAY_ASK = (
    "{calls} run in one step, and each of them may ask. All of them begin again with every answer: "
    "what one of them has done may be done again."
)
WHICH_ONE = "It cannot be told which of them an answer reaches."
FIRST_TO_ASK = (
    "The answer starts the node again from its first line. The first question that the node then "
    "asks receives the answer."
)
EARLIER_ANSWERS = (
    "This node has been answered before. It begins again with every answer, and its questions get "
    "the answers in the order in which they were given. Should it ask in another order now, an "
    "answer reaches another question than the one it was given to."
)
LETS_OTHERS_RUN = (
    "Nothing can be answered yet: an answer would also let {nodes} run, which waits at a "
    "breakpoint beside the question and is decided first."
)

ASK_AGAIN: Literal["ask_again"] = "ask_again"
"""The decision to have a question asked anew, after its answer has made the node fail."""

Approval = Literal["approve", "continue", "run again", "carry on"]


@dataclass(frozen=True)
class Pause:
    """One thing that waits for a person's decision; the same one wherever its key is the same.

    Attributes:
        key: what a decision is claimed under.
        request: what is asked, as LangChain's own request; the decisions that each action allows
            stand at its place in `review_configs`.
        decisions: what may be decided for all actions together; without any action, `approve` lets
            the thread go on. `ask_again` is ours: it puts a question anew whose answer failed.
        remarks: why a decision that one might look for is not offered.
        tried: the latest attempt to decide it, where that was cut off or failed; else 0.
        within: the nodes that lead to the graph in which it waits; empty for the outermost graph.
    """

    key: PauseKey
    request: HITLRequest = field(compare=False)
    decisions: tuple[DecisionType | Literal["ask_again"], ...] = field(default=(), compare=False)
    remarks: tuple[str, ...] = field(default=(), compare=False)
    tried: int = field(default=0, kw_only=True, compare=False)
    within: tuple[str, ...] = field(default=(), kw_only=True, compare=False)

    @property
    def shown(self) -> tuple[Any, ...]:
        """What a person is shown of it, and decides on."""
        return (type(self), self.request, self.decisions, self.tried)

    def shows_the_same_as(self, other: Pause) -> bool:
        """Tell whether another reading of this pause shows a person the same.

        A node that asks runs anew each time a question beside its own is answered, and may then ask
        something else under the same key. Or the decision of another may have failed meanwhile.
        """
        # NaN is unlike itself, and an object of somebody's class unlike its copy.
        return self.shown == other.shown or repr(self.shown) == repr(other.shown)

    def allowed(self, action: int) -> list[DecisionType]:
        """Return what may be decided for one action, counted from 0."""
        return self.request["review_configs"][action]["allowed_decisions"]


@dataclass(frozen=True)
class InterruptPause(Pause):
    """An interrupt() that waits for its answer.

    Attributes:
        asked: what it asks, and in which format.
        in_turn: whether the calls beside the one that asks have to run one after the other, so that
            the answer reaches the first of them that asks.
    """

    asked: InterruptRequest = field(kw_only=True, compare=False)
    in_turn: bool = field(default=False, kw_only=True, compare=False)


@dataclass(frozen=True)
class BreakpointPause(Pause):
    """A breakpoint before a node, or a node that failed and may be run again.

    Attributes:
        namespace: the checkpoint namespace where the nodes wait; empty for the graph itself, and
            where they wait in several of its subgraphs.
        before: those nodes, once each.
        calls: the tool calls that would run, empty where nothing is pending.
        answered: the ids of those that have an answer already.
        messages_key: where the state keeps its messages; None where it consists of them.
        style: how they are written there; see `Conversation`.
        executor: the node that would run the calls, None where it is not known.
        tools_node: the node that the reader of the thread named to run calls, None without.
        approval: what `approve` means here.
    """

    namespace: str = field(kw_only=True, compare=False)
    before: tuple[str, ...] = field(kw_only=True, compare=False)
    calls: tuple[ToolCall, ...] = field(default=(), kw_only=True, compare=False)
    answered: frozenset[str] = field(default=frozenset(), kw_only=True, compare=False)
    messages_key: str | None = field(default="messages", kw_only=True, compare=False)
    style: str = field(default="messages", kw_only=True, compare=False)
    executor: str | None = field(default=None, kw_only=True, compare=False)
    tools_node: str | None = field(default=None, kw_only=True, compare=False)
    approval: Approval = field(default="approve", kw_only=True, compare=False)

    @property
    def shown(self) -> tuple[Any, ...]:
        """What a person is shown of it, and decides on."""
        return (*super().shown, self.before, self.approval)


def read_questions(
    thread_id: str, checkpoint_id: str, asked: Sequence[Asking], shut: str, *, at_once: bool
) -> tuple[InterruptPause, ...]:
    """Read the questions that a thread waits on.

    Args:
        thread_id: the thread.
        checkpoint_id: its newest checkpoint.
        asked: what waits.
        shut: why no answer may be given now, empty where one may.
        at_once: whether the graph is async, so that the calls of one step run all at once.
    """
    return tuple(
        _question(PauseKey(thread_id, "", checkpoint_id, one.interrupt.id), one, shut, at_once)
        for one in asked
    )


def _question(key: PauseKey, asking: Asking, shut: str, at_once: bool) -> InterruptPause:
    asked = read_interrupt(asking.interrupt, asking.node)
    request, remarks = asked.request, asked.remarks
    several = len(asking.calls) > 1
    if several:
        calls = listed(call["name"] for call in asking.calls)
        told = [SEVERAL_MAY_ASK.format(calls=calls), *([WHICH_ONE] if at_once else [])]
        remarks = (*remarks, " ".join(told))
    if asking.answered:
        remarks = (*remarks, EARLIER_ANSWERS)
    elif not several and asked.format in {"value", "agent inbox"}:
        # LangChain's middleware asks from the message alone, and always the same.
        remarks = (*remarks, FIRST_TO_ASK)
    if not langgraph.answers_by_id(asking.interrupt.id):
        # LangGraph would hand an answer under another id to the next question, whatever that is.
        shut = NO_ANSWER
    if shut:
        request, remarks = _request(request["action_requests"], ()), (shut,)
    allowed = [review["allowed_decisions"] for review in request["review_configs"]]
    together = tuple(kind for kind in DECISION_TYPES if all(kind in kinds for kinds in allowed))
    return InterruptPause(
        key,
        request,
        together,
        remarks,
        asked=asked,
        in_turn=several,
        within=asking.within,
    )


def read_breakpoint(
    thread_id: str, place: Place, tools_node: str | None, *, failed: bool = False
) -> BreakpointPause:
    """Read the breakpoint that a thread stands at.

    Args:
        thread_id: the thread.
        place: where its nodes wait.
        tools_node: the node that runs tool calls, where the caller knows it.
        failed: whether the nodes have failed and would run again.
    """
    key = PauseKey(thread_id, place.namespace, place.checkpoint_id, STATIC)
    before = tuple(dict.fromkeys(task.name for task in place.tasks))
    ahead = calls_ahead(place)
    unseen = _unseen(place, ahead, failed=failed)
    if unseen:
        return BreakpointPause(
            key, _request([], ()), (), (unseen,), namespace=place.namespace, before=before
        )
    actions = (*_actions(ahead.calls), *ahead.jobs)
    if not actions:
        approval: Approval = "run again" if failed else "continue"
        told = () if failed else (CANNOT_BE_TOLD.format(nodes=listed(map(named_node, before))),)
        return BreakpointPause(
            key,
            _request([], ()),
            ("approve",),
            told,
            namespace=place.namespace,
            before=before,
            approval=approval,
        )
    known = tools_node if tools_node in place.graph.nodes else None
    executor = known or executing_node(place.graph, before[0], ahead.calls)
    refused = dict(refusals(place, before, ahead, executor))
    allowed = tuple(kind for kind in DECISION_TYPES if kind not in refused)
    return BreakpointPause(
        key,
        _request(actions, allowed),
        allowed,
        tuple(dict.fromkeys(refused.values())),
        namespace=place.namespace,
        within=place.within,
        before=before,
        calls=ahead.calls,
        answered=ahead.answered,
        messages_key=ahead.messages_key,
        style=ahead.kept[0].style if ahead.kept else "messages",
        executor=executor,
        tools_node=tools_node,
        approval="run again" if failed else "approve",
    )


def _actions(calls: Sequence[ToolCall]) -> list[ActionRequest]:
    return [{"name": call["name"], "args": call["args"]} for call in calls]


def read_breakpoints(
    thread_id: str, root: Place, waiting: Sequence[Place], *, failed: bool = False
) -> BreakpointPause:
    """Read breakpoints in several graphs at once: one go-ahead lets all of them run.

    Args:
        thread_id: the thread.
        root: the outermost graph, under whose checkpoint the go-ahead is claimed.
        waiting: the places where nodes wait.
        failed: whether some have failed and would run again.
    """
    each = [read_breakpoint(thread_id, place, None, failed=failed) for place in waiting]
    shut = [remark for pause in each if not pause.decisions for remark in pause.remarks]
    before = tuple(dict.fromkeys(name for pause in each for name in pause.before))
    allowed: tuple[DecisionType, ...] = () if shut else ("approve",)
    actions = [action for pause in each for action in pause.request["action_requests"]]
    calls = tuple(call for pause in each for call in pause.calls)
    approval: Approval = "run again" if failed else "approve" if calls else "continue"
    return BreakpointPause(
        PauseKey(thread_id, "", root.checkpoint_id, STATIC),
        _request(actions, allowed),
        allowed,
        tuple(shut) or (SEVERAL_NODES.format(nodes=", ".join(before)),),
        namespace="",
        before=before,
        calls=calls,
        approval=approval,
    )


def _request(actions: Sequence[ActionRequest], allowed: Sequence[DecisionType]) -> HITLRequest:
    """Allow the same decisions for every action."""
    return request_of(actions, [allowed] * len(actions))


def _unseen(place: Place, ahead: CallsAhead, *, failed: bool) -> str | None:
    """Say why it cannot be shown what would run, where that is so."""
    if not (ahead.readable or failed):
        return NOT_SHOWN
    for task in place.tasks:
        if not (task.error or task.interrupts) and place.hidden(task):
            return HIDDEN.format(node=task.name)
    return None
