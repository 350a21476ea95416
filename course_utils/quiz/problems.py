"""What is wrong with a bank, in words an author can act on."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from rapidfuzz import process

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

_FIELDS = (
    *("lesson", "policy", "questions", "scored_tries"),
    *("id", "version", "type", "prompt", "options", "accepted", "near_misses", "hints"),
    *("explanation", "points", "section", "mirrors", "withdrawn"),
    *("text", "correct", "reason", "penalty"),
)


class Problem(NamedTuple):
    """One thing that is wrong: the field it is in, and what to do about it."""

    field: str
    fix: str


class ProblemsError(ValueError):
    """A question whose fields are well-formed and do not hold together."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{field}: {fix}" for field, fix in problems))
        self.problems = tuple(problems)


def repeated(values: Iterable[str]) -> list[str]:
    """Return what is there more than once, each named once."""
    return [value for value, count in Counter(values).items() if count > 1]


def in_words(path: Path, data: Any, error: ValidationError) -> str:
    """Say each of pydantic's errors on a line: file, question, field and fix.

    Args:
        path: the file that was read.
        data: what it held, for the ids of its questions.
        error: what pydantic found.
    """
    return "\n".join(
        ": ".join(part for part in (str(path), where, fix) if part)
        for details in error.errors()
        for where, fix in _lines(data, details)
    )


def _lines(data: Any, details: ErrorDetails) -> Iterator[tuple[str, str]]:
    question, loc = _split(data, details["loc"])
    cause = details.get("ctx", {}).get("error")
    found = (
        cause.problems
        if isinstance(cause, ProblemsError)
        else [Problem(_field(loc), _fix(loc, details))]
    )
    for problem in found:
        yield ", ".join(part for part in (question, problem.field) if part), problem.fix


def _split(data: Any, loc: tuple[int | str, ...]) -> tuple[str, tuple[int | str, ...]]:
    """Return the question a location is in, as an author would look for it, and the rest."""
    if len(loc) < 2 or loc[0] != "questions" or not isinstance(loc[1], int):
        return "", loc
    held = data["questions"][loc[1]]
    name = held.get("id") if isinstance(held, dict) else None
    known = f" ({name!r})" if isinstance(name, str) else ""
    return f"question {loc[1] + 1}{known}", loc[2:]


def _field(loc: tuple[int | str, ...]) -> str:
    """Return `options 2 > text` for ("options", 1, "text")."""
    words = ""
    for part in loc:
        words += f" {part + 1}" if isinstance(part, int) else f" > {part}"
    return words.removeprefix(" > ").strip()


def _fix(loc: tuple[int | str, ...], details: ErrorDetails) -> str:
    kind, given = details["type"], details["input"]
    if kind == "extra_forbidden":
        return _unknown_key(str(loc[-1]))
    if kind == "string_type":
        return _not_text(given)
    simple = {
        "missing": "is missing; add it.",
        "string_too_short": "is empty; write its text.",
        "string_pattern_mismatch": f"{given!r} is not an id: an id is made of lower-case letters, "
        "digits and hyphens, and begins with a letter or a digit.",
        "tuple_type": f"must be a list, each item on a line that begins with `- `, not {given!r}.",
        "model_type": f"must be a mapping of keys to values, not {given!r}.",
        "bool_type": f"must be true or false without quotes, not {given!r}.",
        "int_type": f"must be a whole number without quotes, not {given!r}.",
        "is_instance_of": f"must be a number without quotes, not {given!r}.",
        "finite_number": f"must be a number one can count to, not {given!r}.",
        "greater_than_equal": f"must not be less than {details.get('ctx', {}).get('ge')}, "
        f"and is {given}.",
    }
    return simple.get(kind, f"{details['msg']}, and is {given!r}.")


def _unknown_key(key: str) -> str:
    near = process.extractOne(key, _FIELDS, score_cutoff=70)
    meant = f"; did you mean {near[0]!r}?" if near else "."
    return f"is not a key that belongs here{meant} Correct or remove it."


def _not_text(given: object) -> str:
    if given is None:
        return "is empty; write its text."
    if isinstance(given, bool):
        return (
            f"YAML reads a bare yes, no, on, off, true or false as a boolean ({given}), and text "
            "is meant; put quotes round it."
        )
    if isinstance(given, list | dict):
        return f"must be text, not a {type(given).__name__}; check the indentation."
    return (
        f"YAML reads {given} as a {type(given).__name__}, and text is meant; put quotes round it."
    )
