"""What the inbox says, as HTML in which every foreign word is escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from course_utils.widgets.escaped import shown
from course_utils.widgets.style import style

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import timedelta

    from course_utils.review.inbox.waiting_thread import WaitingThread

STYLE = style("""
.hitl-inbox-row {align-items: flex-start; padding: 4px 0;
  border-top: 1px solid var(--jp-border-color2, #e0e0e0);}
.hitl-inbox-row > .widget-html {flex: 1 1 0; min-width: 0; margin: 2px 8px;}
.hitl-inbox-row > .widget-html > .widget-html-content {overflow-wrap: anywhere;}
.hitl-card button.hitl-inbox-open {flex: 0 0 230px; text-align: left;}
.hitl-inbox-about {color: var(--jp-content-font-color2, inherit); font-size: 0.9em;}
.hitl-inbox-trouble {color: var(--jp-error-color1, #d32f2f);}
.hitl-inbox .hitl-inbox-bar {flex-flow: row wrap; align-items: center; overflow: visible;}
""")

STATES = {
    "paused": "waiting",
    "unclear": "running, cut off or stopped",
    "running": "being resumed",
    "crashed": "crashed",
    "interrupted": "interrupted in the middle",
    "unreadable": "cannot be read",
}
EMPTY = "The inbox is empty: no thread waits."
NO_MATCH = "No waiting thread mentions {words!r}."
OPENED = "Thread {thread} is open below."
NOT_OPENED = "Thread {thread!r} cannot be opened: {error}"
NONE_LEFT = "No other thread of this list can be decided now."
_CALLS_SHOWN, _ARGUMENTS_SHOWN = 3, 3
_VALUE_LENGTH, _EXPLANATION_LENGTH = 40, 200
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def place_words(first: int, shown_now: int, counted: int, *, more: bool) -> str:
    """Say which part of how many is shown, as "21-40 of 1,000 waiting".

    Args:
        first: the number of the first one shown, from 1.
        shown_now: how many are shown.
        counted: how many there are, as far as they were counted.
        more: whether there are more than that.
    """
    total = f"more than {counted:,}" if more else f"{counted:,}"
    return f"{first:,}-{first + shown_now - 1:,} of {total} waiting"


def age_words(age: timedelta) -> str:
    """Put an age into words, as "3 minutes"."""
    seconds = age.total_seconds()
    if seconds < _MINUTE:
        return "less than a minute"
    length, unit = next(
        (length, unit)
        for length, unit in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute"))
        if seconds >= length
    )
    number = int(seconds // length)
    return f"{number:,} {unit}{'' if number == 1 else 's'}"


def state_words(waiting: WaitingThread) -> str:
    """Say how a thread waits, and who is resuming it."""
    if waiting.resuming:
        return f"being resumed by {waiting.resuming}"
    return STATES.get(waiting.status, waiting.status)


def asked_html(waiting: WaitingThread) -> str:
    """Show what is asked: each tool and its first arguments, cut short."""
    lines = [_call_html(name, given) for name, given in waiting.asked[:_CALLS_SHOWN]]
    if len(waiting.asked) > _CALLS_SHOWN:
        lines.append(f"and {len(waiting.asked) - _CALLS_SHOWN} more")
    if not waiting.asked or waiting.status in {"crashed", "unreadable"}:
        lines.append(shown(_cut(waiting.explanation, _EXPLANATION_LENGTH)))
    return "<br>".join(lines)


def row_html(waiting: WaitingThread, age: timedelta) -> str:
    """Show one thread of the list: what is asked, how it waits and since when."""
    about = f"{state_words(waiting)}, {age_words(age)}"
    return f"{asked_html(waiting)}<div class='hitl-inbox-about'>{shown(about)}</div>"


def twin_html(status: str, page: Iterable[WaitingThread]) -> str:
    """Show the list without its ages, which would be other ones at each look."""
    rows = "".join(
        f"<tr><th scope='row'>{shown(waiting.thread_id)}</th>"
        f"<td>{asked_html(waiting)}</td><td>{shown(state_words(waiting))}</td></tr>"
        for waiting in page
    )
    return (
        f"<p><strong>Inbox.</strong> {shown(status)}</p>{f'<table>{rows}</table>' if rows else ''}"
    )


def status_html(stands: Sequence[str], troubles: Sequence[str]) -> str:
    """Show where the inbox stands, announced to a screen reader when it changes."""
    told = " ".join(shown(f"{words.removesuffix('.')}.") for words in stands)
    lines = "".join(f"<p class='hitl-inbox-trouble'>{shown(trouble)}</p>" for trouble in troubles)
    return f"<div role='status'><p><strong>Inbox.</strong> {told}</p>{lines}</div>"


def _call_html(name: str, given: Mapping[str, Any]) -> str:
    pairs = [
        f"{shown(_cut(key, _VALUE_LENGTH))}: {shown(_cut(value, _VALUE_LENGTH))}"
        for key, value in list(given.items())[:_ARGUMENTS_SHOWN]
    ]
    if len(given) > _ARGUMENTS_SHOWN:
        pairs.append("...")
    return f"<code>{shown(_cut(name, _VALUE_LENGTH))}</code> {', '.join(pairs)}"


def _cut(value: Any, length: int) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= length else f"{text[:length].rstrip()}..."
