"""An answer as a form: a JSON schema as fields, and what a person typed as JSON.

The same serves a tool's arguments, which a person edits, and the answer to a question that names
its schema.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from course_utils.review.forms.json_text import (
    fits_a_box,
    read_json,
    same_json,
    shortened,
    write_json,
)
from course_utils.review.forms.limits import limits_of
from course_utils.review.forms.long_texts import in_a_box, takes_lines, with_line_ends_of
from course_utils.review.forms.schemas import choices_of, resolved, without_null

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Kind = Literal["text", "long_text", "integer", "number", "switch", "choice", "json"]

LEFT_OUT = object()
"""What `parse` returns for a field that is no part of the answer."""

REQUIRED = "Required."
NOT_FINITE = "NaN and infinity cannot be sent, type a number"

_KINDS: dict[str, Kind] = {
    "string": "text",
    "integer": "integer",
    "number": "number",
    "boolean": "switch",
}
_NOT_FINITE = {f"{sign}{name}" for sign in ("", "+", "-") for name in ("nan", "inf", "infinity")}
_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


class FieldError(ValueError):
    """What was typed is no value of its field; the message is for the person who typed it."""


@dataclass(frozen=True)
class Field:
    """One value of an answer, as a form shows it.

    Attributes:
        name: its key in the answer; `""` where the one field is the whole answer.
        label: what it is called on the form.
        kind: how it is shown and typed.
        required: whether the answer must have it.
        description: what it means, may be empty.
        choices: the values allowed, of any JSON type, where the kind is `choice`.
        value: what the form begins with, the present value or the default; None without either.
        given: whether `value` is in the answer as it stands. A default of an argument that the
            call leaves out is shown and not given.
        nullable: whether null is allowed, which an emptied field then means.
        limits: which values are allowed, in words, may be empty.
    """

    name: str
    label: str
    kind: Kind
    required: bool = False
    description: str = ""
    choices: tuple[Any, ...] = ()
    value: Any = None
    given: bool = False
    nullable: bool = False
    limits: str = ""

    @property
    def untouched(self) -> Any:
        """What stands in the answer if nobody touches the field: the value, or `LEFT_OUT`."""
        return self.value if self.given else LEFT_OUT

    @property
    def blank(self) -> bool:
        """Whether the form begins with nothing in this field."""
        return self.value is None and (self.nullable or not self.given)


def fields_of(
    schema: Mapping[str, Any], values: Mapping[str, Any] | None = None
) -> tuple[Field, ...]:
    """Make the fields of a form from a JSON schema.

    Args:
        schema: as pydantic makes it, or written by hand.
        values: the present values, as the arguments of a tool call. Keys that the schema does not
            know become fields too, so that they are seen and can be removed. None for an answer
            yet to be given: it then begins with the defaults.

    Returns:
        A field for each property of an object; for any other schema one field named `""`, whose
        value is the whole answer.
    """
    root = resolved(schema, schema)
    properties = root.get("properties")
    if not isinstance(properties, dict):
        properties = {} if values is not None and root.get("type") == "object" else {"": schema}
    names = [*properties, *(name for name in values or () if name not in properties)]
    if "" in names:
        present = None if values is None else {"": dict(values)}
        return (_field("", schema, schema, present, required=True),)
    required = root["required"] if isinstance(root.get("required"), list) else []
    return tuple(
        _field(name, properties.get(name), schema, values, required=name in required)
        for name in names
    )


def written(field: Field) -> str | bool:
    """Write a field's value as its widget holds it before anyone touches it."""
    if field.kind == "switch":
        return bool(field.value)
    if field.blank:
        return ""
    if field.kind == "choice":
        labels = choice_labels(field).items()
        return next(label for label, value in labels if same_json(value, field.value))
    if isinstance(field.value, str) and field.kind != "json":
        return in_a_box(field.value)
    return write_json(field.value)


def choice_labels(field: Field) -> dict[str, Any]:
    """Name the values to choose from, the present one first should it not be allowed."""
    values = list(field.choices)
    if not field.blank and not any(same_json(field.value, value) for value in values):
        values.insert(0, field.value)
    quoted = {write_json(value, indent=None): value for value in values}
    return {_choice_label(label, value, quoted): value for label, value in quoted.items()}


def parse(field: Field, raw: str | bool) -> Any:
    """Turn what a widget holds into the JSON value of its field.

    Args:
        field: the field.
        raw: the text, for a switch whether it is on, for a choice one of `choice_labels` or `""`.

    Returns:
        The value; the very object the field holds where nothing was changed. `LEFT_OUT` where the
        answer is to go without the field.

    Raises:
        FieldError: if the text is no such value.
    """
    if raw == written(field):
        return field.untouched
    value = _read(field, str(raw)) if field.kind != "switch" else raw
    same = field.given and value is not LEFT_OUT and same_json(value, field.value)
    return field.untouched if same else value


