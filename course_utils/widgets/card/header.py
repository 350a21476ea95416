"""The head of an approval card: the thread, what the user asked, who decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, ToggleButton

from course_utils.review.record.entries import JournalError
from course_utils.review.record.opening import journal_of
from course_utils.widgets.card.conversation_html import (
    about_html,
    asked_html,
    conversation_html,
    decisions_html,
)
from course_utils.widgets.html.escaped import shown
from course_utils.widgets.page.notebook_loop import handle_in_notebook
from course_utils.widgets.page.parts import Panel, Row, hide

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from langchain_core.messages import BaseMessage

    from course_utils.review.reading.thread import Thread


class Unfolding(Panel):
    """Words that are made when a person unfolds them, and each time they are shown anew.

    Args:
        words: what unfolds, as `conversation`.
        make: returns it as HTML.

    Attributes:
        toggle: the button that unfolds and folds it.
    """

    def __init__(self, words: str, make: Callable[[], str]) -> None:
        self._words, self._make = words, make
        self.toggle = ToggleButton()
        self.toggle.add_class("hitl-unfolds")
        handle_in_notebook(self.toggle)
        self._body = HTML()
        super().__init__([self._body])
        self.toggle.observe(lambda _: self.show(), "value")
        self.show()

    def show(self) -> None:
        """Show what is unfolded as it is now."""
        unfolded = self.toggle.value
        self.toggle.icon = "caret-down" if unfolded else "caret-right"
        self.toggle.description = f"{'Hide' if unfolded else 'Show'} the {self._words}"
        self._body.value = self._make() if unfolded else ""
        hide(self, hidden=not unfolded)


class CardHeader(Panel):
    """Whose thread it is and what the user asked; conversation and earlier decisions unfold.

    Args:
        reviewer: who decides.
        checkpointer: that of the graph, None for a graph without one.

    Attributes:
        conversation: what was said so far.
        decisions: this thread's, as the journal has them; it is read only while they are unfolded.
    """

    def __init__(self, reviewer: str, checkpointer: Any) -> None:
        self._reviewer, self._checkpointer = reviewer, checkpointer
        self._thread_id = ""
        self._messages: Sequence[BaseMessage] = ()
        self._about = HTML()
        self.conversation = Unfolding("conversation", lambda: conversation_html(self._messages))
        self.decisions = Unfolding("earlier decisions", self._decisions_html)
        toggles = Row(self.conversation.toggle, self.decisions.toggle)
        super().__init__([self._about, toggles, self.conversation, self.decisions])
        self.add_class("hitl-head")

    def show(self, thread_id: str, thread: Thread) -> None:
        """Show a thread; what was unfolded of another one is folded.

        Args:
            thread_id: which one.
            thread: the same, as it was read.
        """
        if thread_id != self._thread_id:
            self.conversation.toggle.value = self.decisions.toggle.value = False
        self._thread_id, self._messages = thread_id, thread.messages
        self._about.value = about_html(thread_id, self._reviewer) + asked_html(thread.messages)
        hide(self.conversation.toggle, hidden=not thread.messages)
        hide(self.decisions.toggle, hidden=thread.status in {"unsaved", "unknown"})
        for unfolding in (self.conversation, self.decisions):
            unfolding.show()

    def _decisions_html(self) -> str:
        try:
            journal = journal_of(self._checkpointer)
            entries = [] if journal is None else journal.entries(self._thread_id)
            held = any(entry.outcome is None for entry in entries) and journal.held(self._thread_id)
        except JournalError as error:
            return f"<p>{shown(error)}</p>"
        return decisions_html(entries, {self._thread_id} if held else set())
