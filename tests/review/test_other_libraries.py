"""Agents of deepagents, langgraph-supervisor and langgraph-swarm, decided in every way."""

import pytest
from deepagents import create_deep_agent
from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langgraph_supervisor import create_supervisor
from langgraph_swarm import create_handoff_tool, create_swarm

from course_utils.review.deciding.pause_decisions import PauseDecisions
from course_utils.review.deciding.resuming import decide, decide_together
from tests.support.agents import thread
from tests.support.deciding import APPROVE, REJECT, asked, begin, respond, told
from tests.support.foreign_graphs import MAIL, sender
from tests.support.scripted import calls_then_tells

GATE = {"send_email": True}
NO = "User rejected the tool call for `send_email`"


def mail(to):
    return {"name": "send_email", "args": MAIL | {"to": to}, "id": f"mail-{to}"}


def edit(to):
    return {
        "type": "edit",
        "edited_action": {"name": "send_email", "args": MAIL | {"to": to}},
    }


def gates(how):
    """Return what holds an agent's mails back, by a question or at a breakpoint."""
    if how == "question":
        return {"middleware": [HumanInTheLoopMiddleware(GATE)]}
    return {"interrupt_before": ["tools"]}


def deep_agent(outbox, saver, how):
    model = calls_then_tells(mail("ann"))
    graph = create_deep_agent(
        model=model,
        tools=[sender(outbox)],
        checkpointer=saver,
        interrupt_on=GATE if how == "question" else None,
    )
    return graph if how == "question" else graph.copy(update={"interrupt_before_nodes": ["tools"]})


def supervised(outbox, saver, how):
    clerk = create_agent(
        calls_then_tells(mail("ann")), [sender(outbox)], name="clerk", **gates(how)
    )
    model = calls_then_tells({"name": "transfer_to_clerk", "args": {}, "id": "over"})
    return create_supervisor([clerk], model=model).compile(saver)


def swarm(outbox, saver, how):
    greeter = create_agent(
        calls_then_tells({"name": "transfer_to_clerk", "args": {}, "id": "over"}),
        [create_handoff_tool(agent_name="clerk")],
        name="greeter",
    )
    clerk = create_agent(
        calls_then_tells(mail("ann")), [sender(outbox)], name="clerk", **gates(how)
    )
    return create_swarm([greeter, clerk], default_active_agent="greeter").compile(saver)


@pytest.mark.parametrize("how", ["question", "breakpoint"])
@pytest.mark.parametrize("build", [deep_agent, supervised, swarm], ids=lambda made: made.__name__)
@pytest.mark.parametrize(
    ("decision", "sent", "word"),
    [
        (APPROVE, ["ann"], "sent to ann"),
        (edit("eve"), ["eve"], "sent to eve"),
        (REJECT, [], "reject"),
        (respond("I have called her."), [], "I have called her."),
    ],
    ids=["approve", "edit", "reject", "respond"],
)
def test_a_mail_is_decided_in_every_way(saver, build, how, decision, sent, word):
    outbox = []
    graph = build(outbox, saver, how)
    (pause,) = begin(graph)
    assert [action["name"] for action in pause.request["action_requests"]] == ["send_email"]
    assert asked(pause)["to"] == "ann", pause
    assert pause.decisions == ("approve", "edit", "reject", "respond"), pause
    after = decide(graph, thread(), pause, decision).thread
    assert (after.status, outbox) == ("finished", sent), after
    assert any(word in text for text in told(graph)), told(graph)


def test_sub_agents_that_ask_in_parallel_are_answered_each_by_itself(saver):
    outbox = []

    def helper(name):
        return {
            "name": name,
            "description": name,
            "system_prompt": name,
            "model": calls_then_tells(mail(name)),
            "tools": [sender(outbox)],
            "interrupt_on": GATE,
        }

    tasks = [
        {"name": "task", "args": {"description": "go", "subagent_type": name}, "id": name}
        for name in ("ann", "bob", "cid")
    ]
    helpers = [helper(name) for name in ("ann", "bob", "cid")]
    graph = create_deep_agent(model=calls_then_tells(*tasks), subagents=helpers, checkpointer=saver)
    ann, bob, cid = sorted(begin(graph), key=lambda pause: asked(pause)["to"])
    both = [PauseDecisions.on(ann, edit("eve")), PauseDecisions.on(cid, REJECT)]
    now = decide_together(graph, thread(), both).thread
    (left,) = now.pauses
    assert (now.status, asked(left), outbox) == ("paused", asked(bob), ["eve"]), now
    assert decide(graph, thread(), left, APPROVE).thread.status == "finished"
    assert outbox == ["eve", "bob"]
    assert NO in " ".join(told(graph))
