"""The tools bound to the model, read from their schemas: what each is called and what it wants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from course_utils.model.words import stem, stems, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# The roles a parameter can have, a line each: the words of its name that tell so, of which the
# first line counts; the forms of value it takes and the prepositions before it, the likeliest
# first; and what announces it besides its own name.
_ROLES = """
email: email mail recipient recipients cc bcc attendee attendees | email | | e-?mail
path: path file filename url link folder directory | path quote | in into to from at |
datetime: when datetime due deadline until start end | datetime date time | |
date: date day weekday month | date datetime | |
time: time hour | time datetime | |
currency: currency | money | |
code: id number code reference ref order invoice tracking channel phone | code number quote | for |
subject: subject title headline | quote | about regarding on of | subject title titled called named
reason: reason purpose why | quote | for |
body: body message content text note notes description comment memo | quote | for about \
    | body message text content description
query: query question search keywords topic expression prompt task | quote | | titled called named
amount: amount price cost sum total budget | money number | |
place: place location city country origin destination address | quote email path | in at from to |
name: name person customer user username guest contact client to | quote email | for with to by \
    | name named called
text: | quote code email path | of in to on from for into under at as with | called named
integer: | number money code | |
number: | number money | |
"""
SENTENCES = {"subject", "reason", "body", "query", "text"}
_LINES = [line.split(":") for line in _ROLES.strip().splitlines()]
_COLUMNS = {role: [column.split() for column in rest.split("|")] for role, rest in _LINES}
_ROLE_OF = {word: role for role in reversed(_COLUMNS) for word in _COLUMNS[role][0]}


@dataclass(frozen=True)
class Parameter:
    """One parameter of a tool: its kind is its JSON type, its role a line of the table above.

    The role is `text` where its name tells nothing, and mostly the type where it is no text.
    """

    name: str
    kind: str
    role: str
    required: bool
    options: list[Any]
    words: list[str]
    forms: list[str]
    leads: list[str]
    called: list[str]

    @property
    def takes_words(self) -> bool:
        """Whether it takes free words, be it a sentence or only a name."""
        return self.role in {*SENTENCES, "name", "place", "code", "path"}


@dataclass(frozen=True)
class Tool:
    """A tool as the model sees it, with the stems of its name, description and parameters."""

    name: str
    about: str
    parameters: tuple[Parameter, ...]
    stems: tuple[list[str], list[str], list[str]]


def read_tools(bound: Sequence[Mapping[str, Any]]) -> list[Tool]:
    """Read tools from the function schemas that `convert_to_openai_tool` writes."""
    return [_tool(tool["function"]) for tool in bound]


def _tool(function: Mapping[str, Any]) -> Tool:
    schema = function.get("parameters") or {}
    name, about = function["name"], function.get("description", "")
    required = schema.get("required", [])
    parameters = tuple(
        _parameter(key, part, about.casefold(), key in required)
        for key, part in schema.get("properties", {}).items()
    )
    said = [word for p in parameters for text in (p.name, *p.options) for word in words(str(text))]
    # What a description says of each parameter does not tell what the tool does.
    of_tool = about.split("\nArgs:")[0]
    return Tool(name, about, parameters, (stems(name), stems(of_tool), list(map(stem, said))))


def _parameter(name: str, part: Mapping[str, Any], about: str, required: bool) -> Parameter:
    schema = next((one for one in part.get("anyOf", []) if one.get("type") != "null"), part)
    described = f"{name} {part.get('description', '')}".casefold()
    kind, options = str(schema.get("type", "string")), schema.get("enum", [])
    element = schema.get("items", {}) if kind == "array" else schema
    role = "enum" if options else _role(name, element, described, about)
    columns = _COLUMNS.get(role, [[], [], [], []])[1:]
    return Parameter(name, kind, role, required, options, words(name), *columns)


def _role(name: str, schema: Mapping[str, Any], described: str, about: str) -> str:
    """Find what a parameter is; the last word of its name counts most."""
    role = next((_ROLE_OF[word] for word in reversed(words(name)) if word in _ROLE_OF), "text")
    kind = str(schema.get("type", "string"))
    if kind != "string":
        return role if role in {"amount", "code"} else kind
    mailed = "mail" in about and (role == "email" or name in {"to", "address"})
    if role in {"email", "place", "name", "text"} and (mailed or "mail" in described):
        return "email"
    # Who does it, such as the buyer or the trainer.
    does_it = name.endswith(("er", "or")) or "who" in words(described)
    return "name" if role == "email" or (role == "text" and does_it) else role
