"""LangChain's own human-in-the-loop: what its middleware asks, takes and refuses."""

from __future__ import annotations

import importlib
import re
import warnings
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.language_models import BaseChatModel
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.prebuilt import create_react_agent
from langgraph.prebuilt.interrupt import HumanInterrupt, HumanInterruptConfig, HumanResponse
from langgraph.types import Command

from tests.claims import scene
from tests.claims.scene import THREAD, outbox, questions, raised, user, waits


class Model(BaseChatModel):
    """The scene's agent, spoken by a chat model."""

    def _generate(self, messages: Any, *_: Any, **__: Any) -> Any:
        (reply,) = scene.agent({"messages": messages})["messages"]
        return ChatResult(generations=[ChatGeneration(message=reply)])

    def bind_tools(self, *_: Any, **__: Any) -> Any:
        """Need no tools to decide."""
        return self

    @property
    def _llm_type(self) -> str:
        return "scene"


@tool
def send_mail(to: str) -> str:
    """Send a mail."""
    outbox.append(to)
    return f"done: {to}"


@tool
def get_weather(to: str) -> str:
    """Look up the weather."""
    outbox.append(to)
    return f"done: {to}"


MAILS = {"send_mail": True}
BOTH = {"send_mail": True, "get_weather": {"allowed_decisions": ["approve", "reject"]}}


def asked(words: str = "alice", on: Any = MAILS, saver: Any = True, **how: Any) -> Any:
    """Ask an agent that the middleware guards, and return it; it waits."""
    outbox.clear()
    gate = HumanInTheLoopMiddleware(on, **how)
    saver = InMemorySaver() if saver else None
    guarded: Any = create_agent(
        Model(), [send_mail, get_weather], middleware=[gate], checkpointer=saver
    )
    guarded.invoke(user(words), THREAD)
    return guarded


def decide(guarded: Any, *decisions: Any) -> list[Any]:
    """Answer the batch, and return what the tools were heard to say."""
    guarded.invoke(Command(resume={"decisions": list(decisions)}), THREAD)
    messages = guarded.get_state(THREAD).values["messages"]
    return [message for message in messages if message.type == "tool"]


def a_batch_asks_with_requests_and_configs():
    (request,) = questions(asked())
    return {key: [sorted(entry) for entry in entries] for key, entries in request.items()}


def a_batch_allows_four_decisions():
    (request,) = questions(asked())
    return request["review_configs"][0]["allowed_decisions"]


def a_batch_is_answered_by_position():
    heard = decide(asked("weather alice", BOTH), {"type": "reject"}, {"type": "approve"})
    return {"status": {m.name: m.status for m in heard}, "ran": outbox}


def each_call_can_ask_for_itself():
    guarded = asked("weather alice", BOTH, interrupt_mode="per_call")
    asks = [[q["type"], q["name"]] for q in questions(guarded)]
    return {"asks": asks, "keys": sorted(questions(guarded)[0])}


def a_call_that_asks_for_itself_is_answered_by_id():
    guarded = asked("weather alice", BOTH, interrupt_mode="per_call")
    kinds = {"get_weather": "reject", "send_mail": "approve"}
    state = guarded.get_state(THREAD)
    answers = {q.id: {"type": kinds[q.value["name"]]} for q in state.interrupts}
    guarded.invoke(Command(resume=answers), THREAD)
    return outbox


def a_call_that_asks_for_itself_checks_its_answer():
    guarded = asked(on=MAILS, interrupt_mode="per_call")
    (question,) = guarded.get_state(THREAD).interrupts
    error = raised(guarded.invoke, Command(resume={question.id: {"type": "nope"}}), THREAD)
    return {"raises": error.partition(":")[0], "still asks": len(questions(guarded))}


DECISIONS: list[dict[str, Any]] = [
    {"type": "approve"},
    {"type": "edit", "edited_action": {"name": "send_mail", "args": {"to": "bob"}}},
    {"type": "reject", "message": "no"},
    {"type": "respond", "message": "I told her"},
]


