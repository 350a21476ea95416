"""The answer to a question that wants a value: a form where a schema is given, else plain text."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ipywidgets import Dropdown, Textarea

from course_utils.review.deciding.drafts import draft_of_answer
from course_utils.review.forms.json_text import read_json
from course_utils.widgets.card.controls import Controls, checked
from course_utils.widgets.card.form import Form, FormError
from course_utils.widgets.page.parts import Row
from course_utils.widgets.page.presses import part

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from course_utils.widgets.card.controls import Decide


class FormControls(Controls):
    """The form of an answer whose JSON schema is known.

    Args:
        decide: takes the decision to respond, with the answer as its message.
        schema: the answer's JSON schema.
    """

    def __init__(self, decide: Decide, schema: Mapping[str, Any]) -> None:
        super().__init__(decide)
        self._draft = draft_of_answer(schema)
        self.form = Form(self._draft.fields)
        send = self._send_button("answer", self._submit)
        self.children = [self.form, Row(send), self._chosen]

    @property
    def typed(self) -> tuple[Any, ...]:
        """What stands in the form."""
        return self.form.typed

    def show_errors(self, errors: Mapping[str, str]) -> None:
        """Say what is wrong, beside the fields."""
        self.form.show_errors(errors)

    def _submit(self) -> None:
        try:
            answer = checked(self.form, self._draft)
        except FormError:
            return
        self._decide([{"type": "respond", "message": answer}])


class TextControls(Controls):
    """A text, and what it is to be sent as: the word "no" is no No to a node that tests `if`.

    Args:
        decide: takes the decision to respond, with the answer as its message.
    """

    def __init__(self, decide: Decide) -> None:
        super().__init__(decide)
        self.text = part(Textarea(description="Your answer", continuous_update=False))
        self.text.add_class("hitl-wide")
        self.kind = part(Dropdown(description="Send it as", options=list(READERS)))
        send = self._send_button("answer", self._submit)
        self.children = [self.text, Row(self.kind, send), self._chosen]

    @property
    def typed(self) -> tuple[Any, ...]:
        """The text, and what it is to be sent as."""
        return (self.text.value, self.kind.value)

    def _submit(self) -> None:
        try:
            answer = READERS[self.kind.value](self.text.value)
        except ValueError as error:
            why = str(error).removeprefix(f"not {self.kind.value}: ")
            self.show_errors({"": f"This cannot be sent as {self.kind.value}: {why}"})
            return
        self._decide([{"type": "respond", "message": answer}])


def _yes_or_no(words: str) -> bool:
    answers = {"yes": True, "no": False}
    if words.strip().lower() not in answers:
        raise ValueError("type yes or no")
    return answers[words.strip().lower()]


def _number(words: str) -> float:
    if not math.isfinite(float(words)):
        raise ValueError("type a number that can be written in full")
    try:
        return int(words)
    except ValueError:
        return float(words)


READERS: dict[str, Callable[[str], Any]] = {
    "text": str,
    "yes or no": _yes_or_no,
    "number": _number,
    "JSON": read_json,
}
