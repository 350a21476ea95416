"""The JupyterLabs that run on this machine, and which ports are free."""

from __future__ import annotations

import http.client
import socket
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT_PORT = 8888
_SECONDS = 2.0
_THIS_MACHINE = "127.0.0.1"


@dataclass(frozen=True)
class Running:
    """A Jupyter server of this person's that answers.

    Attributes:
        folder: what it serves.
        port: where it listens.
        address: its page, with the token that opens it.
    """

    folder: Path
    port: int
    address: str

    def serves(self, workspace: Path) -> bool:
        """Tell whether this is what it serves."""
        return self.folder.resolve() == workspace.resolve()


def running() -> Iterator[Running]:
    """Yield the Jupyter servers of this person that answer, whoever started them."""
    # Imported here: it takes half a second.
    from jupyter_server.serverapp import list_running_servers  # noqa: PLC0415

    for told in list_running_servers():
        token = f"?token={told['token']}" if told.get("token") else ""
        if _answers(told["url"]):
            address = f"{told['url']}lab{token}"
            yield Running(Path(told["root_dir"]), int(told["port"]), address)


def running_on(workspace: Path) -> list[Running]:
    """Return the servers that are open on a workspace, in the order of their ports."""
    found = (server for server in running() if server.serves(workspace))
    return sorted(found, key=lambda server: server.port)


def refusal(port: int, of: Path | None = None) -> str:
    """Say why a server cannot listen at a port; empty where it can.

    Args:
        port: the port.
        of: a workspace whose own server may listen there already.
    """
    with closing(socket.socket()) as tried:
        # As the server does: what an ended server leaves behind for a minute is no obstacle.
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((_THIS_MACHINE, port))
        except PermissionError:
            return f"Port {port} is kept for the system."
        except OSError:
            there = [server for server in running() if server.port == port]
            if of and there and there[0].serves(of):
                return ""
            whom = f"the JupyterLab of {there[0].folder}" if there else "another program"
            return f"Port {port} is taken by {whom}."
    return ""


def next_free(port: int) -> int:
    """Return the first port after this one at which a server can listen; 0 where there is none."""
    return next((other for other in range(port + 1, 65536) if not refusal(other)), 0)


def _answers(url: str) -> bool:
    """Tell whether a Jupyter server is there: its file may have outlived it."""
    parts = urlsplit(url)
    make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    # Asked without a proxy, whatever the environment names: the server is on this machine.
    connection = make(parts.hostname or _THIS_MACHINE, parts.port, timeout=_SECONDS)
    try:
        connection.request("GET", f"{parts.path}api")
        return b"version" in connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
