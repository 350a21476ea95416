"""A call in a thread of its own leaves the process as it was."""

from __future__ import annotations

import pytest

from tests.support import forked

ENDS_WELL = "return 'done'"
INTERRUPTED = "worker.interrupt()\n    return 'not reached'"
# Where an exception is still due in a thread that has ended, Python 3.11 never leaves `traced`.
TRACED = """
import asyncio, sys, threading
from course_utils.widgets.page.worker import Worker

async def called():
    global worker
    worker = Worker(act)
    made.set()
    try:
        return await worker.ended
    except KeyboardInterrupt:
        return "interrupted"

def act():
    made.wait()
    {act}

made = threading.Event()

def traced():
    return "traced"

print(asyncio.run(called()))
sys.settrace(lambda *_: None)
print(traced())
"""


@pytest.mark.parametrize(
    ("act", "end"), [(ENDS_WELL, "done"), (INTERRUPTED, "interrupted")], ids=["well", "interrupted"]
)
def test_after_it_has_ended_a_debugger_can_trace_what_comes_next(act: str, end: str) -> None:
    run = forked.run("-c", TRACED.format(act=act), timeout=30)
    assert run.stdout.split() == [end, "traced"], run.stderr
