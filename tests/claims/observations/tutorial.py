"""What the tutorial says, its code as it stands, and what comes of it."""

from __future__ import annotations

import json
from typing import Any

from langchain_core.messages import AIMessage
from langgraph.checkpoint.memory import InMemorySaver, MemorySaver
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.types import Command, StateSnapshot, interrupt

from tests.claims.scene import (
    EMPTY,
    MAIL,
    OTHER_THREAD,
    THREAD,
    agent,
    answer,
    ask_first,
    asking,
    carry_out,
    kinds,
    last_call,
    mail_agent,
    outbox,
    paused,
    raised,
    row,
    run_calls,
    user,
    waits,
)


def run_with_approval(graph: Any, turns: int = 5) -> list[str]:
    """Do as the tutorial's helper, with an end to its `while True`."""
    approved = []
    while graph.get_state(THREAD).next and turns:
        last = graph.get_state(THREAD).values["messages"][-1]
        approved += [call["args"]["to"] for call in last.tool_calls]
        graph.invoke(None, THREAD)
        turns -= 1
    return approved


def the_complete_code_runs_and_asks_nobody():
    run_with_approval(paused("alice"))
    return outbox


def run_with_approval_never_ends_at_a_question():
    return run_with_approval(paused(tools=ask_first), turns=3)


def run_with_approval_breaks_if_paused_after_the_tools():
    return raised(run_with_approval, paused(interrupt_after=["tools"]))


def a_person_can_give_input_only_to_interrupt():
    heard = {}

    def at_breakpoint(state):
        return {"log": ["no input"]}

    def at_question(state):
        return {"log": [interrupt("Which city?")]}

    for node, how in ((at_breakpoint, {"interrupt_before": "*"}), (at_question, {})):
        graph = asking(node, **how)
        heard[node.__name__] = graph.invoke(Command(resume="Oslo"), THREAD)["log"]
    return heard


def a_snapshot_has_no_status():
    return list(StateSnapshot._fields)


def before_tools_and_after_agent_is_one_pause():
    graph = paused(interrupt_before=["tools"], interrupt_after=["agent"])
    stops = []
    while waits(graph) and len(stops) < 5:
        stops.append(waits(graph))
        graph.invoke(None, THREAD)
    return stops


def after_agent_nothing_waits_if_it_calls_no_tool():
    return waits(paused("hello", interrupt_after=["agent"]))


def after_tools_is_after_the_act():
    graph = paused(interrupt_after=["tools"])
    return {"next": waits(graph), "sent": outbox}


def a_crashed_thread_has_a_next_too():
    def b(state):
        raise ConnectionError("smtp down")

    def a(state):
        return {"log": ["a"]}

    graph = row(a, b)
    raised(graph.invoke, EMPTY, THREAD)
    state = graph.get_state(THREAD)
    return {"next": list(state.next), "error": "smtp down" in str(state.tasks[0].error)}


def a_thread_that_never_ran_looks_complete():
    return waits(mail_agent(), OTHER_THREAD)


def interrupt_pauses_inside_its_node():
    def act(state):
        outbox.append("the node has begun")
        interrupt("?")

    graph = asking(act)
    return {"next": waits(graph), "seen": list(outbox)}


def any_answer_at_a_breakpoint_sends():
    sent = {}
    for said in ("REJECTED", False, {"approved": False}):
        paused().invoke(Command(resume=said), THREAD)
        sent[str(said)] = list(outbox)
    return sent


def an_empty_answer_at_a_breakpoint_sends_too():
    paused().invoke(Command(resume={}), THREAD)
    return outbox


def a_resume_with_none_is_an_internal_error():
    return raised(paused().invoke, Command(resume=None), THREAD)


def step_two_uses_a_name_that_is_not_there_yet():
    block = "from langgraph.graph import StateGraph\nworkflow = StateGraph(State)"
    return raised(exec, block, {})


def a_no_that_is_only_printed_is_sent_later():
    graph = paused()
    before = {"next": waits(graph), "sent": list(outbox)}
    graph.invoke(None, THREAD)
    return {**before, "sent later": outbox}


