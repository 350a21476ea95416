"""Every setting of the course, read from the environment and from `.env` in the data's folder."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path  # noqa: TC003 - pydantic reads it
from typing import Annotated, Literal

from dotenv import dotenv_values
from pydantic import AfterValidator, AliasChoices, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from course_utils.places import (
    COURSE_VARIABLE,
    DATA_VARIABLE,
    course_folder,
    data_folder,
    named_folder,
    notebooks,
    workspace_folder,
)
from course_utils.told_errors import ToldError

PREFIX = "HITL_"

Feedback = Literal["practice", "deferred"]
Sandbox = Literal["required", "off"]

# A scheme has two letters or more, so that a Windows drive is none. libpq's other form, words like
# password=..., is none either, but must not pass for a path and be shown.
_NOT_A_PATH = re.compile(r"[a-z][\w+.-]+:|.*\bpassword\s*=", re.IGNORECASE)
_POSTGRESQL = ("postgresql://", "postgres://")
_PLACES = (
    "write the path of a SQLite file or postgresql://user:password@host:port/database, "
    "any of / @ : # ? % in the password percent-encoded"
)
_WITHOUT_POSTGRESQL = (
    'PostgreSQL needs packages that are not installed: pip install "hitl-course[postgres]"'
)


class SettingsError(ToldError, ValueError):
    """A setting has a value the course cannot use; the message names the variable and the fix."""


def is_address(place: str) -> bool:
    """Whether this names a database server, and not a file."""
    return _NOT_A_PATH.match(place) is not None


def checked_place(place: str) -> str:
    """Return where checkpoints are kept, as it is written, if it can be a path or an address.

    Raises:
        ValueError: if it is an address, but none of PostgreSQL. The message repeats none of it,
            since a password may stand anywhere in an address that is not well formed.
    """
    if is_address(place):
        parts = _parts(place)
        # What an unencoded / or @ in a password leaves behind.
        port, rest = parts.get("port", ""), parts.get("host", "") + parts.get("dbname", "")
        if "@" in rest or not re.fullmatch(r"[\d,]*", port):
            raise ValueError(_PLACES)
    return place


def without_password(place: str) -> str:
    """Return a checked place as it may be shown: user, host, port and database of an address."""
    if not is_address(place):
        return place
    parts = _parts(place)
    user = f"{parts['user']}@" if "user" in parts else ""
    port = f":{parts['port']}" if "port" in parts else ""
    return f"postgresql://{user}{parts.get('host', '')}{port}/{parts.get('dbname', '')}"


def _parts(address: str) -> dict[str, str]:
    if not address.startswith(_POSTGRESQL):
        raise ValueError(_PLACES)
    # Imported here: only who uses PostgreSQL waits for it, and has it.
    try:
        from psycopg import ProgrammingError  # noqa: PLC0415
        from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415
    except ImportError:
        raise ValueError(_WITHOUT_POSTGRESQL) from None
    try:
        return {name: str(value) for name, value in conninfo_to_dict(address).items()}
    except ProgrammingError:  # its message quotes the password
        raise ValueError(_PLACES) from None


def _from_the_datas_folder(place: str) -> str:
    return place if is_address(place) else str(data_folder() / place)


def _a_course(folder: Path) -> Path:
    found = named_folder(folder)
    # In the jail, where nobody names one, there is none.
    if os.environ.get(COURSE_VARIABLE) and not notebooks(found).is_dir():
        raise ValueError(f"{found} is no folder of a course: it has no notebooks/ in it")
    return found


def env_file() -> Path:
    """Return the file that settings are read from, beside the environment."""
    return data_folder() / ".env"


def _as_sqlalchemy_has_it(address: str) -> str:
    # What HITL_CHECKPOINTS allows too, and SQLAlchemy does not know.
    return re.sub("^postgres://", "postgresql://", address)


class Settings(BaseSettings):
    """What a learner or an instructor may set; every field has a default that works offline."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore")

    # These two say where `.env` is, so they are read from the environment alone.
    course: Annotated[Path, AfterValidator(_a_course)] = Field(default_factory=course_folder)
    data: Annotated[Path, AfterValidator(named_folder)] = Field(default_factory=data_folder)
    model: str = "offline"
    feedback: Feedback = "practice"
    # Taken from the data's folder, since each lesson's kernel runs in a folder of its own.
    quizzes: Annotated[Path, AfterValidator(lambda path: data_folder() / path)] = Field(
        default_factory=lambda: course_folder() / "quizzes"
    )
    # Neither is in an error or a repr: an address may hold a password.
    checkpoints: Annotated[
        str, AfterValidator(checked_place), AfterValidator(_from_the_datas_folder)
    ] = Field(default_factory=lambda: str(workspace_folder() / "checkpoints.sqlite"), repr=False)
    # Whether students' code is graded in the jail alone, or, where there is none, without it.
    sandbox: Sandbox = "required"
    gradebook: Annotated[str, AfterValidator(_as_sqlalchemy_has_it)] = Field(
        default_factory=lambda: f"sqlite:///{data_folder() / 'grading' / 'gradebook.db'}",
        repr=False,
    )
    ollama_host: str = Field(
        default="http://127.0.0.1:11434", validation_alias=AliasChoices("OLLAMA_HOST")
    )


def settings() -> Settings:
    """Read the settings now, so that a variable set in a running kernel counts.

    Raises:
        SettingsError: if a variable has a value that is not allowed, or a name that is no setting,
            or `.env` cannot be read.
    """
    file = env_file()
    try:
        found = file.stat()
        written = (found.st_mtime_ns, found.st_size, found.st_ino)
    except OSError:
        written = None
    # The current folder has a say in them.
    folders = (course_folder(), workspace_folder())
    return _settings(frozenset(os.environ.items()), file, written, folders)


@lru_cache(maxsize=1)
def _settings(
    _environment: frozenset[tuple[str, str]], file: Path, _written: object, _folders: object
) -> Settings:
    """Read the settings; what has not changed since takes no time again."""
    _refuse_names(_names_in(file), file)
    try:
        return Settings(_env_file=file)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        variable = name if name.isupper() else f"HITL_{name.upper()}"
        field = Settings.model_fields.get(name)
        given = f"={first['input']!r}" if field is None or field.repr else ""
        raise SettingsError(
            f"{variable}{given}: {first['msg'].removeprefix('Value error, ')}. "
            f"Correct it in the environment or in {file}."
        ) from None


def _names_in(file: Path) -> set[str]:
    try:
        return set(dotenv_values(file))
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or "it is not written in UTF-8"
        raise SettingsError(f"{file} cannot be read: {why}. Correct it, or move it away.") from None


def _refuse_names(in_file: set[str], file: Path) -> None:
    # A misspelt HITL_FEEDBACK would release the keys without a word.
    names = (name for name, field in Settings.model_fields.items() if not field.validation_alias)
    known = {PREFIX + name.upper() for name in names}
    given = {name for name in {*os.environ, *in_file} if name.startswith(PREFIX)}
    unknown = sorted(given - known)
    if unknown:
        raise SettingsError(
            f"{unknown[0]} is not a setting; there are {', '.join(sorted(known))}. "
            f"Correct it in the environment or in {file}."
        )
    for name in sorted(in_file & {COURSE_VARIABLE, DATA_VARIABLE}):
        raise SettingsError(
            f"{name} says where {file.name} is, so it cannot stand in it. Take it out of {file}, "
            "and set it in the environment."
        )
