"""What is wrong in an answer: a tool's arguments, or what a question asked for by its schema."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from langchain_core.tools import Tool
from pydantic import BaseModel, ValidationError

from course_utils.neighbours.langchain import schema_of_one_text
from course_utils.review.forms.fields import REQUIRED
from course_utils.review.forms.json_text import shortened, write_json

if TYPE_CHECKING:
    from collections.abc import Iterable, KeysView, Sequence

    import jsonschema
    from langchain_core.tools import BaseTool

Checker = Callable[[Any], dict[str, str]]
"""Takes an answer, returns messages by field name, `""` for the whole; none where it is right."""

UNKNOWN = "Not an argument of this tool."


def arguments_schema(tool: BaseTool) -> dict[str, Any]:
    """Return the JSON schema of the arguments which a tool's caller gives: no injected ones."""
    if _takes_one_text(tool):
        return schema_of_one_text()
    schema = tool.tool_call_schema
    if isinstance(schema, dict):
        return schema
    return schema.model_json_schema() if issubclass(schema, BaseModel) else schema.schema()


def tool_checker(tool: BaseTool) -> Checker:
    """Make a check of arguments as the tool itself makes it, before anything runs.

    They are checked by the tool's own pydantic model, its validators included, or by its JSON
    schema where it has no other. Injected arguments are not the caller's. An argument which the
    tool does not know is an error, although many tools would drop it silently.
    """
    schema, model = arguments_schema(tool), _own_model(tool)
    own = schema.get("properties", {}).keys()
    if model is None:
        check, known = schema_checker(schema), own
        open_ended = bool(schema.get("additionalProperties") or schema.get("patternProperties"))
    else:
        check, known = _model_checker(model, own), own | _aliases(model).keys()
        open_ended = model.model_config.get("extra") == "allow"

    def checked(values: Any) -> dict[str, str]:
        names = values if isinstance(values, Mapping) and not open_ended else ()
        return check(values) | {name: UNKNOWN for name in names if name not in known}

    return checked


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


def _aliases(model: type[BaseModel]) -> dict[str, str]:
    aliased = {field.validation_alias: name for name, field in model.model_fields.items()}
    return {alias: name for alias, name in aliased.items() if isinstance(alias, str)}


def _model_checker(model: type[BaseModel], own: KeysView[str]) -> Checker:
    names, injected = _aliases(model), model.model_fields.keys() - own

    def checked(values: Any) -> dict[str, str]:
        try:
            # A copy, as validators may change what they are given.
            model.model_validate(copy.deepcopy(values))
        except ValidationError as error:
            found = {names.get(name, name): words for name, words in errors_of(error).items()}
            return {name: words for name, words in found.items() if name not in injected}
        except Exception as error:
            return {"": shortened(f"The tool's own check failed: {type(error).__name__}: {error}")}
        return {}

    return checked


def _schema_lines(error: jsonschema.ValidationError) -> Iterable[tuple[str, str]]:
    """Put one of jsonschema's errors into lines, each with the field it belongs beside."""
    from jsonschema.exceptions import best_match  # noqa: PLC0415

    # Of the branches that an answer may follow, the one it comes nearest to.
    nearest = best_match([error])
    path = list(nearest.absolute_path)
    if nearest.validator == "required":
        missing = [name for name in nearest.validator_value if name not in nearest.instance]
        return [_placed([*path, name], REQUIRED) for name in missing]
    return [_placed(path, nearest.message)]


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
