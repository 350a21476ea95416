"""What is run in the jail, and what comes out of it."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


HEADER = struct.Struct("!Q")
"""What an encoded task begins with: the size of the JSON that follows."""


class JailError(RuntimeError):
    """There is no jail here, or it broke; the message is one sentence and says what to do."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is run inside.

    Attributes:
        entry: "package.module:function", called as `function(payload, channel, peer)`.
        payload: what the function is given; anything that JSON has.
        files: what its working folder holds, by path from there.
        folder: the working folder's name.
        apart: whether PID 1 is another process than the task's. It costs a fork more. Without it,
            the task's process is not ended by a signal that it sends to itself, as PID 1 is not,
            and orphaned processes stay as zombies.

    Raises:
        ValueError: if a path or the folder's name leads out of the working folder.
    """

    entry: str
    payload: Mapping[str, Any]
    files: Mapping[str, bytes] = field(default_factory=dict)
    folder: str = "lesson"
    apart: bool = False

    def __post_init__(self) -> None:
        for name in self.files:
            path = PurePosixPath(name)
            if path.is_absolute() or not path.parts or ".." in path.parts or "\0" in name:
                raise ValueError(f"{name!r} is not a path below the working folder.")
        if self.folder in ("", ".", "..") or "/" in self.folder or "\0" in self.folder:
            raise ValueError(f"{self.folder!r} is not the name of a folder.")


@dataclass(frozen=True, slots=True)
class Ran:
    """What came out; untrusted, unless the task ran none of a student's code.

    Attributes:
        messages: what the task sent, in order, each an object of JSON.
        ended: "" when the task ended by itself; else one sentence that says why it was ended. It
            proves nothing: code of a student's can end its process in any way.
    """

    messages: tuple[dict[str, Any], ...]
    ended: str


def encoded(task: Task) -> bytes:
    """Return a task as it goes in: its size, its JSON, and its files one after another.

    Raises:
        TypeError, ValueError: if the payload has no JSON.
    """
    files = [(name, len(data)) for name, data in task.files.items()]
    head = json.dumps(
        {"entry": task.entry, "payload": task.payload, "folder": task.folder, "files": files}
    ).encode()
    return b"".join([HEADER.pack(len(head)), head, *task.files.values()])
