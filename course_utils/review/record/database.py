"""Where a checkpointer keeps its checkpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langgraph.checkpoint.sqlite import SqliteSaver
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import URL

from course_utils.loops import run

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

_DATABASES = "PRAGMA database_list"
# Everything else stays a parameter of libpq: a host may be a socket's folder, or a list.
_IN_THE_URL = {"user", "password", "dbname"}


def database_of(checkpointer: BaseCheckpointSaver[Any]) -> URL | None:
    """Return the address of the database that a checkpointer writes to.

    Args:
        checkpointer: any of LangGraph's own, sync or async.

    Returns:
        A SQLite or PostgreSQL address, with its password where it has one; None for what is kept
        in memory, or by a checkpointer that is not known here.
    """
    if isinstance(checkpointer, SqliteSaver):
        with checkpointer.lock:
            return _sqlite(checkpointer.conn.execute(_DATABASES).fetchall())
    # Told by their modules, since importing savers that nobody uses costs time.
    modules = {kind.__module__ for kind in type(checkpointer).__mro__}
    connection = getattr(checkpointer, "conn", None)
    if "langgraph.checkpoint.sqlite.aio" in modules and connection is not None:
        return _sqlite(run(connection.execute_fetchall(_DATABASES)))
    if any(name.startswith("langgraph.checkpoint.postgres") for name in modules):
        return _postgresql(connection)
    return None


def _sqlite(databases: Any) -> URL | None:
    files = [file for _, name, file in databases if name == "main" and file]
    return URL.create("sqlite", database=files[0]) if files else None


def _postgresql(connection: Any) -> URL:
    said: dict[str, Any] = {}
    if hasattr(connection, "conninfo"):  # a pool
        said |= conninfo_to_dict(connection.conninfo)
    else:
        said |= connection.info.get_parameters() | {"password": connection.info.password}
    query = {name: str(value) for name, value in said.items() if value and name not in _IN_THE_URL}
    return URL.create(
        "postgresql+psycopg",
        username=said.get("user"),
        password=said.get("password") or None,
        database=said.get("dbname"),
        query=query,
    )
