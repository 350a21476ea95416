"""What a thread asks and what its user said, told from the bare checkpoint.

A list of a thousand threads is searched and sorted by this. To make LangGraph read each of them
would take a hundred times as long. What is shown of a thread, and decided on, is always read by
LangGraph.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from langchain_core.messages import BaseMessage
from langgraph.channels import DeltaChannel
from langgraph.types import Send

from course_utils.neighbours import langgraph as private
from course_utils.neighbours import langgraph_checkpoints as layout
from course_utils.neighbours.langgraph_checkpoints import Packed
from course_utils.review.reading.conversations import conversation
from course_utils.review.reading.graphs import subgraphs
from course_utils.review.reading.interrupt_requests import read_interrupt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from langgraph.pregel import Pregel

    from course_utils.review.inbox.searching import Asked
    from course_utils.review.inbox.storage import Held

_HUMAN = {"human", "user", "HumanMessage", "HumanMessageChunk"}
_AGENT = {"ai", "assistant", "AIMessage", "AIMessageChunk"}
_TOOL = {"tool", "ToolMessage", "ToolMessageChunk"}


class Glimpse(NamedTuple):
    """What was seen.

    Attributes:
        asked: each tool with its arguments, or each question with its own.
        words: what the user said last.
    """

    asked: Asked
    words: str


class Glimpses:
    """Tells what the threads of one graph ask.

    Args:
        graph: the compiled graph.
    """

    def __init__(self, graph: Pregel[Any, Any, Any, Any]) -> None:
        own = {name for name in graph.channels if not name.startswith("branch:")}
        deltas = any(isinstance(graph.channels[name], DeltaChannel) for name in own)
        self.channels = own | {private.SENDS}
        # Kept in many checkpoints, or in those of the subgraph that waits.
        self._blind = deltas
        self._nested = bool(subgraphs(graph))

    def of(self, held: Held | None) -> Glimpse | None:
        """Tell what a checkpoint asks; None where only LangGraph can tell.

        Args:
            held: what the checkpoint holds.
        """
        if held is None or self._blind or (self._nested and not held.asked):
            return None
        try:
            lists = [_messages(held.values[name]) for name in self._lists(held.values)]
            asked = tuple(_questions(held.asked) if held.asked else _calls(lists, held.values))
            # Where no call is seen, one may be kept in another way.
            return Glimpse(asked, next(filter(None, map(_words, lists)), "")) if asked else None
        except Exception:
            # Not as the versions known here write it.
            return None

    @staticmethod
    def _lists(values: Mapping[str, Any]) -> list[str]:
        """Name the lists in a state, its messages first."""
        names = [name for name, value in values.items() if isinstance(value, list)]
        return sorted(names, key=lambda name: name != "messages")


def words_of(messages: Sequence[BaseMessage]) -> str:
    """Return what the user said last in a conversation."""
    return _words(messages)


def _questions(asked: Sequence[tuple[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path, interrupts in asked:
        for one in interrupts:
            node = layout.node_of(path)
            read = read_interrupt(one, node)
            if read.format == "value" and not node:
                raise ValueError("it is not told here which node asks")
            yield from (
                (action["name"], action["args"]) for action in read.request["action_requests"]
            )


def _calls(
    lists: Sequence[Sequence[Any]], values: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    sent = values.get(private.SENDS)
    if sent:
        yield from (call for one in sent for call in _sent_calls(one))
        return
    for messages in lists:
        yield from ((call["name"], call["args"]) for call in _last_calls(messages))


def _sent_calls(sent: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    given = sent.arg if isinstance(sent, Send) else layout.unpacked(sent)[1][1]
    alone = private.call_in(given)
    calls = [alone] if alone else given if isinstance(given, list) else None
    if calls is None:
        raise ValueError("what was sent is no tool call")
    yield from ((call["name"], call["args"]) for call in calls)


def _last_calls(messages: Sequence[Any]) -> list[Any]:
    """Return the calls of the latest AI message, without those answered if some are not."""
    answered = set()
    for message in reversed(messages):
        kind, said = _opened(message)
        if kind in _TOOL:
            answered.add(said.get("tool_call_id"))
        if kind in _AGENT:
            calls = said.get("tool_calls") or []
            return [call for call in calls if call["id"] not in answered]
    return []


def _words(messages: Sequence[Any]) -> str:
    for message in reversed(messages):
        kind, said = _opened(message)
        if kind in _HUMAN:
            return _text(said.get("content"))
    return ""


def _text(content: Any) -> str:
    blocks = content if isinstance(content, list) else [content]
    texts = (block.get("text") if isinstance(block, dict) else block for block in blocks)
    return " ".join(text for text in texts if isinstance(text, str))


def _opened(message: Any) -> tuple[str, Mapping[str, Any]]:
    """Return the kind of a message and its parts; an empty kind for what is none."""
    if isinstance(message, BaseMessage):
        return message.type, vars(message)
    if isinstance(message, Packed):
        kind, said = layout.unpacked(message)
        return (kind, said) if isinstance(said, dict) else ("", {})
    return "", {}


def _messages(value: Any) -> Sequence[Any]:
    """Return the messages of a list: packed as they are, or read where they are plain dicts."""
    if not isinstance(value, list):
        return []
    return conversation(value, None) if any(isinstance(one, dict) for one in value) else value
