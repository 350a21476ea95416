"""The form: real inputs filled in, and what a person then sees."""

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ipywidgets import HTML, Button, Checkbox, Dropdown, Text, Textarea

from course_utils.review.forms.fields import fields_of
from course_utils.widgets.card.form import EDIT_LONG, Form, FormError

SCHEMA = {
    "type": "object",
    "properties": {
        "to": {"type": "string", "title": "To", "description": "An address."},
        "body": {"type": "string", "title": "Body"},
        "count": {"type": "integer", "title": "Count", "default": 1},
        "urgent": {"type": "boolean", "title": "Urgent", "default": False},
        "colour": {"enum": ["red", "blue"], "title": "Colour"},
        "tags": {"type": "array", "items": {"type": "string"}, "title": "Tags"},
    },
    "required": ["to", "body"],
}
MAIL = {"to": "alice@example.com", "body": "Dear Alice,\nat noon?", "count": 2, "tags": ["a"]}
LONG = "megabyte " * 120_000
EVIL = "<img src=x onerror=alert(1)>\u202e"


def inside(widget):
    """A widget and all that it holds."""
    return [
        widget,
        *(found for child in getattr(widget, "children", ()) for found in inside(child)),
    ]


def inputs(form):
    """The inputs by their labels."""
    kinds = (Text, Textarea, Checkbox, Dropdown)
    return {found.description: found for found in inside(form) if isinstance(found, kinds)}


def markup(form) -> str:
    return "\n".join(found.value for found in inside(form) if isinstance(found, HTML))


def seen(form) -> str:
    """All the words on the form outside its inputs, without markup."""
    bare = re.sub(r"<style>.*?</style>|<[^>]+>", " ", markup(form), flags=re.S)
    return re.sub(r"\s+", " ", html.unescape(bare))


def form(values=None, schema=SCHEMA) -> Form:
    return Form(fields_of(schema, values))


def test_each_field_has_an_input_of_its_kind_with_a_name_and_its_meaning():
    shown = form(MAIL)
    kinds = {name: type(found) for name, found in inputs(shown).items()}
    assert kinds == {
        "To (required)": Text,
        "Body (required)": Textarea,
        "Count": Text,
        "Urgent": Checkbox,
        "Colour": Dropdown,
        "Tags": Textarea,
    }
    assert "An address." in seen(shown)
    assert [text for text, _ in inputs(shown)["Colour"].options] == ["", "red", "blue"]


def test_text_is_sent_whole_when_its_box_is_left():
    boxes = [found for found in inputs(form(MAIL)).values() if isinstance(found, (Text, Textarea))]
    assert not any(box.continuous_update for box in boxes)


def test_what_nobody_touched_comes_back_as_it_was():
    assert form(MAIL).values() == MAIL


def test_what_was_typed_comes_back_in_its_type():
    edited = form(MAIL)
    edited.fill("to", "bob@example.com")
    edited.fill("count", "3")
    edited.fill("urgent", True)
    edited.fill("colour", "blue")
    edited.fill("tags", '["a", "b"]')
    expected = {"to": "bob@example.com", "count": 3, "urgent": True, "colour": "blue"}
    assert edited.values() == MAIL | expected | {"tags": ["a", "b"]}
    assert edited.changed == ("to", "count", "urgent", "colour", "tags")


def test_a_changed_field_says_so_with_what_it_was_until_it_is_put_back():
    edited = form(MAIL)
    edited.fill("to", "bob@example.com")
    assert "To: changed , was: alice@example.com" in seen(edited)
    marked = [found for found in inside(edited) if "hitl-changed" in found._dom_classes]
    assert [list(inputs(row)) for row in marked] == [["To (required)"]]
    edited.fill("to", "alice@example.com")
    assert "changed" not in seen(edited)
    assert not any("hitl-changed" in found._dom_classes for found in inside(edited))
    assert edited.changed == ()


def test_of_a_long_text_the_changed_lines_unfold():
    edited = form(MAIL)
    edited.fill("body", "Dear Alice,\nat one?\nBo")
    assert "Body: changed , 1 line removed and 2 lines added" in seen(edited)
    assert "<details" in markup(edited)
    assert "<del>at noon?</del>" in markup(edited)
    assert "<ins>at one?</ins>" in markup(edited)
    edited.fill("tags", "[1")
    edited.show_errors({})
    assert 'Tags: changed , was: [ "a" ]' in seen(edited)


