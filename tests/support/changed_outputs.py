"""For nbval, as `-p tests.support.changed_outputs`: a stored output that differs would be found.

A lesson runs once. When a cell's stored outputs are what it prints, nbval compares what it printed
with each of them again, with a word more in it, and has to see the difference.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from nbval.plugin import IPyNbCell, coalesce_streams

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

WORD = "one word more"
# nbval compares no bitmap, and the id of a live view is another each time; its twin is compared.
NOT_COMPARED = {"application/vnd.jupyter.widget-view+json", "image/png", "image/jpeg"}

found: dict[str, int] = {}


def changes(outputs: list[Any]) -> Iterator[tuple[str, list[Any]]]:
    """Change one part of the outputs at a time; give its kind with all of them."""
    for number, output in enumerate(outputs):
        if output.output_type == "stream":
            changed = deepcopy(outputs)
            changed[number].text += f"{WORD}\n"
            yield "stream", changed
        for kind in sorted(set(output.get("data", {})) - NOT_COMPARED):
            changed = deepcopy(outputs)
            changed[number].data[kind] = f"{changed[number].data[kind]}{WORD}"
            yield kind, changed


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: IPyNbCell) -> Generator[None, Any, Any]:
    """Run the cell, and let nbval compare once more for each change."""
    outcome = yield
    for kind, changed in changes(item.cell.outputs):
        unseen = item.compare_outputs(item.test_outputs, coalesce_streams(changed))
        assert not unseen, f"{item.name}: nobody would see that its {kind} has changed: {changed}"
        found[kind] = found.get(kind, 0) + 1
    return outcome


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many changes were found."""
    for kind, number in sorted(found.items()):
        terminalreporter.write_line(f"{number} changes of {kind} found")
