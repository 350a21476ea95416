"""The way out of the jail: lines of JSON, from whatever runs inside to whoever started it."""

from __future__ import annotations

import json
import os
import threading
from typing import Any

STEP = "step"
"""A message with this key says which step begins; its clock starts anew."""
RAISED = "raised"
"""A message with this key says with which error the task's function ended."""


class Channel:
    """What a task sends its messages through.

    Args:
        descriptor: where they go.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()

    def send(self, message: dict[str, Any]) -> None:
        """Send one object of JSON.

        Raises:
            TypeError, ValueError: if it has no JSON.
        """
        line = json.dumps(message).encode() + b"\n"
        with self._lock:
            while line:
                line = line[os.write(self._descriptor, line) :]
