"""The head of a card: whose thread, what the user asked, what was said and decided before."""

from __future__ import annotations

from typing import Any

from langchain_core.messages import AIMessage, HumanMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph

from course_utils import ApprovalCard
from course_utils.review.record.opening import journal_of
from tests.support.agents import MailAgent, ask, thread
from tests.support.cards import html, seen
from tests.support.deciding import statements

EVIL = "<img src=x onerror=alert(1)>"


def waiting() -> Any:
    """A mail agent that waits on the usual thread."""
    graph = MailAgent().compile(interrupt_before=["tools"])
    ask(graph)
    return graph


def saying(*messages: Any) -> ApprovalCard:
    """A card on a thread where this has been said."""
    builder = StateGraph(MessagesState).add_node("tidy", lambda state: {}).add_edge(START, "tidy")
    graph = builder.compile(checkpointer=InMemorySaver(), interrupt_before=["tidy"])
    graph.invoke({"messages": list(messages)}, thread())
    return ApprovalCard(graph, thread())


def test_it_names_the_thread_and_who_decides_and_what_was_asked_last():
    card = ApprovalCard(waiting(), thread(), reviewer="ann")
    for words in ("Thread  t", "Reviewer  ann", "The user asked: Send an email to alice"):
        assert words in seen(card), seen(card)
    assert "The user asked: second" in seen(saying(("user", "first"), ("user", "second")))


def test_what_was_asked_in_blocks_is_told_with_what_is_no_text():
    picture = {"type": "image", "base64": "aGk=", "mime_type": "image/png"}
    card = saying(HumanMessage([{"type": "text", "text": "What is this?"}, picture]))
    assert "The user asked: What is this? (an image (image/png))" in seen(card)


def test_a_long_request_is_folded():
    card = saying(("user", "Mail everybody.\n\n" * 100))
    beginning = "&quot;Mail everybody. Mail everybody."
    assert f"<details><summary>1,698 characters, beginning {beginning}" in html(card), html(card)


def test_the_conversation_unfolds_escaped_and_bounded():
    card = saying(("user", EVIL), AIMessage(EVIL, name=EVIL), ("user", "and then?"))
    assert EVIL not in seen(card)
    card._head.conversation.toggle.value = True
    assert "<img" not in html(card)
    assert html(card).count("&lt;img") == 3, html(card)
    assert "class='hitl-unfolded'" in html(card)
    card._head.conversation.toggle.value = False
    assert "&lt;img" not in html(card)


def test_of_a_long_conversation_the_newest_messages_are_shown():
    card = saying(*[("user", f"message {number}.") for number in range(250)])
    card._head.conversation.toggle.value = True
    assert "50 earlier ones are not shown." in seen(card)
    assert ("message 49." in seen(card), "message 50." in seen(card)) == (False, True)


def test_earlier_decisions_are_read_from_the_journal_only_while_they_are_unfolded():
    graph = waiting()
    ApprovalCard(graph, thread(), reviewer="bob").press("reject")
    ask(graph)
    with statements(journal_of(graph.checkpointer)) as read:
        card = ApprovalCard(graph, thread(), reviewer="ann")
        folded = len([one for one, _ in read if one.startswith("SELECT")])
        card._head.decisions.toggle.value = True
        unfolded = len([one for one, _ in read if one.startswith("SELECT")])
    assert unfolded == folded + 1, read
    for words in ("bob", "reject", "done"):
        assert words in seen(card), seen(card)


def test_a_card_that_turns_to_another_thread_folds_what_was_unfolded():
    graph = waiting()
    graph.invoke({"messages": [("user", "Another thing")]}, thread("other"))
    card = ApprovalCard(graph, thread())
    card._head.conversation.toggle.value = True
    card.turn_to(thread("other"))
    assert not card._head.conversation.toggle.value
    assert "Thread  other" in seen(card)
