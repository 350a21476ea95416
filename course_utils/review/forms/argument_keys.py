"""Under which keys a tool reads its arguments: the aliases of its pydantic model, or the names.

LangChain describes a tool to the model by the names of its fields, also where the tool reads an
argument under its alias alone. So a call may have either key, and an edit must have the right one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import AliasChoices, AliasPath, BaseModel, Field, create_model

from course_utils.neighbours.langchain import is_injected

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic.fields import FieldInfo

Keys = dict[str, tuple[str, ...]]
"""The keys of each field, by its name; where several are given, the tool reads the first."""


def keys_read(model: type) -> Keys:
    """Return the keys under which a model reads each of its fields.

    Args:
        model: of pydantic's version 2 or 1; of anything else nothing is known.
    """
    if issubclass(model, BaseModel):
        return {name: tuple(_keys(name, field, model)) for name, field in _fields(model)}
    by_name = getattr(getattr(model, "Config", None), "allow_population_by_field_name", False)
    return {
        name: tuple(dict.fromkeys([field.alias, *([name] if by_name else [])]))
        for name, field in getattr(model, "__fields__", {}).items()
    }


def as_read(values: Mapping[str, Any], keys: Keys) -> dict[str, Any]:
    """Return arguments with one key for each field, under which the tool reads it.

    Args:
        values: the arguments of a call.
        keys: as `keys_read` returns them.
    """
    renamed = dict(_renamed(values, keys))
    return {renamed.get(key, key): value for key, value in values.items() if renamed.get(key, key)}


def _renamed(values: Mapping[str, Any], keys: Keys) -> Iterator[tuple[str, str]]:
    """Yield the keys that a tool does not read, with the right one, or with none to leave it."""
    read = {key for own in keys.values() for key in own}
    for name, own in keys.items():
        given = [key for key in own if key in values]
        if not given and name in values and name not in read:
            yield name, own[0]
            continue
        first = {next((k for k in other if k in values), "") for other in keys.values()}
        unread = [*given[1:], *([name] if name in values and name not in read else [])]
        yield from ((key, "") for key in unread if key not in first)


def keyed_as(schema: Mapping[str, Any], keys: Keys, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema by names with the keys that these arguments have, or would have to have.

    Args:
        schema: of the arguments, by the names of their fields.
        keys: as `keys_read` returns them.
        values: the arguments, as `as_read` returns them.
    """
    chosen = {
        name: next((key for key in own if key in values), own[0]) for name, own in keys.items()
    }
    named = schema.get("properties", {})
    properties = {chosen.get(name, name): part for name, part in named.items()}
    required = [chosen.get(name, name) for name in schema.get("required", ())]
    return {**schema, "properties": properties, "required": required}


def schema_of_fields(model: type[BaseModel], names: set[str]) -> dict[str, Any]:
    """Return the JSON schema of some of a model's fields, by their names.

    Args:
        model: the model.
        names: of the fields.
    """
    parts: dict[str, Any] = {
        name: (field.rebuild_annotation(), _without_alias(field))
        for name, field in _fields(model)
        if name in names
    }
    made: type[BaseModel] = create_model("Arguments", **parts)
    return made.model_json_schema(by_alias=False)


def injected_fields(model: type[BaseModel]) -> set[str]:
    """Return the names of the fields that the caller of a tool does not give."""
    return {name for name, field in _fields(model) if is_injected(field.rebuild_annotation())}


def _fields(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    yield from model.model_fields.items()


def _without_alias(field: FieldInfo) -> Any:
    how: dict[str, Any] = {"title": field.title, "description": field.description}
    if field.default_factory is not None:
        how["default_factory"] = field.default_factory
    elif not field.is_required():
        how["default"] = field.default
    return Field(**how)


def _keys(name: str, field: FieldInfo, model: type[BaseModel]) -> Iterator[str]:
    config = model.model_config
    by_name = config.get("validate_by_name") or config.get("populate_by_name")
    aliases = list(_aliases(field.validation_alias))
    if config.get("validate_by_alias") is False:
        aliases = []
    yield from aliases
    if (by_name or not aliases) and name not in aliases:
        yield name


def _aliases(alias: str | AliasPath | AliasChoices | None) -> Iterator[str]:
    """Yield the keys of an argument that an alias names; of a path into it, its first."""
    match alias:
        case str():
            yield alias
        case AliasPath():
            yield str(alias.path[0])
        case AliasChoices():
            for choice in alias.choices:
                yield from _aliases(choice)
