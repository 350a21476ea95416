"""What a breakpoint cannot carry out, and why: each reason is one that holds for this graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessage, HumanMessage

from course_utils.neighbours import langgraph
from course_utils.printable import listed
from course_utils.review.reading.conversations import conversation, last_calls
from course_utils.review.reading.graphs import tool_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from course_utils.neighbours.langchain import DecisionType
    from course_utils.review.reading.conversations import Conversation
    from course_utils.review.reading.places import Place
    from course_utils.review.reading.tool_calls import CallsAhead

NO_EXECUTOR = (
    "No Reject and no Respond here: it is not known which node runs the calls. An answer "
    "that is written as another node would still let them run. Name the node with tools_node=."
)
SEVERAL_NODES = (
    "Nothing but Approve here: several nodes wait at once ({nodes}), and a change would drop the "
    "others."
)
REPLACES_MESSAGES = (
    "Nothing but Approve here: this graph's state replaces its messages instead of adding to them, "
    "and a change would erase the conversation."
)
UNTRIED = (
    "Nothing but Approve here: this graph's state does not take a message that was tried on it. "
    "So it cannot be told whether a change would keep the conversation. It says: {error}"
)
OUT_OF_REACH = (
    "Nothing but Approve here: the calls stand inside {key!r} of the state, where no message can "
    "be added."
)
SEVERAL_LISTS = (
    "Nothing but Approve here: the calls stand in several lists of messages ({keys}), and it "
    "cannot be told which of them is read."
)
A_JOB = "Nothing but Approve here: {node} was sent a job, which is no tool call."
PLAIN_DICTS = (
    "No Edit here: this graph keeps its messages as plain dicts, which are added and not replaced."
)
NO_ID = "Nothing but Approve here: a call without an id cannot be answered."
APPENDS_MESSAGES = (
    "No Edit here: this graph's state adds every message, so that an edited call would stand "
    "beside the old one."
)
REVISED = (
    "No Edit here: LangChain's middleware runs these as a person has edited them already, whatever "
    "the message says: {calls}."
)
NOT_THE_MESSAGE = "No Edit here: the calls are not those of the agent's last message."
UNREACHABLE = (
    "No Reject and no Respond here: inside a subgraph nothing keeps the calls from coming back, "
    "because the subgraph has no breakpoint before {nodes}."
)
HALF_RUN = "Nothing but Approve here: a part of this step has run, and a change would drop it."
ANSWERED = (
    "No Approve and no Edit here: {node} would run every call of the message, and these are "
    "answered already: {calls}."
)

_PROBES = ["old", "new"]


def refusals(
    place: Place, before: tuple[str, ...], ahead: CallsAhead, executor: str | None
) -> Iterator[tuple[DecisionType, str]]:
    """Yield each decision that a breakpoint cannot carry out, with the reason.

    Args:
        place: where its nodes wait.
        before: those nodes.
        ahead: what they would run.
        executor: the node that would run the calls, None where it is not known.
    """
    answered = [call["name"] for call in ahead.calls if call["id"] in ahead.answered]
    if answered:
        words = ANSWERED.format(node=before[0], calls=", ".join(answered))
        yield from (("approve", words), ("edit", words))
    rigid = _rigid(place, before, ahead)
    if rigid:
        yield from ((kind, rigid) for kind in ("edit", "reject", "respond"))
        return
    yield from _edit_refused(place, ahead)
    unanswerable = NO_EXECUTOR if executor is None else _may_come_back(place, executor)
    if unanswerable:
        yield from (("reject", unanswerable), ("respond", unanswerable))


def _edit_refused(place: Place, ahead: CallsAhead) -> Iterator[tuple[DecisionType, str]]:
    """Yield why the calls cannot be replaced, where that is so."""
    said, _ = last_calls(conversation(place.snapshot.values, ahead.messages_key))
    if ahead.kept[0].style != "messages":
        yield "edit", PLAIN_DICTS
    elif not {call["id"] for call in ahead.calls} <= {call["id"] for call in said}:
        yield "edit", NOT_THE_MESSAGE
    elif ahead.revised:
        revised = [call["name"] for call in ahead.calls if call["id"] in ahead.revised]
        yield "edit", REVISED.format(calls=", ".join(revised))
    elif not _replaces_same_id(place, ahead.messages_key):
        yield "edit", APPENDS_MESSAGES


def _rigid(place: Place, before: tuple[str, ...], ahead: CallsAhead) -> str | None:
    """Say why nothing can be written here, where that is so."""
    if len(before) > 1:
        return SEVERAL_NODES.format(nodes=", ".join(before))
    if ahead.jobs:
        return A_JOB.format(node=before[0])
    if len(place.tasks) < len(place.snapshot.tasks):
        return HALF_RUN
    if not all(call["id"] for call in ahead.calls):
        return NO_ID
    return _unwritable(place, ahead)


def _unwritable(place: Place, ahead: CallsAhead) -> str | None:
    """Say why no message can be written beside the calls, where that is so."""
    if not ahead.kept:
        return NOT_THE_MESSAGE
    if len(ahead.kept) > 1:
        return SEVERAL_LISTS.format(keys=", ".join(str(one.key) for one in ahead.kept))
    (kept,) = ahead.kept
    if not kept.style:
        return OUT_OF_REACH.format(key=kept.key)
    return _replaces_messages(place, kept)


def _replaces_messages(place: Place, kept: Conversation) -> str | None:
    """Try whether the state keeps an old message beside a new one; say so where it does not."""
    probes: list[Any] = [HumanMessage(text, id=text) for text in _PROBES]
    if kept.style != "messages":
        probes = [{"role": "user", "content": text} for text in _PROBES]
    try:
        held = langgraph.held_after(_channel(place, kept.key), *([probe] for probe in probes))
    except Exception as error:
        return UNTRIED.format(error=f"{type(error).__name__}: {error}")
    texts = [message.text for message in conversation(held, None)]
    return None if texts == _PROBES else REPLACES_MESSAGES


def _replaces_same_id(place: Place, messages_key: str | None) -> bool:
    """Try whether the state puts a message in the place of one with the same id."""
    old, new = (AIMessage(text, id="1") for text in _PROBES)
    try:
        held = langgraph.held_after(_channel(place, messages_key), [old], [new])
    except Exception:  # a reducer of one's own may not take such a message at all
        return False
    return [message.text for message in conversation(held, None)] == [new.text]


def _channel(place: Place, messages_key: str | None) -> Any:
    return place.graph.channels[messages_key or "__root__"]


def _may_come_back(place: Place, executor: str) -> str | None:
    """Say why an answer could not keep the calls from running later, where that is so.

    A run can be stopped before the nodes of the graph it runs, not before those of a subgraph.
    """
    stops = place.graph.interrupt_before_nodes
    actors = {*tool_nodes(place.graph), executor}
    if not place.namespace or stops == "*" or actors <= set(stops):
        return None
    return UNREACHABLE.format(nodes=listed(sorted(actors - set(stops))))
