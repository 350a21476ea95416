"""What a conversation says, in words: texts, and what stands there that is no text."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

from course_utils.neighbours.langchain import reason_told
from course_utils.review.forms.json_text import shortened

if TYPE_CHECKING:
    from collections.abc import Container, Hashable, Iterable, Iterator, Mapping, Sequence

    from langchain.agents.middleware.human_in_the_loop import ActionRequest
    from langchain_core.messages import BaseMessage, ToolCall

EMPTY = "{name} returned an empty result."
RETURNED = "{name} returned {what}."
TOLD_THE_AGENT = "The agent got this instead of a result of {name}: {words}"
ARTIFACT = "{name} also returned an artifact ({kind}), which only the graph reads."

_MEDIA = ("image", "audio", "video", "file", "document")
_ARTICLES = {"image": "an image", "audio": "an audio recording"}
_LONGEST_ARGUMENT = 60  # characters


def newest_request(messages: Sequence[BaseMessage]) -> str:
    """Return what the user asked last, "" where no user has said anything."""
    asked = (message for message in reversed(messages) if isinstance(message, HumanMessage))
    newest = next(asked, None)
    return "" if newest is None else said(newest)


def said(message: BaseMessage) -> str:
    """Return the text of a message, and after it what it holds beside its text."""
    held = [f"({what})" for what in media(message)]
    return " ".join(filter(None, [message.text.strip(), *held]))


def media(message: BaseMessage) -> list[str]:
    """Name what a message holds beside its text: "an image (image/png)", say."""
    blocks = message.content if isinstance(message.content, list) else []
    return [_medium(block) for block in blocks if isinstance(block, dict) and _kind(block)]


def new_messages(
    now: Iterable[BaseMessage], before: Iterable[BaseMessage]
) -> Iterator[BaseMessage]:
    """Yield what is new in a conversation, whose messages are known again wherever they stand.

    Args:
        now: the conversation.
        before: the messages that are no news.
    """
    seen = Counter(map(_identity, before))
    for message in now:
        known = _identity(message)
        if not seen[known]:
            yield message
        elif message.id is None:
            seen[known] -= 1


def happenings(
    messages: Iterable[BaseMessage],
    conversation: Sequence[BaseMessage],
    answers: Container[tuple[str, str]] = (),
) -> list[str]:
    """Put messages into words: what each call returned, and what the agent said.

    Args:
        messages: those to tell of.
        conversation: where the calls stand that they answer.
        answers: what a person said in the place of a call's result; see `decided.answers_of`.
    """
    told: list[str] = []
    for message in messages:
        if isinstance(message, ToolMessage):
            told += _answer_words(message, conversation, answers)
        elif isinstance(message, AIMessage) and said(message):
            told.append(f"{message.name or 'The agent'}: {said(message)}")
    return told


def result_words(result: ToolMessage, conversation: Iterable[BaseMessage]) -> list[str]:
    """Say what a call returned, and which call it was where several called the same tool.

    Args:
        result: what it returned.
        conversation: where the call stands.
    """
    name = _caller(result, conversation)
    told = [RETURNED.format(name=name, what=what) for what in media(result)]
    if result.text.strip():
        told.insert(0, f"{name}: {result.text}")
    if result.artifact is not None:
        words = ARTIFACT.format(name=name, kind=type(result.artifact).__name__)
        told.append(words if told else words.replace(" also", ""))
    return told or [EMPTY.format(name=name)]


def _answer_words(
    message: ToolMessage, conversation: Iterable[BaseMessage], answers: Container[tuple[str, str]]
) -> list[str]:
    """Say what answered a call: its tool, or a person in the tool's place."""
    said_by_a_person = {message.text, reason_told(message.text)} - {None}
    of_this_name = {(message.name or "", words) for words in said_by_a_person}
    if any(one in answers for one in {(message.tool_call_id, ""), *of_this_name}):
        name = _caller(message, conversation)
        return [TOLD_THE_AGENT.format(name=name, words=message.text)]
    return result_words(message, conversation)


def named(asked: ActionRequest | ToolCall, *, apart: bool) -> str:
    """Name a call; where others call the same tool, by its first argument too."""
    if not apart:
        return asked["name"]
    first = next(iter(asked["args"].values()), "")
    return f"{asked['name']} ({shortened(str(first))})"


def call_words(call: Mapping[str, Any]) -> str:
    """Write a call in one line, each of its arguments cut short."""
    arguments = (f"{name}={_cut(value)}" for name, value in call["args"].items())
    return f"{call['name']}({', '.join(arguments)})"


def _cut(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_ARGUMENT else f"{text[:_LONGEST_ARGUMENT]}..."


def _caller(result: ToolMessage, conversation: Iterable[BaseMessage]) -> str:
    for message in conversation:
        calls = message.tool_calls if isinstance(message, AIMessage) else []
        names = Counter(call["name"] for call in calls)
        for call in calls:
            if call["id"] == result.tool_call_id:
                return named(call, apart=names[call["name"]] > 1)
    return result.name or "The tool"


def _identity(message: BaseMessage) -> Hashable:
    # Without a reducer that gives ids, two messages may say the same and be two.
    call = message.tool_call_id if isinstance(message, ToolMessage) else ""
    return message.id or (message.type, call, repr(message.content))


def _kind(block: Mapping[str, Any]) -> str:
    kind = str(block.get("type", ""))
    return next((medium for medium in _MEDIA if medium in kind), "")


def _medium(block: Mapping[str, Any]) -> str:
    kind = _kind(block)
    name = _ARTICLES.get(kind, f"a {kind}")
    mime = block.get("mime_type") or _mime_in(block.get("image_url"))
    return f"{name} ({mime})" if mime else name


def _mime_in(image: Any) -> str:
    address = image.get("url", "") if isinstance(image, dict) else image
    if isinstance(address, str) and address.startswith("data:"):
        return address.removeprefix("data:").partition(";")[0][:_LONGEST_ARGUMENT]
    return ""
