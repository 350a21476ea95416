"""Can the model call tools at all? `hitl doctor` tries one call, since no lesson works without."""

from __future__ import annotations

from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any

from course_utils.model import OFFLINE, ModelError, chat_model
from course_utils.settings import settings

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage

# A large model is loaded into memory first, which takes a slow disk half a minute.
SECONDS = 60.0
TOOL = "send_email"
_REQUEST = 'Send an email to alice@example.com with subject "Lunch" and body "At noon?"'
# What Ollama answers, with status 400, for a model whose template has no place for tools.
_NO_TOOLS = "does not support tools"
_INSTEAD = "or unset HITL_MODEL to answer offline."
_ANOTHER = f"Set HITL_MODEL to a model that calls tools, such as ollama:llama3.1:8b, {_INSTEAD}"


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one tool call.

    Attributes:
        found: what the model did.
        fix: one sentence that says what to do; empty if the model can call tools.
    """

    found: str
    fix: str = ""


def try_a_tool_call(seconds: float = SECONDS) -> Tried:
    """Ask the model of the settings for one tool call, and say what it does.

    The offline model is not asked: it calls tools. The request is that of the lessons, and no tool
    runs.

    Args:
        seconds: how long the model may take.
    """
    if settings().model == OFFLINE:
        return Tried("the offline model calls tools")
    answers: SimpleQueue[AIMessage | Exception] = SimpleQueue()
    # A thread can be left alone when it takes too long; it ends with the process.
    Thread(target=lambda: answers.put(_asked()), name="course-utils-probe", daemon=True).start()
    try:
        return _told(answers.get(timeout=seconds))
    except Empty:
        return Tried(
            f"no answer within {seconds:g} seconds",
            f"Run `hitl doctor` again, as a model is slow while it loads. {_ANOTHER}",
        )


def _asked() -> AIMessage | Exception:
    try:
        answer: AIMessage = chat_model().bind_tools([_tool()]).invoke(_REQUEST)
    except Exception as error:  # whatever a provider's package raises is the line to show
        return error
    return answer


def _tool() -> dict[str, Any]:
    text = {"type": "string"}
    needed = {"to": text, "subject": text, "body": text}
    parameters = {"type": "object", "properties": needed, "required": [*needed]}
    function = {"name": TOOL, "description": "Send an email.", "parameters": parameters}
    return {"type": "function", "function": function}


def _told(answer: AIMessage | Exception) -> Tried:
    if isinstance(answer, ModelError):
        return Tried("it could not be asked", str(answer))
    if isinstance(answer, Exception):
        reason = (str(answer) or type(answer).__name__).splitlines()[0]
        if _NO_TOOLS in reason:
            return Tried("it cannot call tools", _ANOTHER)
        return Tried(f"it could not be asked: {reason}", f"Correct that, {_INSTEAD}")
    called = [call["name"] for call in answer.tool_calls]
    if TOOL in called:
        return Tried(f"it called the tool {TOOL} when asked to")
    if called or answer.invalid_tool_calls:
        return Tried("it called a tool in a way that nothing can run", _ANOTHER)
    return Tried("it answered in words, and called no tool", _ANOTHER)
