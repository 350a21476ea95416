"""A graph that a student's function made: it runs in the student's process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

METHODS = ("invoke", "get_state", "update_state")
"""What a test can do with it."""


class MadeGraph:
    """Stands for a graph of the student's: what its methods return is data, and nothing more.

    It is no CompiledStateGraph and has no checkpointer, so a test that looks for those fails here.
    """

    def __init__(self, methods: Iterable[tuple[str, Callable[..., Any]]]) -> None:
        for name, method in methods:
            setattr(self, name, method)
