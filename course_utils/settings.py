"""Every setting of the course, read from the environment and from `.env` in the course's folder."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

COURSE_ROOT = Path(__file__).resolve().parents[1]

Feedback = Literal["practice", "deferred"]


class SettingsError(ValueError):
    """A setting has a value the course cannot use; the message names the variable and the mend."""


class Settings(BaseSettings):
    """What a learner or an instructor may set; every field has a default that works offline."""

    model_config = SettingsConfigDict(
        env_prefix="HITL_", env_file=COURSE_ROOT / ".env", env_ignore_empty=True, extra="ignore"
    )

    model: str = "offline"
    feedback: Feedback = "practice"
    quizzes: Path = COURSE_ROOT / "quizzes"
    gradebook: str = f"sqlite:///{COURSE_ROOT / 'grading' / 'gradebook.db'}"
    ollama_host: str = Field(
        default="http://127.0.0.1:11434", validation_alias=AliasChoices("OLLAMA_HOST")
    )


def settings() -> Settings:
    """Read the settings now, so that a variable set in a running kernel counts.

    Raises:
        SettingsError: if a variable has a value that is not allowed.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        variable = name if name.isupper() else f"HITL_{name.upper()}"
        raise SettingsError(
            f"{variable}={first['input']!r}: {first['msg']}. "
            f"Correct it in the environment or in {COURSE_ROOT / '.env'}."
        ) from None
