"""What a person is told when a journal's database fails."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from course_utils.review.record.entries import JournalError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import URL

NO_ROOM = "Make room and see that {folder} can be written, then decide again."
DAMAGED = (
    "Nothing can be decided on its threads until the file can be read. Keep the file, repair it "
    "with SQLite's .recover, or put back a copy of it."
)
UNREACHED = "See that the database can be reached and written, then decide again."
_DAMAGE = ("malformed", "not a database", "no such", "column")


@contextmanager
def plain_errors(place: str, file: Path | None) -> Iterator[None]:
    """Raise what a database raises as one clear error, but for what its constraints refuse.

    Args:
        place: where the journal is, in words.
        file: the journal's file, where it is one.

    Raises:
        JournalError: in the place of a database's error.
    """
    try:
        yield
    except IntegrityError:
        raise
    except (DBAPIError, NoConnectionError, OSError) as error:
        reason = str(error.orig if isinstance(error, DBAPIError) else error).strip()
        told = f"The journal {place}: {reason}. {_fix(reason, file)}"
        raise JournalError(told) from error


def place_of(address: URL, file: Path | None) -> str:
    """Say where a journal is, without a password.

    Args:
        address: of the journal's database.
        file: its file, where it is one.
    """
    if file:
        return str(file)
    if address.get_backend_name() == "sqlite":
        return "in memory"
    host = address.query.get("host") or address.host or "this machine"
    return f"in the database {address.database} on {host}"


def _fix(reason: str, file: Path | None) -> str:
    if not file:
        return UNREACHED
    if any(words in reason for words in _DAMAGE):
        return DAMAGED
    return NO_ROOM.format(folder=file.parent)
