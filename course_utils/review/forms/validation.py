"""What is wrong in an answer: a tool's arguments, or what a question asked for by its schema."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from langchain_core.tools import Tool
from pydantic import BaseModel, ValidationError

from course_utils.neighbours.langchain import schema_of_one_text
from course_utils.review.forms.argument_keys import (
    as_read,
    injected_fields,
    keyed_as,
    keys_read,
    schema_of_fields,
)
from course_utils.review.forms.fields import REQUIRED
from course_utils.review.forms.json_text import shortened, write_json
from course_utils.review.forms.limits import limits_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import jsonschema
    from langchain_core.tools import BaseTool

    from course_utils.review.forms.argument_keys import Keys

Checker = Callable[[Any], dict[str, str]]
"""Takes an answer, returns messages by field name, `""` for the whole; none where it is right."""

UNKNOWN = "Not an argument of this tool."
READ_AS = "The tool reads this argument under the name {key!r} only."
GIVEN_TWICE = "Given twice: the tool reads {key!r} instead."
_LIMITS = {"pattern", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems"}


def arguments_schema(tool: BaseTool, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the JSON schema of the arguments which a tool's caller gives: no injected ones.

    Args:
        tool: the tool.
        values: the arguments of a call, as `arguments_read` returns them. Where the tool reads an
            argument under several keys, the schema has the one that the call has.
    """
    if _takes_one_text(tool):
        return schema_of_one_text()
    schema = tool.tool_call_schema
    if isinstance(schema, dict):
        return schema
    if issubclass(schema, BaseModel):
        by_name = schema.model_json_schema()
    else:
        by_name = schema.schema(by_alias=False)
    model = _own_model(tool)
    if model is not None:
        by_name = _with_forgotten_fields(by_name, model)
    return keyed_as(by_name, _keys(tool), values or {})