def is_changed(field: Field, raw: str | bool) -> bool:
    """Say whether what a widget holds gives another answer than the field began with."""
    try:
        return parse(field, raw) is not field.untouched
    except FieldError:
        return True


def _field(
    name: str,
    part: Any,
    root: Mapping[str, Any],
    values: Mapping[str, Any] | None,
    *,
    required: bool,
) -> Field:
    part, nullable = without_null(resolved(part, root), root)
    choices = choices_of(part, root)
    nullable = nullable or None in choices
    allowed = tuple(choice for choice in choices if choice is not None)
    if values is None and required and not nullable and part.get("type") == "boolean":
        part = {"default": False} | part  # an unticked box says no
    value, given = _beginning(name, part, values, required=required)
    given = given or (values is None and required and nullable)
    kind = "choice" if allowed else _KINDS.get(str(part.get("type")), "json")
    if kind == "switch" and (nullable or not isinstance(value, bool)):
        # A box is ticked or not: it could not show that there is no answer yet.
        kind, allowed = "choice", (True, False)
    field = Field(
        name,
        label=str(part.get("title") or name or "Answer"),
        kind=kind,
        required=required,
        description=str(part.get("description") or ""),
        choices=allowed,
        value=value,
        given=given,
        nullable=nullable,
        limits=limits_of(part, root),
    )
    if not field.blank:
        field = replace(field, kind=_kind_that_holds(value, kind))
    free = not name and values is None
    long = field.kind == "text" and takes_lines(name, part, value, free=free)
    return replace(field, kind="long_text") if long else field


def _beginning(
    name: str, part: dict[str, Any], values: Mapping[str, Any] | None, *, required: bool
) -> tuple[Any, bool]:
    """Return what a field begins with, and whether that is part of the answer as it stands."""
    if values is not None and name in values:
        return values[name], True
    default = part.get("default", part.get("const") if required else None)
    if values is None:
        return default, default is not None
    # Shown, the default of what must be given would look as if it had been.
    return None if required else default, False


def _kind_that_holds(value: Any, kind: Kind) -> Kind:
    """Return the kind if its widget can hold the value, whatever the schema says; else `json`."""
    match kind, value:
        case ("choice", _) | ("switch", bool()):
            return kind
        case "text", str() if fits_a_box(in_a_box(value)):
            return kind
        case ("integer" | "number", int()) | ("number", float()) if not isinstance(value, bool):
            return kind
    return "json"


def _choice_label(label: str, value: Any, quoted: Mapping[str, Any]) -> str:
    """Return a text without its quotes where nothing else on the list then reads the same."""
    bare = isinstance(value, str) and value.strip() and value not in quoted and fits_a_box(value)
    return str(value) if bare else label


def _read(field: Field, raw: str) -> Any:
    if not (raw if field.kind in {"text", "long_text"} else raw.strip()):
        return _emptied(field)
    match field.kind:
        case "integer":
            return _number_of(raw, _WHOLE_NUMBER, int, "a whole number")
        case "number":
            whole = _WHOLE_NUMBER.fullmatch(raw.strip())
            return _number_of(raw, _NUMBER, int if whole else float, "a number")
        case "choice":
            return _chosen(field, raw)
        case "json":
            try:
                return read_json(raw, str(written(field)))
            except ValueError as error:
                raise FieldError(f"{error}") from None
    return with_line_ends_of(field.value, raw)


def _emptied(field: Field) -> Any:
    if field.nullable:
        return None
    if not field.required:
        return LEFT_OUT
    raise FieldError(REQUIRED)


def _number_of(
    raw: str, shape: re.Pattern[str], number: Callable[[str], float], called: str
) -> float:
    if raw.strip().lower() in _NOT_FINITE:
        raise FieldError(f"{NOT_FINITE}: {raw.strip()!r}")
    problem = FieldError(shortened(f"not {called}: {raw!r}"))
    if not shape.fullmatch(raw.strip()):
        raise problem
    try:
        value = number(raw)
    except ValueError:  # thousands of digits, more than Python reads
        raise problem from None
    if value in {math.inf, -math.inf}:
        raise problem
    return value


def _chosen(field: Field, raw: str) -> Any:
    labels = choice_labels(field)
    if raw not in labels:
        raise FieldError(shortened(f"not one of {', '.join(labels)}: {raw!r}"))
    return labels[raw]
