"""Every setting of the course, read from the environment and from `.env` in the course's folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

from dotenv import dotenv_values
from pydantic import AfterValidator, AliasChoices, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

COURSE_ROOT = Path(__file__).resolve().parents[1]
ENV_FILE = COURSE_ROOT / ".env"
PREFIX = "HITL_"

Feedback = Literal["practice", "deferred"]


class SettingsError(ValueError):
    """A setting has a value the course cannot use; the message names the variable and the mend."""


class Settings(BaseSettings):
    """What a learner or an instructor may set; every field has a default that works offline."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=ENV_FILE, env_ignore_empty=True, extra="ignore"
    )

    model: str = "offline"
    feedback: Feedback = "practice"
    # Taken from the course's folder, since each lesson's kernel runs in a folder of its own.
    quizzes: Annotated[Path, AfterValidator(lambda path: COURSE_ROOT / path)] = (
        COURSE_ROOT / "quizzes"
    )
    gradebook: str = f"sqlite:///{COURSE_ROOT / 'grading' / 'gradebook.db'}"
    ollama_host: str = Field(
        default="http://127.0.0.1:11434", validation_alias=AliasChoices("OLLAMA_HOST")
    )


def settings() -> Settings:
    """Read the settings now, so that a variable set in a running kernel counts.

    Raises:
        SettingsError: if a variable has a value that is not allowed, or a name that is no setting.
    """
    _refuse_unknown_names()
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        variable = name if name.isupper() else f"HITL_{name.upper()}"
        raise SettingsError(
            f"{variable}={first['input']!r}: {first['msg']}. "
            f"Correct it in the environment or in {ENV_FILE}."
        ) from None


def _refuse_unknown_names() -> None:
    # A misspelt HITL_FEEDBACK would release the keys without a word.
    names = (name for name, field in Settings.model_fields.items() if not field.validation_alias)
    known = {PREFIX + name.upper() for name in names}
    given = {name for name in {*os.environ, *dotenv_values(ENV_FILE)} if name.startswith(PREFIX)}
    unknown = sorted(given - known)
    if unknown:
        raise SettingsError(
            f"{unknown[0]} is not a setting; there are {', '.join(sorted(known))}. "
            f"Correct it in the environment or in {ENV_FILE}."
        )
