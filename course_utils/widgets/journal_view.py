"""The journal as a table: who decided what, when, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langgraph.checkpoint.base import BaseCheckpointSaver

from course_utils.printable import printable
from course_utils.review.forms.differences import value_in_words
from course_utils.review.forms.long_texts import in_a_box
from course_utils.review.reading.calling import NoCheckpointerError
from course_utils.review.record.opening import journal_of
from course_utils.review.record.words import (
    HEADINGS,
    NO_CALL,
    calls_of,
    cut,
    row_of,
    said_in_words,
    verdicts_of,
)
from course_utils.widgets.html.differences import difference_html
from course_utils.widgets.html.escaped import shown
from course_utils.widgets.html.style import style

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from course_utils.review.record.entries import JournalEntry
    from course_utils.review.record.words import Verdict

# The page's own tables are aligned to the right and striped, by selectors as specific as these.
STYLE = style("""
.hitl-card.hitl-journal {max-width: none; overflow: visible;
  font-size: var(--jp-content-font-size1, 14px); color: var(--jp-content-font-color1, inherit);}
.hitl-card.hitl-journal table {border-collapse: collapse; margin: 0; width: 100%;
  table-layout: fixed; font-size: inherit; color: inherit;}
.hitl-card.hitl-journal table :is(th, td) {text-align: left; vertical-align: top; border: none;
  background: none; padding: 4px 12px 4px 0; max-width: none; white-space: pre-wrap;
  overflow-wrap: anywhere; font-size: inherit; color: inherit;}
.hitl-card.hitl-journal table th {font-weight: 600; vertical-align: bottom;}
.hitl-card.hitl-journal table :is(thead, tbody) tr:nth-child(n) {background: none;}
.hitl-card.hitl-journal table tbody tr:nth-child(n) {
  border-top: 1px solid var(--jp-border-color2, #e0e0e0);}
.hitl-journal th:nth-child(1) {width: 6.5em;}
.hitl-journal th:nth-child(2), .hitl-journal th:nth-child(6) {width: 12%;}
.hitl-journal th:nth-child(3) {width: 13%;}
.hitl-journal summary {cursor: pointer;}
""")
NO_CHECKPOINTER = (
    "A journal belongs to a checkpointer, and this is none. Pass the one that your graph was "
    "compiled with, as journal(checkpointer)."
)
EMPTY = "The journal is empty: nothing was decided."
_VALUE_LENGTH = 120  # characters of one argument that are shown
_OUTCOME = HEADINGS.index("Outcome")


class JournalView:
    """A table of decisions, oldest first; it stays as it was when it was made.

    Args:
        entries: of the journal.
        running: the threads that are being resumed right now.
    """

    def __init__(self, entries: Sequence[JournalEntry], running: Collection[str]) -> None:
        self._rows = [(row_of(entry, running), entry) for entry in entries]

    def __repr__(self) -> str:
        """Tell what was decided and how it ended, without what changes from run to run."""
        told = (row[1 : _OUTCOME + 1] for row, _ in self._rows)
        return "\n".join(": ".join(map(printable, cells)) for cells in told) or EMPTY

    def _repr_html_(self) -> str:
        if not self._rows:
            return f"{STYLE}<div class='hitl-card hitl-journal'>{EMPTY}</div>"
        head = "".join(f"<th scope='col'>{heading}</th>" for heading in HEADINGS)
        body = "".join(f"<tr>{_cells(row, entry)}</tr>" for row, entry in self._rows)
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        return f"{STYLE}<div class='hitl-card hitl-journal'>{table}</div>"


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
        NoCheckpointerError: if it is given anything else, as a graph.
        JournalError: if the journal cannot be read.
    """
    if not isinstance(checkpointer, BaseCheckpointSaver):
        raise NoCheckpointerError(NO_CHECKPOINTER)
    kept = journal_of(checkpointer)
    entries = kept.entries(thread_id, reviewer)
    return JournalView(entries, kept.running())


def _cells(row: tuple[str, ...], entry: JournalEntry) -> str:
    when, reviewer, thread, _, _, outcome = map(shown, row)
    asked = "".join(_asked_html(*call) for call in calls_of(entry.asked)) or NO_CALL
    decided = "".join(map(_verdict_html, verdicts_of(entry)))
    cells = (when, reviewer, thread, asked, decided, outcome)
    return "".join(f"<td>{cell}</td>" for cell in cells)


def _asked_html(name: str, given: Any) -> str:
    if not (name and isinstance(given, dict)):
        return f"<div>{shown(cut(said_in_words(given)))}</div>"
    arguments = "".join(
        f"<div>{shown(cut(argument))}: {shown(_value(value))}</div>"
        for argument, value in given.items()
    )
    return f"<div><code>{shown(name)}</code>{arguments}</div>"


def _value(value: Any) -> str:
    several = isinstance(value, str) and "\n" in value
    return cut(in_a_box(value) if several else value_in_words(value), _VALUE_LENGTH)


def _verdict_html(verdict: Verdict) -> str:
    changes = "".join(difference_html(one) for one in verdict.changes)
    block = f"<div class='hitl-diff'>{changes}</div>" if changes else ""
    return f"<div>{shown(cut(verdict.words))}{block}</div>"
