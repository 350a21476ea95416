"""What a JSON schema says, as pydantic makes it or as one writes it by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def resolved(
    part: Any, root: Mapping[str, Any], followed: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """Follow `$ref`, and `allOf` of one, to what they stand for; what stands beside them wins."""
    if not isinstance(part, Mapping):
        return {}
    reference, whole = part.get("$ref"), part.get("allOf")
    if isinstance(reference, str) and reference not in followed:
        target = resolved(_at(reference, root), root, followed | {reference})
        return target | {key: held for key, held in part.items() if key != "$ref"}
    if isinstance(whole, list) and len(whole) == 1:
        target = resolved(whole[0], root, followed)
        return target | {key: held for key, held in part.items() if key != "allOf"}
    return dict(part)


def _at(reference: str, root: Mapping[str, Any]) -> Any:
    """Return what a reference within a schema points to; None where that is nothing, or outside."""
    if not reference.startswith("#"):
        return None
    place: Any = root
    for step in filter(None, reference[1:].split("/")):
        key = step.replace("~1", "/").replace("~0", "~")
        place = place.get(key) if isinstance(place, Mapping) else None
    return place


def without_null(part: dict[str, Any], root: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """Split a schema into the one of the values that are not null, and whether null is allowed."""
    of_type = part.get("type")
    if isinstance(of_type, list) and "null" in of_type:
        rest = [one for one in of_type if one != "null"]
        return part | {"type": rest[0] if len(rest) == 1 else rest}, True
    for key in ("anyOf", "oneOf"):
        branches = _branches(part, key, root)
        rest = [branch for branch in branches if branch.get("type") != "null"]
        if len(rest) < len(branches):
            beside = {name: held for name, held in part.items() if name != key}
            return (rest[0] if len(rest) == 1 else {key: rest}) | beside, True
    return part, False


def _branches(part: Mapping[str, Any], key: str, root: Mapping[str, Any]) -> list[dict[str, Any]]:
    held = part.get(key)
    return [resolved(branch, root) for branch in held] if isinstance(held, list) else []


def choices_of(part: Mapping[str, Any], root: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the values a schema lists; none where it does not say them all."""
    if "const" in part:
        return (part["const"],)
    if isinstance(part.get("enum"), list):
        return tuple(part["enum"])
    for key in ("anyOf", "oneOf"):
        # Without the root no reference is followed from here on, or a cycle would have no end.
        listed = [choices_of(branch, {}) for branch in _branches(part, key, root)]
        if listed and all(listed):
            return tuple(choice for choices in listed for choice in choices)
    return ()
