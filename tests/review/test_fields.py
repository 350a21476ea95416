"""A JSON schema as fields, and what a person typed as JSON."""

import math
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic import Field as Documented

from course_utils.review.forms.fields import (
    LEFT_OUT,
    FieldError,
    choice_labels,
    fields_of,
    is_changed,
    parse,
    written,
)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
KINDS = ("string", "integer", "number", "boolean", "array", "object", "null")
PARTS = st.one_of(
    st.sampled_from([{"type": kind} for kind in KINDS]),
    st.sampled_from([{"anyOf": [{"type": kind}, {"type": "null"}]} for kind in KINDS]),
    st.lists(JSON, min_size=1, max_size=3).map(lambda choices: {"enum": choices}),
    JSON.map(lambda default: {"type": "string", "default": default}),
    st.just({"$ref": "#"}),
    st.just(True),
)


class Address(BaseModel):
    """Where to."""

    city: str


class Order(BaseModel):
    """What a shop is asked to send."""

    item: str
    count: int = 1
    weight: Annotated[float | None, Documented(description="In kilograms.")] = None
    express: bool = False
    colour: Literal["red", "blue"] | None = None
    size: Literal[1, 2]
    to: Address
    tags: list[str] = []


class Node(BaseModel):
    """A schema that refers to itself."""

    children: "list[Node]" = []
    parent: "Node | None" = None


def field(part: Any, *, required: bool = False, **values: Any):
    """The one field `x` of an object; a value for it makes it a present one."""
    schema = {"type": "object", "properties": {"x": part}, "required": ["x"] if required else []}
    (made,) = fields_of(schema, values or None)
    return made


def fields(schema, values=None):
    return {made.name: made for made in fields_of(schema, values)}


def untouched(schema, values):
    made = fields_of(schema, values)
    found = {one.name: parse(one, written(one)) for one in made}
    if list(found) == [""]:
        return found[""]
    return {name: value for name, value in found.items() if value is not LEFT_OUT}


def test_a_pydantic_model_gives_a_field_of_the_right_kind_for_each_of_its_own():
    made = fields(Order.model_json_schema())
    kinds = {name: (one.kind, one.required, one.nullable) for name, one in made.items()}
    assert kinds == {
        "item": ("text", True, False),
        "count": ("integer", False, False),
        "weight": ("number", False, True),
        "express": ("switch", False, False),
        "colour": ("choice", False, True),
        "size": ("choice", True, False),
        "to": ("json", True, False),
        "tags": ("json", False, False),
    }
    assert (made["item"].label, made["weight"].description) == ("Item", "In kilograms.")
    assert (made["size"].choices, made["colour"].choices) == ((1, 2), ("red", "blue"))
    assert (made["count"].value, made["to"].value) == (1, None)


@pytest.mark.parametrize(
    ("part", "kind", "choices"),
    [
        ({"type": ["integer", "null"]}, "integer", ()),
        ({"type": ["integer", "string"]}, "json", ()),
        ({"const": "yes"}, "choice", ("yes",)),
        ({"oneOf": [{"const": "a", "title": "A"}, {"const": "b"}]}, "choice", ("a", "b")),
        ({"enum": ["a", None]}, "choice", ("a",)),
        ({"allOf": [{"type": "string"}], "description": "d"}, "text", ()),
        ({"$ref": "#/nowhere"}, "json", ()),
        ({"$ref": "http://example.com/schema"}, "json", ()),
        ({"type": "boolean"}, "choice", (True, False)),
        ({}, "json", ()),
        (True, "json", ()),
    ],
)
def test_hand_written_schemas_are_read_too(part, kind, choices):
    made = field(part)
    assert (made.kind, made.choices) == (kind, choices)


