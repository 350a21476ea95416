"""What an inbox shows, from top to bottom, and which of it can be pressed now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ipywidgets import HTML

from course_utils.widgets.inbox import html
from course_utils.widgets.inbox.bar import FilterBar
from course_utils.widgets.inbox.listing import names_of
from course_utils.widgets.inbox.opened import OpenedThread
from course_utils.widgets.inbox.page import InboxPage
from course_utils.widgets.inbox.rows import ThreadList, button
from course_utils.widgets.inbox.selection import Selection
from course_utils.widgets.page.parts import Row, hide
from course_utils.widgets.page.presses import read_out

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from langchain_core.runnables import RunnableConfig

    from course_utils.review.deciding.many import Kind
    from course_utils.review.inbox.waiting_thread import WaitingThread
    from course_utils.widgets.card.approval_card import ApprovalCard
    from course_utils.widgets.inbox.bulk import Bulk
    from course_utils.widgets.inbox.listing import Listing

# Such a thread has nothing to put off.
ENDED = {"finished", "unknown"}


@dataclass(frozen=True)
class Acts:
    """What is done when something in an inbox is pressed, typed or chosen.

    Attributes:
        refresh: looks for threads anew.
        next_in_line: opens the next thread.
        turn_by: turns some pages on, or back.
        choose: draws what is looked for now, in the order that is chosen.
        press_row: opens a thread, or closes it.
        select: selects a thread, or selects it no more.
        select_page: selects every thread of the page.
        look: shows what would be decided of several threads.
        put_off: lets threads come last.
        not_now: lets the open thread come last.
        card_for: makes the card.
        after_the_card: goes on after a decision in the card.
    """

    refresh: Callable[[], None]
    next_in_line: Callable[[], None]
    turn_by: Callable[[int], None]
    choose: Callable[[], None]
    press_row: Callable[[str], None]
    select: Callable[[str], None]
    select_page: Callable[[], None]
    look: Callable[[Kind, Sequence[WaitingThread]], None]
    put_off: Callable[[Collection[str]], None]
    not_now: Callable[[], None]
    card_for: Callable[[RunnableConfig, Any], ApprovalCard]
    after_the_card: Callable[[str], None]


class InboxView:
    """The parts of an inbox.

    Args:
        acts: what they do.
        bulk: the look at several threads.
    """

    def __init__(self, acts: Acts, bulk: Bulk) -> None:
        self.told = read_out(HTML())
        self.page = InboxPage()
        self.bar = FilterBar(acts.choose)
        self.selection = Selection(acts.select_page, acts.look, acts.put_off)
        self.bulk = bulk
        self.thread = OpenedThread(acts.card_for, acts.after_the_card, acts.not_now)
        self.list = ThreadList(self.thread, acts.press_row, acts.select)
        self._own = {
            "refresh": button("Refresh", "refresh", acts.refresh),
            "next in line": button("Next in line", "forward", acts.next_in_line),
            "previous": button("Previous", "chevron-left", lambda: acts.turn_by(-1)),
            "next": button("Next", "chevron-right", lambda: acts.turn_by(1)),
        }

    @property
    def buttons(self) -> dict[str, Any]:
        """The buttons that are there now, by their names."""
        several = self.bulk.buttons if self.bulk.looking else {}
        own = {**self._own, "not now": self.thread.not_now}
        return {**own, **self.selection.buttons, **several}

    def arranged(self) -> list[Any]:
        """Return the parts from the top."""
        going = Row(self._own["refresh"], self._own["next in line"], self.bar.then_next)
        turning = Row(self._own["previous"], self._own["next"])
        for bar in (going, turning):
            bar.add_class("hitl-inbox-bar")
        above = [self.told, self.bar, going, self.selection, self.bulk]
        return [*above, self.list, turning, self.page]

    def show_page(self, listing: Listing, opened: str) -> None:
        """Show a page that was read, and what can be done with it."""
        self.show_rows(listing, opened)
        self._own["previous"].disabled = listing.page == 1
        self._own["next"].disabled = not listing.more
        self._own["next in line"].disabled = not listing.shown
        self.bar.offer([*self.bar.names, *names_of(listing.shown)])

    def show_rows(self, listing: Listing, opened: str) -> None:
        """Show the rows as they are now; none is added, moved or taken away by the view."""
        self.list.show(listing.listed, listing.marks(opened, self.selection.threads))
        standing = {one.thread_id for one in listing.standing if one.status not in ENDED}
        hide(self.thread.not_now, hidden=opened not in standing)
        self.thread.not_now.disabled = opened not in standing
        self.selection.show(listed=bool(listing.standing))

    def tell(
        self, listing: Listing, opened: str, said: Sequence[str], troubles: Sequence[str]
    ) -> None:
        """Say where the inbox stands.

        Args:
            listing: what is listed.
            opened: the thread that is open.
            said: what has just been done.
            troubles: what has just gone wrong.
        """
        open_ = [html.OPENED.format(thread=opened)] if opened else []
        news = filter(None, [listing.stranded, listing.news])
        words = html.STYLE + html.status_html([listing.status, *said, *open_, *news], troubles)
        # The same words again would be read out again.
        if words != self.told.value:
            self.told.value = words
