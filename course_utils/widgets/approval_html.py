"""What the approval card says, as HTML in which every foreign word is escaped."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessage, ToolMessage

from course_utils.neighbours.langchain import own_words
from course_utils.review.forms.json_text import shortened
from course_utils.review.reading.pauses import BreakpointPause
from course_utils.widgets.escaped import shown
from course_utils.widgets.style import style

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from langchain.agents.middleware.human_in_the_loop import ActionRequest, Decision
    from langchain_core.messages import BaseMessage

    from course_utils.review.deciding.pause_decisions import PauseDecisions
    from course_utils.review.reading.pauses import Pause
    from course_utils.review.reading.thread import Thread

STYLE = style("""
.hitl-card.hitl-approval {border-left-width: 4px;}
.hitl-card.hitl-approval-paused {border-left-color: var(--jp-warn-color1, #f57c00);}
.hitl-card.hitl-approval-finished {border-left-color: var(--jp-success-color1, #388e3c);}
.hitl-card.hitl-approval-interrupted, .hitl-card.hitl-approval-running {
  border-left-color: var(--jp-warn-color0, #e65100);}
.hitl-card.hitl-approval-crashed {border-left-color: var(--jp-error-color1, #d32f2f);}
.hitl-approval table {border-collapse: collapse; margin: 4px 0 8px;}
.hitl-approval th, .hitl-approval td {text-align: left; vertical-align: top; background: none;
  padding: 2px 14px 2px 0; border: none; white-space: pre-wrap; overflow-wrap: anywhere;}
.hitl-approval .hitl-caution {padding: 2px 8px; margin: 4px 0;
  border-left: 3px solid var(--jp-warn-color1, #f57c00);}
.hitl-approval .hitl-standing {align-items: baseline;}
.hitl-approval .hitl-standing > .widget-html {flex: 1 1 300px; min-width: 0; margin-left: 4px;}
.hitl-approval .hitl-title {height: auto; padding: 0 2px; margin-left: 0; font-weight: 600;}
.hitl-approval .hitl-action {margin-top: 8px;}
.hitl-approval .hitl-description {white-space: pre-wrap;}
.hitl-approval .hitl-wide {width: min(640px, 100%); height: auto; flex-direction: column;}
.hitl-approval .hitl-wide .widget-label {width: auto; text-align: left;}
.hitl-approval .hitl-wide textarea {width: 100%; box-sizing: border-box;}
.hitl-approval details[open] {max-height: 20em; overflow: auto;}
.hitl-approval th {font-weight: 600; white-space: nowrap;}
""")

TITLES = {
    "paused": "Waiting for you",
    "unclear": "Running, cut off or stopped",
    "stranded": "Waiting at a node that is gone",
    "running": "Being resumed",
    "interrupted": "Interrupted",
    "finished": "Finished",
    "crashed": "Crashed",
    "unknown": "Unknown thread",
    "unsaved": "Nothing is saved",
    "unreadable": "Cannot be read",
}
FOLDED_FROM = 2_000  # characters of one value
_BEGINNING = 120  # of a folded value
VERDICTS = {
    "approve": "You approved {names}.",
    "run again": "You had {names} run again.",
    "reject": "You rejected {names}.",
    "edit": "You edited {names}.",
    "respond": "You answered {names} yourself.",
    "ask_again": "You had the question asked again.",
}


def title(thread: Thread) -> str:
    """Say where a thread stands, in a word or two."""
    return f"{TITLES[thread.status]}."


def explanation_html(thread: Thread) -> str:
    """Show why a thread stands where it does."""
    return f"<p>{shown(thread.explanation)}</p>{_caution_html(thread)}"


def thread_html(thread: Thread) -> str:
    """Show where a thread stands, and why."""
    words = f"<p><strong>{title(thread)}</strong> {shown(thread.explanation)}</p>"
    return words + _caution_html(thread)


def _caution_html(thread: Thread) -> str:
    return f"<p class='hitl-caution'>{shown(thread.caution)}</p>" if thread.caution else ""


def pause_html(pause: Pause) -> str:
    """Show everything a pause asks about, and why a decision is not offered."""
    actions = range(len(pause.request["action_requests"]))
    return "".join(action_html(pause, action) for action in actions) + remarks_html(pause)


def action_html(pause: Pause, action: int) -> str:
    """Show one call or question: its name, its arguments as a table, what is said of it."""
    asked = pause.request["action_requests"][action]
    rows = "".join(
        f"<tr><th scope='row'>{shown(name)}:</th><td>{_folded(value)}</td></tr>"
        for name, value in asked["args"].items()
    )
    said = own_words(asked)
    description = f"<p class='hitl-description'>{_folded(said)}</p>" if said else ""
    name = f"<p class='hitl-action'><code>{shown(asked['name'])}</code></p>"
    return f"{name}{description}<table>{rows}</table>"


def remarks_html(pause: Pause) -> str:
    """Say why a decision that one might look for is not offered."""
    return "".join(f"<p>{shown(remark)}</p>" for remark in pause.remarks)


def verdicts(decided: Sequence[PauseDecisions]) -> list[str]:
    """Put what a person decided into words."""
    told: dict[str, list[str]] = {}
    requests = [action for one in decided for action in one.pause.request["action_requests"]]
    times = Counter(action["name"] for action in requests)
    for one in decided:
        asked = one.pause.request["action_requests"]
        if not asked:
            return ["You let it go on."]
        for action, decision in zip(asked, one.decisions, strict=True):
            name = action["name"] if times[action["name"]] == 1 else _told_apart(action)
            told.setdefault(_verdict(one.pause, action, decision), []).append(name)
    return [VERDICTS[kind].format(names=", ".join(names)) for kind, names in told.items()]


def _told_apart(action: ActionRequest) -> str:
    """Name one of several calls of a tool, by its first argument too."""
    first = next(iter(action["args"].values()), "")
    return f"{action['name']} ({shortened(str(first))})"


def _verdict(pause: Pause, asked: ActionRequest, decision: Decision) -> str:
    """Return the type of a decision: calls are edited together, and one may be left as it was."""
    if decision["type"] == "edit" and decision["edited_action"]["args"] == asked["args"]:
        return "approve"
    again = isinstance(pause, BreakpointPause) and pause.approval == "run again"
    return "run again" if again and decision["type"] == "approve" else decision["type"]


def _folded(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    if len(text) <= FOLDED_FROM:
        return shown(text)
    summary = f"{len(text):,} characters, beginning {text[:_BEGINNING]!r}"
    return f"<details><summary>{shown(summary)}</summary>{shown(text)}</details>"


def story_html(lines: Sequence[str]) -> str:
    """Show what has happened so far, announced to a screen reader when it changes."""
    return f"<div role='status'>{''.join(f'<p>{shown(line)}</p>' for line in lines)}</div>"


def happenings(messages: Iterable[BaseMessage]) -> list[str]:
    """Put new messages into words: what each tool answered and what the agent said."""
    told = []
    for message in messages:
        if isinstance(message, ToolMessage):
            told.append(f"{message.name or 'tool'}: {message.text}")
        elif isinstance(message, AIMessage) and message.text:
            told.append(f"The agent: {message.text}")
    return told
