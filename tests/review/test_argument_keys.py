"""Arguments with an alias: the form, the check, what is written and the tool agree on the key."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.tools import StructuredTool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import InjectedState, ToolNode, tools_condition
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, create_model
from pydantic.v1 import BaseModel as OldModel
from pydantic.v1 import Field as OldField

from course_utils.review.deciding.drafts import left_out
from course_utils.review.deciding.resuming import decide
from course_utils.review.forms.validation import (
    GIVEN_TWICE,
    READ_AS,
    UNKNOWN,
    arguments_read,
    arguments_schema,
    tool_checker,
)
from course_utils.widgets.card.approval_card import ApprovalCard
from tests.support.agents import thread
from tests.support.cards import seen
from tests.support.deciding import begin

ANY_NAME = ConfigDict(populate_by_name=True)
BY_NAME = ConfigDict(validate_by_name=True, validate_by_alias=False)
CAPITALS = ConfigDict(alias_generator=str.upper)


def model(field: Any, config: ConfigDict | None = None) -> type[BaseModel]:
    fields: Any = {"copy_to": (str, field)}
    return create_model("Mail", __config__=config or ConfigDict(), **fields)


class Old(OldModel):
    """Of pydantic's version 1."""

    copy_to: str = OldField(alias="copyTo")


class OldByName(Old):
    """The same, which takes the name too."""

    class Config:  # noqa: D106 - pydantic's
        allow_population_by_field_name = True


# The model, the keys that it reads, the first of them first.
MODELS: dict[str, tuple[Any, list[str]]] = {
    "alias": (model(Field(alias="copyTo")), ["copyTo"]),
    "alias and default": (model(Field("", alias="copyTo")), ["copyTo"]),
    "alias or name": (model(Field(alias="copyTo"), ANY_NAME), ["copyTo", "copy_to"]),
    "for validation": (model(Field(validation_alias="copyTo")), ["copyTo"]),
    "no identifier": (model(Field(alias="copy-to")), ["copy-to"]),
    "choices": (model(Field(validation_alias=AliasChoices("copyTo", "cc"))), ["copyTo", "cc"]),
    "for writing": (model(Field(serialization_alias="copyTo")), ["copy_to"]),
    "made by a function": (model(Field(), CAPITALS), ["COPY_TO"]),
    "switched off": (model(Field(alias="copyTo"), BY_NAME), ["copy_to"]),
    "no alias": (model(Field()), ["copy_to"]),
    "version 1": (Old, ["copyTo"]),
    "version 1, alias or name": (OldByName, ["copyTo", "copy_to"]),
}


def made(schema: Any, run: Any = None) -> StructuredTool:
    run = run or (lambda **given: str(given.get("copy_to")))
    return StructuredTool.from_function(run, name="mail", description="Mail.", args_schema=schema)


@pytest.mark.parametrize("case", MODELS)
def test_what_the_form_would_write_is_right_and_is_what_the_tool_gets(case):
    schema, keys = MODELS[case]
    mail = made(schema)
    for key in keys:
        values = arguments_read(mail, {key: "amy"})
        assert values == {key: "amy"}
        assert list(arguments_schema(mail, values)["properties"]) == [key]
        assert tool_checker(mail)(values) == {}
        assert mail.invoke(values) == "amy"


@pytest.mark.parametrize("case", MODELS)
def test_a_call_by_the_name_that_the_model_was_told_is_put_right(case):
    schema, keys = MODELS[case]
    mail = made(schema)
    values = arguments_read(mail, {"copy_to": "amy", "other": 1})
    key = "copy_to" if "copy_to" in keys else keys[0]
    assert values == {key: "amy", "other": 1}
    assert list(arguments_schema(mail, values)["properties"]) == [key]
    assert tool_checker(mail)(values) == {"other": UNKNOWN}