def test_a_schema_that_refers_to_itself_comes_to_an_end():
    assert {one.kind for one in fields_of(Node.model_json_schema())} == {"json"}
    assert fields_of({"$ref": "#"})[0].kind == "json"
    assert field({"$ref": "#/properties/x"}).kind == "json"


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "integer"}, "integer"),
        ({"enum": ["yes", "no"]}, "choice"),
        ({"type": "array", "items": {"type": "string"}}, "json"),
        ({"oneOf": [Order.model_json_schema(), Address.model_json_schema()]}, "json"),
        ({"type": "object", "additionalProperties": True}, "json"),
        ({}, "json"),
    ],
)
def test_an_answer_that_is_no_object_is_one_field_without_a_name(schema, kind):
    (made,) = fields_of(schema)
    assert (made.name, made.kind, made.required) == ("", kind, True)


def test_an_answer_yet_to_be_given_begins_with_the_defaults_and_sends_them():
    made = field({"type": "integer", "default": 5})
    assert (written(made), parse(made, "5")) == ("5", 5)


@pytest.mark.parametrize(
    ("part", "kind", "value"),
    [
        ({"type": "boolean"}, "switch", False),
        ({"type": ["boolean", "null"]}, "choice", None),
        ({"const": "mail"}, "choice", "mail"),
        ({"enum": ["a", "b"]}, "choice", LEFT_OUT),
        ({"type": "string"}, "text", LEFT_OUT),
    ],
)
def test_what_an_answer_needs_is_asked_for_unless_its_input_shows_a_value(part, kind, value):
    made = field(part, required=True)
    assert (made.kind, parse(made, written(made))) == (kind, value)


def test_a_default_that_a_call_leaves_out_is_shown_and_stays_left_out():
    schema = {
        "type": "object",
        "properties": {"x": {"type": "integer", "default": 5}, "y": {"type": "string"}},
    }
    made = fields(schema, {"y": "here"})
    assert written(made["x"]) == "5"
    assert untouched(schema, {"y": "here"}) == {"y": "here"}
    assert parse(made["x"], "6") == 6


@pytest.mark.parametrize(
    ("part", "value", "kind"),
    [
        ({"type": "string"}, "a line", "text"),
        ({"type": "string"}, "two\nlines", "long_text"),
        ({"type": "string"}, "long " * 30, "long_text"),
        ({"type": "string"}, "carriage\rreturn", "json"),
        ({"type": "string"}, "reordered \u202e text", "json"),
        ({"type": "string"}, ["not", "a", "text"], "json"),
        ({"type": "string"}, None, "json"),
        ({"type": "integer"}, 3.5, "json"),
        ({"type": "integer"}, True, "json"),
        ({"type": "number"}, 3, "number"),
        ({"type": "boolean"}, True, "switch"),
        ({"type": "boolean"}, "yes", "choice"),
        ({"enum": ["a"]}, "b", "choice"),
    ],
)
def test_the_present_value_is_shown_whole_and_comes_back_as_it_was(part, value, kind):
    made = field(part, x=value)
    assert made.kind == kind
    assert parse(made, written(made)) is value


def test_a_key_that_the_schema_does_not_know_is_shown_kept_and_can_be_removed():
    made = fields({"type": "object", "properties": {}}, {"extra": [1]})["extra"]
    assert parse(made, written(made)) == [1]
    assert parse(made, "") is LEFT_OUT


@given(st.dictionaries(st.text(), PARTS, max_size=4), st.data())
def test_arguments_that_nobody_touched_come_back_as_they_were(properties, data):
    names = st.sampled_from(list(properties)) | st.text() if properties else st.text()
    values = data.draw(st.dictionaries(names, JSON, max_size=4))
    required = data.draw(st.lists(names, max_size=2))
    schema = {"type": "object", "properties": properties, "required": required}
    found = untouched(schema, values)
    assert found == values
    assert {name: type(value) for name, value in found.items()} == {
        name: type(value) for name, value in values.items()
    }


@given(JSON)
def test_json_typed_as_it_is_shown_reads_as_the_same_value(value):
    made = field({}, x=0)
    text = written(field({}, x=value))
    assert repr(parse(made, text)) == repr(value)


