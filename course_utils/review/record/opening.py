"""The journal that belongs to a checkpointer, and how long it is open."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING, Any, overload

from langgraph.checkpoint.base import BaseCheckpointSaver

from course_utils.closing import at_close

if TYPE_CHECKING:
    from course_utils.review.record.journal import Journal

_journals: dict[int, Journal] = {}
_opening = threading.Lock()


@overload
def journal_of(checkpointer: BaseCheckpointSaver[Any]) -> Journal: ...
@overload
def journal_of(checkpointer: bool | None) -> None: ...
def journal_of(checkpointer: BaseCheckpointSaver[Any] | bool | None) -> Journal | None:
    """Return the journal that belongs to a checkpointer.

    Beside a SQLite file it is a file of its own, in PostgreSQL a table of the same database. For
    anything else it is kept in memory. It has one connection, which is closed with the
    checkpointer: when the `checkpoints()` that opened it ends, or when nobody has it any more.

    Args:
        checkpointer: any; the same database has the same journal. What a graph without one has in
            its place has none.
    """
    if not isinstance(checkpointer, BaseCheckpointSaver):
        return None
    # By identity: a checkpointer may be equal to another, or have no hash.
    with _opening:
        if id(checkpointer) not in _journals:
            journal = _journals[id(checkpointer)] = _open(checkpointer)
            weakref.finalize(checkpointer, _forget, id(checkpointer)).atexit = False
            at_close(checkpointer, journal.close)
        return _journals[id(checkpointer)]


def _forget(identity: int) -> None:
    _journals.pop(identity).close()


def _open(checkpointer: BaseCheckpointSaver[Any]) -> Journal:
    # The database library is loaded by whoever has a journal, and not by an import of a card.
    from course_utils.review.record.databases import open_journal  # noqa: PLC0415

    return open_journal(checkpointer)