def test_the_limits_stand_under_a_field_before_anything_is_wrong():
    limited = {"type": "integer", "minimum": 1, "maximum": 9, "description": "How many."}
    listed = {"type": "array", "maxItems": 3}
    shown = form(schema={"properties": {"copies": limited, "to": listed}})
    assert "How many. From 1 to 9." in seen(shown)
    assert "Written as JSON. At most 3 items." in seen(shown)


def test_a_text_with_carriage_returns_is_edited_line_by_line_and_keeps_them():
    edited = form(MAIL | {"body": "Dear Alice,\r\nat noon?\r\nBo"})
    box = inputs(edited)["Body (required)"]
    assert (type(box), box.value) == (Textarea, "Dear Alice,\nat noon?\nBo")
    edited.fill("body", box.value)
    assert edited.changed == ()
    edited.fill("body", box.value.replace("noon", "one"))
    assert edited.values()["body"] == "Dear Alice,\r\nat one?\r\nBo"
    assert "Body: changed , 1 line removed and 1 line added" in seen(edited)


def test_whoever_watches_is_told_when_something_changes():
    edited, told = form(MAIL), []
    edited.observe(lambda change: told.append(change["new"]), "changed")
    edited.fill("to", "bob@example.com")
    edited.fill("to", "carol@example.com")
    edited.fill("to", "alice@example.com")
    assert told == [("to",), ()]


def test_what_is_no_value_is_told_beside_its_field_at_once_and_gives_no_answer():
    edited = form(MAIL)
    edited.fill("count", "3.5")
    assert "Count: not a whole number: '3.5'" in seen(edited)
    edited.fill("tags", "[1")
    with pytest.raises(FormError) as refused:
        edited.values()
    assert list(refused.value.errors) == ["count", "tags"]
    assert inputs(edited)["Count"].value == "3.5"
    edited.fill("count", "3")
    assert "not a whole number" not in seen(edited)


def test_messages_stand_beside_their_fields_and_the_others_on_top():
    shown = form(MAIL)
    shown.show_errors({"to": "Not an address.", "": "Too late.", "state": "Not an argument."})
    top, *rows = shown.children[1:]
    assert re.findall(r"role='alert'>([^<]+)<", top.value) == ["Too late.\nstate: Not an argument."]
    assert "To: Not an address." in seen(rows[0])
    assert markup(shown).count("role='alert'") == 2
    shown.show_errors({})
    assert "role='alert'" not in markup(shown)


def test_an_answer_that_is_no_object_is_one_input_and_comes_back_bare():
    lone = form(schema={"type": "integer"})
    with pytest.raises(FormError, match="Required"):
        lone.values()
    assert "Answer: Required." in seen(lone)
    lone.fill("", "7")
    assert lone.values() == 7
    assert inputs(lone).keys() == {"Answer (required)"}


def test_a_long_value_is_folded_comes_back_unchanged_and_is_edited_when_asked():
    long = form(MAIL | {"body": LONG})
    assert "Body (required)" not in inputs(long)
    assert "Body (required) : 1,080,000 characters" in seen(long)
    assert long.values()["body"] is LONG
    (edit,) = [found for found in inside(long) if isinstance(found, Button)]
    assert edit.description == EDIT_LONG
    edit.click()
    assert inputs(long)["Body (required)"].value == LONG
    assert (long.values()["body"], long.changed) == (LONG, ())
    long.fill("body", "short")
    assert long.values()["body"] == "short"
    assert len(seen(long)) < 2_000


def test_nothing_foreign_is_rendered_as_markup():
    part = {"type": "string", "title": EVIL, "description": EVIL}
    long = {"type": "string", "title": EVIL}
    schema = {"type": "object", "properties": {EVIL: part, "long": long, "pick": {"enum": [EVIL]}}}
    evil = Form(fields_of(schema, {EVIL: EVIL, "long": LONG + EVIL}), title=EVIL)
    evil.fill(EVIL, "1")
    evil.show_errors({EVIL: EVIL, "": EVIL})
    assert "<img" not in markup(evil)
    assert "\u202e" not in markup(evil)
    for found in inputs(evil).values():
        assert not found.description_allow_html
        assert "\u202e" not in found.description
    assert "\u202e" not in str(inputs(evil)["pick"].options)


def test_a_field_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(ValueError, match=r"to, body, .*not 'cc'"):
        form(MAIL).fill("cc", "x")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(list(SCHEMA["properties"])) | st.text(), JSON, max_size=5))
def test_any_arguments_untouched_come_back_equal(values):
    shown = form(values)
    found = shown.values()
    assert repr(sorted(found.items())) == repr(sorted(values.items()))
    assert shown.changed == ()