@pytest.mark.parametrize(
    ("part", "raw", "value"),
    [
        ({"type": "string"}, " kept as typed ", " kept as typed "),
        ({"type": "integer"}, " -12 ", -12),
        ({"type": "number"}, "2", 2),
        ({"type": "number"}, ".5e1", 5.0),
        ({"type": "boolean"}, "true", True),
        ({"enum": [1, "1"]}, "1", 1),
        ({"enum": [1, "1"]}, '"1"', "1"),
        ({"type": "array"}, '[1, "a"]', [1, "a"]),
        ({}, "null", None),
        ({"type": "string"}, "", LEFT_OUT),
    ],
)
def test_what_is_typed_becomes_the_value_of_its_type(part, raw, value):
    read = parse(field(part), raw)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("part", "raw", "message"),
    [
        ({"type": "integer"}, "3.5", "not a whole number: '3.5'"),
        ({"type": "integer"}, "1_000", "not a whole number: '1_000'"),
        ({"type": "integer"}, "9" * 5000, "not a whole number: '999"),
        ({"type": "number"}, "3,5", "not a number: '3,5'"),
        ({"type": "number"}, "nan", "NaN and infinity cannot be sent, type a number: 'nan'"),
        ({"type": "integer"}, " -Infinity ", "NaN and infinity cannot be sent, type a number"),
        ({"type": "number"}, "1e999", "not a number: '1e999'"),
        ({"enum": ["a", "b"]}, "c", "not one of a, b: 'c'"),
        ({}, '{"a": }', "not JSON: Expecting value at line 1, column 7"),
        ({}, "[NaN]", "not JSON: it has no NaN"),
        ({}, "[1e999]", "not JSON: it has no 1e999"),
        ({}, '{"a": 1, "a": 2}', "the key 'a' is there twice"),
        ({}, "[" * 100_000, "not JSON that can be read: it is nested too deeply"),
    ],
)
def test_what_is_no_such_value_is_refused_in_plain_words(part, raw, message):
    with pytest.raises(FieldError) as refused:
        parse(field(part), raw)
    assert str(refused.value).startswith(message)
    assert len(str(refused.value)) < 400


def test_an_emptied_field_is_null_or_left_out_or_refused():
    def emptied(part, *, required, value):
        return parse(field(part, required=required, x=value), "")

    nullable = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    assert emptied(nullable, required=False, value="a") is None
    assert emptied({"type": "string"}, required=False, value="a") is LEFT_OUT
    for part, value in (({"type": "string"}, "a"), ({"type": "integer"}, 1)):
        with pytest.raises(FieldError, match="Required"):
            emptied(part, required=True, value=value)


def test_a_field_is_changed_when_its_value_is_and_not_when_it_is_written_otherwise():
    listed = field({"type": "array"}, x=(1, 2))
    assert not is_changed(listed, "[1,2]")
    assert parse(listed, "[1,2]") == (1, 2)
    assert is_changed(listed, "[1, 2.0]")
    assert is_changed(listed, "[1, 2")
    number = field({"type": "number"}, x=1.5)
    assert not is_changed(number, "1.50")


def test_choices_that_read_the_same_are_told_apart():
    made = field({"enum": ["1", 1, True, "true", "", "a", {"k": 1}]})
    assert list(choice_labels(made)) == ['"1"', "1", "true", '"true"', '""', "a", '{"k": 1}']


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("part", [{"type": "number"}, {}])
def test_a_number_that_json_lacks_is_shown_and_comes_back_as_it_was(part, value):
    made = field(part, x=value)
    assert written(made) in {"NaN", "Infinity", "-Infinity"}
    assert parse(made, written(made)) is value
    assert parse(made, "2.5") == 2.5


def test_beside_a_nan_another_item_can_be_edited_and_no_nan_comes_anew():
    made = field({"type": "array"}, x=[math.nan, 1])
    read = parse(made, "[NaN, 2]")
    assert (math.isnan(read[0]), read[1]) == (True, 2)
    for typed in ("[Infinity, 2]", "[-Infinity]"):
        with pytest.raises(FieldError, match=r"not JSON: it has no -?Infinity, type another"):
            parse(made, typed)
    with pytest.raises(FieldError, match="it has no NaN"):
        parse(field({}, x=["NaN"]), "[NaN]")
