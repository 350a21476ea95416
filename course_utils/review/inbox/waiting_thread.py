"""One thread that waits, as the list of them shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from course_utils.review.inbox.searching import Search, Told

if TYPE_CHECKING:
    from datetime import datetime

    from course_utils.review.inbox.searching import Asked
    from course_utils.review.reading.thread import Thread


@dataclass(frozen=True)
class WaitingThread:
    """A thread that waits for a person.

    Attributes:
        thread_id: the thread.
        since: when its newest checkpoint was written.
        status: what `read_thread` says of it: `paused`, `crashed`, `interrupted`, `running` or
            `unreadable`.
        asked: each tool with its arguments, or each question with its own; empty where the thread
            waits for nothing but to go on.
        explanation: the status in a sentence or two.
        resuming: who is resuming it right now, None where nobody is.
        words: what the user said last.
        thread: the thread as it was read, which is what a decision is about.
        checkpoint_id: the newest checkpoint.
    """

    thread_id: str
    since: datetime
    status: str
    asked: Asked = ()
    explanation: str = ""
    resuming: str | None = None
    words: str = ""
    thread: Thread | None = field(default=None, compare=False, repr=False)
    checkpoint_id: str = ""

    def mentions(self, words: str) -> bool:
        """Tell whether its id, a tool, an argument or the user mentions all that is looked for.

        Args:
            words: see `Search`.
        """
        return Search(words).finds(self.told)

    @property
    def told(self) -> Told:
        """What of it is searched and sorted."""
        return Told(self.thread_id, self.since, self.asked, self.words)
