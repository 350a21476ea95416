"""What the approval card says, as HTML in which every foreign word is escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langchain_core.messages import AIMessage, ToolMessage

from course_utils.widgets.escaped import shown
from course_utils.widgets.style import style

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from langchain_core.messages import BaseMessage, ToolCall

    from course_utils.review.thread import Thread

STYLE = style("""
.hitl-approval {border-left-width: 4px;}
.hitl-approval-paused {border-left-color: var(--jp-warn-color1, #f57c00);}
.hitl-approval-finished {border-left-color: var(--jp-success-color1, #388e3c);}
.hitl-approval-crashed {border-left-color: var(--jp-error-color1, #d32f2f);}
.hitl-approval table {border-collapse: collapse; margin: 4px 0 8px;}
.hitl-approval th, .hitl-approval td {text-align: left; vertical-align: top; background: none;
  padding: 2px 14px 2px 0; border: none; white-space: pre-wrap; overflow-wrap: anywhere;}
.hitl-approval .hitl-caution {font-size: 0.85em; color: var(--jp-content-font-color2, inherit);}
.hitl-approval th {font-weight: 600; white-space: nowrap;}
""")

TITLES = {
    "paused": "Waiting for you",
    "finished": "Finished",
    "crashed": "Crashed",
    "unknown": "Unknown thread",
    "unsaved": "Nothing is saved",
}


def thread_html(thread: Thread) -> str:
    """Show where a thread stands: its status, why, and each pending call with its arguments."""
    lines = [f"<p><strong>{TITLES[thread.status]}.</strong> {shown(thread.explanation)}</p>"]
    if thread.pause:
        lines += [call_html(call) for call in thread.pause.calls]
        lines += [f"<p>{shown(refusal)}</p>" for refusal in thread.pause.refusals]
    if thread.caution:
        lines.append(f"<p class='hitl-caution'>{shown(thread.caution)}</p>")
    return "\n".join(lines)


def call_html(call: ToolCall) -> str:
    """Show one tool call: the tool's name, and its arguments as a table."""
    rows = "".join(
        f"<tr><th scope='row'>{shown(name)}:</th><td>{shown(value)}</td></tr>"
        for name, value in call["args"].items()
    )
    return f"<p><code>{shown(call['name'])}</code></p><table>{rows}</table>"


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
