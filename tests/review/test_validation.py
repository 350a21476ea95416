"""What is wrong in an answer, told beside the field it is about."""

from typing import Annotated, Any

import pytest
from langchain_core.tools import BaseTool, InjectedToolCallId, StructuredTool, Tool, tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import InjectedState
from langgraph.types import Command, interrupt
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic.v1 import BaseModel as OldModel

from course_utils.review.forms.validation import (
    REQUIRED,
    UNKNOWN,
    arguments_schema,
    errors_of,
    schema_checker,
    tool_checker,
)

MCP_SCHEMA = {
    "type": "object",
    "properties": {
        "to": {"type": "string"},
        "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}},
    },
    "required": ["to"],
    "$defs": {"line": {"type": "object", "properties": {"price": {"type": "number"}}}},
}


@tool
def pay(
    to: str,
    amount: int,
    lines: list[int] | None = None,
    *,
    state: Annotated[dict, InjectedState],
    call_id: Annotated[str, InjectedToolCallId],
) -> str:
    """Pay someone."""
    return f"paid {to}"


class Mail(BaseModel):
    """Arguments with a validator and an alias."""

    to: str
    copy_to: str = Field("", alias="copyTo")

    @field_validator("to")
    @classmethod
    def is_an_address(cls, to: str) -> str:
        if "@" not in to:
            raise ValueError("not an address")
        return to


def made(schema: Any) -> BaseTool:
    return StructuredTool.from_function(
        lambda **given: str(given), name="made", description="Made.", args_schema=schema
    )


def test_injected_arguments_are_not_the_callers():
    assert list(arguments_schema(pay)["properties"]) == ["to", "amount", "lines"]
    assert tool_checker(pay)({"to": "Bo", "amount": 3}) == {}
    assert tool_checker(pay)({"to": "Bo", "amount": 3, "state": {}}) == {"state": UNKNOWN}


def test_each_message_is_beside_its_field_and_names_the_place_in_it():
    found = tool_checker(pay)({"amount": "three", "lines": [1, "x"], "extra": 1})
    assert found["to"] == REQUIRED
    assert "valid integer" in found["amount"]
    assert found["lines"].startswith("item 2: Input should be a valid integer")
    assert found["extra"] == UNKNOWN


def test_what_the_tool_would_convert_by_itself_is_right():
    assert tool_checker(pay)({"to": "Bo", "amount": "3"}) == {}


def test_the_tools_own_validators_have_their_say():
    check = tool_checker(made(Mail))
    assert check({"to": "nowhere"}) == {"to": "not an address"}
    assert check({"to": "a@example.com", "copyTo": "b"}) == {}
    assert "valid string" in check({"to": "a@example.com", "copyTo": 1})["copyTo"]


def test_a_validator_that_crashes_or_writes_into_its_input_harms_nothing():
    class Rude(BaseModel):
        seen: list[int]

        @field_validator("seen", mode="before")
        @classmethod
        def rude(cls, seen: list[int]) -> list[int]:
            seen.append(1)
            return [1 // (len(seen) - 1)]

    values: dict[str, Any] = {"seen": []}
    assert "ZeroDivisionError" in tool_checker(made(Rude))(values)[""]
    assert values == {"seen": []}


def test_a_tool_that_takes_anything_knows_every_argument():
    class Open(BaseModel):
        model_config = ConfigDict(extra="allow")

    assert tool_checker(made(Open))({"anything": 1}) == {}
    assert (
        tool_checker(made({**MCP_SCHEMA, "additionalProperties": True}))({"to": "", "x": 1}) == {}
    )


def test_a_tool_described_by_a_json_schema_is_checked_by_it():
    check = tool_checker(made(MCP_SCHEMA))
    assert check({"to": "Bo", "lines": ({"price": 1},)}) == {}
    assert check({"lines": [{"price": "x"}], "extra": 1}) == {
        "to": REQUIRED,
        "lines": "item 1 > price: 'x' is not of type 'number'",
        "extra": UNKNOWN,
    }


def test_tools_of_older_kinds_are_checked_too():
    class Old(OldModel):
        count: int

    assert tool_checker(made(Old))({"count": 1}) == {}
    assert "integer" in tool_checker(made(Old))({"count": "x"})["count"]
    simple = tool_checker(Tool("simple", str, "Takes one text."))
    assert simple({"__arg1": "x"}) == {}
    assert simple({}) == {"__arg1": REQUIRED}


@pytest.mark.parametrize(
    ("schema", "answer", "found"),
    [
        ({"type": "integer"}, 3, {}),
        ({"type": "integer"}, "3", {"": "'3' is not of type 'integer'"}),
        ({"enum": ["yes", "no"]}, "maybe", {"": "'maybe' is not one of ['yes', 'no']"}),
        (
            {"type": "array", "items": {"type": "string"}},
            [1],
            {"": "item 1: 1 is not of type 'string'"},
        ),
        ({"pattern": r"^\d-\d$"}, "x", {"": r"It has to match the pattern ^\d-\d$"}),
        ({"maxLength": 3}, "x" * 60, {"": "At most 3 characters."}),
        ({"items": {"minLength": 1}}, [""], {"": "item 1: At least 1 character."}),
        ({"uniqueItems": True}, [1, 1], {"": "No item twice."}),
    ],
)
def test_an_answer_of_any_type_is_checked_as_a_whole(schema, answer, found):
    assert schema_checker(schema)(answer) == found


@pytest.mark.parametrize(
    "schema",
    [{"type": "banana"}, {"$ref": "#"}, {"$ref": "http://127.0.0.1:9/x"}, {"pattern": "("}],
)
def test_a_broken_schema_makes_no_answer_right_and_breaks_nothing(schema):
    found = schema_checker(schema)("x")
    assert found[""].startswith("The schema cannot be used to check an answer: "), found


def test_a_long_value_does_not_swamp_its_message():
    found = schema_checker({"type": "integer"})("x" * 1_000_000)
    assert len(found[""]) < 400
    assert found[""].endswith("is not of type 'integer'")


def test_langgraphs_own_rejection_of_an_answer_is_sorted_by_field():
    class Decision(BaseModel):
        approve: bool
        amounts: list[int] = []

    builder = StateGraph(MessagesState)
    builder.add_node("ask", lambda state: interrupt("ok?", response_schema=Decision) and {})
    graph = builder.add_edge(START, "ask").compile(checkpointer=InMemorySaver())
    config = {"configurable": {"thread_id": "t"}}
    graph.invoke({"messages": []}, config)
    with pytest.raises(ValidationError) as refused:
        graph.invoke(Command(resume={"amounts": ["x"]}), config)
    found = errors_of(refused.value)
    assert found["approve"] == REQUIRED
    assert found["amounts"].startswith("item 1: Input should be a valid integer")
    with pytest.raises(ValidationError) as refused:
        graph.invoke(Command(resume="yes"), config)
    assert list(errors_of(refused.value)) == [""]