def test_a_key_that_the_tool_does_not_read_is_told_with_the_right_one():
    for case in ("alias", "alias and default", "for validation", "choices"):
        found = tool_checker(made(MODELS[case][0]))({"copy_to": "amy"})
        assert found == {"copy_to": READ_AS.format(key="copyTo")}, case


def test_of_two_keys_for_one_argument_only_the_one_that_is_read_stays():
    both = {"copyTo": "amy", "copy_to": "bob"}
    for case in ("alias", "alias or name", "choices", "version 1, alias or name"):
        mail = made(MODELS[case][0])
        assert mail.invoke(both) == "amy", case
        assert arguments_read(mail, both) == {"copyTo": "amy"}, case
        assert tool_checker(mail)(both) == {"copy_to": GIVEN_TWICE.format(key="copyTo")}, case


def test_two_arguments_whose_aliases_are_each_others_names_are_not_confused():
    crossed = create_model("Crossed", a=(int, Field(alias="b")), b=(int, Field(alias="a")))
    mail = made(crossed, lambda a, b: f"{a} {b}")
    values = {"a": 1, "b": 2}
    assert arguments_read(mail, values) == values
    assert (tool_checker(mail)(values), mail.invoke(values)) == ({}, "2 1")


def test_an_alias_beside_an_injected_argument():
    class Mail(BaseModel):
        copy_to: str = Field(validation_alias="copyTo", description="An address.")
        state: Annotated[dict[str, Any], InjectedState]

    mail = made(Mail)
    schema = arguments_schema(mail)
    assert schema["properties"]["copyTo"]["description"] == "An address."
    assert (list(schema["properties"]), schema["required"]) == (["copyTo"], ["copyTo"])
    assert tool_checker(mail)({"copyTo": "amy"}) == {}


def mailing(schema: Any, arguments: dict[str, Any]) -> tuple[Any, list[str]]:
    """An agent that calls the tool with these arguments, at a breakpoint; and what the tool got."""
    got: list[str] = []
    mail = made(schema, lambda copy_to: got.append(copy_to) or "sent")

    def agent(state: MessagesState) -> dict[str, Any]:
        call = {"name": "mail", "args": arguments, "id": "1"}
        done = isinstance(state["messages"][-1], ToolMessage)
        return {"messages": [AIMessage("Done.") if done else AIMessage("", tool_calls=[call])]}

    builder = StateGraph(MessagesState)
    builder.add_node("agent", agent).add_node("tools", ToolNode([mail]))
    builder.add_edge(START, "agent").add_conditional_edges("agent", tools_condition)
    builder.add_edge("tools", "agent")
    return builder.compile(InMemorySaver(), interrupt_before=["tools"]), got


@pytest.mark.parametrize("key", ["copyTo", "copy_to"])
def test_an_edit_on_the_card_runs_with_what_was_typed(key):
    graph, got = mailing(MODELS["alias"][0], {key: "amy"})
    begin(graph)
    card = ApprovalCard(graph, thread())
    card.press("edit")
    (form,) = card.controls[0].forms
    assert form.values() == {"copyTo": "amy"}
    form.fill("copyTo", "bob")
    card.press("send")
    assert (card.status, got) == ("finished", ["bob"]), seen(card)


@pytest.mark.parametrize(
    ("case", "key", "defaults"),
    [
        ("alias and default", "copyTo", {}),
        # The tool does not read the name, and takes its default.
        ("alias and default", "copy_to", {"copyTo": ""}),
        ("default, alias or name", "copy_to", {}),
    ],
)
def test_a_default_is_shown_where_the_tool_takes_it(case, key, defaults):
    schema = MODELS | {"default, alias or name": (model(Field("", alias="copyTo"), ANY_NAME), [])}
    graph, got = mailing(schema[case][0], {key: "amy"})
    (pause,) = begin(graph)
    assert left_out(graph, pause, 0) == defaults
    decide(graph, thread(), pause, {"type": "approve"})
    assert got == [defaults.get("copyTo", "amy")]
