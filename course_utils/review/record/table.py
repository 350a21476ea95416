"""The journal's table, and an entry as a row of it."""

from __future__ import annotations

import json
from dataclasses import astuple
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    and_,
)

from course_utils.review.record.entries import NUMBER, PAUSE_KEY, JournalEntry, PauseKey

if TYPE_CHECKING:
    from sqlalchemy import FromClause, Row

_NUMBER = BigInteger().with_variant(Integer, "sqlite")
DECISIONS = Table(
    "hitl_decisions",
    MetaData(),
    # The order of arrival; clocks of several machines do not give one.
    Column("number", _NUMBER, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("thread_id", Text, nullable=False),
    Column("checkpoint_ns", Text, nullable=False),
    Column("checkpoint_id", Text, nullable=False),
    Column("pause_id", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("reviewer", Text, nullable=False),
    Column("decision", JSON, nullable=False),
    Column("asked", JSON, nullable=False),
    Column("claimed_at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True)),
    Column("outcome", Text),
    Column("note", Text, nullable=False),
    UniqueConstraint("thread_id", "checkpoint_ns", "checkpoint_id", "pause_id", "attempt"),
)
COLUMN = DECISIONS.c
OPEN = COLUMN.outcome.is_(None)
Index("hitl_decisions_open", COLUMN.thread_id, sqlite_where=OPEN, postgresql_where=OPEN)
# Lets a reading find what was decided at a checkpoint, however long the thread is.
Index("hitl_decisions_checkpoint", COLUMN.thread_id, COLUMN.checkpoint_id)


def same_pause(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    """Tell in SQL whether two rows are attempts at one pause."""
    return and_(*(one.c[name] == other.c[name] for name in PAUSE_KEY))


def is_about(key: PauseKey) -> ColumnElement[bool]:
    """Tell in SQL whether a row is an attempt to decide this pause."""
    parts = zip(PAUSE_KEY, astuple(key), strict=True)
    return and_(*(COLUMN[name] == value for name, value in parts))


def row_of(entry: JournalEntry) -> dict[str, Any]:
    """Return an entry as the values of a row."""
    values = vars(entry) | vars(entry.key)
    del values["key"]
    return values


def entry_of(row: Row[Any]) -> JournalEntry:
    """Return the entry that a row holds."""
    values = dict(row._mapping)  # the name is SQLAlchemy's, and public in spite of its underscore
    del values["number"]
    for name in ("claimed_at", "finished_at"):
        values[name] = _in_utc(values[name])
    key = PauseKey(*(values.pop(name) for name in PAUSE_KEY))
    return JournalEntry(key=key, **values)


def as_json(value: Any) -> Any:
    """Return what JSON, PostgreSQL's too, can hold of a value; the rest as its repr.

    NaN and the infinities, which JSON lacks, become `{"__number__": "NaN"}`, which is no text.
    """
    try:
        return json.loads(json.dumps(value, default=repr), parse_constant=_named)
    except (TypeError, ValueError, RecursionError):
        return repr(value)


def _named(number: str) -> dict[str, str]:
    return {NUMBER: number}


def as_text(words: str) -> str:
    """Write by their codes the characters that no database takes."""
    return words.replace("\0", "\\x00").encode(errors="backslashreplace").decode()


def _in_utc(when: datetime | None) -> datetime | None:
    # SQLite keeps no time zone; what was written is UTC.
    if when is None:
        return None
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
