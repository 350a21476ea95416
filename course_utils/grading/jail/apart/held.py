"""The tests' objects that the student's process knows by a number."""

from __future__ import annotations

import secrets
from typing import Any

from course_utils.grading.jail.apart.allowed import NotAllowedError, fields_of, hold, kind_of


class Held:
    """Objects, each with a number that nobody can guess."""

    def __init__(self) -> None:
        self._objects: dict[int, object] = {}
        self._numbers: dict[int, int] = {}

    def handle(self, value: object) -> list[Any]:
        """Return what the other process is told of an object: number, kind, names of fields."""
        number = self._numbers.get(id(value))
        if number is None:
            number = secrets.randbits(48)
            # An object that is kept has its id for itself.
            self._objects[number], self._numbers[id(value)] = value, number
            hold(value)
        return [number, kind_of(value), *fields_of(value)]

    def object(self, number: Any) -> object:
        """Return the object that has a number.

        Raises:
            NotAllowedError: none has it.
        """
        if type(number) is not int or number not in self._objects:
            raise NotAllowedError("an object that it was never given")
        return self._objects[number]
