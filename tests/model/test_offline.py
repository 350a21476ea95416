"""How the offline model behaves in a conversation: always the same, honest, and never pushy."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    HumanMessage,
    ToolMessage,
)
from pydantic import BaseModel

from course_utils import chat_model
from tests.model.cases import create_event, delete_file, get_weather, send_email, transfer_money

MAIL = [send_email, get_weather]
ONE_MAIL = 'Send an email to alice@example.com with subject "Lunch" and body "At noon?"'
TWO_MAILS = "Email alice@example.com and bob@example.com"


def say(*messages: Any, tools: list[Any] | None = None, **how: Any) -> AIMessage:
    """Put a conversation to the offline model."""
    history = [HumanMessage(m) if isinstance(m, str) else m for m in messages]
    reply = chat_model().bind_tools(MAIL if tools is None else tools, **how).invoke(history)
    assert isinstance(reply, AIMessage)
    return reply


def after(*results: tuple[str, str], words: str = ONE_MAIL) -> list[BaseMessage]:
    """Write a conversation whose calls were answered by these contents and statuses."""
    asked = say(words)
    answers = [
        ToolMessage(content, tool_call_id=call["id"], name=call["name"], status=status)
        for call, (content, status) in zip(asked.tool_calls, results, strict=True)
    ]
    return [HumanMessage(words), asked, *answers]


def test_equal_histories_get_equal_replies_whatever_their_message_ids() -> None:
    one = [
        HumanMessage(TWO_MAILS, id="a"),
        AIMessage("Wait.", id="b"),
        HumanMessage(ONE_MAIL, id="c"),
    ]
    other = [HumanMessage(TWO_MAILS, id="x"), AIMessage("Wait.", id="y"), HumanMessage(ONE_MAIL)]
    assert say(*one) == say(*other), f"{say(*one)} and {say(*other)} differ"


def test_a_reply_is_the_same_in_another_process() -> None:
    code = (
        "from course_utils import chat_model\n"
        "def send_email(to: str, subject: str, body: str):\n    'Send an email.'\n"
        f"made = chat_model().bind_tools([send_email]).invoke({ONE_MAIL!r}).tool_calls[0]['id']"
    )
    here: dict[str, str] = {}
    exec(code, here)  # noqa: S102 - it stands above
    another = [sys.executable, "-c", f"{code}; print(made)"]
    there = subprocess.run(another, capture_output=True, text=True, check=True).stdout
    assert there == f"{here['made']}\n", f"this process gave {here['made']}, another {there}"


def test_call_ids_are_short_and_differ_by_place_and_by_history() -> None:
    first = say(TWO_MAILS)
    answers = [ToolMessage("sent", tool_call_id=call["id"]) for call in first.tool_calls]
    again = say(TWO_MAILS, first, *answers, TWO_MAILS)
    ids = [call["id"] for call in [*first.tool_calls, *again.tool_calls]]
    assert len(set(ids)) == 4, f"four calls have the ids {ids}"
    assert all(re.fullmatch(r"call_[0-9a-f]{12}", id_) for id_ in ids), ids


def test_streaming_adds_up_to_the_invoked_reply_and_ends_once() -> None:
    model = chat_model().bind_tools(MAIL)
    for words in (TWO_MAILS, "hello"):
        chunks = list(model.stream(words))
        whole = chunks[0]
        for chunk in chunks[1:]:
            whole = whole + chunk
        assert isinstance(whole, AIMessageChunk)
        invoked = model.invoke(words)
        assert (whole.text, whole.tool_calls) == (invoked.text, invoked.tool_calls), whole
        assert whole.usage_metadata == invoked.usage_metadata, whole.usage_metadata
        ends = [getattr(chunk, "chunk_position", None) for chunk in chunks]
        assert ends == [None] * (len(chunks) - 1) + ["last"], ends


def test_a_plain_reply_streams_word_by_word() -> None:
    chunks = [chunk.text for chunk in chat_model().bind_tools(MAIL).stream("hello")]
    assert len(chunks) > 10, f"the greeting came in {len(chunks)} chunks: {chunks}"
    assert all(len(text.split()) <= 1 for text in chunks), chunks


def test_hello_is_answered_with_what_the_tools_can_do() -> None:
    reply = say("hello")
    assert not reply.tool_calls, reply.tool_calls
    assert reply.text.startswith("Hello."), reply.text
    assert "send_email (Send an email)" in reply.text, reply.text
    assert "get_weather" in reply.text, reply.text


def test_what_is_not_understood_is_admitted() -> None:
    reply = say("The moon is a harsh mistress")
    assert "did not understand" in reply.text, reply.text
    assert not reply.tool_calls, reply.tool_calls


def test_without_tools_the_model_says_so() -> None:
    assert "no tools" in say("hello", tools=[]).text


def test_results_are_summed_up_in_one_reply_without_a_new_call() -> None:
    reply = say(*after(("Email sent to alice@example.com", "success")))
    assert reply.text == "Done: Email sent to alice@example.com.", reply.text
    assert not reply.tool_calls, reply.tool_calls


def test_a_result_written_as_json_is_read_aloud_without_its_quotes() -> None:
    reply = say(*after(('"Email sent"', "success")))
    assert reply.text == "Done: Email sent.", reply.text
    reply = say(*after(('{"sent": true, "to": "alice"}', "success")))
    assert reply.text == "Done: sent True, to alice.", reply.text


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ("Rejected: too early.", "error"),
        ("Rejected by a person, too early.", "success"),
        ("A person rejected this call. Reason: too early", "success"),
        ("The user declined this action: too early", "success"),
        ("too early", "error"),
        ("Error: smtp down, too early", "error"),
    ],
)
def test_what_was_not_done_is_never_called_done(content: str, status: str) -> None:
    reply = say(*after((content, status)))
    assert reply.text.startswith("Not done: send_email for alice@example.com."), reply.text
    assert "too early" in reply.text, f"the reason is missing from {reply.text!r}"
    assert "Done:" not in reply.text, reply.text
    assert not reply.tool_calls, f"the call was made again: {reply.tool_calls}"


def test_a_rejection_without_a_reason_is_told_without_one() -> None:
    stock = "User rejected the tool call for `send_email` with id call_123"
    reply = say(*after((stock, "error")))
    assert reply.text == "Not done: send_email for alice@example.com was rejected.", reply.text


def test_one_done_and_one_rejected_are_told_apart() -> None:
    mixed = after(("Email sent", "success"), ("Rejected.", "error"), words=TWO_MAILS)
    reply = say(*mixed)
    assert reply.text == "Done: Email sent. Not done: send_email for bob@example.com. Rejected.", (
        reply
    )


def test_a_call_without_a_result_is_named() -> None:
    words, asked, answer, _ = after(("Email sent", "success"), ("-", "success"), words=TWO_MAILS)
    reply = say(words, asked, answer)
    assert reply.text == "Done: Email sent. No result yet for send_email.", reply.text


def test_new_words_after_a_result_are_a_new_request() -> None:
    reply = say(*after(("Email sent", "success")), "What is the weather in Rome?")
    assert [call["name"] for call in reply.tool_calls] == ["get_weather"], reply


def test_an_agent_run_again_before_the_result_says_it_has_none() -> None:
    reply = say(ONE_MAIL, say(ONE_MAIL))
    assert reply.text == "No result yet for send_email.", reply.text
    assert not reply.tool_calls, f"the call was made twice: {reply.tool_calls}"


def test_hello_after_an_unanswered_call_is_only_a_greeting() -> None:
    asked = say(ONE_MAIL)
    reply = say(ONE_MAIL, asked, "hello")
    assert not reply.tool_calls, f"the abandoned call was made again: {reply.tool_calls}"


def test_an_address_is_asked_for_and_its_answer_completes_the_request() -> None:
    words = "Send an email about lunch"
    question = say(words)
    assert not question.tool_calls, f"an address was invented: {question.tool_calls}"
    assert "e-mail address" in question.text, question.text
    (call,) = say(words, question, "bob@example.com").tool_calls
    assert call["args"]["to"] == "bob@example.com", call
    assert call["args"]["subject"] == "lunch", call


def test_an_amount_is_asked_for() -> None:
    reply = say("Transfer money to Bob", tools=[transfer_money])
    assert not reply.tool_calls, f"an amount was invented: {reply.tool_calls}"
    assert "the amount" in reply.text, reply.text


def test_subject_and_body_are_worded_from_the_request() -> None:
    (call,) = say("Send email to alice@example.com").tool_calls
    assert call["args"]["to"] == "alice@example.com", call
    assert call["args"]["subject"], call
    assert call["args"]["body"], call
    (call,) = say("Email alice@example.com saying the build is green").tool_calls
    assert call["args"]["subject"] == "The build is green", call


@pytest.mark.parametrize(
    "words", ["Don't send the email.", "never mind", "Please do not email bob@example.com", "stop"]
)
def test_a_refusal_calls_nothing(words: str) -> None:
    reply = say(words)
    assert not reply.tool_calls, f"{words!r} gave {reply.tool_calls}"


def test_an_optional_argument_nobody_mentions_is_left_out() -> None:
    (call,) = say(
        "Schedule a meeting about budgets on Friday at 3pm", tools=[create_event]
    ).tool_calls
    assert set(call["args"]) == {"title", "start"}, call


def test_tools_may_be_classes_functions_or_schemas() -> None:
    class RemoveFile(BaseModel):
        """Remove a file."""

        path: str

    def remove_file(path: str) -> None:
        """Remove a file."""

    schema = {
        "title": "remove_document",
        "description": "Remove a file.",
        "type": "object",
        "properties": {"path": {"type": "string"}},
        "required": ["path"],
    }
    for form in (RemoveFile, remove_file, delete_file, schema):
        (call,) = say("Remove /tmp/a.txt", tools=[form]).tool_calls
        assert call["args"] == {"path": "/tmp/a.txt"}, call  # noqa: S108  (a name, not a file)


def test_tool_choice_forces_forbids_and_names() -> None:
    assert say("hello", tool_choice="any").tool_calls, "any made no call"
    assert say("hello", tool_choice="required").tool_calls, "required made no call"
    named = {"type": "function", "function": {"name": "get_weather"}}
    for choice in ("get_weather", named):
        calls = [call["name"] for call in say(ONE_MAIL, tool_choice=choice).tool_calls]
        assert calls == ["get_weather"], f"tool_choice={choice!r} gave {calls}"
    assert not say(ONE_MAIL, tool_choice="none").tool_calls, "none made a call"
    assert say(ONE_MAIL, tool_choice="auto").tool_calls, "auto made no call"
    with pytest.raises(ValueError, match="'send_mail', but the bound tools are"):
        say(ONE_MAIL, tool_choice="send_mail")


def test_a_forced_call_invents_no_address() -> None:
    (call,) = say("hello", tool_choice="send_email").tool_calls
    assert "to" not in call["args"], f"an address was invented: {call}"


def test_a_forced_model_still_reports_instead_of_calling_for_ever() -> None:
    reply = say(*after(("Rejected.", "error")), tool_choice="any")
    assert not reply.tool_calls, f"the rejected call was made again: {reply.tool_calls}"


SCRAPS = """
send email to alice@example.com and , . ? ! : "Lunch" 'a the about saying not 5 $20 at tomorrow 3pm
in Paris by for file /a/b.txt don't it weather transfer cancel event delete É 你好
"""


@given(words=st.lists(st.sampled_from(SCRAPS.split()) | st.text(max_size=8), max_size=14))
@settings(max_examples=300, deadline=None)
def test_no_words_make_the_model_fail_or_waver(words: list[str]) -> None:
    tools = [*MAIL, create_event, delete_file, transfer_money]
    asked = " ".join(words)
    reply = say(asked, tools=tools)
    assert reply == say(asked, tools=tools), f"{asked!r} got two replies"
    assert reply.text or reply.tool_calls, f"{asked!r} got an empty reply"
    for call in reply.tool_calls:
        tool = next(tool for tool in tools if tool.name == call["name"])
        tool.invoke(call["args"])  # the arguments have the types that the tool wants


def test_importing_the_package_loads_no_langchain() -> None:
    code = "import sys, course_utils.model; print(*(m for m in sys.modules if 'langchain' in m))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not done.stdout.strip(), f"importing course_utils.model loaded {done.stdout}"
