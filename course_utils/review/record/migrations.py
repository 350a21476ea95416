"""The journal's table made, or brought to the form of this version where an older one made it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Column, Integer, MetaData, Table, inspect, select, update

from course_utils.review.record.entries import JournalError
from course_utils.review.record.table import DECISIONS

if TYPE_CHECKING:
    from sqlalchemy import Connection

_VERSION = Table("hitl_journal", MetaData(), Column("version", Integer, nullable=False))
TOO_NEW = (
    "The journal {place} was written by a newer version of the course. Its form is {found}, and "
    "this course knows {known}. Update the course, then decide again."
)

STEPS = (
    # From 1 to 2.
    "CREATE INDEX hitl_decisions_checkpoint ON hitl_decisions (thread_id, checkpoint_id)",
)
"""What leads from one version to the next, in the SQL of both databases; a step that has been
released is never changed."""
NEWEST = 1 + len(STEPS)


def migrate(connection: Connection, place: str) -> None:
    """Bring a journal to the newest version, in the caller's transaction; nothing in it is lost.

    Args:
        connection: to the journal's database, held by nobody else who migrates.
        place: where that is, in words.

    Raises:
        JournalError: if a newer version of the course has written the journal.
    """
    found = _version(connection)
    if found > NEWEST:
        raise JournalError(TOO_NEW.format(place=place, found=found, known=NEWEST))
    for step in STEPS[found - 1 :]:
        connection.exec_driver_sql(step)
    if found < NEWEST:
        connection.execute(update(_VERSION).values(version=NEWEST))


def _version(connection: Connection) -> int:
    """Return the version of what is there; where nothing is, make the newest."""
    tables = inspect(connection)
    if tables.has_table(_VERSION.name):
        return int(connection.scalars(select(_VERSION.c.version)).one())
    # The first version did not say that it is one.
    version = 1 if tables.has_table(DECISIONS.name) else NEWEST
    if version == NEWEST:
        DECISIONS.create(connection)
    _VERSION.create(connection)
    connection.execute(_VERSION.insert().values(version=version))
    return version
