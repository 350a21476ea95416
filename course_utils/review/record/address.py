"""Where a checkpointer keeps its checkpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import URL

from course_utils.loops import run
from course_utils.neighbours import langgraph_checkpoints as private

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.checkpoint.sqlite import SqliteSaver

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
    kind, connection = private.kind_of(checkpointer), private.connection_of(checkpointer)
    if kind == "sqlite":
        with private.borrowed_connection(cast("SqliteSaver", checkpointer)) as borrowed:
            return _sqlite(borrowed.execute(_DATABASES).fetchall())
    if kind == "async sqlite":
        return _sqlite(run(connection.execute_fetchall(_DATABASES)))
    return _postgresql(connection) if kind == "postgresql" else None


def _sqlite(databases: Any) -> URL | None:
    files = [file for _, name, file in databases if name == "main" and file]
    return URL.create("sqlite", database=files[0]) if files else None


def _postgresql(connection: Any) -> URL:
    # Imported here: only who uses PostgreSQL waits for it.
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415

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
