"""The tools bound to the model, read from their schemas: what each is called and what it wants."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from course_utils.model.lexicon import each
from course_utils.model.words import stem, stems, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# What a parameter wants, by a word of its name; the first line that matches decides.
_KINDS = {
    "email": "email recipient recipients cc bcc mail sender attendee attendees invitee invitees",
    "url": "url link website webpage uri",
    "phone": "phone mobile telephone",
    "language": "language lang locale",
    "currency": "currency currencies",
    "unit": "unit units",
    "channel": "channel",
    "path": "path file filename filepath folder directory dir",
    "duration": "duration delay timeout",
    "datetime": "when datetime timestamp due deadline schedule until",
    "date": "date day weekday birthday checkin checkout arrival departure",
    "time": "time hour start end",
    "id": "id identifier number code reference ref sku isbn order invoice ticket tracking",
    "subject": "subject title summary headline heading",
    "body": "body message content contents text note notes description details comment comments "
    "memo caption",
    "reason": "reason purpose justification why",
    "query": "query question search term terms keyword keywords q topic expression prompt",
    "task": "task todo reminder",
    "place": "location city place country destination origin region area town venue address where "
    "state",
    "amount": "amount price cost sum total budget",
    "ticker": "symbol ticker",
    "version": "version release tag",
    "author": "artist author writer composer singer band",
    "name": "name person customer user username guest employee assignee contact client restaurant "
    "hotel product",
}  # fmt: skip
_ENDS = set(each("source destination src dst target origin input output old new"))


_FORMATS = {
    "email": "email",
    "date": "date",
    "date-time": "datetime",
    "time": "time",
    "uri": "url",
}

# The forms of value each kind takes, and how readily.
_FORMS: dict[str, dict[str, float]] = {
    "email": {"email": 5},
    "url": {"url": 5},
    "path": {"path": 5, "quote": 3},
    "phone": {"phone": 5, "number": 1},
    "language": {"language": 5},
    "currency": {"currency": 5, "money": 3},
    "channel": {"channel": 5, "quote": 2},
    "date": {"date": 5, "datetime": 4, "delay": 2},
    "time": {"time": 5, "datetime": 5, "delay": 3, "date": 1},
    "datetime": {"datetime": 5, "date": 4, "time": 4, "delay": 4},
    "duration": {"duration": 5},
    "id": {"id": 5, "number": 3, "quote": 2},
    "amount": {"money": 5, "number": 3},
    "place": {"quote": 3},
    "name": {"quote": 3.6, "handle": 3, "email": 1},
    "body": {"quote": 4.5},
    "subject": {"quote": 4},
    "query": {"quote": 4.4},
    "task": {"quote": 4.4},
    "reason": {"quote": 3.5},
    "text": {"quote": 3.8, "email": 1, "id": 1.5, "handle": 1.5, "channel": 1, "url": 1},
    "ticker": {"ticker": 5, "quote": 2},
    "version": {"version": 5, "number": 3},
    "unit": {"unit": 5},
    "author": {"quote": 2},
    "integer": {"number": 4, "duration": 2, "id": 2, "money": 2, "percent": 3},
    "number": {"number": 4, "money": 3, "percent": 3, "duration": 2},
}
_TAKES_WORDS = {"subject", "body", "reason", "query", "task", "text", "name"}
_SIDES = {
    "from": set(each("from source origin base start sender old")),
    "to": set(each("to target destination end recipient dest new")),
}


@dataclass(frozen=True)
class Parameter:
    """One parameter of a tool.

    Attributes:
        name: as the schema has it.
        kind: what it wants: a JSON type (`boolean`, `integer`, `number`, `array`, `object`),
            `enum`, or for a string the subject its name speaks of, `text` when of none.
        required: whether a call without it is refused.
        options: what an `enum` allows.
        item: what each element of an `array` is.
        fields: what an `object` holds.
        about: its description.
    """

    name: str
    kind: str
    required: bool = True
    options: tuple[Any, ...] = ()
    item: Parameter | None = None
    fields: tuple[Parameter, ...] = ()
    about: str = ""

    @property
    def words(self) -> list[str]:
        """The words of its name."""
        return words(self.name)

    @property
    def forms(self) -> Mapping[str, float]:
        """The forms of value it takes, or its items take, and how readily."""
        return _FORMS.get(self.item.kind if self.item else self.kind, {})

    @property
    def takes_words(self) -> bool:
        """Whether it takes free words."""
        return (self.item.kind if self.item else self.kind) in _TAKES_WORDS

    def takes_side(self, side: str) -> bool:
        """Tell whether its name takes the side `from` or `to`: origin, target_currency."""
        return bool(_SIDES[side] & set(self.words))

    @property
    def topic(self) -> str:
        """What its name speaks of, whatever its type: `amount` for a number called price."""
        return _topic(self.name, self.about)


@dataclass(frozen=True)
class Tool:
    """A tool as the model sees it."""

    name: str
    about: str
    parameters: tuple[Parameter, ...] = field(default=())

    @property
    def name_stems(self) -> list[str]:
        """The stems of its name."""
        return stems(self.name)

    @property
    def parameter_stems(self) -> list[str]:
        """The stems of its parameters' names."""
        return [stem(word) for parameter in self.parameters for word in parameter.words]


