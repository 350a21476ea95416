"""The journal as a table: who decided what, when, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from course_utils.printable import printable
from course_utils.review.record.opening import journal_of
from course_utils.review.record.words import HEADINGS, row_of
from course_utils.widgets.escaped import shown
from course_utils.widgets.style import style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langgraph.checkpoint.base import BaseCheckpointSaver

STYLE = style("""
.hitl-card.hitl-journal {max-width: none; overflow-x: auto;
  font-size: var(--jp-content-font-size1, 14px); color: var(--jp-content-font-color1, inherit);}
.hitl-journal table {border-collapse: collapse; margin: 0;}
.hitl-journal th, .hitl-journal td {text-align: left; vertical-align: top; background: none;
  padding: 3px 14px 3px 0; border: none; max-width: 280px; white-space: pre-wrap;
  overflow-wrap: break-word;}
.hitl-journal th {font-weight: 600; white-space: nowrap;}
.hitl-journal tbody tr {border-top: 1px solid var(--jp-border-color2, #e0e0e0);}
""")
EMPTY = "The journal is empty: nothing was decided."
_OUTCOME = HEADINGS.index("Outcome")


class JournalView:
    """A table of decisions, oldest first; it stays as it was when it was made."""

    def __init__(self, rows: Sequence[tuple[str, ...]]) -> None:
        self._rows = rows

    def __repr__(self) -> str:
        """Tell what was decided and how it ended, without what changes from run to run."""
        lines = [": ".join(printable(cell) for cell in row[1 : _OUTCOME + 1]) for row in self._rows]
        return "\n".join(lines) or EMPTY

    def _repr_html_(self) -> str:
        if not self._rows:
            return f"{STYLE}<div class='hitl-card hitl-journal'>{EMPTY}</div>"
        head = "".join(f"<th scope='col'>{heading}</th>" for heading in HEADINGS)
        body = "".join(f"<tr>{_cells(row)}</tr>" for row in self._rows)
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        return f"{STYLE}<div class='hitl-card hitl-journal' tabindex='0'>{table}</div>"


def journal(
    checkpointer: BaseCheckpointSaver[Any],
    *,
    thread_id: str | None = None,
    reviewer: str | None = None,
) -> JournalView:
    """Show who decided what on the threads of a checkpointer.

    Args:
        checkpointer: whose journal.
        thread_id: only this thread's decisions.
        reviewer: only this person's.

    Raises:
        JournalError: if the journal cannot be read.
    """
    kept = journal_of(checkpointer)
    entries = kept.entries(thread_id, reviewer)
    running = kept.running()
    return JournalView([row_of(entry, running) for entry in entries])


def _cells(row: tuple[str, ...]) -> str:
    return "".join(f"<td>{shown(cell)}</td>" for cell in row)
