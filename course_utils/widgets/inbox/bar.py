"""The bar above an inbox: what is looked for, in which order, and where to go next."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from ipywidgets import Checkbox, Dropdown, Text

from course_utils.review.inbox.searching import Order
from course_utils.widgets.inbox.rows import button
from course_utils.widgets.page.parts import Row
from course_utils.widgets.page.presses import part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from course_utils.review.inbox.searching import By

_OWN = {"age": "Age", "thread": "Thread", "tool": "Tool"}
_DIRECTIONS = {
    "age": ("Oldest first", "Newest first"),
    "thread": ("A to Z", "Z to A"),
    "tool": ("A to Z", "Z to A"),
    "argument": ("Lowest first", "Highest first"),
}
_ARGUMENT = "argument "
_MOST_NAMES = 40
_PLACEHOLDER = "thread, tool, words, amount: 55"


class FilterBar(Row):
    """What is looked for, and in which order.

    Args:
        changed: what to do when the person wants another list.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed, self._descending, self._listens = changed, False, True
        self.filter = part(Text(description="Filter:", placeholder=_PLACEHOLDER))
        self._by = part(Dropdown(description="Sort by:", options=_options([])))
        self.direction = button("Oldest first", "sort", self._turn)
        self.then_next = part(
            Checkbox(description="Decide and next", indent=False, layout={"width": "auto"})
        )
        self.then_next.tooltip = "After a decision, open the next thread in line"
        for field, width in ((self.filter, "330px"), (self._by, "220px")):
            field.style.description_width = "initial"
            field.layout.width = width
        self.filter.observe(lambda _: changed(), "value")
        self._by.observe(lambda _: self._sort_by(), "value")
        super().__init__(self.filter, self._by, self.direction)
        self.add_class("hitl-inbox-bar")

    @property
    def order(self) -> Order:
        """The order that is chosen."""
        by, argument = _read(self._by.value)
        return Order(by, argument, self._descending)

    @property
    def names(self) -> list[str]:
        """The arguments that are offered to sort by."""
        return [_read(value)[1] for _, value in self._by.options if _read(value)[1]]

    def sort(self, by: str, *, descending: bool) -> None:
        """Choose an order.

        Args:
            by: `age`, `thread` or `tool`, else the name of an argument.
            descending: whether the greatest comes first; of ages, the newest.
        """
        value = by if by in _OWN else f"{_ARGUMENT}{by}"
        if value not in [known for _, known in self._by.options]:
            self.offer([by, *self.names])
        with self._in_code():
            self._by.value = value
        self._descending = descending
        self._say_direction()
        self._changed()

    def offer(self, names: Iterable[str]) -> None:
        """Offer these arguments to sort by, and the one that is chosen."""
        by, argument = _read(self._by.value)
        offered = list(dict.fromkeys(names))[:_MOST_NAMES]
        options = _options(offered if by != "argument" else dict.fromkeys([argument, *offered]))
        if tuple(options) == tuple(self._by.options):
            return
        value = self._by.value
        with self._in_code():
            self._by.options = options
            self._by.value = value

    @contextmanager
    def _in_code(self) -> Iterator[None]:
        """Change what is chosen, which is no choice of the person."""
        self._listens = False
        try:
            yield
        finally:
            self._listens = True

    def _sort_by(self) -> None:
        if not self._listens:
            return
        self._descending = False
        self._say_direction()
        self._changed()

    def _turn(self) -> None:
        self._descending = not self._descending
        self._say_direction()
        self._changed()

    def _say_direction(self) -> None:
        by, _ = _read(self._by.value)
        self.direction.description = _DIRECTIONS[by][self._descending]


def _read(value: str) -> tuple[By, str]:
    if value.startswith(_ARGUMENT):
        return "argument", value.removeprefix(_ARGUMENT)
    return ("tool" if value == "tool" else "thread" if value == "thread" else "age"), ""


def _options(names: Iterable[str]) -> list[tuple[str, str]]:
    own = [(words, by) for by, words in _OWN.items()]
    return [*own, *((name, f"{_ARGUMENT}{name}") for name in names)]
