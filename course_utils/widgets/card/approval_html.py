"""What the approval card says of a thread and its pauses, as HTML."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from course_utils.neighbours.langchain import own_words
from course_utils.review.reading.pauses import BreakpointPause
from course_utils.widgets.card.looks import STATUSES
from course_utils.widgets.html.escaped import shown
from course_utils.widgets.html.folded import folded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from langchain.agents.middleware.human_in_the_loop import ActionRequest

    from course_utils.review.reading.pauses import Pause
    from course_utils.review.reading.thread import Thread

ONE_DECISION = (
    "These {count} calls wait at one breakpoint. A breakpoint takes one decision for all of them, "
    "because LangGraph runs the whole node or none of it. Do you want to decide each call by "
    "itself? Then ask with interrupt() in the tool or in a node."
)

DEFAULT = " <em>(default: the call leaves it out)</em>"
_NONE: Mapping[str, Any] = MappingProxyType({})


def title(thread: Thread) -> str:
    """Say where a thread stands, in a word or two."""
    return f"{STATUSES[thread.status].word}."


def explanation_html(thread: Thread) -> str:
    """Show why a thread stands where it does."""
    return f"<p>{shown(thread.explanation)}</p>{_caution_html(thread)}"


def thread_html(thread: Thread) -> str:
    """Show where a thread stands, and why."""
    words = f"<p><strong>{title(thread)}</strong> {shown(thread.explanation)}</p>"
    return words + _caution_html(thread)


def _caution_html(thread: Thread) -> str:
    return f"<p class='hitl-caution'>{shown(thread.caution)}</p>" if thread.caution else ""


def pause_html(pause: Pause, defaults: Sequence[Mapping[str, Any]] = ()) -> str:
    """Show everything a pause asks about, and why a decision is not offered.

    Args:
        pause: the pause.
        defaults: of each of its calls, the arguments that it leaves out.
    """
    actions = pause.request["action_requests"]
    filled_in = defaults or [_NONE] * len(actions)
    each = map(action_html, actions, filled_in)
    return "".join(each) + remarks_html(pause)


def action_html(asked: ActionRequest, defaults: Mapping[str, Any] = _NONE) -> str:
    """Show one call or question: its name, its arguments as a table, what is said of it.

    Args:
        asked: the call or question.
        defaults: the arguments that it leaves out, and its tool fills in.
    """
    said = own_words(asked)
    description = f"<p class='hitl-description'>{folded(said)}</p>" if said else ""
    name = f"<p class='hitl-action'><code>{shown(asked['name'])}</code></p>"
    return f"{name}{description}{arguments_html(asked['args'], defaults)}"


def arguments_html(arguments: Mapping[str, Any], defaults: Mapping[str, Any] = _NONE) -> str:
    """Show arguments, or the parts of an answer, as a table.

    Args:
        arguments: what is given.
        defaults: what is left out, and filled in by the tool.
    """
    rows = [_row(name, folded(value)) for name, value in arguments.items()]
    rows += [_row(name, folded(value) + DEFAULT) for name, value in defaults.items()]
    return f"<table>{''.join(rows)}</table>"


def _row(name: str, value: str) -> str:
    return f"<tr><th scope='row'>{shown(name)}:</th><td>{value}</td></tr>"


def remarks_html(pause: Pause) -> str:
    """Say why a decision that one might look for is not offered."""
    remarks = list(pause.remarks)
    if isinstance(pause, BreakpointPause) and pause.decisions and len(pause.calls) > 1:
        remarks.insert(0, ONE_DECISION.format(count=len(pause.calls)))
    return "".join(f"<p>{shown(remark)}</p>" for remark in remarks)
