"""Texts of several lines: which fields they get, and the ends of their lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.review.forms.fields import fields_of, parse, written

LONG = "long " * 30


def kind(part, name="x", **values):
    schema = {"type": "object", "properties": {name: {"type": "string", **part}}}
    (made,) = fields_of(schema, values or None)
    return made.kind


@pytest.mark.parametrize(
    ("part", "name", "value", "expected"),
    [
        ({}, "to", "amy", "text"),
        ({}, "to", "two\nlines", "long_text"),
        ({}, "to", "two\r\nlines", "long_text"),
        ({}, "to", LONG, "long_text"),
        ({"maxLength": 20}, "to", LONG, "long_text"),
        ({"maxLength": 5000}, "bio", "short", "long_text"),
        ({"maxLength": 100}, "to", "amy", "text"),
        ({}, "body", "At noon?", "long_text"),
        ({}, "messageText", "At noon?", "long_text"),
        ({}, "MESSAGE", "At noon?", "long_text"),
        ({"maxLength": 40}, "body", "At noon?", "text"),
        ({}, "message_id", "m1", "text"),
        ({"format": "email"}, "reply", "a@b.c", "text"),
        ({"pattern": "^x$"}, "text", "x", "text"),
        ({}, "body", "a\rb", "json"),
        ({}, "body", 5, "json"),
    ],
)
def test_a_text_that_is_long_or_will_be_gets_several_lines(part, name, value, expected):
    assert kind(part, name, **{name: value}) == expected


def test_a_free_answer_gets_several_lines_unless_its_schema_says_that_it_is_short():
    def answer(**part):
        return fields_of({"type": "string", **part})[0].kind

    assert (answer(), answer(maxLength=20), answer(format="date"), answer(enum=["a"])) == (
        "long_text",
        "text",
        "text",
        "choice",
    )
    assert (kind({}, "comment"), kind({}, "to"), kind({"maxLength": 999}, "to")) == (
        "long_text",
        "text",
        "long_text",
    )


def edited(value, typed):
    (made,) = fields_of({"properties": {"x": {"type": "string"}}}, {"x": value})
    assert "\r" not in written(made)
    return parse(made, typed)


@pytest.mark.parametrize(
    ("value", "typed", "result"),
    [
        ("a\r\nb", "a\nb", "a\r\nb"),
        ("a\r\nb", "a\nc", "a\r\nc"),
        ("a\r\nb", "a\nb\nc\n", "a\r\nb\r\nc\r\n"),
        ("a\r\nb", "c", "c"),
        ("a\nb", "a\nc", "a\nc"),
        ("a\r\nb\nc\r\nd", "a\nb\nnew\nc\nd", "a\r\nb\nnew\r\nc\r\nd"),
        ("a\nb\r\nc\nd", "a\nb\nc\ne", "a\nb\r\nc\ne"),
    ],
)
def test_lines_end_as_they_did(value, typed, result):
    assert edited(value, typed) == result


@given(st.lists(st.sampled_from(["a", "b", "\n", "\r\n"]), max_size=12).map("".join))
def test_what_a_page_sends_back_untouched_is_the_very_value(value):
    (made,) = fields_of({"properties": {"x": {"type": "string"}}}, {"x": value})
    assert parse(made, str(written(made))) is value


@given(*[st.lists(st.sampled_from(["a", "b", "a\r", "b\r"]), min_size=1, max_size=6)] * 2)
def test_only_the_ends_of_lines_are_put_in(old, new):
    value, typed = "\n".join(old).rstrip("\r"), "\n".join(new).replace("\r", "")
    (made,) = fields_of({"properties": {"body": {"type": "string"}}}, {"body": value})
    assert parse(made, typed).replace("\r\n", "\n") == typed
