"""An edited message: the new arguments stand in every copy of the call, or nothing is written."""

from __future__ import annotations

import copy
import json
import math
from typing import Any

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, ToolMessage
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition

from course_utils.review.deciding.edited_message import UneditableError, edited_message
from course_utils.review.deciding.resuming import decide
from course_utils.widgets.card.approval_card import ApprovalCard
from tests.support.agents import thread
from tests.support.cards import buttons, seen
from tests.support.deciding import begin, outcomes

OLD = {"to": "bob", "amount": 5000}
NEW = {"to": "bob", "amount": 5}
CALL = {"name": "pay", "args": OLD, "id": "c1", "type": "tool_call"}
TEXT = json.dumps(OLD)
SIGNED_THOUGHT = {"type": "thinking", "thinking": "hm", "signature": "s"}
SECRET_THOUGHT = {"type": "reasoning", "id": "rs", "encrypted_content": "s"}

BLOCKS: dict[str, list[Any]] = {
    "Anthropic": [SIGNED_THOUGHT, {"type": "tool_use", "id": "c1", "name": "pay", "input": OLD}],
    "Anthropic, streamed": [
        {"type": "tool_use", "id": "c1", "name": "pay", "input": {}, "partial_json": TEXT}
    ],
    "LangChain v1": [{"type": "tool_call", "id": "c1", "name": "pay", "args": OLD}],
    "LangChain v1 of OpenAI": [
        {"type": "tool_call", "id": "c1", "name": "pay", "args": OLD, "extras": {"arguments": TEXT}}
    ],
    "a chunk of LangChain v1": [
        {"type": "tool_call_chunk", "id": "c1", "name": "pay", "args": TEXT, "index": 0}
    ],
    "OpenAI Responses": [
        SECRET_THOUGHT,
        {"type": "function_call", "id": "fc", "call_id": "c1", "name": "pay", "arguments": TEXT},
    ],
    "Bedrock Converse": [{"toolUse": {"toolUseId": "c1", "name": "pay", "input": OLD}}],
    "Gemini": [{"type": "function_call", "name": "pay", "args": OLD}],
    "Gemini, as sent": [
        {"functionCall": {"name": "pay", "args": OLD}, "thoughtSignature": "opaque"}
    ],
    "Gemini, with an id of its own": [
        {"type": "function_call", "id": "own", "name": "pay", "args": OLD}
    ],
    "no standard": [
        {"type": "non_standard", "value": {"type": "x", "call_id": "c1", "parameters": OLD}}
    ],
    "text": [{"type": "text", "text": json.dumps({"name": "pay", "arguments": OLD})}],
}
KWARGS: dict[str, dict[str, Any]] = {
    "OpenAI": {"tool_calls": [{"id": "c1", "function": {"name": "pay", "arguments": TEXT}}]},
    "OpenAI's old one": {"function_call": {"name": "pay", "arguments": TEXT}},
    "without ids": {"tool_calls": [{"function": {"name": "pay", "arguments": OLD}}]},
    "numbers of another type": {
        "function_call": {"name": "pay", "arguments": '{"amount": 5000.0, "to": "bob"}'}
    },
    "with ids of their own": {
        "tool_calls": [{"id": "own", "function": {"name": "pay", "arguments": TEXT}}]
    },
    "by id": {"calls": {"c1": OLD}, "signatures": {"c1": "opaque"}},
}


def said(content: Any = "", calls: Any = (CALL,), **more: Any) -> AIMessage:
    return AIMessage(copy.deepcopy(content), tool_calls=list(calls), **copy.deepcopy(more))


def edited(message: AIMessage, **arguments: Any) -> AIMessage:
    return edited_message(message, message.tool_calls, arguments or {"c1": NEW})


def assert_one_truth(before: AIMessage, after: AIMessage) -> None:
    """The new arguments stand wherever the old ones stood, and nothing else has changed."""
    assert "5000" in str(before.model_dump()), "the message was changed in place"
    told, was = repr(after.model_dump()), repr(before.model_dump())
    assert "5000" not in told, told
    assert after.tool_calls[0]["args"] == NEW
    again = type(after)(**after.model_dump())
    assert again.tool_calls == after.tool_calls, "what is saved reads otherwise"
    assert sorted(after.model_dump()) == sorted(before.model_dump())
    assert (told.count("opaque"), told.count("'s'")) == (was.count("opaque"), was.count("'s'"))


