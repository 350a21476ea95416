"""The outputs of a notebook while it runs inside, in nbformat's shapes, and bounded."""

from __future__ import annotations

import json
import threading
from base64 import b64encode
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Output = dict[str, Any]

CELL_BYTES = 512 << 10
"""Of one cell's outputs so much is kept."""
NOTEBOOK_BYTES = 6 << 20
"""And of all cells' outputs together."""
_LEFT_OUT = "\nThe rest of this cell's output is left out: there is too much of it.\n"
# What one output costs beside its text.
_OVERHEAD = 100


class Captured:
    """The outputs of all cells so far; threads may add to the cell that runs."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._cells: list[list[Output]] = []
        self._left = 0
        self._left_of_all = NOTEBOOK_BYTES
        self._clear_first = False
        self._shown: dict[str, list[tuple[int, Output]]] = {}
        self._changed: set[int] = set()

    def begin(self) -> None:
        """Begin the next cell."""
        with self._lock:
            self._cells.append([])
            self._left = min(CELL_BYTES, self._left_of_all)
            self._clear_first = False

    def changed(self) -> list[tuple[int, list[Output]]]:
        """Return the cells with new outputs since the last call, by number."""
        with self._lock:
            numbers, self._changed = self._changed, set()
            return [(number, self._cells[number]) for number in sorted(numbers)]

    def touch(self) -> None:
        """Have the cell that runs count as changed."""
        with self._lock:
            self._changed.add(len(self._cells) - 1)

    def stream(self, name: str, text: str) -> None:
        """Add what was written to "stdout" or "stderr"."""
        text = _plain(text)
        with self._lock:
            outputs = self._current()
            last = outputs[-1] if outputs else {}
            goes_on = last.get("output_type") == "stream" and last["name"] == name
            kept = self._afford(text, 0 if goes_on else _OVERHEAD)
            if not kept:
                return
            if goes_on:
                # A list, and joined once: many short writes are the usual case.
                last["text"].append(kept)
            else:
                outputs.append({"output_type": "stream", "name": name, "text": [kept]})

    def display(
        self, data: Mapping[Any, Any], metadata: Mapping[Any, Any], display_id: str | None
    ) -> None:
        """Add what was displayed."""
        self._rich({"output_type": "display_data"}, data, metadata, display_id)

    def update(self, data: Mapping[Any, Any], metadata: Mapping[Any, Any], display_id: str) -> None:
        """Change what was displayed under an id, in any cell."""
        fresh = _bundle(data)
        with self._lock:
            for number, output in self._shown.get(display_id, []):
                if self._left_of_all <= 0:
                    return
                self._left_of_all -= _size(fresh)
                output["data"], output["metadata"] = fresh, _bundle(metadata)
                self._changed.add(number)

    def result(self, count: int, data: Mapping[Any, Any], metadata: Mapping[Any, Any]) -> None:
        """Add the value of a cell's last line."""
        kind = {"output_type": "execute_result", "execution_count": count}
        self._rich(kind, data, metadata, None)

    def error(self, name: str, words: str, lines: list[str]) -> None:
        """Add an error."""
        with self._lock:
            # An error has its place even where nothing else has.
            self._left = max(self._left, 20_000)
            outputs = self._current()
            name, words = self._afford(_plain(name)), self._afford(_plain(words))
            kept = [self._afford(_plain(line)) for line in lines]
            outputs.append(
                {"output_type": "error", "ename": name, "evalue": words, "traceback": kept}
            )

    def clear(self, *, wait: bool) -> None:
        """Take away the outputs of the cell that runs, or do so once the next one comes."""
        with self._lock:
            self._clear_first = wait
            if not wait:
                self._cells[-1].clear()
                self.touch()

    def _rich(
        self,
        output: Output,
        data: Mapping[Any, Any],
        metadata: Mapping[Any, Any],
        display_id: str | None,
    ) -> None:
        bundle, about = _bundle(data), _bundle(metadata)
        size = _size(bundle) + _size(about) + _OVERHEAD
        with self._lock:
            if size > self._left:
                self.stream("stdout", _LEFT_OUT if self._left > 0 else "")
                self._left = 0
                return
            self._left -= size
            self._left_of_all -= size
            outputs = self._current()
            output |= {"data": bundle, "metadata": about}
            outputs.append(output)
            if display_id is not None:
                self._shown.setdefault(display_id, []).append((len(self._cells) - 1, output))

    def _current(self) -> list[Output]:
        if not self._cells:
            self.begin()
        if self._clear_first:
            self.clear(wait=False)
        self.touch()
        return self._cells[-1]

    def _afford(self, text: str, more: int = 0) -> str:
        """Return as much of a text as may be kept."""
        if self._left <= 0:
            return ""
        size = len(text.encode()) + more
        self._left_of_all -= min(size, self._left)
        if size <= self._left:
            self._left -= size
            return text
        kept = text.encode()[: self._left].decode(errors="ignore") + _LEFT_OUT
        self._left = 0
        return kept


def as_sent(outputs: list[Output]) -> list[Output]:
    """Return outputs as nbformat has them."""
    return [
        {**output, "text": "".join(output["text"])} if "text" in output else output
        for output in outputs
    ]


def _plain(text: Any) -> str:
    """Return a text that can be written anywhere."""
    return str(text).encode(errors="replace").decode()


def _bundle(data: Mapping[Any, Any]) -> dict[str, Any]:
    """Return what of a bundle has JSON; bytes, of images, become base64."""
    bundle = {}
    for kind, value in data.items():
        kept = b64encode(value).decode() if isinstance(value, bytes) else value
        try:
            # Through JSON, so that later changes of the value do not reach us.
            bundle[_plain(kind)] = json.loads(_plain(json.dumps(kept, ensure_ascii=False)))
        except (TypeError, ValueError, RecursionError):
            continue
    return bundle


def _size(bundle: dict[str, Any]) -> int:
    return len(json.dumps(bundle))
