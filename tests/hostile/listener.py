"""Who listens on this machine for what a submission gets out: by TCP, UDP and two Unix sockets."""

from __future__ import annotations

import selectors
import socket
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

_TOGETHER = 1 << 20


class Listener:
    """Keeps every byte that reaches it, while it is open.

    Attributes:
        port: its port, of both kinds, on 127.0.0.1.
        heard: what came, in the order in which it came; `connected` for each connection.
    """

    def __init__(self, place: Path) -> None:
        """Listen.

        Args:
            place: of the Unix socket in the file system, and the name of the one without a file.
        """
        self.heard: list[bytes] = []
        self._selector = selectors.DefaultSelector()
        tcp = socket.create_server(("127.0.0.1", 0))
        self.port = tcp.getsockname()[1]
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", self.port))
        servers = [tcp, self._unix(str(place)), self._unix(f"\0{place}")]
        place.chmod(0o777)
        for server in servers:
            self._selector.register(server, selectors.EVENT_READ, "server")
        self._selector.register(udp, selectors.EVENT_READ, "data")
        self._wake, woken = socket.socketpair()
        self._selector.register(woken, selectors.EVENT_READ, "end")
        self._thread = Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Listener:
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _at: TracebackType | None,
    ) -> None:
        self._wake.send(b".")
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._wake.close()

    @staticmethod
    def _unix(name: str) -> socket.socket:
        server = socket.socket(socket.AF_UNIX)
        server.bind(name)
        server.listen()
        return server

    def _listen(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.data == "end":
                    return
                found: socket.socket = key.fileobj  # type: ignore[assignment]
                if key.data == "server":
                    connected, _ = found.accept()
                    self.heard.append(b"connected")
                    self._selector.register(connected, selectors.EVENT_READ, "data")
                elif read := found.recv(_TOGETHER):
                    self.heard.append(read)
                else:
                    self._selector.unregister(found)
                    found.close()
