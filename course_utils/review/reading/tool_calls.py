"""What the waiting nodes would run, and the node that would run the tool calls among it.

A ToolNode runs every call of the latest AI message in its own list of messages, whether or not it
has been answered, or what a `Send` gives it; a person has to see exactly that. What a function
would run is not known: it is shown every call that has no answer, in any list of messages.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from course_utils.neighbours import langchain, langgraph
from course_utils.review.reading.conversations import (
    Conversation,
    conversation,
    conversations,
    last_calls,
)
from course_utils.review.reading.graphs import tool_nodes
from course_utils.review.reading.sent import calls_sent, job_sent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from langchain.agents.middleware.human_in_the_loop import ActionRequest
    from langchain_core.messages import ToolCall
    from langgraph.prebuilt import ToolNode
    from langgraph.pregel import Pregel
    from langgraph.types import PregelTask

    from course_utils.review.reading.places import Place


@dataclass(frozen=True)
class CallsAhead:
    """What the waiting nodes would run.

    Attributes:
        calls: the tool calls, in their order.
        jobs: what else waiting nodes were sent, each under its node's name.
        answered: the ids of those calls that have an answer already.
        revised: the ids of those that LangChain's middleware runs as a person has edited them, and
            not as the message has them.
        kept: where the state keeps the calls: lists of messages, or the one to write an answer to.
        readable: False where it is not known what a waiting node was sent.
    """

    calls: tuple[ToolCall, ...] = ()
    jobs: tuple[ActionRequest, ...] = ()
    answered: frozenset[str] = frozenset()
    revised: frozenset[str] = frozenset()
    kept: tuple[Conversation, ...] = ()
    readable: bool = True

    @property
    def messages_key(self) -> str | None:
        """Where the state keeps the conversation; None where it consists of it."""
        return self.kept[0].key if self.kept else "messages"


def calls_ahead(place: Place) -> CallsAhead:
    """Work out which tool calls run when the nodes that wait at a place go on."""
    ahead, edited = _calls_written(place), langchain.edited_calls(place.snapshot.values)
    calls = tuple(cast("ToolCall", {**c, **edited.get(str(c["id"]), {})}) for c in ahead.calls)
    revised = frozenset(str(call["id"]) for call in calls if call["id"] in edited)
    return replace(ahead, calls=calls, revised=revised)


def calls_of(place: Place, task: PregelTask) -> tuple[ToolCall, ...]:
    """Return the calls that one task of a ToolNode runs; none for a task of another node.

    Args:
        place: where the task stands.
        task: one of its tasks.
    """
    alone = replace(place, tasks=(task,))
    return calls_ahead(alone).calls if task.name in tool_nodes(place.graph) else ()


def executing_node(
    graph: Pregel[Any, Any, Any, Any], paused_before: str, calls: Sequence[ToolCall]
) -> str | None:
    """Name the node that would run these calls once the thread goes on.

    That is the paused node where it is a ToolNode, else the one ToolNode of the graph that knows
    every tool called. A function that runs tools cannot be recognised: the caller must name it.

    Args:
        graph: a compiled graph.
        paused_before: the node the thread is paused before.
        calls: the calls that would run.

    Returns:
        The node's name, or None where it is not known.
    """
    nodes = tool_nodes(graph)
    if paused_before in nodes:
        return paused_before
    called = {call["name"] for call in calls}
    able = [name for name, node in nodes.items() if called <= node.tools_by_name.keys()]
    return able[0] if len(able) == 1 else None


def _calls_written(place: Place) -> CallsAhead:
    known = tool_nodes(place.graph)
    runners = [known[task.name] for task in place.tasks if task.name in known]
    lists = conversations(place.snapshot.values)
    sent = [task for task in place.tasks if langgraph.number_of_the_send(task) is not None]
    if sent:
        return _calls_of_sends(place, sent, runners, lists)
    own = _own_lists(place, runners)
    # What each ToolNode runs, answered or not, and for functions what has no answer anywhere.
    exact = [call for one in own for call in last_calls(one.messages)[0]]
    answered = frozenset().union(*(last_calls(one.messages)[1] for one in [*own, *lists]))
    others = [one for one in lists if one.key not in {own_list.key for own_list in own}]
    if len(runners) == len(place.tasks):
        others = []
    open_in = [one for one in others if _open(one, answered)]
    calls = _each_once([*exact, *(call for one in open_in for call in _open(one, answered))])
    kept = (*(one for one in own if one.messages), *open_in) or tuple(own or lists[:1])
    ids = {str(call["id"]) for call in calls}
    return CallsAhead(tuple(calls), answered=answered & ids, kept=kept)


def _own_lists(place: Place, runners: Iterable[ToolNode]) -> list[Conversation]:
    """Return the lists in which these ToolNodes look for their calls."""
    values = place.snapshot.values
    if isinstance(values, list):
        return conversations(values) if runners else []
    keys = dict.fromkeys(langgraph.messages_key(node) for node in runners)
    return [Conversation(key, conversation(values, key)) for key in keys]


def _open(one: Conversation, answered: frozenset[str]) -> list[ToolCall]:
    return [call for call in last_calls(one.messages)[0] if call["id"] not in answered]


def _each_once(calls: Iterable[ToolCall]) -> list[ToolCall]:
    """Leave out a call that stands in a second list too."""
    seen: list[ToolCall] = []
    for call in calls:
        if call["id"] is None or all(call != other for other in seen):
            seen.append(call)
    return seen


def _calls_of_sends(
    place: Place,
    tasks: Sequence[PregelTask],
    runners: Sequence[ToolNode],
    lists: list[Conversation],
) -> CallsAhead:
    sends, known = place.sends(), tool_nodes(place.graph)
    calls: list[ToolCall] = []
    jobs: list[ActionRequest] = []
    readable = len(tasks) == len(place.tasks)
    for task in tasks:
        number = langgraph.number_of_the_send(task)
        if number is None or not 0 <= number < len(sends):
            readable = False
            continue
        found = calls_sent(sends[number].arg, known.get(task.name))
        if found:
            calls += found
        else:
            jobs.append(job_sent(task.name, sends[number].arg))
    kept = tuple(_own_lists(place, runners)) or tuple(lists[:1])
    answered = frozenset().union(*(last_calls(one.messages)[1] for one in kept))
    return CallsAhead(tuple(calls), tuple(jobs), answered, kept=kept, readable=readable)
