"""What `hitl lab` answers when the button that checks a learner's work is pressed."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError, authenticated

from course_utils import places
from course_utils.settings import SettingsError, settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_server.serverapp import ServerApp

    from course_utils.grading.engine.steps import Step
    from course_utils.grading.own_work.checking import Checked, Checking

NO_LESSON = "This is no lesson of your workspace. Open the lesson in its own folder to check it."
_BROKE = "Your work could not be checked: {why}. Press the button again."

Line = dict[str, Any]


class Checks:
    """Checks a learner's lessons, one at a time, in a jail that is kept until `close`."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._checking: Checking | None = None

    async def check(self, folder: Path, tell: Callable[[Line], object]) -> None:
        """Check one lesson. The last line that is told has "rows", or the "problem".

        Args:
            folder: the learner's folder of the lesson.
            tell: is told each line, in the server's loop.
        """
        loop = asyncio.get_running_loop()

        def from_a_thread(line: Line) -> None:
            # The server may have ended meanwhile.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(tell, line)

        async with self._turn:
            # Kernels need not wait for what it reads and imports.
            tell(await asyncio.to_thread(self._checked, folder, from_a_thread))

    def _checked(self, folder: Path, tell: Callable[[Line], object]) -> Line:
        # Imported here: `hitl lab` need not wait for it.
        from course_utils.grading.jail.task import JailError  # noqa: PLC0415
        from course_utils.grading.own_work.checking import Checking, read_own  # noqa: PLC0415
        from course_utils.grading.own_work.errors import CheckError  # noqa: PLC0415
        from course_utils.grading.own_work.lessons import lessons_in  # noqa: PLC0415
        from course_utils.grading.own_work.page import page_of, write_page  # noqa: PLC0415
        from course_utils.quiz.bank import BankError  # noqa: PLC0415

        if folder.name not in lessons_in(places.notebooks()) or not folder.is_dir():
            return {"problem": NO_LESSON}
        try:
            if self._checking is None:
                self._checking = Checking(sandbox=settings().sandbox == "required")
            source = places.source_of(folder.name)
            own = read_own(folder, source, settings().quizzes)
            checked = self._checking.check(own, lambda step: tell(_as_line(step)))
            tell({"writes": True})
            told = _as_json(checked, self._checking.unjailed)
        except (BankError, CheckError, JailError, SettingsError) as error:
            return {"problem": str(error)}
        try:
            write_page(folder, page_of(checked))
        except OSError as error:
            why = error.strerror or type(error).__name__
            told["sentences"].append(f"The page could not be written to {folder}: {why}.")
            return told
        return {**told, "page": True}

    def close(self) -> None:
        """End the jail, and what runs in it."""
        if self._checking is not None:
            self._checking.__exit__(None, None, None)


class CheckedWork(APIHandler):  # type: ignore[misc]  # its package is not read here
    """Answers with lines of JSON as the check goes on, and then with what came of it."""

    def initialize(self, checks: Checks) -> None:
        """Take what checks."""
        self._checks = checks

    @authenticated
    async def post(self) -> None:
        """Check the lesson in the "folder" that the page names, and tell how far it is."""
        asked = self.get_json_body()
        name = asked.get("folder") if isinstance(asked, dict) else None
        if not isinstance(name, str):
            raise HTTPError(400)
        workspace = Path(self.settings["server_root_dir"])
        # A folder's name alone: nothing outside of the workspace is read, and no copy in it.
        folder = workspace / name if name == Path(name).name else workspace
        lines: asyncio.Queue[Line | None] = asyncio.Queue()
        # A page that is closed does not end it.
        checking = asyncio.create_task(self._checks.check(folder, lines.put_nowait))
        checking.add_done_callback(lambda _: lines.put_nowait(None))
        self.set_header("Content-Type", "application/x-ndjson")
        with suppress(StreamClosedError):
            while (line := await lines.get()) is not None:
                await self._tell(line)
            if error := checking.exception():
                why = str(error).rstrip(".") or type(error).__name__
                await self._tell({"problem": _BROKE.format(why=why)})

    async def _tell(self, line: Line) -> None:
        self.write(json.dumps(line) + "\n")
        await self.flush()


def serve_checks(server: ServerApp) -> Checks:
    """Let a server check the lessons in the folder that it serves.

    Returns:
        What is to be closed when the server ends.
    """
    checks = Checks()
    address = url_path_join(server.base_url, "hitl", "check")
    server.web_app.add_handlers(".*$", [(address, CheckedWork, {"checks": checks})])
    return checks


def _as_line(step: Step) -> Line:
    return {step.kind: [step.done, step.of]}


def _as_json(checked: Checked, unjailed: str) -> dict[str, Any]:
    from course_utils.grading.own_work.told import (  # noqa: PLC0415
        exercises,
        points,
        questions,
        sentences,
        totals,
    )

    rows = [*exercises(checked), *questions(checked)]
    lines = [[row.name, row.state, points(row.points, row.maximum)] for row in rows]
    said = [*sentences(checked), *filter(None, [unjailed])]
    return {"rows": lines, "total": points(*totals(rows)), "sentences": said}
