"""A form: one labelled input for each field of an answer, and what is wrong beside each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, Button, Checkbox, Dropdown, Text, Textarea
from traitlets import Tuple, Unicode

from course_utils.printable import printable
from course_utils.review.forms.differences import Difference
from course_utils.review.forms.fields import (
    LEFT_OUT,
    REQUIRED,
    Field,
    FieldError,
    choice_labels,
    is_changed,
    parse,
    written,
)
from course_utils.widgets.html.differences import lines_html
from course_utils.widgets.html.escaped import shown
from course_utils.widgets.html.style import style
from course_utils.widgets.page.parts import Panel
from course_utils.widgets.page.presses import give_focus, part

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STYLE = style("""
.hitl-form {max-width: 640px; overflow: visible;}
.hitl-form .hitl-field {padding: 2px 6px 2px 10px; border-left: 3px solid transparent;
  overflow: visible;}
.hitl-form .hitl-changed {border-left-color: var(--jp-warn-color1, #f57c00);}
.hitl-form .widget-text, .hitl-form .widget-textarea, .hitl-form .widget-dropdown {
  flex-direction: column; align-items: stretch; gap: 4px; width: auto; height: auto;
  overflow: visible;}
.hitl-form .widget-label {width: auto; text-align: left; font-weight: 600; white-space: normal;
  height: auto; color: var(--jp-content-font-color1, inherit);}
.hitl-form textarea, .hitl-form .widget-dropdown select, .hitl-form .widget-text input {
  flex: none; box-sizing: border-box; width: 100%;}
.hitl-form textarea {resize: vertical; font-family: var(--jp-code-font-family, monospace);
  font-size: var(--jp-code-font-size, 13px);}
.hitl-form .widget-dropdown select {height: var(--jp-widgets-inline-height, 28px);
  appearance: auto; background-image: none;}
.hitl-form .widget-checkbox {width: auto; height: auto;}
.hitl-form .widget-checkbox label {font-weight: 600; font-size: inherit; line-height: 1.5;}
.hitl-form .widget-html:not(.hitl-told):has(> .widget-html-content:empty) {display: none;}
.hitl-form .widget-html-content {line-height: 1.4; color: var(--jp-content-font-color1, inherit);
  overflow-wrap: anywhere;}
.hitl-form .widget-html {height: auto;}
.hitl-form .widget-html.hitl-told {display: flex; min-height: 1.7em;}
.hitl-form .hitl-note, .hitl-form .hitl-was {font-size: 0.9em;}
.hitl-form .hitl-note {white-space: pre-wrap;}
.hitl-form .hitl-was {white-space: nowrap; overflow: hidden; text-overflow: ellipsis;}
.hitl-form [role=alert] {padding: 1px 8px; margin: 2px 0; white-space: pre-wrap;
  border-left: 3px solid var(--jp-error-color1, #d32f2f);}
.hitl-form pre {max-height: 16em; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere;
  border: 1px solid var(--jp-border-color1, #bdbdbd); padding: 4px 8px;}
.hitl-form :is(input, textarea, select, button, summary, pre):focus-visible {
  outline: 2px solid var(--jp-brand-color1, #1976d2) !important; outline-offset: 2px;}
""")

FOLDED_FROM = 20_000  # characters
EDIT_LONG = "Edit this long value"
_MOST_ROWS = 14
_ROW = 72  # characters
_FORMER_VALUE = 200  # characters of it that are shown


class FormError(ValueError):
    """The form holds what is no answer.

    Attributes:
        errors: messages by field name, `""` for the whole.
    """

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {told}" for name, told in errors.items()))
        self.errors = dict(errors)


class Form(Panel):
    """Fill in the fields of an answer with the mouse, the keyboard or from code.

    What is not touched comes back exactly as it was. Text arrives whole, when its box is left.

    Args:
        fields: as `fields_of` makes them from a schema.
        title: what stands above them.
    """

    changed = Tuple(help="The names of the fields whose value is no longer what it was.")

    def __init__(self, fields: Sequence[Field], *, title: str = "") -> None:
        self._rows = {field.name: _Row(field) for field in fields}
        self._problems = HTML()
        heading = f"<p><strong>{shown(title)}</strong></p>" if title else ""
        super().__init__([HTML(STYLE + heading), self._problems, *self._rows.values()])
        self.add_class("hitl-form")
        for row in self._rows.values():
            row.observe(self._note_changes, "state")

    @property
    def typed(self) -> tuple[str | bool, ...]:
        """What stands in each field, as it was typed."""
        return tuple(row.raw for row in self._rows.values())

    def values(self) -> Any:
        """Return the answer: an object, or the bare value where the one field is the whole.

        Raises:
            FormError: if something typed is no value of its field; it is told beside it too.
        """
        answer: dict[str, Any] = {}
        errors: dict[str, str] = {}
        for name, row in self._rows.items():
            try:
                answer[name] = parse(row.field, row.raw)
            except FieldError as error:
                errors[name] = str(error)
        if answer.get("") is LEFT_OUT:
            errors[""] = REQUIRED
        if errors:
            self.show_errors(errors)
            raise FormError(errors)
        if "" in answer:
            return answer[""]
        return {name: value for name, value in answer.items() if value is not LEFT_OUT}

    def show_errors(self, errors: Mapping[str, str]) -> None:
        """Put each message beside its field, and take away those of before.

        Args:
            errors: messages by field name. Those for the whole, and for what has no field here,
                stand on top.
        """
        for name, row in self._rows.items():
            row.tell(errors.get(name, ""))
        others = [
            f"{name}: {told}" if name else told
            for name, told in errors.items()
            if name not in self._rows
        ]
        self._problems.value = _alert("\n".join(others))

    def fill(self, name: str, raw: str | bool) -> None:
        """Fill in a field as a person would, a long value's too.

        Args:
            name: the field's.
            raw: the text as typed; True or False for a switch; for a choice its label, or `""`.

        Raises:
            ValueError: if the form has no such field.
        """
        if name not in self._rows:
            raise ValueError(f"the form has the fields {', '.join(self._rows)}, not {name!r}")
        self._rows[name].editor().value = raw

    @property
    def first(self) -> Any:
        """The first input, or the button that opens the input of a long value."""
        rows = list(self._rows.values())
        return rows[0].first if rows else self

    def _note_changes(self, _: object) -> None:
        self.changed = tuple(name for name, row in self._rows.items() if row.state == "changed")


class _Row(Panel):
    """One field: its input, what it means, and what is wrong with it, or what it was before.

    There is always room for one line of that: a button that moves while a field is left, because
    the mouse goes down on the button, is missed when the mouse comes up.
    """

    state = Unicode(help="'' or 'changed'")

    def __init__(self, field: Field) -> None:
        self.field = field
        self._began = written(field)
        self._input: Any = None
        self._note = HTML(_note_html(field))
        self._told = HTML()
        self._told.add_class("hitl-told")
        super().__init__()
        self.add_class("hitl-field")
        if isinstance(self._began, str) and len(self._began) > FOLDED_FROM:
            edit = part(Button(description=EDIT_LONG, tooltip=f"Edit {printable(field.label)}"))
            # The button goes, and would take the focus with it.
            edit.on_click(lambda _: give_focus(self.editor()))
            folded = HTML(_folded_html(field, self._began))
            self.children = [folded, self._note, edit, self._told]
        else:
            self.editor()

    @property
    def raw(self) -> str | bool:
        """What the input holds, or would hold."""
        return self._began if self._input is None else self._input.value

    def editor(self) -> Any:
        """Return the input, made now where a long value was folded."""
        if self._input is None:
            self._input = part(_input_for(self.field, self._began))
            self._input.observe(self._on_input, "value")
            self.children = [self._input, self._note, self._told]
        return self._input

    @property
    def first(self) -> Any:
        """The input, or the button that opens it."""
        return next(part for part in self.children if not isinstance(part, HTML))

    def tell(self, problem: str) -> None:
        """Say what is wrong with the field; where that is empty, what it was if it is changed."""
        if problem:
            self._told.value = _alert(f"{self.field.label}: {problem}")
        else:
            was = _was_html(self.field, self._began, self.raw) if self.state else ""
            self._told.value = was

    def _on_input(self, _: object) -> None:
        changed = is_changed(self.field, self.raw)
        self.state = "changed" if changed else ""
        (self.add_class if changed else self.remove_class)("hitl-changed")
        try:
            parse(self.field, self.raw)
        except FieldError as error:
            self.tell(str(error))
        else:
            self.tell("")


def _input_for(field: Field, raw: str | bool) -> Any:
    called = printable(field.label) + (" (required)" if field.required else "")
    if field.kind == "switch":
        return Checkbox(value=raw, description=called, indent=False)
    if field.kind == "choice":
        labels = [(printable(label), label) for label in choice_labels(field)]
        may_be_empty = field.blank or field.nullable or not field.required
        options = [("", ""), *labels] if may_be_empty else labels
        return Dropdown(options=options, value=raw, description=called)
    # Sent whole when it is left, before any click: letter by letter, the last would come late.
    if field.kind in {"long_text", "json"}:
        rows = min(_rows(str(raw)) + 1, _MOST_ROWS)
        return Textarea(value=raw, description=called, rows=rows, continuous_update=False)
    return Text(value=raw, description=called, continuous_update=False)


def _rows(text: str) -> int:
    """Return how many rows a text takes in its box, where long lines are broken."""
    return sum(1 + len(line) // _ROW for line in text.split("\n"))


def _note_html(field: Field) -> str:
    """Say what a field means, and which values it takes, before anything wrong is typed."""
    form = "Written as JSON." if field.kind == "json" else ""
    notes = [field.description, " ".join(filter(None, [form, field.limits]))]
    lines = (f"<div class='hitl-note'>{shown(words)}</div>" for words in notes if words)
    return "".join(lines)


def _was_html(field: Field, former: str | bool, raw: str | bool) -> str:
    """Say that a field is changed and what it held, announced to a screen reader.

    Of a long value it says how much has changed, which unfolds to the lines: there is room for one.
    """
    text = {True: "on", False: "off", "": "empty"}.get(former, str(former))
    name = f"{field.label}: " if field.label else ""
    changed = f"{shown(name)}<strong>changed</strong>"
    difference = None if text == "empty" else _difference(field, raw)
    if difference and difference.long:
        folded = f"<summary>{changed}, {difference.summary}</summary>{lines_html(difference)}"
        return f"<div role='status'><details class='hitl-diff'>{folded}</details></div>"
    length = len(text)
    cut = f"{text[:_FORMER_VALUE]} ... ({length:,} characters)" if length > _FORMER_VALUE else text
    return f"<div role='status' class='hitl-was'>{changed}, was: {shown(cut)}</div>"


def _difference(field: Field, raw: str | bool) -> Difference | None:
    """Return how a field's value differs from what it was; None where none can be read."""
    try:
        return Difference("", field.value, parse(field, raw))
    except FieldError:
        return None


def _folded_html(field: Field, text: str) -> str:
    """Show a long value whole, but folded; only its heading takes room."""
    called = shown(field.label) + (" (required)" if field.required else "")
    return (
        f"<details><summary><strong>{called}</strong>: {len(text):,} characters</summary>"
        f"<pre role='region' tabindex='0' aria-label='{called}'>{shown(text)}</pre></details>"
    )


def _alert(words: str) -> str:
    """Put words where a screen reader reads them out as they appear."""
    return f"<div role='alert'>{shown(words)}</div>" if words else ""
