"""The rows of an inbox, and the card that stands below the row of its thread."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, Button

from course_utils.widgets.inbox import html
from course_utils.widgets.page.parts import Panel, Row, hide
from course_utils.widgets.page.presses import part

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from course_utils.review.inbox.waiting_thread import WaitingThread


@dataclass(frozen=True)
class Marks:
    """What the rows say beside what their threads ask.

    Attributes:
        now: the time.
        opened: the thread whose card is open.
        selected: the threads that are selected.
        became: what became of threads that stand there no more.
        elsewhere: who else has a thread open.
        put_off: the threads that come last because somebody said not now.
        beside: the threads that this page of the list does not have.
    """

    now: datetime
    opened: str = ""
    selected: Collection[str] = ()
    became: Mapping[str, str] = field(default_factory=dict)
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    put_off: Collection[str] = ()
    beside: Collection[str] = ()

    def words(self, thread_id: str) -> list[str]:
        """Return what is to be known of a thread, each in a few words."""
        who = self.elsewhere.get(thread_id)
        told = {
            html.OPEN_AT.format(reviewer=who): bool(who),
            html.PUT_OFF: thread_id in self.put_off,
            html.BESIDE: thread_id in self.beside and thread_id not in self.became,
        }
        return [words for words, there in told.items() if there]


class ThreadRow(Row):
    """One thread of the list; used again for another one when the list changes.

    Each button says its thread, and a press carries what its button said. So a press that meets a
    row which shows another thread by then does nothing.
    """

    def __init__(self, open_: Callable[[str], None], select: Callable[[str], None]) -> None:
        self.thread_id = ""
        self._words = HTML()
        self._open = button("", "", lambda: open_(self.thread_id))
        self._select = button("", "", lambda: select(self.thread_id))
        self._open.add_class("hitl-inbox-open")
        self._select.add_class("hitl-inbox-select")
        super().__init__(self._select, self._open, self._words)
        self.add_class("hitl-inbox-row")

    @property
    def opening(self) -> Button:
        """The button that opens the thread, or closes its card."""
        return self._open

    def show(self, waiting: WaitingThread, marks: Marks) -> None:
        """Show a thread."""
        name = self.thread_id = waiting.thread_id
        became = marks.became.get(name, "")
        opened, selected = name == marks.opened, name in marks.selected
        _say(self._open, f"{'Close' if opened else 'Open'} {name}")
        self._open.icon = "folder-open" if opened else "folder"
        _say(self._select, f"{'Unselect' if selected else 'Select'} {name}")
        self._words.value = html.row_html(
            waiting, marks.now - waiting.since, became, marks.words(name)
        )
        _mark(self._select, "hitl-inbox-is-selected", there=selected)
        _mark(self, "hitl-inbox-is-open", there=opened)
        _mark(self, "hitl-inbox-is-gone", there=bool(became))


class ThreadList(Panel):
    """Rows, and between two of them a panel which never moves while the rows flow around it.

    A panel that moved in the list would be drawn anew in the page: what was typed in it would be
    lost, and the focus. So there are rows above it and rows below it, made when first needed and
    then kept, and a thread is shown in the one or the other.

    Args:
        opened: the panel.
        open_: what a press on a thread's button does.
        select: what a press on a thread's box does.
    """

    def __init__(
        self, opened: Panel, open_: Callable[[str], None], select: Callable[[str], None]
    ) -> None:
        self._acts = (open_, select)
        self._above, self._below, self._opened = Panel(), Panel(), opened
        hide(opened, hidden=True)
        super().__init__([self._above, opened, self._below])

    @property
    def rows(self) -> list[ThreadRow]:
        """The rows that show a thread, from the top."""
        return [
            row
            for rows in (self._above, self._below)
            for row in rows.children
            if row.layout.display != "none"
        ]

    def show(self, threads: Sequence[WaitingThread], marks: Marks) -> None:
        """Show these threads, and the panel below the one that is open."""
        places = (place for place, one in enumerate(threads) if one.thread_id == marks.opened)
        place = next(places, None)
        above = len(threads) if place is None else place + 1
        # All at once, so that opening one thread after the other makes no more of them.
        self._grow(self._above, len(threads))
        self._grow(self._below, 0 if place is None else len(self._above.children))
        hide(self._opened, hidden=place is None)
        self._fill(self._above, threads[:above], marks)
        self._fill(self._below, threads[above:], marks)

    def _grow(self, rows: Panel, number: int) -> None:
        new = [ThreadRow(*self._acts) for _ in range(number - len(rows.children))]
        if new:
            rows.children = [*rows.children, *new]

    @staticmethod
    def _fill(rows: Panel, threads: Sequence[WaitingThread], marks: Marks) -> None:
        for number, row in enumerate(rows.children):
            if number < len(threads):
                row.show(threads[number], marks)
            hide(row, hidden=number >= len(threads))


def button(words: str, icon: str, act: Callable[[], Any], look: str = "") -> Button:
    """Make a button of the inbox that acts when it is pressed."""
    made = part(Button(description=words, icon=icon, button_style=look))
    made.on_click(lambda _: act())
    return made


def _say(shown: Button, words: str) -> None:
    shown.description = shown.tooltip = words


def _mark(widget: Any, name: str, *, there: bool) -> None:
    if there:
        widget.add_class(name)
    else:
        widget.remove_class(name)
