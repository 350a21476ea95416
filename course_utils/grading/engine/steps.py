"""How far the marking of one submission is, for whoever waits for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Step:
    """How much of one kind is done.

    Attributes:
        kind: cells of the notebook that have run, or tests of exercises that have a verdict.
        done: how many.
        of: of how many.
    """

    kind: Literal["cells", "tests"]
    done: int
    of: int


Heard = Callable[[Step], object]
"""Is told each step, by whichever thread made it."""


class CellsRun:
    """Counts the cells that have run, by what the jail says; untrusted, it moves a bar alone.

    Args:
        cells: the places of the cells that are run.
        heard: is told each step.
    """

    def __init__(self, cells: Sequence[int], heard: Heard) -> None:
        self._left, self._of, self._heard = set(cells), len(cells), heard
        heard(Step("cells", 0, self._of))

    def take(self, message: Mapping[str, object]) -> None:
        """Take in a message of the run."""
        cell = message.get("cell")
        if type(cell) is int and cell in self._left:
            self._left.remove(cell)
            self._heard(Step("cells", self._of - len(self._left), self._of))
