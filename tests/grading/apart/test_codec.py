"""Values between the two processes: what goes through is equal, and the rest is refused."""

import json
import socket
import struct
from collections import OrderedDict
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, HumanMessage, RemoveMessage, ToolMessage
from langgraph.types import Command, Interrupt, PregelTask, Send, StateSnapshot
from pydantic import BaseModel, ValidationError

from course_utils.grading.jail.apart.codec import Codec, CodecError
from course_utils.grading.jail.apart.errors import ErrorsInData
from course_utils.grading.jail.apart.wire import Wire, WireError


def none_is_known(data: list[Any]) -> object:
    raise CodecError("what is no value")


def codec(*, exact: bool = True) -> Codec:
    return Codec(lambda _: None, none_is_known, ErrorsInData(), exact=exact)


def there_and_back(value: object, *, exact: bool = True) -> Any:
    return codec().decode(json.loads(json.dumps(codec(exact=exact).encode(value))))


CALL = {"name": "pay", "args": {"to": ["a", 1.5]}, "id": "1", "type": "tool_call"}
ASKED = Interrupt(value={"pay": 3}, id="abc", response_schema={"type": "object"})
TASK = PregelTask("1", "pay", ("~", 0), None, (ASKED,), None, {"x": 1})
VALUES = [
    None,
    True,
    -3,
    2**200,
    1.5,
    float("inf"),
    "\ud800 text",
    b"\0bytes",
    [1, [2, (3, {4})]],
    {1: "one", (2, 3): None, "x": False},
    frozenset({"a"}),
    datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
    date(2026, 1, 2),
    timedelta(days=1, seconds=2),
    Decimal("1.10"),
    UUID(int=7),
    HumanMessage("hello", id="1"),
    AIMessage("", id="2", tool_calls=[CALL]),
    ToolMessage("no", tool_call_id="1", status="error"),
    RemoveMessage("2"),
    Command(resume={"abc": False}, update={"a": 1}, goto=[Send("pay", {"n": 1})]),
    ASKED,
    StateSnapshot({"a": 1}, ("pay",), {}, None, "now", None, (TASK,), (ASKED,)),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_data_is_equal_on_the_other_side(value: object):
    came = there_and_back(value)
    assert came == value
    assert type(came) is type(value)


def test_what_is_no_number_comes_as_that():
    assert str(there_and_back(float("nan"))) == "nan"


def test_an_error_keeps_its_class_and_its_words():
    came = there_and_back(KeyError("address"))
    assert type(came) is KeyError
    assert str(came) == "'address'"


def test_an_error_of_another_class_comes_as_what_it_is_derived_from():
    class NoTeaError(LookupError):
        pass

    came = there_and_back(NoTeaError("none left"))
    assert type(came) is LookupError
    assert str(came) == "NoTeaError: none left"


def test_an_error_of_a_model_says_where_it_is():
    class Refund(BaseModel):
        euros: int

    with pytest.raises(ValidationError) as raised:
        Refund(euros="many")
    came = there_and_back(raised.value)
    assert isinstance(came, ValidationError)
    assert came.errors()[0]["loc"] == ("euros",)


class Equal(str):
    """A text that says it is equal to anything."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = str.__hash__


@pytest.mark.parametrize(
    "value", [Equal("x"), OrderedDict(a=1), object(), len, lambda: 1, Equal, iter([]), 1j, Codec]
)
def test_what_is_no_data_is_refused(value: object):
    with pytest.raises(CodecError):
        codec().encode([value])


def test_of_the_tests_a_subclass_goes_as_what_it_is_derived_from():
    assert there_and_back([OrderedDict(a=1), Equal("x")], exact=False) == [{"a": 1}, "x"]


FORGED = [
    [],
    {"a": 1},
    ["exec", "1"],
    ["dict", [["list"], 1]],
    ["dict", [1]],
    ["set", ["list"]],
    ["bytes", "?"],
    ["datetime", 3],
    ["decimal", "x"],
    ["message", "BaseMessage", ["dict"]],
    ["message", "AIMessage", ["dict", ["content", ["dict"]]]],
    ["message", "AIMessage", ["dict", ["lc_id", 1]]],
    ["record", "object"],
    ["record", "Send", 1],
    ["record", "__class__", 1],
    ["error", "SystemExit", ["list"], ""],
    ["error", "GraphInterrupt", ["list"], ""],
    ["error", "StopIteration", ["list"], ""],
    ["error", ["KeyError"], [], ""],
    ["error", "invalid", [["a", 1, "b"]], "x"],
    ["handle", 1],
    10**2000,
]


@pytest.mark.parametrize("data", FORGED, ids=lambda data: repr(data)[:40])
def test_forged_data_is_refused(data: object):
    with pytest.raises(CodecError):
        codec().decode(data)


def test_a_value_without_an_end_is_refused():
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(CodecError, match="too deep"):
        codec().encode(endless)


KINDS = ["list", "tuple", "set", "dict", "message", "record", "error", "decimal", "seconds", "x"]
NAMES = ["AIMessage", "ToolMessage", "Send", "Command", "StateSnapshot", "KeyError", "invalid"]
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.sampled_from(NAMES)
)
DATA = st.recursive(
    LEAVES, lambda inner: st.builds(lambda k, p: [k, *p], st.sampled_from(KINDS), st.lists(inner))
)


@settings(max_examples=150, deadline=None)
@given(DATA)
def test_any_data_gives_a_value_or_is_refused(data: object):
    with suppress(CodecError):
        value = codec().decode(data)
        codec(exact=False).encode(value)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_a_message_or_end_the_connection(sent: bytes):
    here, there = socket.socketpair()
    with here, there:
        there.sendall(struct.pack("!I", len(sent)) + sent)
        there.close()
        wire = Wire(here)
        with suppress(WireError):
            assert type(wire.receive()) is dict
        with pytest.raises(WireError):
            wire.receive()
