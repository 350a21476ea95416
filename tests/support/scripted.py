"""A chat model that says what a function makes of the conversation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult

Reply = Callable[[Sequence[BaseMessage]], AIMessage]


class Scripted(BaseChatModel):
    """A model without chance, which a node may run any number of times.

    Attributes:
        reply: makes the answer.
    """

    reply: Reply

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        """Take any tools."""
        return self

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self.reply(messages))])


def calls_then_tells(*calls: dict[str, Any]) -> Scripted:
    """Return a model that makes these calls first, and then repeats what it was told.

    Args:
        calls: names, arguments and ids of tool calls.
    """

    def reply(messages: Sequence[BaseMessage]) -> AIMessage:
        ids = {call["id"] for call in calls}
        told = [m.text for m in messages if isinstance(m, ToolMessage) and m.tool_call_id in ids]
        if told:
            return AIMessage("Told: " + " | ".join(told))
        return AIMessage("", tool_calls=[{**call, "type": "tool_call"} for call in calls])

    return Scripted(reply=reply)