@pytest.mark.parametrize("shape", BLOCKS)
def test_a_copy_in_the_content_changes_in_each_providers_shape(shape):
    message = said(BLOCKS[shape], response_metadata={"model_provider": "x"})
    assert_one_truth(message, edited(message))
    assert "5000" not in str(edited(message).content_blocks)


@pytest.mark.parametrize("shape", KWARGS)
@pytest.mark.parametrize("place", ["additional_kwargs", "response_metadata", "of_its_own"])
def test_a_copy_beside_the_content_changes_in_each_shape(shape, place):
    message = said(**{place: {"id": "of the answer", **KWARGS[shape]}})
    assert_one_truth(message, edited(message))


def test_the_chunks_of_a_streamed_call_change_with_it():
    pieces = [
        AIMessageChunk("", tool_call_chunks=[{"index": 0, **piece}])
        for piece in (
            {"name": "pay", "args": "", "id": "c1"},
            {"name": None, "args": TEXT[:9], "id": None},
            {"name": None, "args": TEXT[9:], "id": None},
        )
    ]
    message = pieces[0] + pieces[1] + pieces[2]
    assert message.tool_calls == [CALL]
    assert_one_truth(message, edited(message))


def test_a_tool_of_one_text_keeps_the_form_of_its_copies():
    call = CALL | {"args": {"__arg1": "pay 5000"}}
    block = {"type": "custom_tool_call", "id": "x", "call_id": "c1", "input": "pay 5000"}
    after = edited(said([block], [call]), c1={"__arg1": "pay 5"})
    assert after.content == [block | {"input": "pay 5"}]


def test_a_dict_that_stands_for_a_message_is_edited_too():
    message = {"role": "assistant", "id": "m", "content": "", **KWARGS["OpenAI"]}
    after = edited_message(copy.deepcopy(message), [CALL], {"c1": NEW})
    assert json.loads(after["tool_calls"][0]["function"]["arguments"]) == NEW
    assert after | {"tool_calls": 0} == message | {"tool_calls": 0}


def test_the_other_calls_and_what_only_looks_like_the_call_stay_as_they_were():
    other = {"name": "pay", "args": {"to": "amy", "amount": 7}, "id": "c2", "type": "tool_call"}
    nested = CALL | {"name": "note", "id": "c3", "args": {"about": {"name": "pay", "args": OLD}}}
    blocks = [
        {"type": "tool_use", "id": call["id"], "name": call["name"], "input": call["args"]}
        for call in (CALL, other, nested)
    ]
    servers = {"type": "server_tool_use", "id": "srv", "name": "pay", "input": OLD}
    words = "I pay bob 5000."
    kwargs = {"function_call": {"name": "pay", "arguments": json.dumps(other["args"])}}
    before = said(
        [{"type": "text", "text": words}, *blocks, servers],
        [CALL, other, nested],
        additional_kwargs=kwargs,
    )
    after = edited(before)
    assert after.content == [
        {"type": "text", "text": words},
        blocks[0] | {"input": NEW},
        *blocks[1:],
        servers,
    ]
    assert (after.tool_calls[1:], after.additional_kwargs) == ([other, nested], kwargs)


def test_an_edit_that_changes_nothing_changes_nothing():
    call = CALL | {"args": {"rate": math.nan}}
    message = said([{"type": "tool_use", "id": "c1", "input": "in no form"}], [call])
    assert edited(message, c1={"rate": math.nan}) is message


class Foreign:
    """What some library keeps of a call."""

    def __repr__(self) -> str:
        return "Foreign(id='c1')"


