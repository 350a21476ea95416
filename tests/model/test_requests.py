"""What a person asks for becomes the right calls, over tools that the model does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from course_utils import chat_model
from tests.model.cases import CASES

if TYPE_CHECKING:
    from langchain_core.messages import ToolCall


def is_as_wanted(call: ToolCall, name: str, args: dict[str, Any]) -> bool:
    """Tell whether a call is of this tool, with at least these arguments."""
    return call["name"] == name and args.items() <= call["args"].items()


@pytest.mark.parametrize(("tools", "words", "wanted"), CASES, ids=[words for _, words, _ in CASES])
def test_a_request_gives_the_right_calls(
    tools: list[Any], words: str, wanted: list[tuple[str, dict[str, Any]]]
) -> None:
    reply = chat_model().bind_tools(tools).invoke(words)
    made = [(call["name"], call["args"]) for call in reply.tool_calls]
    right = len(made) == len(wanted) and all(
        is_as_wanted(call, *want) for call, want in zip(reply.tool_calls, wanted, strict=True)
    )
    assert right, f"{words!r} gave {made or reply.text!r}, expected {wanted}"
