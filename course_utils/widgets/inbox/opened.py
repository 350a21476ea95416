"""The thread that is open in an inbox: its name, its card, and a way to leave it for later."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ipywidgets import Label

from course_utils.widgets.inbox import html
from course_utils.widgets.inbox.rows import button
from course_utils.widgets.page.parts import Panel, Row
from course_utils.widgets.page.presses import part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from langchain_core.runnables import RunnableConfig

    from course_utils.widgets.card.approval_card import ApprovalCard


class OpenedThread(Panel):
    """One card, which shows one thread after the other.

    Args:
        card_for: makes the card, for the first thread.
        after: is told the card's new status when a decision has been carried out in it.
        not_now: what a press on Not now does.

    Attributes:
        card: the card, None before the first thread.
        title: says which thread it is; it can be given the focus.
    """

    def __init__(
        self,
        card_for: Callable[[RunnableConfig, Any], ApprovalCard],
        after: Callable[[str], None],
        not_now: Callable[[], None],
    ) -> None:
        self._card_for, self._after = card_for, after
        self.card: ApprovalCard | None = None
        self.title = part(Label(tabbable=False))
        self.title.add_class("hitl-inbox-title")
        self.not_now = button("Not now", "clock-o", not_now)
        self._below = Row(self.not_now)
        super().__init__([self.title, self._below])
        for name in ("panel", "opened"):
            self.add_class(f"hitl-inbox-{name}")

    def turn_to(self, config: RunnableConfig, context: Any) -> None:
        """Show a thread.

        Args:
            config: names it.
            context: what its nodes read as `runtime.context`.

        Raises:
            Exception: if it cannot be read; the card then stays on the former one.
        """
        if self.card is None:
            self.card = self._card_for(config, context)
            self.card.observe(self._hear, "status")
            self.children = [self.title, self.card, self._below]
        else:
            with self._unheard(self.card):
                self.card.turn_to(config, context=context)
        thread = config["configurable"]["thread_id"]
        self.title.value = html.TITLE.format(thread=thread)

    def follow(self) -> None:
        """Read the thread again, where the card says that somebody resumes it: that may be over.

        Nothing can be typed or pressed on such a card, so nothing is lost.
        """
        if self.card is not None and self.card.resumed_elsewhere:
            with self._unheard(self.card):
                self.card.refresh()

    @contextmanager
    def _unheard(self, card: ApprovalCard) -> Iterator[None]:
        """Show something that is no decision made here."""
        card.unobserve(self._hear, "status")
        try:
            yield
        finally:
            card.observe(self._hear, "status")

    def _hear(self, change: Any) -> None:
        if change["new"] != "running":
            self._after(change["new"])
