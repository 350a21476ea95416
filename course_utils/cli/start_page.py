"""What `hitl lab` tells its start page, read from the learner's files at each request."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado.web import authenticated

from course_utils.cli.reading import progress_in
from course_utils.learning.as_json import as_page

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


class StartPage(APIHandler):  # type: ignore[misc]  # its package is not read here
    """Answers with the start page as JSON, which the plugin in the page puts into words."""

    @authenticated
    def get(self) -> None:
        """Read the workspace, and answer."""
        workspace = Path(self.settings["server_root_dir"])
        self.finish(json.dumps(as_page(progress_in(workspace))))


def serve_start_page(server: ServerApp) -> None:
    """Let a server answer for the start page of the folder that it serves."""
    address = url_path_join(server.base_url, "hitl", "start")
    server.web_app.add_handlers(".*$", [(address, StartPage)])
