"""YAML in which a key written twice is a mistake, and every mistake is told with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from pathlib import Path


class YamlError(ValueError):
    """A file is not the YAML it should be; the message says where and how to fix it."""


def read_yaml(path: Path) -> Any:
    """Read a YAML file as PyYAML's safe loader does.

    Raises:
        YamlError: if it cannot be read, is not YAML, or holds a key twice in one mapping.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        return yaml.load(text, Loader=_OneKeyOnceLoader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        raise YamlError(_fault(error)) from None
    except YamlError:
        raise
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise YamlError(f"the file cannot be read: {error}.") from None


class _OneKeyOnceLoader(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        lines: dict[str, int] = {}
        for key_node, _ in node.value:
            key, line = self.construct_object(key_node, deep=True), key_node.start_mark.line + 1
            if not isinstance(key, str):
                continue
            if key in lines:
                raise YamlError(
                    f"line {line}: the key {key!r} is written twice, first on line {lines[key]}; "
                    "keep one."
                )
            lines[key] = line
        return super().construct_mapping(node, deep)


def _fault(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    return (
        f"{where}this is not YAML: {error.problem or error.context}. "
        "Check the indentation there, and put quotes round a text that holds `: ` or ` #`."
    )
