"""What comes out of a jail, read as data: lines of JSON, of which none is trusted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from course_utils.grading.jail.channel import RAISED, STEP
from course_utils.grading.jail.limits import MIB

if TYPE_CHECKING:
    from collections.abc import Callable

# A lesson sends two for each of its cells.
_MOST = 10_000


class Messages:
    """The messages of one jailed process.

    Args:
        most: how many bytes are taken.
        heard: gets each message as it comes; None where nobody waits for one.

    Attributes:
        kept: the messages that have come.
        raised: the error with which the task says that it ended; "" for none.
        problem: a sentence, if more came than is taken; nothing is to be read any more then.
    """

    def __init__(self, most: int, heard: Callable[[dict[str, Any]], object] | None = None) -> None:
        self._most, self._heard = most, heard
        self._size = 0
        self._part: list[bytes] = []
        self.kept: list[dict[str, Any]] = []
        self.raised = ""
        self.problem = ""

    def take(self, data: bytes) -> bool:
        """Take in what was read; tell whether a step has begun."""
        self._size += len(data)
        if self._size > self._most:
            self.problem = f"It printed more than {self._most // MIB} MiB."
        elif len(self.kept) > _MOST:
            self.problem = f"It sent more than {_MOST} messages."
        if self.problem:
            return False
        *whole, rest = data.split(b"\n")
        begun = False
        for line in whole:
            begun |= self._keep(b"".join([*self._part, line]))
            self._part.clear()
        self._part.append(rest)
        return begun

    def _keep(self, line: bytes) -> bool:
        message = _parsed(line)
        if message is None:
            return False
        if RAISED in message:
            self.raised = f"It ended with an error: {message[RAISED]}"[:2000]
            return False
        self.kept.append(message)
        if self._heard:
            self._heard(message)
        return STEP in message


def _parsed(line: bytes) -> dict[str, Any] | None:
    """Return an object of JSON, None for anything else."""
    try:
        # A surrogate by itself is no text, and could not be written anywhere.
        message = json.loads(line, parse_constant=_refuse)
        json.dumps(message, ensure_ascii=False).encode() if b"\\u" in line else None
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None


def _refuse(name: str) -> None:
    raise ValueError(name)