def approve_and_edit_send_and_the_others_do_not():
    sent = {}
    for decision in DECISIONS:
        decide(asked(), decision)
        sent[decision["type"]] = list(outbox)
    return sent


def an_edit_in_a_batch_may_name_another_tool():
    edit = {"type": "edit", "edited_action": {"name": "get_weather", "args": {"to": "weather"}}}
    guarded = asked(on=BOTH)
    guarded.invoke(Command(resume={"decisions": [edit]}), THREAD)
    return {"ran": outbox, "asks": len(guarded.get_state(THREAD).interrupts)}


def an_edit_per_call_keeps_its_tool():
    edit = {"type": "edit", "edited_action": {"name": "get_weather", "args": {"to": "weather"}}}
    guarded = asked(on=BOTH, interrupt_mode="per_call")
    (question,) = guarded.get_state(THREAD).interrupts
    error = raised(guarded.invoke, Command(resume={question.id: edit}), THREAD)
    return {"raises": error.partition(":")[0].split()[0], "ran": outbox}


def per_call_each_question_is_a_chunk_of_its_own():
    came = {}
    for mode in ("batched", "per_call"):
        guarded = asked("hello", on=BOTH, interrupt_mode=mode)
        chunks = list(guarded.stream(user("weather alice"), THREAD, stream_mode="updates"))
        came[mode] = [len(chunk["__interrupt__"]) for chunk in chunks if "__interrupt__" in chunk]
    return came


def a_rejection_is_told_as_an_error_and_a_response_is_not():
    return {d["type"]: [m.status for m in decide(asked(), d)] for d in DECISIONS}


def an_edit_leaves_the_models_call_as_it_was():
    guarded = asked()
    (heard,) = decide(guarded, DECISIONS[1])
    call = guarded.get_state(THREAD).values["messages"][1].tool_calls[0]
    return {"sent": outbox, "call": call["args"]["to"], "told": "human reviewer" in heard.content}


def a_misspelt_tool_is_accepted_and_nothing_pauses():
    guarded = asked(on={"send_mial": True})
    return {"sent": outbox, "next": waits(guarded)}


def a_wrong_number_of_decisions_is_refused():
    return raised(decide, asked())


def a_bare_decision_is_a_key_error():
    return raised(asked().invoke, Command(resume={"type": "approve"}), THREAD)


def an_agent_inbox_answer_is_a_type_error():
    said = [{"type": "accept", "args": None}]
    return raised(asked().invoke, Command(resume=said), THREAD).partition(":")[0]


def a_wrong_answer_is_kept_until_an_update():
    guarded, proper = asked(), {"type": "reject", "message": "no"}
    wrong = raised(decide, guarded)
    again = raised(decide, guarded, proper)
    guarded.update_state(THREAD, None, as_node="model")
    guarded.invoke(None, THREAD)
    (heard,) = decide(guarded, proper)
    return {"same error": again == wrong, "after an update": heard.status}


def create_react_agent_is_deprecated():
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        create_react_agent(Model(), [])
    return sorted({type(warning.message).__name__ for warning in given})


def create_react_agent_refuses_a_call_without_an_answer():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        agent = create_react_agent(
            Model(), [send_mail], checkpointer=InMemorySaver(), interrupt_before=["tools"]
        )
    agent.invoke(user("alice"), THREAD)
    return raised(agent.invoke, user("hello"), THREAD).partition(":")[0]


def the_deprecated_request_names_a_place_that_is_not_there():
    place = re.search("moved to `(.+?)`", HumanInterrupt.__deprecated__).group(1)
    return raised(importlib.import_module, place)


def agent_inbox_has_keys_of_its_own():
    shapes = {"request": HumanInterrupt, "config": HumanInterruptConfig, "answer": HumanResponse}
    return {name: sorted(shape.__annotations__) for name, shape in shapes.items()}
