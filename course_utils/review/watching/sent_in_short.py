"""What a `Send` carries, in a few words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from course_utils.review.reading.graphs import tool_nodes
from course_utils.review.reading.sent import calls_sent
from course_utils.review.watching.in_short import in_short

if TYPE_CHECKING:
    from langgraph.pregel import Pregel
    from langgraph.types import Send


def sent_in_short(graph: Pregel[Any, Any, Any, Any], send: Send) -> str:
    """Tell what a `Send` carries: to a ToolNode, the calls alone.

    Args:
        graph: the graph whose node it leads to.
        send: as the checkpoint keeps it.
    """
    runner = tool_nodes(graph).get(send.node)
    calls = calls_sent(send.arg, runner) if runner is not None else []
    return in_short(calls or send.arg)
