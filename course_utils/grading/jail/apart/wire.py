"""Messages over a socket: JSON, each with its length before it, and bounded."""

from __future__ import annotations

import json
import socket
import struct
import threading
from typing import Any

MOST_BYTES = 1 << 20
"""Of one message."""
MOST_MESSAGES = 4_000
"""That one side may receive."""
MOST_IN_ALL = 16 << 20
"""Bytes that one side may receive."""
SEND_SECONDS = 10
"""How long the other side may leave what is sent to it unread."""

_LENGTH = struct.Struct("!I")


class WireError(Exception):
    """The other side is gone, sends what is no message, or sends too much."""


class Wire:
    """One end of the socket; any thread may send, one thread receives."""

    def __init__(self, peer: socket.socket) -> None:
        self._peer = peer
        self._sending = threading.Lock()
        self._messages = 0
        self._bytes = 0
        peer.setblocking(True)
        patience = struct.pack("ll", SEND_SECONDS, 0)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, patience)

    def send(self, message: dict[str, Any]) -> None:
        """Send a message.

        Raises:
            WireError: it is too long, or the other side does not take it.
        """
        text = json.dumps(message, separators=(",", ":")).encode()
        if len(text) > MOST_BYTES:
            raise WireError(f"A message has {len(text)} bytes, {MOST_BYTES} are allowed.")
        try:
            with self._sending:
                self._peer.sendall(_LENGTH.pack(len(text)) + text)
        except OSError as error:
            raise WireError(
                "The process of your functions has ended, or does not listen."
            ) from error

    def receive(self) -> dict[str, Any]:
        """Wait for the next message.

        Raises:
            WireError: there is none, or it is none, or there were too many.
        """
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size))
        self._messages += 1
        self._bytes += length
        if length > MOST_BYTES or self._bytes > MOST_IN_ALL or self._messages > MOST_MESSAGES:
            raise WireError("The process of your functions sends too much.")
        try:
            message = json.loads(self._exactly(length))
        except (ValueError, RecursionError) as error:
            raise WireError("The process of your functions sends what is no message.") from error
        if type(message) is not dict:
            raise WireError("The process of your functions sends what is no message.")
        return message

    def _exactly(self, length: int) -> bytes:
        parts = bytearray()
        while len(parts) < length:
            try:
                part = self._peer.recv(min(length - len(parts), 1 << 16))
            except OSError as error:
                raise WireError("The process of your functions has ended.") from error
            if not part:
                raise WireError("The process of your functions has ended.")
            parts += part
        return bytes(parts)