def asking_once_misses_the_next_pause():
    def one_mail_each(state):
        last = state["messages"][-1]
        to = "alice" if last.type == "human" else "bob"
        call = {"name": "send_mail", "args": {"to": to}, "id": to}
        return {"messages": [AIMessage("", tool_calls=[call])]}

    graph = mail_agent(agent=one_mail_each, interrupt_before=["tools"])
    graph.invoke(MAIL, THREAD)
    if graph.get_state(THREAD).next:
        graph.invoke(None, THREAD)
    return {"sent": outbox, "next": waits(graph)}


WAYS: Any = {"sensitive_tools": "sensitive_tools", "safe_tools": "safe_tools", "end": END}


def should_continue(state):
    """Route as the tutorial's selective block does."""
    calls = state["messages"][-1].tool_calls
    if any(call["name"] == "send_mail" for call in calls):
        return "sensitive_tools"
    return "safe_tools" if calls else "end"


def selective() -> Any:
    """Build the tutorial's selective block on a fresh builder, as it stands."""
    builder = StateGraph(MessagesState).add_node("agent", agent).add_edge(START, "agent")
    builder.add_node("sensitive_tools", run_calls).add_node("safe_tools", run_calls)
    return builder.add_conditional_edges("agent", should_continue, WAYS)


def the_selective_block_does_not_follow_step_two():
    builder = StateGraph(MessagesState).add_node("agent", agent).add_node("tools", run_calls)
    builder.add_edge(START, "agent").add_edge("tools", "agent")
    builder.add_conditional_edges("agent", should_continue, {"tools": "tools", "end": END})
    builder.add_node("sensitive_tools", run_calls).add_node("safe_tools", run_calls)
    return raised(builder.add_conditional_edges, "agent", should_continue, WAYS)


def the_selective_block_never_replies():
    graph = selective().compile(InMemorySaver(), interrupt_before=["sensitive_tools"])
    graph.invoke(user("weather"), THREAD)
    return kinds(graph)


def a_mixed_message_goes_whole_to_the_sensitive_node():
    graph = selective().compile(InMemorySaver(), interrupt_before=["sensitive_tools"])
    graph.invoke(user("weather alice"), THREAD)
    return {"next": waits(graph), "ran": outbox}


def ask_in_the_loop(state):
    """Run the calls one by one and ask about mails, as the tutorial's dynamic block does."""
    outputs = []
    for call in state["messages"][-1].tool_calls:
        if call["name"] == "send_mail":
            approval = interrupt({"action": call["name"], "args": call["args"]})
            if approval.get("approved") != True:  # noqa: E712 - the tutorial's line
                outputs.append(answer(call, "Action rejected by user"))
                continue
        outputs.append(carry_out(call))
    return {"messages": outputs}


def the_dynamic_block_runs_earlier_tools_again():
    graph = paused("weather alice", ask_in_the_loop)
    graph.invoke(Command(resume={"approved": False}), THREAD)
    return outbox


def the_dynamic_block_breaks_on_a_plain_answer():
    raises, then = [], []
    for said in ("approved", True, "y"):
        graph = paused(tools=ask_in_the_loop)
        error = raised(graph.invoke, Command(resume=said), THREAD)
        raises.append(error.partition(":")[0])
        then.append(waits(graph))
    return {"raises": raises, "next": then}


def the_dynamic_block_takes_approved_yes_for_a_no():
    graph = paused(tools=ask_in_the_loop)
    messages = graph.invoke(Command(resume={"approved": "yes"}), THREAD)["messages"]
    return {"told": messages[2].text, "sent": outbox}


def the_dynamic_block_asks_again_after_none():
    result = paused(tools=ask_in_the_loop).invoke(None, THREAD)
    return {"asks": "__interrupt__" in result, "sent": outbox}


def the_edit_block_works_because_the_message_keeps_its_id():
    graph = paused()
    message, call = last_call(graph)
    call["args"] = {"to": "carol"}
    graph.update_state(THREAD, {"messages": [message]})
    graph.invoke(None, THREAD)
    return {"sent": outbox, "kinds": kinds(graph)}


