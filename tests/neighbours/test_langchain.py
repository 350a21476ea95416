"""What LangChain does without promising it, each seen in langchain 1.5.2 and langchain-core 1.8.3.

A failure says what no longer holds; the use is the function of `course_utils.neighbours.langchain`
that the test calls.
"""

from __future__ import annotations

from typing import Annotated, Any, get_args

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain.agents.middleware.human_in_the_loop import DecisionType
from langchain_core.tools import InjectedToolCallId, Tool, tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.prebuilt import InjectedState, ToolRuntime
from langgraph.types import Command

from course_utils import chat_model
from course_utils.neighbours import langchain as private
from course_utils.review.forms.fields import fields_of

HERE: Any = {"configurable": {"thread_id": "t"}}
SEEN = "seen in langchain 1.5.2, and no longer so: "


@tool
def pay(amount: int) -> str:
    """Pay an amount."""
    return f"paid {amount}"


def asking_agent() -> Any:
    """Return an agent whose usual thread waits for a decision on a payment."""
    middleware = HumanInTheLoopMiddleware({"pay": True})
    agent = create_agent(chat_model(), [pay], middleware=[middleware], checkpointer=InMemorySaver())
    agent.invoke({"messages": [("user", "Pay 5")]}, HERE)
    return agent


def test_the_kinds_of_decision_and_their_order_are_ours():
    assert get_args(DecisionType) == private.DECISION_TYPES, SEEN


def test_a_description_that_nobody_wrote_repeats_the_call():
    (asked,) = asking_agent().get_state(HERE).interrupts
    (action,) = asked.value["action_requests"]
    assert action["description"], SEEN + str(action)
    repeated = private.own_words({**action, "description": f"Mind this. {action['description']}"})
    assert "Args" not in repeated, SEEN + repeated


def test_edited_calls_are_kept_in_the_state_until_they_have_run():
    middleware = HumanInTheLoopMiddleware({"pay": True})
    agent = create_agent(
        chat_model(),
        [pay],
        middleware=[middleware],
        checkpointer=InMemorySaver(),
        interrupt_before=["tools"],
    )
    agent.invoke({"messages": [("user", "Pay 5")]}, HERE)
    edit = {"type": "edit", "edited_action": {"name": "pay", "args": {"amount": 7}}}
    agent.invoke(Command(resume={"decisions": [edit]}), HERE)
    edited = private.edited_calls(agent.get_state(HERE).values)
    assert [call["args"] for call in edited.values()] == [{"amount": 7}], SEEN + str(edited)
    assert private.edited_calls({}) == {} == private.edited_calls([])


def test_a_question_about_one_call_carries_its_decisions_and_the_schema_of_its_arguments():
    middleware = HumanInTheLoopMiddleware({"pay": True}, interrupt_mode="per_call")
    agent = create_agent(chat_model(), [pay], middleware=[middleware], checkpointer=InMemorySaver())
    agent.invoke({"messages": [("user", "Pay 5")]}, HERE)
    (asked,) = agent.get_state(HERE).interrupts
    kinds = private.decisions_per_call(asked.response_schema)
    assert sorted(kinds) == sorted(private.DECISION_TYPES), SEEN + str(kinds)
    arguments = private.arguments_per_call(asked.response_schema)
    assert arguments is not None, SEEN + str(asked.response_schema)
    (field,) = fields_of(arguments, {"amount": 5})
    assert (field.name, field.kind) == ("amount", "integer"), SEEN + str(arguments)
    assert private.arguments_per_call({}) is None


def test_the_oldest_tools_take_one_text_under_a_name_of_its_own():
    old = Tool(name="search", func=lambda text: f"found {text}", description="Search.")
    (name,) = private.schema_of_one_text()["properties"]
    assert old.run({name: "cats"}) == "found cats", SEEN + name


def test_what_a_tools_caller_does_not_give_is_told_by_its_type():
    injected = [Annotated[dict[str, Any], InjectedState], Annotated[str, InjectedToolCallId]]
    assert all(map(private.is_injected, [*injected, ToolRuntime])), SEEN
    assert not any(map(private.is_injected, [str, Annotated[str, "words"]])), SEEN
