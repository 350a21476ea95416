"""What `hitl lab` answers when the button for a worked solution is pressed in a notebook."""

from __future__ import annotations

import json
from asyncio import to_thread
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado.web import HTTPError, authenticated

from course_utils.places import notebooks

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

    from course_utils.workspace.solutions import Shown


class Solution(APIHandler):  # type: ignore[misc]  # its package is not read here
    """Answers as JSON with the worked solution, or with what is asked before, or why there is none.

    The page sends the notebook's `path`, the `exercise`, whether the learner wants to see it
    `anyway`, and the notebook's `cells` as they stand in the page, saved or not.
    """

    @authenticated
    async def post(self) -> None:
        """Read the course's lesson and the workspace, and answer."""
        asked = self.get_json_body()
        if not isinstance(asked, dict) or not isinstance(asked.get("path"), str):
            raise HTTPError(400, "The path of a notebook is missing.")
        workspace = Path(self.settings["server_root_dir"])
        # In a thread: the server has to answer the notebooks meanwhile.
        self.finish(json.dumps(await to_thread(_answer, workspace, asked)))


def serve_solutions(server: ServerApp) -> None:
    """Let a server answer for the worked solutions of the lessons in the folder that it serves."""
    address = url_path_join(server.base_url, "hitl", "solution")
    server.web_app.add_handlers(".*$", [(address, Solution)])


def _answer(workspace: Path, asked: dict[str, Any]) -> dict[str, Any]:
    # Imported here: `hitl lab` need not wait for it.
    from course_utils.workspace.errors import WorkspaceError  # noqa: PLC0415
    from course_utils.workspace.solutions import asked_for  # noqa: PLC0415

    path, cells = PurePosixPath(asked["path"]), asked.get("cells")
    if len(path.parts) != 2 or ".." in path.parts:
        return {"refused": "Open the lesson's notebook in its folder of your workspace."}
    opened = None if cells is None else json.dumps({"cells": cells}).encode()
    try:
        found = asked_for(
            workspace / path.parent,
            str(asked.get("exercise")),
            notebooks=notebooks(),
            opened=opened,
        )
        if found.question and not asked.get("anyway"):
            return {"asks": found.question}
        return _as_json(found.show())
    except WorkspaceError as error:
        return {"refused": str(error)}


def _as_json(shown: Shown) -> dict[str, Any]:
    parts = [
        {
            "explanation": part.explanation,
            "note": part.note,
            "blocks": [
                {"yours": block.yours, "worked": block.worked, "same": block.is_same}
                for block in part.blocks
            ],
        }
        for part in shown.parts
    ]
    return {"title": shown.title, "parts": parts, "problems": shown.problems}
