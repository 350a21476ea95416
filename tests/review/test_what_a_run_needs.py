"""What a run was started with is given back to it, and nothing secret of it is shown."""

from dataclasses import dataclass
from functools import partial

import pytest
from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain.tools import ToolRuntime
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.pregel.remote import RemoteGraph

from course_utils import Inbox, chat_model
from course_utils.review.deciding.resuming import decide
from course_utils.review.deciding.shown import read_thread
from course_utils.review.record.opening import journal_of
from tests.support.agents import ONE_MAIL, MailAgent, thread
from tests.support.deciding import APPROVE, EDIT, REJECT, waiting

ASKED = {"messages": [("user", ONE_MAIL)]}


@dataclass
class Company:
    """A context."""

    tenant: str


def agent(saver, seen, **how):
    """Return an agent whose tool writes down what its config holds."""

    @tool
    def send_email(to: str, subject: str, body: str, config: RunnableConfig) -> str:
        """Send an email."""
        seen.append({k: v for k, v in config["configurable"].items() if "_" not in k})
        if "boom" in config["configurable"]:
            raise ConnectionError(f"401 for {config['configurable']['apikey']}")
        return "sent"

    how = how or {"middleware": [HumanInTheLoopMiddleware({"send_email": True})]}
    return create_agent(chat_model(), [send_email], checkpointer=saver, **how)


def begun(graph, **configurable):
    graph.invoke(ASKED, {"configurable": {"thread_id": "t", **configurable}})
    return waiting(graph)[0]


@pytest.mark.parametrize("how", [{}, {"interrupt_before": ["tools"]}], ids=["question", "stop"])
@pytest.mark.parametrize("decision", [APPROVE, EDIT], ids=lambda decision: decision["type"])
def test_what_stood_in_configurable_is_there_again(saver, how, decision):
    seen = []
    graph = agent(saver, seen, **how)
    pause = begun(graph, tenant="sandbox", level=3, dry=True)
    decide(graph, thread(), pause, decision)
    assert seen == [{"tenant": "sandbox", "level": 3, "dry": True}]


def test_it_is_there_also_behind_a_write_that_was_made_without_it(saver):
    seen = []
    graph = agent(saver, seen, interrupt_before=["tools"])
    begun(graph, tenant="sandbox")
    said = graph.get_state(thread()).values["messages"][-1]
    graph.update_state(thread(), {"messages": [said]})
    decide(graph, thread(), waiting(graph)[0], APPROVE)
    assert seen == [{"tenant": "sandbox"}]


def test_the_config_of_who_decides_wins_and_brings_what_no_checkpoint_keeps(saver):
    seen = []
    graph = agent(saver, seen)
    pause = begun(graph, tenant="sandbox")
    mine = {"configurable": {"thread_id": "t", "tenant": "live", "client": ["a connection"]}}
    decide(graph, mine, pause, APPROVE)
    assert seen == [{"tenant": "live", "client": ["a connection"]}]


def test_a_second_pause_still_knows_it(saver):
    graph = MailAgent().compile(checkpointer=saver, interrupt_before=["tools", "agent"])
    pause = begun(graph, tenant="sandbox")
    decide(graph, thread(), pause, APPROVE)
    assert graph.get_state(thread()).metadata["tenant"] == "sandbox"


def test_a_secret_in_configurable_is_neither_shown_nor_in_the_journal(saver):
    graph = agent(saver, [], interrupt_before=["tools"])
    pause = begun(graph, apikey="sk-1234567", boom=True)
    with pytest.raises(ConnectionError, match="sk-1234567"):
        decide(graph, thread(), pause, APPROVE)
    now = read_thread(graph, thread())
    assert now.status == "crashed", now
    assert "401 for (hidden)" in now.explanation, now
    assert "sk-1234567" not in repr(now), now
    (entry,) = journal_of(saver).entries()
    assert entry.note == "ConnectionError: 401 for (hidden)", entry


@pytest.mark.parametrize("inside", [False, True], ids=["the graph", "a subgraph"])
def test_a_graph_with_a_context_is_not_run_without_one(saver, inside):
    seen = []

    @tool
    def send_email(to: str, subject: str, body: str, runtime: ToolRuntime[Company]) -> str:
        """Send an email."""
        seen.append(runtime.context.tenant)
        return "sent"

    gate = HumanInTheLoopMiddleware({"send_email": True})
    graph = create_agent(
        chat_model(),
        [send_email],
        middleware=[gate],
        context_schema=Company,
        checkpointer=None if inside else saver,
    )
    if inside:
        graph = StateGraph(MessagesState).add_node("mails", graph).add_edge(START, "mails")
        graph = graph.compile(saver)
    graph.invoke(ASKED, thread(), context=Company("acme"))
    pause = waiting(graph)[0]
    for decision in (APPROVE, REJECT):
        with pytest.raises(ValueError, match="no context was given"):
            decide(graph, thread(), pause, decision)
    assert (seen, journal_of(saver).entries()) == ([], [])
    decide(graph, thread(), pause, APPROVE, context=Company("acme"))
    assert seen == ["acme"]


def test_a_wrapped_graph_is_served_and_what_is_none_is_told_what_is_needed(saver):
    outbox = MailAgent()
    graph = outbox.compile(checkpointer=saver, interrupt_before=["tools"])
    for wrapped in (graph.with_retry(), graph.with_config({"tags": ["x"]}), graph.with_types()):
        begun(graph)
        shown = read_thread(wrapped, thread()).pause
        assert decide(wrapped, thread(), shown, APPROVE).thread.status == "finished"
        saver.delete_thread("t")
    for given, needed in (
        (StateGraph(MessagesState), "compile"),
        (RemoteGraph("agent", url="http://127.0.0.1:9"), "RemoteGraph"),
        (lambda state: state, "This is a function"),
    ):
        with pytest.raises(TypeError, match=needed):
            read_thread(given, thread())


@pytest.mark.parametrize("together", [False, True], ids=["opened", "together"])
def test_an_inbox_gives_each_thread_its_own_config_and_context(saver, together):
    seen = []

    @tool
    def send_email(to: str, subject: str, body: str, runtime: ToolRuntime[Company]) -> str:
        """Send an email."""
        seen.append((runtime.context.tenant, runtime.config["configurable"]["client"]["of"]))
        return "sent"

    gate = HumanInTheLoopMiddleware({"send_email": True})
    graph = create_agent(
        chat_model(), [send_email], middleware=[gate], context_schema=Company, checkpointer=saver
    )
    for name in ("a", "b"):
        graph.invoke(ASKED, thread(name), context=Company(name))
    inbox = Inbox(
        graph.with_retry(),
        config=lambda name: {"configurable": {"client": {"of": name}}},
        context=partial(Company),
    )
    if together:
        inbox.select("a", "b")
        inbox.press("approve selected")
        inbox.press("confirm")
    else:
        for name in ("a", "b"):
            inbox.open_thread(name)
            inbox.card.press("approve")
    assert seen == [("a", "a"), ("b", "b")]
