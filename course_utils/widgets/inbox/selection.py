"""The threads that are selected in an inbox, and what can be done with all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipywidgets import HTML

from course_utils.widgets.inbox import html
from course_utils.widgets.inbox.rows import button
from course_utils.widgets.page.parts import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from course_utils.review.deciding.many import Kind
    from course_utils.review.inbox.waiting_thread import WaitingThread


class Selection(Row):
    """Threads, each as it was shown when it was selected, on whatever page that was.

    Args:
        select_page: what a press on Select page does.
        look: is given what is to be decided of the threads, and the threads.
        put_off: is given the threads that are to come last.

    Attributes:
        threads: the threads, by their ids.
        buttons: by their names.
    """

    def __init__(
        self,
        select_page: Callable[[], None],
        look: Callable[[Kind, Sequence[WaitingThread]], None],
        put_off: Callable[[Collection[str]], None],
    ) -> None:
        self.threads: dict[str, WaitingThread] = {}
        self._number = HTML()

        def put_all_off() -> None:
            names, self.threads = list(self.threads), {}
            put_off(names)

        def looker(kind: Kind) -> Callable[[], None]:
            return lambda: look(kind, list(self.threads.values()))

        self.buttons = {
            "select page": button("Select page", "check-square-o", select_page),
            "approve selected": button("Approve selected", "check", looker("approve")),
            "reject selected": button("Reject selected", "times", looker("reject")),
            "put off selected": button("Not now for selected", "clock-o", put_all_off),
        }
        super().__init__(*self.buttons.values(), self._number)
        self.add_class("hitl-inbox-bar")

    def turn(self, names: Iterable[str], listed: Sequence[WaitingThread]) -> None:
        """Select threads of a list, or select them no more.

        Args:
            names: the threads.
            listed: the threads as they are shown.
        """
        known = {one.thread_id: one for one in listed}
        for name in names:
            if self.threads.pop(name, None) is None and name in known:
                self.threads[name] = known[name]

    def turn_all(self, listed: Sequence[WaitingThread]) -> None:
        """Select a whole list, or nothing of it where all of it is selected."""
        names = [one.thread_id for one in listed]
        self.turn([name for name in names if name not in self.threads] or names, listed)

    def drop(self, names: Iterable[str]) -> None:
        """Select these threads no more."""
        for name in names:
            self.threads.pop(name, None)

    def show(self, *, listed: bool) -> None:
        """Say how many are selected, and let what can be done with them be pressed.

        Args:
            listed: whether there is anything to select.
        """
        for name, shown in self.buttons.items():
            shown.disabled = not (listed if name == "select page" else self.threads)
        self._number.value = html.CHOSEN.format(number=len(self.threads))
