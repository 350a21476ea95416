"""What an edit of a call, or an answer to a question, has to look like."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from course_utils.review.forms.fields import Field, fields_of
from course_utils.review.forms.validation import (
    Checker,
    arguments_read,
    arguments_schema,
    schema_checker,
    tool_checker,
)
from course_utils.review.reading.graphs import tool_of
from course_utils.review.reading.pauses import InterruptPause

if TYPE_CHECKING:
    from collections.abc import Mapping

    from langgraph.pregel import Pregel

    from course_utils.review.reading.pauses import Pause

WOULD_REFUSE = "As it stands, {name} would refuse this call: {why}"
NOT_WRITTEN_DOWN = "made when the tool runs"

_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number"}


@dataclass(frozen=True)
class Draft:
    """What a person may fill in, and the check it has to pass before anything resumes.

    Attributes:
        fields: the fields of the form.
        check: returns what is wrong, by field name.
    """

    fields: tuple[Field, ...]
    check: Checker


def draft_of_arguments(graph: Pregel[Any, Any, Any, Any], pause: Pause, action: int) -> Draft:
    """Prepare the edit of one call's arguments.

    They are checked by the tool's own model where the asking graph has the tool in a ToolNode, or
    where no two graphs inside the whole have one of that name. Else they are checked by the schema
    that the question carries; where there is neither, only the types of now are kept.

    Args:
        graph: the compiled graph.
        pause: what waits.
        action: which of its actions, counted from 0.
    """
    asked = pause.request["action_requests"][action]
    tool = tool_of(graph, pause.within, asked["name"])
    if tool is not None:
        values = arguments_read(tool, asked["args"])
        return Draft(fields_of(arguments_schema(tool, values), values), tool_checker(tool))
    schema = None
    if isinstance(pause, InterruptPause) and pause.asked.argument_schemas:
        schema = pause.asked.argument_schemas[action]
    if schema is not None:
        return Draft(fields_of(schema, asked["args"]), schema_checker(schema))
    return Draft(fields_of(_as_now(asked["args"]), asked["args"]), lambda _: {})


def draft_of_answer(schema: Mapping[str, Any]) -> Draft:
    """Prepare the answer to a question that names its schema."""
    return Draft(fields_of(schema), schema_checker(schema))


def left_out(graph: Pregel[Any, Any, Any, Any], pause: Pause, action: int) -> dict[str, Any]:
    """Return the arguments that a call leaves out, with the defaults that its tool fills in.

    Args:
        graph: the compiled graph.
        pause: what waits.
        action: which of its actions, counted from 0.
    """
    if isinstance(pause, InterruptPause) and pause.asked.format == "value":
        return {}
    asked = pause.request["action_requests"][action]
    try:
        tool = tool_of(graph, pause.within, asked["name"])
        schema = arguments_schema(tool, asked["args"]) if tool else {}
        fields = fields_of(schema, asked["args"])
    except Exception:
        # A schema that cannot be written down says nothing of its defaults.
        return {}
    properties = schema.get("properties", {})
    open_fields = (field for field in fields if not (field.given or field.required))
    return {
        field.name: properties.get(field.name, {}).get("default", NOT_WRITTEN_DOWN)
        for field in open_fields
    }


def with_refusals(graph: Pregel[Any, Any, Any, Any], pause: Pause) -> Pause:
    """Return a pause that says of each call which its own tool would refuse that it would.

    Args:
        graph: the compiled graph.
        pause: what waits.
    """
    if isinstance(pause, InterruptPause) and pause.asked.format == "value":
        return pause
    actions = range(len(pause.request["action_requests"]))
    refused = filter(None, (_refused_as_it_is(graph, pause, action) for action in actions))
    return replace(pause, remarks=(*pause.remarks, *refused))


def _refused_as_it_is(graph: Pregel[Any, Any, Any, Any], pause: Pause, action: int) -> str:
    asked = pause.request["action_requests"][action]
    try:
        tool = tool_of(graph, pause.within, asked["name"])
        wrong = tool_checker(tool)(arguments_read(tool, asked["args"])) if tool else {}
    except Exception:
        # A check that cannot be made says nothing.
        return ""
    told = (f"{name}: {words}" if name else words for name, words in wrong.items())
    return WOULD_REFUSE.format(name=asked["name"], why=" ".join(told)) if wrong else ""


def _as_now(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema that says of each argument no more than its type."""
    types = {name: _TYPES.get(type(value)) for name, value in arguments.items()}
    properties = {name: {"type": kind} if kind else {} for name, kind in types.items()}
    return {"type": "object", "properties": properties, "required": list(arguments)}