def read_tools(bound: Sequence[Mapping[str, Any]]) -> list[Tool]:
    """Read tools from the function schemas that `convert_to_openai_tool` writes."""
    return [_tool(tool["function"]) for tool in bound]


def _tool(function: Mapping[str, Any]) -> Tool:
    schema = function.get("parameters") or {}
    about = function.get("description", "")
    return Tool(function["name"], about, _parameters(schema, schema, about))


def _parameters(
    schema: Mapping[str, Any], root: Mapping[str, Any], about: str
) -> tuple[Parameter, ...]:
    required = schema.get("required", [])
    return tuple(
        _parameter(name, _resolve(part, root), root, name in required, about)
        for name, part in schema.get("properties", {}).items()
    )


def _parameter(
    name: str, schema: Mapping[str, Any], root: Mapping[str, Any], required: bool, about: str
) -> Parameter:
    kind = _kind(name, schema, about)
    item = None
    if kind == "array":
        element = _resolve(schema.get("items", {"type": "string"}), root)
        item = _parameter(name, element, root, True, about)
    options = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
    described = schema.get("description", "")
    fields = _parameters(schema, root, described) if kind == "object" else ()
    return Parameter(name, kind, required, tuple(options), item, fields, described)


def _resolve(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow references, and take the part of a union that is not null."""
    while "$ref" in schema:
        target: Any = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        schema = target
    for union in ("anyOf", "oneOf", "allOf"):
        parts = [part for part in schema.get(union, []) if part.get("type") != "null"]
        if parts:
            return {**_resolve(parts[0], root), **{k: v for k, v in schema.items() if k != union}}
    return schema


def _kind(name: str, schema: Mapping[str, Any], about: str) -> str:
    if "enum" in schema or "const" in schema:
        return "enum"
    declared = schema.get("type", "string")
    if isinstance(declared, list):
        declared = next((one for one in declared if one != "null"), "string")
    if declared != "string":
        return str(declared)
    return _FORMATS.get(schema.get("format", "")) or _string_kind(name, schema, about)


def _string_kind(name: str, schema: Mapping[str, Any], about: str) -> str:
    described = schema.get("description", "")
    topic = _topic(name, described)
    mail = _speaks_of_mail(f"{name} {described}")
    if topic == "place" and mail:
        return "email"
    if topic == "text" and name in {"to", "recipient", "address"} and _speaks_of_mail(about):
        return "email"
    if topic == "email" and not mail and not _speaks_of_mail(about):
        return "name"
    ends_of_file = set(words(name)) & _ENDS and _speaks_of_files(about)
    return "path" if ends_of_file and topic in {"text", "place", "name"} else topic


def _speaks_of_mail(text: str) -> bool:
    return bool(re.search(r"mail|attendee|invitee", text.replace("_", " "), re.IGNORECASE))


def _speaks_of_files(text: str) -> bool:
    return bool(re.search(r"\b(?:file|folder|director|document)", text, re.IGNORECASE))


def _topic(name: str, described: str) -> str:
    """Find what a name speaks of: its last word counts most, the description least."""
    for word in reversed(words(name)):
        for kind, names in _KINDS.items():
            if word in names.split():
                return kind
    if words(name) and len(words(name)[0]) > 1 and not {"from", "to"} & set(words(name)):
        return "text"
    said = set(words(described))
    for kind in ("email", "currency", "language", "unit", "path", "channel", "place", "date"):
        if said & set(_KINDS[kind].split()):
            return kind
    return "text"
