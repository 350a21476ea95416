"""A learner's attempts and progress beside a newer release: what counts on, and what does not."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from course_utils.exercises.kept import Passed, SolutionShown, parse_kept
from course_utils.quiz.attempts import TryMade, parse_attempts
from course_utils.quiz.released import parse_released
from course_utils.workspace.cells import grade_id
from course_utils.workspace.remembered import digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from nbformat import NotebookNode

    from course_utils.exercises.kept import ExerciseEvent

# An exercise may have got another number, and is the same exercise still.
_NUMBERS = re.compile(r"\b(exercise\(\d+|part=\d+)")


@dataclass(frozen=True, slots=True)
class Passes:
    """What has passed, as the newer release counts it, and what else happened in exercises.

    Attributes:
        content: of `progress.jsonl`.
        kept: how many exercises and parts still count as passed.
        lost: the numbers, as the learner knew them, of exercises that do not: the test has changed.
    """

    content: bytes
    kept: int
    lost: tuple[int, ...]


def carried_passes(
    content: bytes, before: Sequence[NotebookNode], now: Sequence[NotebookNode]
) -> Passes:
    """Return what happened in exercises, with the numbers that these have now.

    A pass or a failure counts on where its test is still in the lesson, word for word. That a
    solution was shown counts on where a test of the exercise still has its name.

    Args:
        content: of the learner's `progress.jsonl`.
        before: the cells of the learner's notebook.
        now: the cells of the newer release.
    """
    there = {(name, text): where for where, (name, text) in tests_of(now).items()}
    known = tests_of(before)
    numbers = _numbers(known, tests_of(now))
    events: list[ExerciseEvent] = []
    lost = []
    for event in parse_kept(content)[0]:
        if isinstance(event, SolutionShown):
            if event.exercise in numbers:
                events.append(event.model_copy(update={"exercise": numbers[event.exercise]}))
            continue
        where = there.get(known.get((event.exercise, event.part), ("", "")))
        if where is not None:
            events.append(event.model_copy(update={"exercise": where[0], "part": where[1]}))
        elif isinstance(event, Passed):
            lost.append(event.exercise)
    events = list(dict.fromkeys(events))
    kept = sum(isinstance(event, Passed) for event in events)
    return Passes(_lines(events), kept, tuple(sorted(set(lost))))


def without_passes(content: bytes, exercises: frozenset[int]) -> bytes:
    """Return a `progress.jsonl` in which some exercises have neither passed nor failed.

    That their solutions were shown stays.
    """
    events, _ = parse_kept(content)
    return _lines(
        event
        for event in events
        if isinstance(event, SolutionShown) or event.exercise not in exercises
    )


def tests_of(cells: Sequence[NotebookNode]) -> dict[tuple[int, int], tuple[str, str]]:
    """Return the name and the digest of each test cell, by its exercise's number and its part."""
    found = {}
    for cell in cells:
        for where in _tested(cell.source) if cell.cell_type == "code" else ():
            found[where] = grade_id(cell) or cell.id, digest(_NUMBERS.sub("", cell.source))
    return found


def renamed_attempts(content: bytes, former: str, lesson: str) -> bytes:
    """Return attempts as those of a lesson that had another name; what is no attempt stays.

    Args:
        content: of `attempts.jsonl`.
        former: the lesson's name when the attempts were made.
        lesson: its name now.
    """
    return b"".join(_renamed(line, former, lesson) for line in content.splitlines(keepends=True))


def not_counted(content: bytes, questions: bytes | None) -> tuple[int, int]:
    """Return how many questions have to be answered again, and how many are gone.

    Args:
        content: of `attempts.jsonl`, with the lesson's name as it is now.
        questions: the lesson's `questions.json`; None when it has no quiz any more.
    """
    versions = {}
    if questions is not None:
        versions = {face.key: face.version for face in parse_released(questions).questions}
    answered: dict[str, set[int]] = {}
    for event in parse_attempts(content).events:
        if isinstance(event, TryMade):
            answered.setdefault(event.question, set()).add(event.version)
    changed = [key for key, had in answered.items() if versions.get(key, 0) not in had | {0}]
    return len(changed), len(answered.keys() - versions.keys())


def _numbers(
    before: Mapping[tuple[int, int], tuple[str, str]],
    now: Mapping[tuple[int, int], tuple[str, str]],
) -> dict[int, int]:
    """Return the number that each exercise has now, by the one it had: its tests have names."""
    by_name = {name: number for (number, _), (name, _) in now.items()}
    return {number: by_name[name] for (number, _), (name, _) in before.items() if name in by_name}


def _lines(events: Iterable[ExerciseEvent]) -> bytes:
    return "".join(f"{event.model_dump_json()}\n" for event in events).encode()


def _tested(source: str) -> Iterator[tuple[int, int]]:
    if "exercise(" not in source:
        return
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="exercise"), args=[ast.Constant(value=int(number)), *_]):
                yield number, next(map(_part, node.keywords), 1)


def _part(keyword: ast.keyword) -> int:
    match keyword:
        case ast.keyword(arg="part", value=ast.Constant(value=int(part))):
            return part
    return 1


def _renamed(line: bytes, former: str, lesson: str) -> bytes:
    try:
        data: dict[str, Any] = json.loads(line)
        name, _, question = data["question"].partition("/")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return line
    if name != former:
        return line
    data["question"] = f"{lesson}/{question}"
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
