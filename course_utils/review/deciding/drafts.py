"""What an edit of a call, or an answer to a question, has to look like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from course_utils.review.forms.fields import Field, fields_of
from course_utils.review.forms.validation import (
    Checker,
    arguments_schema,
    schema_checker,
    tool_checker,
)
from course_utils.review.reading.graphs import subgraphs, tool_nodes
from course_utils.review.reading.pauses import InterruptPause

if TYPE_CHECKING:
    from collections.abc import Mapping

    from langchain_core.tools import BaseTool
    from langgraph.pregel import Pregel

    from course_utils.review.reading.pauses import Pause

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

    They are checked by the tool's own model where the graph has the tool in a ToolNode, else by the
    schema that the question carries; where there is neither, only the types of now are kept.

    Args:
        graph: the compiled graph.
        pause: what waits.
        action: which of its actions, counted from 0.
    """
    asked = pause.request["action_requests"][action]
    tool = _tool(graph, asked["name"])
    if tool is not None:
        return Draft(fields_of(arguments_schema(tool), asked["args"]), tool_checker(tool))
    schema = None
    if isinstance(pause, InterruptPause) and pause.asked.argument_schemas:
        schema = pause.asked.argument_schemas[action]
    if schema is not None:
        return Draft(fields_of(schema, asked["args"]), schema_checker(schema))
    return Draft(fields_of(_as_now(asked["args"]), asked["args"]), lambda _: {})


def draft_of_answer(schema: Mapping[str, Any]) -> Draft:
    """Prepare the answer to a question that names its schema."""
    return Draft(fields_of(schema), schema_checker(schema))


def _tool(graph: Pregel[Any, Any, Any, Any], name: str) -> BaseTool | None:
    for node in tool_nodes(graph).values():
        if name in node.tools_by_name:
            return node.tools_by_name[name]
    found = (_tool(inner, name) for inner in subgraphs(graph).values())
    return next((tool for tool in found if tool is not None), None)


def _as_now(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema that says of each argument no more than its type."""
    types = {name: _TYPES.get(type(value)) for name, value in arguments.items()}
    properties = {name: {"type": kind} if kind else {} for name, kind in types.items()}
    return {"type": "object", "properties": properties, "required": list(arguments)}
