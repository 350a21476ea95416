"""What `read_thread` says of threads in every condition."""

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph

from course_utils.review.deciding.shown import read_thread
from tests.support.agents import ONE_MAIL, TWO_MAILS, MailAgent, ask, thread


def test_a_graph_without_a_checkpointer_is_told_apart():
    graph = MailAgent().compile(checkpointer=None, interrupt_before=["tools"])
    got = read_thread(graph, thread())
    assert got.status == "unsaved", got
    assert "checkpointer" in got.explanation, got


def test_an_unknown_thread_is_told_apart_from_a_finished_one():
    graph = MailAgent().compile()
    unknown = read_thread(graph, thread("never-run"))
    ask(graph)
    finished = read_thread(graph, thread())
    assert (unknown.status, finished.status) == ("unknown", "finished")
    assert "'never-run'" in unknown.explanation, unknown


def test_a_paused_thread_offers_every_pending_call_in_langchains_own_shape():
    graph = MailAgent().compile(interrupt_before=["tools"])
    ask(graph, TWO_MAILS)
    pause = read_thread(graph, thread()).pause
    assert pause is not None
    request = pause.request
    assert [r["args"]["to"] for r in request["action_requests"]] == [
        "alice@example.com",
        "bob@example.com",
    ], request
    assert (
        request["review_configs"]
        == [
            {
                "action_name": "send_email",
                "allowed_decisions": ["approve", "edit", "reject", "respond"],
            }
        ]
        * 2
    ), request


def test_a_crashed_thread_is_not_taken_for_a_paused_one():
    graph = MailAgent(fails=1).compile(interrupt_before=["tools"])
    ask(graph)
    with pytest.raises(ConnectionError):
        graph.invoke(None, thread())
    got = read_thread(graph, thread())
    assert (got.status, got.nodes) == ("crashed", ("tools",)), got
    assert "smtp down" in got.explanation, got


def test_a_pause_with_nothing_pending_can_only_go_on():
    graph = MailAgent().compile(interrupt_after=["tools"])
    ask(graph)
    pause = read_thread(graph, thread()).pause
    assert pause is not None
    assert (pause.before, pause.calls, pause.decisions) == (("agent",), (), ("approve",)), pause


def test_calls_that_the_person_talked_past_are_shown_as_long_as_nobody_answered_them():
    graph = MailAgent().compile(interrupt_before=["tools", "agent"])
    config = thread()
    graph.invoke({"messages": [("user", ONE_MAIL)]}, config)
    graph.invoke(None, config)
    graph.invoke({"messages": [("user", "hello")]}, config)
    pause = read_thread(graph, config).pause
    assert pause is not None
    assert (pause.before, [call["name"] for call in pause.calls]) == (("agent",), ["send_email"])


def test_where_the_executing_node_is_not_known_there_is_no_reject_and_it_says_why():
    graph = MailAgent("function").compile(interrupt_before=["tools"])
    ask(graph)
    unnamed = read_thread(graph, thread()).pause
    named = read_thread(graph, thread(), tools_node="tools").pause
    assert unnamed is not None
    assert named is not None
    assert unnamed.decisions == ("approve", "edit"), unnamed
    assert "tools_node=" in unnamed.remarks[0], unnamed
    assert (named.decisions, named.remarks) == (("approve", "edit", "reject", "respond"), ()), named


def test_several_nodes_waiting_at_once_cannot_be_rejected():
    builder = StateGraph(MessagesState)
    agent = MailAgent()
    builder.add_node("agent", agent.compile(checkpointer=None).nodes["agent"].bound)
    builder.add_node("tools", agent._tool_node())
    builder.add_node("audit", lambda state: {})
    builder.add_edge(START, "agent")
    builder.add_edge("agent", "tools")
    builder.add_edge("agent", "audit")
    graph = builder.compile(checkpointer=InMemorySaver(), interrupt_before=["tools", "audit"])
    ask(graph)
    pause = read_thread(graph, thread()).pause
    assert pause is not None
    assert pause.decisions == ("approve",), pause
    assert "several nodes" in pause.remarks[0], pause


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({}, "names no thread"),
        ({"configurable": {}}, "names no thread"),
        ({"configurable": {"thread_id": None}}, "names no thread"),
        ({"configurable": {"thread_id": "t", "checkpoint_id": "1"}}, "newest checkpoint"),
    ],
)
def test_a_config_that_cannot_be_decided_is_refused(config, words):
    graph = MailAgent().compile()
    with pytest.raises(ValueError, match=words):
        read_thread(graph, config)


def test_a_tools_node_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="no node of this graph"):
        read_thread(MailAgent().compile(), thread(), tools_node="tolls")
