"""What the commands for a learner ask for alike."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

LessonName = Annotated[str, typer.Argument(help="The lesson, as 01 or interrupt_before.")]
WithoutAsking = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Workspace = Annotated[
    Path, typer.Option(file_okay=False, help="The folder of your own copy of the lessons.")
]
