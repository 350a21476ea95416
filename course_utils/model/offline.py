"""The offline chat model: a LangChain chat model whose replies follow rules anyone can read.

`requests` finds what a person asks of which tool, `arguments` fills it in, `replies` has the words
for everything else, and `brain` puts these steps together.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.messages.ai import UsageMetadata
from langchain_core.messages.tool import tool_call, tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.utils.function_calling import convert_to_openai_tool

from course_utils.model.brain import Reply, reply_to
from course_utils.model.tools import read_tools

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from langchain_core.callbacks import CallbackManagerForLLMRun
    from langchain_core.language_models import LanguageModelInput
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import Runnable
    from langchain_core.tools import BaseTool


class OfflineChatModel(BaseChatModel):
    """A chat model without a network or a neural net: the same messages always get the same reply.

    Whatever else a provider's model takes (temperature, timeout, a key) is accepted and ignored.
    """

    model_name: str = "offline"

    @property
    def _llm_type(self) -> str:
        return "offline"

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | dict[str, Any] | bool | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Give the model tools to call; after a tool's result it always replies in words.

        Args:
            tools: functions, pydantic classes, LangChain tools or JSON schemas.
            tool_choice: `auto` (or None), `none`, `any` or `required` (or True), or one tool, by
                its name or as `{"type": "function", "function": {"name": ...}}`.
            kwargs: bound as they are.

        Raises:
            ValueError: if `tool_choice` names a tool that is not bound.
        """
        bound = [convert_to_openai_tool(tool) for tool in tools]
        choice = _choice_name(tool_choice)
        names = [tool["function"]["name"] for tool in bound]
        if choice not in {"auto", "none", "any", *names}:
            raise ValueError(f"tool_choice names {choice!r}, but the bound tools are {names}.")
        return self.bind(tools=bound, tool_choice=choice, **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002  (as LangChain has it)
        **kwargs: Any,
    ) -> ChatResult:
        message = self._answer(messages, stop, **kwargs)
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002  (told by LangChain)
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for piece in _pieces(self._answer(messages, stop, **kwargs)):
            yield ChatGenerationChunk(message=piece)

    def _answer(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None,
        tools: Sequence[dict[str, Any]] = (),
        tool_choice: str = "auto",
        **_: Any,
    ) -> AIMessage:
        reply = reply_to(messages, read_tools(tools), tool_choice)
        text = re.split("|".join(map(re.escape, stop)), reply.text)[0] if stop else reply.text
        # What each message says; never its id, which differs from run to run.
        made = [[(c["name"], c["args"]) for c in getattr(m, "tool_calls", [])] for m in messages]
        history = [(m.type, m.content, calls) for m, calls in zip(messages, made, strict=True)]
        calls = [
            tool_call(name=call.name, args=call.args, id=f"call_{_digest(history, n, *call)}")
            for n, call in enumerate(reply.calls)
        ]
        return AIMessage(
            text,
            id=f"reply_{_digest(history, text, reply.calls)}",
            tool_calls=calls,
            usage_metadata=_usage(messages, text, reply),
            response_metadata={"model_name": self.model_name},
        )


def _choice_name(tool_choice: str | dict[str, Any] | bool | None) -> str:
    if isinstance(tool_choice, dict):
        return str(tool_choice.get("function", tool_choice).get("name"))
    said = str(tool_choice or "auto")
    return "any" if said in {"required", "True"} else said


def _digest(*parts: Any) -> str:
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _usage(messages: Sequence[BaseMessage], text: str, reply: Reply) -> UsageMetadata:
    """Count words and marks: a stand-in for tokens that is the same every time."""
    calls = "".join(f"{call.name} {json.dumps(call.args)}" for call in reply.calls)
    said = (" ".join(f"{message.type} {message.content}" for message in messages), text + calls)
    read, written = (len(re.findall(r"\w+|[^\w\s]", one)) for one in said)
    return UsageMetadata(input_tokens=read, output_tokens=written, total_tokens=read + written)


def _pieces(message: AIMessage) -> Iterator[AIMessageChunk]:
    """Cut a message into its words, its tool calls and an end that carries the usage."""
    for word in re.findall(r"\S+\s*|\s+", message.text):
        yield AIMessageChunk(content=word, id=message.id)
    for place, call in enumerate(message.tool_calls):
        args = json.dumps(call["args"], ensure_ascii=False)
        piece = tool_call_chunk(name=call["name"], args=args, id=call["id"], index=place)
        yield AIMessageChunk(content="", id=message.id, tool_call_chunks=[piece])
    end = AIMessageChunk(content="", id=message.id, chunk_position="last")
    end.usage_metadata, end.response_metadata = message.usage_metadata, message.response_metadata
    yield end
