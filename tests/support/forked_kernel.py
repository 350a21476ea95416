"""What starts in the tests where a kernel would: it has one forked, and stands for it till the end.

`tests.support.forked` writes the kernel spec that names this file. Nothing of ours is imported
here, because this starts for every notebook.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from typing import Any, NoReturn


def ask(template: socket.socket, request: dict[str, Any], descriptors: list[int]) -> None:
    """Ask for a forked Python with these descriptors."""
    text = json.dumps(request).encode()
    # The descriptors come with the first byte, so that the rest may come in pieces.
    socket.send_fds(template, [b"!"], descriptors)
    template.sendall(f"{len(text):09}".encode() + text)


def main(place: str, *arguments: str) -> NoReturn:
    """Have a kernel forked in this process's place, pass signals on to it, and end as it does."""
    # ipykernel has read the variable when it was imported, before the fork.
    told_whose = f"--IPKernelApp.parent_handle={os.environ['JPY_PARENT_PID']}"
    folder = os.getcwd()  # noqa: PTH109 - pathlib takes longer to import than all of this
    request = {"arguments": [*arguments, told_whose], "cwd": folder, "env": dict(os.environ)}
    reading, telling = os.pipe()
    with socket.socket(socket.AF_UNIX) as template, os.fdopen(reading) as told:
        template.connect(place)
        ask(template, request, [0, 1, 2, telling])
        os.close(telling)
        pid = int(told.readline())
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda number, _: os.kill(pid, number))
        code = int(told.readline())
    if code < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    sys.exit(code)


if __name__ == "__main__":
    main(*sys.argv[1:])
