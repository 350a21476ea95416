"""What has happened since a list of waiting threads was made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from course_utils.review.inbox.storage import Head
    from course_utils.review.inbox.waiting_thread import WaitingThread
    from course_utils.review.inbox.waiting_threads import WaitingThreads
    from course_utils.review.record.journal import Journal

DECIDED = "{reviewer} decided: {decision}"
CUT_OFF = "{reviewer} decided: {decision}. The run was cut off"
RESUMED = "being resumed by {reviewer}"
MOVED = "moved on without a decision here"
DELETED = "deleted"
AGAIN = "{became}. It waits again"


@dataclass(frozen=True)
class News:
    """What has happened.

    Attributes:
        new: how many threads wait that did not, or wait for something else.
        gone: how many no longer wait where they did.
        became: what became of each thread that was shown and no longer stands where it stood.
    """

    new: int = 0
    gone: int = 0
    became: Mapping[str, str] = field(default_factory=dict)


def news(
    queue: WaitingThreads,
    journal: Journal,
    heads: Collection[Head],
    shown: Sequence[WaitingThread],
) -> News:
    """Compare what is stored now with a list that was made before.

    Args:
        queue: what made the list.
        journal: who decided what.
        heads: the newest checkpoints, as `queue.find` has found them now.
        shown: the threads that are shown.

    Raises:
        CheckpointsUnreadableError: if the checkpoints cannot be read.
        JournalError: if the journal cannot be read.
    """
    came, went = queue.changes(heads)
    now = {head.thread_id: head.checkpoint_id for head in heads}
    again = {head.thread_id for head in came}
    running = journal.running()
    became: dict[str, str] = {}
    for one in shown:
        if now.get(one.thread_id) != one.checkpoint_id or one.thread_id in running:
            name = one.thread_id
            became[name] = became_of(journal, one, stands=name in now, again=name in again)
    return News(len(came), len(went), became)


def became_of(
    journal: Journal, waiting: WaitingThread, *, stands: bool = True, again: bool = False
) -> str:
    """Say what became of a thread that no longer waits as it was shown.

    Args:
        journal: who decided what.
        waiting: the thread as it was shown.
        stands: whether anything of it is stored.
        again: whether it is among those that wait now.

    Raises:
        JournalError: if the journal cannot be read.
    """
    if not stands:
        return DELETED
    entries = [e for e in journal.entries(waiting.thread_id) if e.claimed_at >= waiting.since]
    if not entries:
        return AGAIN.format(became=MOVED) if again else MOVED
    last = entries[-1]
    who = last.reviewer or "somebody"
    if last.outcome is not None:
        told = DECIDED.format(reviewer=who, decision=last.told_decision)
        return AGAIN.format(became=told) if again else told
    if journal.held(waiting.thread_id):
        return RESUMED.format(reviewer=who)
    return CUT_OFF.format(reviewer=who, decision=last.told_decision)
