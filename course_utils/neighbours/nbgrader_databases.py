"""What nbgrader 0.9.6 takes for granted of a gradebook's database, and PostgreSQL does not give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbgrader.api import Course
from sqlalchemy import event

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

_COURSES: Table = Course.__table__
_NO_NAME = {"id": ""}


def keep_the_course_without_a_name() -> None:
    """Give each new gradebook the course that assignments belong to when no course is named.

    nbgrader 0.9.6 makes no row for it. SQLite does not look whether there is one; PostgreSQL does,
    and refuses every assignment.
    """
    if not event.contains(_COURSES, "after_create", _add_it):
        event.listen(_COURSES, "after_create", _add_it)


def _add_it(table: Table, connection: Connection, **_: Any) -> None:
    if connection.dialect.name != "sqlite":
        connection.execute(table.insert().values(_NO_NAME))
