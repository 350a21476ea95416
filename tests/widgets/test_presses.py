"""A press as a page sends it: the button and what stood in the fields, in one message."""

import pytest
from ipywidgets import Button, Checkbox, Dropdown, RadioButtons, Text, Textarea
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import interrupt

from course_utils import ApprovalCard
from course_utils.widgets.page.parts import Panel
from course_utils.widgets.page.presses import Presses, give_focus, part
from tests.support.agents import thread
from tests.support.cards import pressed_in_a_page
from tests.support.deciding import begin, log
from tests.support.foreign_graphs import asking

A_DRAFT, TYPED = "a draft", "as it was typed"


class Pressed:
    """A card of one button and one field, and what stood in the field at each press."""

    def __init__(self, field):
        self.heard = []
        self.field = part(field)
        self.button = part(Button(description="Send"))
        self.button.on_click(lambda _: self.heard.append(field.value))
        self.card = Panel()
        self.presses = Presses(self.card, enter=lambda: self.heard.append("entered"))
        self.card.children = [self.field, self.button, self.presses]

    def take(self, state, *, pressed=None, words="Send"):
        name = (pressed or self.button).model_id
        fields = {self.field.model_id: state}
        self.presses.take({"pressed": name, "words": words, "fields": fields})


@pytest.mark.parametrize(
    ("made", "state", "heard"),
    [
        (lambda: Text(value=A_DRAFT), {"value": TYPED}, TYPED),
        (lambda: Textarea(value=A_DRAFT), {"value": TYPED}, TYPED),
        (lambda: Checkbox(value=False), {"value": True}, True),
        (lambda: Dropdown(options=["a", "b"], value="a"), {"index": 1}, "b"),
        (lambda: RadioButtons(options=["a", "b"], value=None), {"index": 1}, "b"),
        (lambda: RadioButtons(options=["a", "b"], value="a"), {"index": None}, None),
    ],
)
def test_a_press_finds_in_a_field_what_stood_there(made, state, heard):
    pressed = Pressed(made())
    pressed.take(state)
    assert pressed.heard == [heard]


@pytest.mark.parametrize(
    ("made", "shown"),
    [(lambda: Textarea(value="a\r\nb\rc"), "a\nb\nc"), (lambda: Text(value="a\r\nb"), "ab")],
)
def test_what_was_not_touched_stays_as_it_was_whatever_a_page_makes_of_its_line_ends(made, shown):
    pressed = Pressed(made())
    before = pressed.field.value
    pressed.take({"value": shown})
    assert pressed.heard == [before]


def test_a_press_on_a_button_that_says_something_else_by_now_does_nothing():
    pressed = Pressed(Text())
    pressed.button.description = "Send all"
    pressed.take({"value": TYPED})
    assert (pressed.heard, pressed.field.value) == ([], "")


def test_a_press_on_a_button_that_is_disabled_by_now_does_nothing():
    pressed = Pressed(Text())
    pressed.button.disabled = True
    pressed.take({"value": TYPED})
    assert pressed.heard == []


def test_a_press_on_a_button_that_has_gone_does_nothing():
    pressed = Pressed(Text())
    gone = pressed.button.model_id
    pressed.card.children = [pressed.field, pressed.presses]
    pressed.presses.take({"pressed": gone, "words": "Send", "fields": {}})
    assert pressed.heard == []


def test_enter_in_a_field_acts_after_it_is_filled_in():
    pressed = Pressed(Text())
    pressed.field.observe(lambda change: pressed.heard.append(change["new"]), "value")
    pressed.take({"value": TYPED}, pressed=pressed.field, words="")
    assert pressed.heard == [TYPED, "entered"]


def confirm(state):
    return {"log": [interrupt("Which name?"), interrupt("Which town?")]}


def card_of_two_questions():
    graph = asking(InMemorySaver(), confirm)
    begin(graph, {"log": []})
    return graph, ApprovalCard(graph, thread())


def test_a_press_decides_what_it_carries_and_not_what_the_kernel_had_heard():
    graph, card = card_of_two_questions()
    field = card.controls[0].text
    field.set_state({"value": A_DRAFT})
    presses, message = pressed_in_a_page(card, "Send the answer", {field: TYPED})
    presses.take(message)
    card.controls[0].text.value = "Rome"
    card.press("send")
    assert log(graph) == [TYPED, "Rome"]


def test_a_press_that_comes_twice_does_not_answer_the_next_question():
    _, card = card_of_two_questions()
    fields = {card.controls[0].text: TYPED}
    presses, message = pressed_in_a_page(card, "Send the answer", fields)
    presses.take(message)
    presses.take(message)
    assert card.status == "paused"
    assert card.controls[0].text.value == ""


def test_the_focus_is_moved_by_the_press_of_a_page_and_by_nothing_else(monkeypatch):
    pressed = Pressed(Text())
    sent = []
    monkeypatch.setattr(pressed.presses, "send", sent.append)
    pressed.button.on_click(lambda _: give_focus(pressed.field))
    pressed.button.click()
    assert sent == [], "a cell moves no focus"
    pressed.take({"value": TYPED})
    assert sent == [{"focus": pressed.field.model_id}]
    give_focus(pressed.field)
    assert len(sent) == 1, "the press is over"
