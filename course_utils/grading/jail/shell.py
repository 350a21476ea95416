"""The IPython that runs a notebook inside: no ZeroMQ, and all that it would show is captured."""

from __future__ import annotations

import io
import os
import select
import signal
import subprocess
import sys
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Mapping

    from course_utils.grading.jail.captured import Captured

_NO_INPUT = "{} was called, but this frontend does not support input requests."


class _Publisher(DisplayPublisher):
    """What `display` sends to."""

    def publish(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        *_: Any,
        transient: Mapping[str, Any] | None = None,
        update: bool = False,
        **_others: Any,
    ) -> None:
        display_id = (transient or {}).get("display_id")
        captured = self._captured
        if update and display_id is not None:
            captured.update(data, metadata or {}, str(display_id))
        else:
            name = None if display_id is None else str(display_id)
            captured.display(data, metadata or {}, name)

    def clear_output(self, wait: bool = False) -> None:
        self._captured.clear(wait=wait)

    @property
    def _captured(self) -> Captured:
        shell: Any = self.shell
        captured: Captured = shell.captured
        return captured


class _Hook(DisplayHook):
    """What shows the value of a cell's last line."""

    def write_output_prompt(self) -> None:
        """Write none: the number goes with the value."""

    def write_format_data(
        self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None
    ) -> None:
        shell: Any = self.shell
        shell.captured.result(self.prompt_count, format_dict, md_dict or {})

    def finish_displayhook(self) -> None:
        """Do nothing: there is no line to end."""


class Shell(InteractiveShell):
    """An IPython whose outputs are captured; it looks like a kernel's to what runs in it.

    Attributes:
        captured: where its outputs go.
        kernel: what the course and ipywidgets ask a kernel.
    """

    def __init__(self, captured: Captured, loop: asyncio.AbstractEventLoop) -> None:
        self.captured = captured
        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.colors = "nocolor"
        super().__init__(  # type: ignore[no-untyped-call]
            config=config, display_pub_class=_Publisher, displayhook_class=_Hook
        )
        header = {"msg_id": "cell", "msg_type": "execute_request", "session": "jail"}
        self.kernel = SimpleNamespace(
            io_loop=SimpleNamespace(asyncio_loop=loop),
            get_parent=lambda *_: {"header": header, "content": {}, "metadata": {}},
            shell=self,
        )
        self.exit_now = False
        self.set_hook("show_in_pager", lambda *_, **__: None, 99)  # type: ignore[no-untyped-call]

    def init_io(self) -> None:
        """Leave the streams as they are: they are captured already."""

    def ask_exit(self) -> None:
        """End the notebook after this cell, as quit() does in a kernel."""
        self.exit_now = True

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        self.captured.error(etype.__name__, str(evalue), list(stb))

    def system(self, cmd: str) -> None:
        """Run a line of the system's shell; what it writes becomes output."""
        with subprocess.Popen(
            ["/bin/sh", "-c", self.var_expand(cmd, depth=1)],  # type: ignore[no-untyped-call]
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:
            try:
                assert process.stdout is not None  # noqa: S101 - it is a pipe
                for line in io.TextIOWrapper(process.stdout, errors="replace"):
                    sys.stdout.write(line)
            except KeyboardInterrupt:
                process.send_signal(signal.SIGKILL)
        self.user_ns["_exit_code"] = process.returncode

    system_piped = system_raw = system


class Stream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr`, whose text becomes output.

    Args:
        captured: where it goes.
        name: "stdout" or "stderr".
        descriptor: the one that programs write to.
    """

    encoding = "utf-8"
    errors = "strict"

    def __init__(self, captured: Captured, name: str, descriptor: int) -> None:
        self._captured, self._descriptor, self._owner = captured, descriptor, os.getpid()
        self.name = f"<{name}>"
        self._stream = name

    def write(self, text: str) -> int:
        """Add a text.

        Raises:
            TypeError: if it is none.
        """
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if os.getpid() == self._owner:
            self._captured.stream(self._stream, text)
        else:
            # A process that a cell has forked: what it captured would be lost with it.
            os.write(self._descriptor, text.encode(errors="replace"))
        return len(text)

    def fileno(self) -> int:
        """Return the descriptor that programs write to."""
        return self._descriptor

    def writable(self) -> bool:
        """Tell that it can be written to."""
        return True


class Pipes:
    """The standard descriptors of programs: what is written to them becomes output too.

    Args:
        captured: where it goes.
    """

    def __init__(self, captured: Captured) -> None:
        self._captured = captured
        self._lock = threading.Lock()
        self._ends: dict[int, str] = {}
        for number, name in ((1, "stdout"), (2, "stderr")):
            reading, writing = os.pipe()
            os.dup2(writing, number)
            os.close(writing)
            os.set_blocking(reading, False)
            self._ends[reading] = name
        threading.Thread(target=self._read_on, daemon=True).start()

    def drain(self) -> None:
        """Take in what has been written so far."""
        with self._lock:
            for reading, name in self._ends.items():
                # A program that goes on writing does not keep us here for ever.
                for _ in range(64):
                    try:
                        data = os.read(reading, 1 << 16)
                    except BlockingIOError:
                        break
                    if not data:
                        break
                    self._captured.stream(name, data.decode(errors="replace"))

    def _read_on(self) -> None:
        waiting = select.poll()
        for reading in self._ends:
            waiting.register(reading, select.POLLIN)
        while True:
            for reading, events in waiting.poll():
                if events & select.POLLIN:
                    self.drain()
                else:
                    waiting.unregister(reading)


def refusing(name: str) -> Any:
    """Return what stands for `input`: it raises what a kernel raises where nobody answers."""

    def refuse(_prompt: str = "", *_: Any, **__: Any) -> str:
        raise StdinNotImplementedError(_NO_INPUT.format(name))

    return refuse
