"""The real `hitl lab`, as a learner with an empty home would start it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from threading import Thread, Timer
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from tests.support import forked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from http.client import HTTPResponse

HITL = Path(sys.executable).parent / "hitl"
START_SECONDS = 90


@contextmanager
def running_lab(
    workspace: Path,
    home: Path,
    options: Sequence[str] = ("--no-browser", "--port", "0"),
    *,
    cold: bool = False,
    **settings: str,
) -> Iterator[list[str]]:
    """Run `hitl lab` on a workspace, with these settings, while the `with` lasts.

    Args:
        workspace: the learner's copy of the lessons.
        home: an empty home.
        options: of the command. Any free port, so that two tests at once never want the same.
        cold: in a process that has imported nothing, as in a learner's terminal.
        settings: the course's, as variables.

    Yields:
        The lines it printed until it gave its address, which is in the last.
    """
    command = [str(HITL), "lab", *options, "--workspace", str(workspace)]
    kernels = {} if cold else forked.with_forked_kernels()
    how: dict[str, Any] = {
        "env": {**learners_environment(home), **kernels, **settings},
        "stdin": subprocess.DEVNULL,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.STDOUT,
    }
    server = (
        subprocess.Popen(command, text=True, **how) if cold else forked.Process(*command, **how)
    )
    try:
        yield _until_the_address(server)
    finally:
        server.terminate()
        server.wait(timeout=30)


def address(printed: list[str]) -> str:
    """Return the address, token included, from the lines `running_lab` yields."""
    return printed[-1].removeprefix("JupyterLab: ")


def opened(url: str | Request) -> HTTPResponse:
    """Open a page of this machine, past any proxy that whoever tests is behind."""
    answer: HTTPResponse = build_opener(ProxyHandler({})).open(url)
    return answer


def ask_server(lab: str, name: str, told: object = None) -> tuple[int, Any]:
    """Ask a running lab as its page does.

    Args:
        lab: its address, token included.
        name: what is asked, as "places".
        told: what the page sends; None asks and sends nothing.

    Returns:
        The status, and the answer; of a refusal, nothing.
    """
    try:
        with asked_of_server(lab, name, told) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, None


def asked_of_server(lab: str, name: str, told: object = None) -> HTTPResponse:
    """Ask as `ask_server` does; return the answer, which may still be coming.

    Raises:
        HTTPError: if the server refuses.
    """
    address = urlsplit(lab)._replace(path=f"/hitl/{name}").geturl()
    sent = None if told is None else json.dumps(told).encode()
    headers = {"Content-Type": "application/json"}
    return opened(Request(address, sent, headers))  # noqa: S310  (our own server)


def learners_environment(home: Path) -> dict[str, str]:
    """Return an environment with an empty home, whatever this machine's owner has set."""
    settings = home / ".jupyter"
    settings.mkdir(parents=True, exist_ok=True)
    # The tests wait for what JupyterLab's own commands report, so that none has to guess.
    exposed = {"LabApp": {"expose_app_in_browser": True}}
    (settings / "jupyter_lab_config.json").write_text(json.dumps(exposed))
    left_out = ("HITL_", "JUPYTER", "IPYTHON", "MAKE", "XDG_", "OLLAMA_")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not (name.startswith(left_out) or name.lower().endswith("_proxy"))
    }
    return {**kept, "HOME": str(home), "HITL_MODEL": "offline", "HITL_FEEDBACK": "practice"}


def _until_the_address(server: forked.Process | subprocess.Popen[str]) -> list[str]:
    assert server.stdout is not None
    printed: list[str] = []
    too_slow = Timer(START_SECONDS, server.kill)
    too_slow.start()
    try:
        for line in server.stdout:
            printed.append(line.rstrip())
            if line.startswith("JupyterLab: "):
                # What it prints from now on is read too, or a full pipe would stop it.
                Thread(target=server.stdout.read, daemon=True).start()
                return printed
    finally:
        too_slow.cancel()
    raise AssertionError("\n".join(["`hitl lab` ended without an address; it printed:", *printed]))
