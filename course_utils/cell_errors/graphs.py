"""After an error of LangGraph's: what the call lacked, and where to look."""

from __future__ import annotations

import linecache
import re
import sys
from typing import TYPE_CHECKING, Any

from course_utils.cell_errors.raised import raised_at

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTHING_SAVED = (
    "There is nothing to go on with: nothing is saved for this thread, or this graph has no "
    "checkpointer. Check the thread_id, and which graph the cell uses."
)
EMPTY_VALUES = (
    "`values` has no {key} where nothing is saved for the thread. Check the thread_id, and run the "
    "cell that invokes the graph on it."
)
EMPTY_NEXT = (
    "`next` is empty where a thread has finished, or where nothing is saved for it. Check the "
    "thread_id, and run the cell that invokes the graph on it."
)
_VALUES, _NEXT = re.compile(r"\.values\["), re.compile(r"\.next\[")


def advice(error: BaseException, names: Mapping[str, Any]) -> str:
    """Say what a call of LangGraph lacked; nothing where the error is another.

    Args:
        error: what a cell raised.
        names: what the cells have made.
    """
    if "langgraph" not in sys.modules:
        return ""
    # Imported here: a kernel without LangGraph is not to wait for it.
    from course_utils.neighbours.langgraph import lacked  # noqa: PLC0415
    from course_utils.review.reading.calling import UNSAVED  # noqa: PLC0415
    from course_utils.review.reading.thread import NAMES_NO_THREAD  # noqa: PLC0415

    told = {
        "checkpointer": UNSAVED,
        "thread_id": f"The {NAMES_NO_THREAD}",
        "input": NOTHING_SAVED,
    }
    # The test of an exercise raises its own error from the one it met.
    raised = (lacked(each) for each in (error, error.__cause__) if each is not None)
    return told.get(next(filter(None, raised), ""), "") or _of_an_empty_thread(error, names)


def _of_an_empty_thread(error: BaseException, names: Mapping[str, Any]) -> str:
    at = raised_at(error, names)
    if at is None:
        return ""
    line = linecache.getline(*at)
    if isinstance(error, KeyError) and _VALUES.search(line):
        return EMPTY_VALUES.format(key=error)
    if isinstance(error, IndexError) and _NEXT.search(line):
        return EMPTY_NEXT
    return ""