def arguments_read(tool: BaseTool, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a call, each under one key, and that one the tool reads.

    Args:
        tool: the tool.
        values: the arguments as the model wrote them, who knows an argument by its name only and
            not by its alias.
    """
    return as_read(values, _keys(tool))


def _with_forgotten_fields(schema: dict[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    """Add what LangChain leaves out of a tool's schema: a field with an alias for validation."""
    forgotten = model.model_fields.keys() - schema.get("properties", {}).keys()
    forgotten -= injected_fields(model)
    if not forgotten:
        return schema
    more = schema_of_fields(model, forgotten)
    added = {key: {**schema.get(key, {}), **more.get(key, {})} for key in ("properties", "$defs")}
    return {**schema, **added, "required": [*schema.get("required", ()), *more.get("required", ())]}


def tool_checker(tool: BaseTool) -> Checker:
    """Make a check of arguments as the tool itself makes it, before anything runs.

    They are checked by the tool's own pydantic model, its validators included, or by its JSON
    schema where it has no other. Injected arguments are not the caller's. An argument which the
    tool does not know is an error, although many tools would drop it silently.
    """
    schema, model, keys = arguments_schema(tool), _own_model(tool), _keys(tool)
    if model is None:
        open_ended = bool(schema.get("additionalProperties") or schema.get("patternProperties"))
    else:
        open_ended = model.model_config.get("extra") == "allow"
        keys = {name: own for name, own in keys.items() if name not in injected_fields(model)}
    known = {*schema.get("properties", {}), *(key for own in keys.values() for key in own)}

    def checked(values: Any) -> dict[str, str]:
        given = values if isinstance(values, Mapping) else {}
        unread = _unread(given, keys)
        unknown = {} if open_ended else {name: UNKNOWN for name in given if name not in known}
        if model is not None:
            found = _checked_by_model(model, keys, values)
        else:
            found = schema_checker(arguments_schema(tool, given))(values)
        # What stands under the wrong key is not missing.
        there = {keys[name][0] for name in unread if name in keys}
        return {key: told for key, told in found.items() if key not in there} | unknown | unread

    return checked


def _unread(given: Mapping[str, Any], keys: Keys) -> dict[str, str]:
    """Say of the arguments under a key that their tool does not read which key that would be."""
    told: dict[str, str] = {}
    for name, own in keys.items():
        there = [key for key in own if key in given]
        told |= {key: GIVEN_TWICE.format(key=there[0]) for key in there[1:]}
        if name in given and not any(name in other for other in keys.values()):
            told[name] = (GIVEN_TWICE if there else READ_AS).format(key=own[0])
    return told


def schema_checker(schema: Mapping[str, Any]) -> Checker:
    """Make a check of answers by a JSON schema, which may be of any type.

    Nothing is fetched: a reference to another place makes every answer wrong, with that reason.
    """
    # It takes most of a second to import.
    from jsonschema import Draft202012Validator  # noqa: PLC0415
    from referencing import Registry  # noqa: PLC0415

    validator = Draft202012Validator(schema, registry=Registry())

    def checked(answer: Any) -> dict[str, str]:
        try:
            found = list(validator.iter_errors(json.loads(write_json(answer))))
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            return {"": shortened(f"The schema cannot be used to check an answer: {reason}")}
        return _gathered(line for error in found for line in _schema_lines(error))

    return checked


def errors_of(error: ValidationError) -> dict[str, str]:
    """Sort pydantic's errors by the field they are about, as LangGraph raises them.

    Args:
        error: what refused the answer.

    Returns:
        Messages by field name, `""` for the whole.
    """
    return _gathered(
        _placed(details["loc"], REQUIRED if details["type"] == "missing" else details["msg"])
        for details in error.errors(include_url=False, include_input=False)
    )


def _takes_one_text(tool: BaseTool) -> bool:
    return isinstance(tool, Tool) and tool.args_schema is None


def _own_model(tool: BaseTool) -> type[BaseModel] | None:
    """Return the model a tool checks its arguments with; None where that is a JSON schema.

    It is the whole one: what LangChain makes of it for the model has lost its validators. One of
    pydantic's v1 is left to its JSON schema.
    """
    if isinstance(tool.args_schema, dict) or _takes_one_text(tool):
        return None
    model = tool.get_input_schema()
    return model if issubclass(model, BaseModel) else None


def _keys(tool: BaseTool) -> Keys:
    if isinstance(tool.args_schema, dict) or _takes_one_text(tool):
        return {}
    return keys_read(tool.get_input_schema())


def _checked_by_model(model: type[BaseModel], keys: Keys, values: Any) -> dict[str, str]:
    try:
        # A copy, as validators may change what they are given.
        model.model_validate(copy.deepcopy(values))
    except ValidationError as error:
        given = values if isinstance(values, Mapping) else {}
        placed = _places(keys, given)
        hidden = injected_fields(model)
        found = {placed.get(name, name): words for name, words in errors_of(error).items()}
        return {name: words for name, words in found.items() if name not in hidden}
    except Exception as error:
        return {"": shortened(f"The tool's own check failed: {type(error).__name__}: {error}")}
    return {}


def _places(keys: Keys, given: Mapping[str, Any]) -> dict[str, str]:
    """Return the key that a form has for whatever pydantic calls a field in an error."""
    places: dict[str, str] = {}
    for name, own in keys.items():
        key = next((key for key in own if key in given), own[0])
        places |= dict.fromkeys((name, *own), key)
    return places


def _schema_lines(error: jsonschema.ValidationError) -> Iterable[tuple[str, str]]:
    """Put one of jsonschema's errors into lines, each with the field it belongs beside."""
    from jsonschema.exceptions import best_match  # noqa: PLC0415

    # Of the branches that an answer may follow, the one it comes nearest to.
    nearest = best_match([error])
    path = list(nearest.absolute_path)
    if nearest.validator == "required":
        missing = [name for name in nearest.validator_value if name not in nearest.instance]
        return [_placed([*path, name], REQUIRED) for name in missing]
    # jsonschema quotes the whole value and a pattern's repr, and of a length not what is allowed.
    limit = {nearest.validator: nearest.validator_value} if nearest.validator in _LIMITS else {}
    return [_placed(path, limits_of(limit, {}) or nearest.message)]


def _placed(place: Sequence[int | str], message: str) -> tuple[str, str]:
    """Return the field that an error is about, and the message with the place in that field."""
    if not place or not isinstance(place[0], str):
        field, inside = "", place
    else:
        field, inside = place[0], place[1:]
    where = " > ".join(f"item {step + 1}" if isinstance(step, int) else step for step in inside)
    words = message.removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return field, shortened(f"{where}: {words}" if where else words)


def _gathered(lines: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, dict[str, None]] = {}
    for field, message in lines:
        found.setdefault(field, {})[message] = None
    return {field: " ".join(messages) for field, messages in found.items()}