ALIKE = [CALL, CALL | {"id": "c2"}]
UNEDITABLE: dict[str, tuple[dict[str, Any], str]] = {
    "signed": ({"content": [BLOCKS["Anthropic"][1] | {"signature": "s"}]}, "signed or encrypted"),
    "encrypted": (
        {"content": [{"type": "function_call", "call_id": "c1", "encrypted_content": "s"}]},
        "signed or encrypted",
    ),
    "one of two alike, without an id": (
        {"calls": ALIKE, "additional_kwargs": KWARGS["OpenAI's old one"]},
        "without its id",
    ),
    "one of two alike, with an id of its own": (
        {"calls": ALIKE, "additional_kwargs": KWARGS["with ids of their own"]},
        "without its id",
    ),
    "one id for two calls": ({"calls": [CALL, CALL]}, "without its id"),
    "in pieces": (
        {"content": [{"type": "input_json_delta", "partial_json": TEXT[:9], "index": 0}]},
        "in pieces",
    ),
    "cut short": (
        {"content": [{"type": "tool_use", "id": "c1", "partial_json": TEXT[:9]}]},
        "in pieces",
    ),
    "bytes": ({"content": [{"type": "x", "id": "c1", "args": b"{}"}]}, "form that is not known"),
    "an object": ({"additional_kwargs": {"raw": Foreign()}}, "form that is not known"),
}


@pytest.mark.parametrize("case", UNEDITABLE)
def test_a_copy_that_cannot_change_refuses_the_edit_in_one_sentence(case):
    how, place = UNEDITABLE[case]
    with pytest.raises(UneditableError, match=place) as refused:
        edited(said(**how))
    assert str(refused.value).startswith("pay cannot be edited here, and nothing was written")


def test_two_alike_are_edited_alike_wherever_they_stand():
    both = said("", ALIKE, additional_kwargs=KWARGS["OpenAI's old one"])
    assert_one_truth(both, edited(both, c1=NEW, c2=NEW))


def paying(message: AIMessage) -> tuple[Any, list[Any]]:
    """An agent that says this message, with a breakpoint before its tool; and what was paid."""
    paid: list[Any] = []

    @tool
    def pay(to: str, amount: float) -> str:
        """Pay."""
        paid.append(amount)
        return "paid"

    def agent(state: MessagesState) -> dict[str, Any]:
        done = isinstance(state["messages"][-1], ToolMessage)
        return {"messages": [AIMessage("Done.") if done else message]}

    builder = StateGraph(MessagesState)
    builder.add_node("agent", agent).add_node("tools", ToolNode([pay]))
    builder.add_edge(START, "agent").add_conditional_edges("agent", tools_condition)
    builder.add_edge("tools", "agent")
    return builder.compile(InMemorySaver(), interrupt_before=["tools"]), paid


def test_an_edit_at_a_breakpoint_leaves_one_truth_on_the_thread():
    graph, paid = paying(said(BLOCKS["Anthropic"], additional_kwargs=KWARGS["OpenAI"]))
    (pause,) = begin(graph)
    edit = {"type": "edit", "edited_action": {"name": "pay", "args": NEW}}
    done = decide(graph, thread(), pause, edit)
    assert (done.thread.status, done.remark, paid) == ("finished", "", [5])
    assert "5000" not in str([message.model_dump() for message in done.thread.messages])


def test_an_edit_that_is_refused_keeps_the_form_open_and_claims_nothing():
    graph, paid = paying(said(UNEDITABLE["signed"][0]["content"]))
    begin(graph)
    card = ApprovalCard(graph, thread())
    card.press("edit")
    card.controls[0].forms[0].fill("amount", "5")
    card.press("send")
    assert "pay cannot be edited here" in seen(card)
    assert card.controls[0].forms[0].values() == NEW
    assert "Send the edit" in buttons(card)
    assert (outcomes(graph), paid) == ([], [])
    card.press("cancel")
    card.press("approve")
    assert paid == [5000]


def test_a_nan_that_nobody_touched_does_not_send_the_edit_elsewhere():
    rates = CALL | {"args": {"to": "bob", "amount": math.nan}}
    graph, paid = paying(said("", [rates]))
    begin(graph)
    card = ApprovalCard(graph, thread())
    card.press("edit")
    card.controls[0].forms[0].fill("to", "amy")
    card.press("send")
    assert card.status == "finished", seen(card)
    assert len(paid) == 1
    assert math.isnan(paid[0])