def the_edit_block_edits_the_first_call_alone():
    graph = paused("alice bob")
    message, call = last_call(graph)
    call["args"] = {"to": "carol"}
    graph.update_state(THREAD, {"messages": [message]})
    graph.invoke(None, THREAD)
    return outbox


def an_edit_reads_as_the_models_own_call():
    graph = paused()
    message, call = last_call(graph)
    edited = message.model_copy(update={"tool_calls": [{**call, "args": {"to": "carol"}}]})
    graph.update_state(THREAD, {"messages": [edited]})
    said = graph.get_state(THREAD).values["messages"]
    return [[m.type, c["args"]["to"]] for m in said for c in getattr(m, "tool_calls", [])]


def json_dumps_doubles_the_quotes_of_a_string():
    return json.dumps("72°F")


def a_degree_sign_read_as_latin_is_two_signs():
    return "72°F".encode().decode("latin-1")


def memory_saver_is_an_old_name():
    return MemorySaver is InMemorySaver


def without_a_checkpointer_it_stops_all_the_same():
    graph = mail_agent(checkpointer=None, interrupt_before=["tools"])
    result = graph.invoke(MAIL)
    return {"last": result["messages"][-1].type, "sent": outbox}


def without_a_checkpointer_no_state_is_read():
    graph = mail_agent(checkpointer=None, interrupt_before=["tools"])
    return raised(graph.get_state, THREAD)


def without_a_checkpointer_no_state_is_written():
    graph = mail_agent(checkpointer=None, interrupt_before=["tools"])
    return raised(graph.update_state, THREAD, MAIL)


def without_a_checkpointer_nothing_resumes():
    graph = mail_agent(checkpointer=None, interrupt_before=["tools"])
    graph.invoke(MAIL)
    return {
        "None": raised(graph.invoke, None),
        "Command": raised(graph.invoke, Command(resume="yes")),
    }


def without_a_checkpointer_state_is_carried_by_hand():
    graph = mail_agent(checkpointer=None, interrupt_before=["tools"])
    messages = graph.invoke(MAIL)["messages"]
    answers = [carry_out(call) for call in messages[-1].tool_calls]
    return [message.type for message in graph.invoke({"messages": messages + answers})["messages"]]


def resuming_a_finished_thread_is_harmless():
    graph = paused()
    graph.invoke(None, THREAD)
    once = list(outbox)
    raises = raised(graph.invoke, None, THREAD)
    return {"raises": raises, "sent once": once, "sent twice": outbox, "kinds": kinds(graph)}


def another_thread_id_finds_no_input():
    return raised(paused().invoke, None, OTHER_THREAD)


def an_answer_to_an_unknown_thread_runs_it_from_the_start():
    seen = []

    def first(state):
        seen.append(dict(state))
        return {"log": ["first ran"]}

    def ask(state):
        return {"log": [interrupt("ok?")]}

    graph = asking(first, ask)
    seen.clear()
    raises = raised(graph.invoke, Command(resume="yes"), OTHER_THREAD)
    return {"raises": raises, "saw": seen, "next": waits(graph, OTHER_THREAD)}


def a_config_without_thread_id_is_refused():
    return raised(mail_agent().invoke, MAIL)


def a_thread_id_of_none_keeps_nothing():
    graph = mail_agent(interrupt_before=["tools"])
    nobody: Any = {"configurable": {"thread_id": None}}
    raises = raised(graph.invoke, MAIL, nobody)
    return {"raises": raises, "next": waits(graph, nobody)}


def none_resumes_a_breakpoint_and_no_question():
    at_breakpoint = paused()
    at_breakpoint.invoke(None, THREAD)
    sent = list(outbox)
    at_question = paused(tools=ask_first)
    asks = "__interrupt__" in at_question.invoke(None, THREAD)
    return {"breakpoint": sent, "question": list(outbox), "asks again": asks}


def interrupt_dash_before_is_no_parameter():
    return raised(mail_agent, **{"interrupt-before": ["tools"]})
