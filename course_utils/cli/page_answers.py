"""What `hitl lab` answers to our plugin in the page: where the learner is, was, and starts over."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado.web import HTTPError, authenticated

from course_utils.cli.reading import progress_in
from course_utils.exercises.kept import PROGRESS_FILE
from course_utils.learning.as_json import as_page
from course_utils.learning.last_place import (
    last_place,
    read_places,
    remember_place,
    remember_shown,
)
from course_utils.quiz.attempts import ATTEMPTS_FILE
from course_utils.quiz.released import QUESTIONS_FILE
from course_utils.workspace.errors import WorkspaceError

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

# They stay beside the notebook, where everything looks for them. The file browser passes them over.
NOT_LISTED = [QUESTIONS_FILE, ATTEMPTS_FILE, PROGRESS_FILE]


class _Answer(APIHandler):  # type: ignore[misc]  # its package is not read here
    """Answers about the folder that the server serves, as JSON."""

    @property
    def workspace(self) -> Path:
        """The learner's folder."""
        return Path(self.settings["server_root_dir"])

    def told(self, *names: str) -> list[str]:
        """Return these texts of what the page sent; one that is missing is empty.

        Raises:
            HTTPError: if it sent something else.
        """
        sent = self.get_json_body()
        found = [sent.get(name, "") if isinstance(sent, dict) else None for name in names]
        texts = [text for text in found if isinstance(text, str)]
        if len(texts) != len(found):
            raise HTTPError(400)
        return texts


class StartPage(_Answer):
    """The start page, which the plugin in the page puts into words."""

    @authenticated
    def get(self) -> None:
        """Read the workspace, and answer."""
        last = last_place(self.workspace)
        place = {"heading": last.heading, "link": last.link} if last else None
        self.finish(json.dumps({**as_page(progress_in(self.workspace)), "last": place}))


class Places(_Answer):
    """The last place in each lesson, and what was shown once and for all."""

    @authenticated
    def get(self) -> None:
        """Answer with all that is kept."""
        known = read_places(self.workspace)
        self.finish(json.dumps({"cells": dict(known.cells), "shown": sorted(known.shown)}))

    @authenticated
    def post(self) -> None:
        """Keep a lesson's place, or that something was shown."""
        lesson, cell, shown = self.told("lesson", "cell", "shown")
        try:
            if lesson and cell:
                remember_place(self.workspace, lesson, cell)
            if shown:
                remember_shown(self.workspace, shown)
        except OSError as error:
            # A disk that is full or read-only stops nobody from learning.
            raise HTTPError(409, str(error)) from error
        self.finish("{}")


class Reset(_Answer):
    """A lesson or an exercise as it was released: what `hitl reset` does, for a button."""

    @authenticated
    async def get(self) -> None:
        """Answer with the exercises of a lesson."""
        lesson = self.get_query_argument("lesson")
        await self._answer(lambda: {"exercises": _exercises(lesson)})

    @authenticated
    async def post(self) -> None:
        """Reset what the page names, and answer with what was done and where the copy is."""
        lesson, exercise = self.told("lesson", "exercise")
        await self._answer(lambda: _reset(self.workspace, lesson, exercise))

    async def _answer(self, act: Any) -> None:
        try:
            # It reads, derives and syncs files, which kernels need not wait for.
            told = await asyncio.to_thread(act)
        except (WorkspaceError, ValueError, OSError) as error:
            told = {"problem": str(error)}
        await self.finish(json.dumps(told))


def _exercises(lesson: str) -> list[dict[str, str]]:
    # Imported here: nbgrader takes most of a second that a start need not wait.
    from course_utils.workspace.resetting import chosen, exercises_in  # noqa: PLC0415

    found = exercises_in(chosen(lesson))
    return [{"number": str(each.number), "title": each.title} for each in found]


def _reset(workspace: Path, lesson: str, exercise: str) -> dict[str, Any]:
    from course_utils.workspace.resetting import chosen, reset  # noqa: PLC0415

    done = reset(workspace, chosen(lesson, exercise))
    kept = done.kept.relative_to(workspace).as_posix() if done.kept else ""
    return {"lines": done.lines, "kept": kept}


def answer_the_page(server: ServerApp) -> None:
    """Let a server answer to our plugin for the folder that it serves."""
    answers = {"start": StartPage, "places": Places, "reset": Reset}
    found = [(url_path_join(server.base_url, "hitl", name), each) for name, each in answers.items()]
    server.web_app.add_handlers(".*$", found)
