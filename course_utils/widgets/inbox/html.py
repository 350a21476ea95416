"""What the inbox says, as HTML in which every foreign word is escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from course_utils.widgets.html.escaped import shown
from course_utils.widgets.html.style import style

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import timedelta

    from course_utils.review.inbox.waiting_thread import WaitingThread

STYLE = style("""
.hitl-inbox-row {align-items: flex-start; padding: 4px 0 4px 3px;
  border-top: 1px solid var(--jp-border-color2, #e0e0e0); border-left: 3px solid transparent;}
.hitl-inbox-row.hitl-inbox-is-open {border-left-color: var(--jp-brand-color1, #1976d2);}
.hitl-inbox-row > .widget-html {flex: 1 1 0; min-width: 0; margin: 2px 8px;}
.hitl-inbox-row > .widget-html > .widget-html-content {overflow-wrap: anywhere; min-width: 0;}
.hitl-card button.hitl-inbox-open {flex: 0 0 210px; text-align: left; overflow: hidden;
  text-overflow: ellipsis;}
.hitl-card button.hitl-inbox-select {flex: 0 0 30px; padding: 0; font-size: 0; text-align: center;}
.hitl-inbox-select::before {content: ""; display: inline-block; width: 13px; height: 13px;
  font-size: 13px; line-height: 13px; vertical-align: middle; border-radius: 2px;
  border: 1px solid var(--jp-content-font-color1, #333);}
.hitl-inbox-select.hitl-inbox-is-selected::before {content: "\\2713"; font-weight: 700;}
.hitl-inbox-about {color: var(--jp-content-font-color2, inherit); font-size: 0.9em;
  white-space: nowrap; overflow: hidden; text-overflow: ellipsis;}
.hitl-inbox-about b {color: var(--jp-content-font-color1, inherit);}
.hitl-inbox-is-gone .hitl-inbox-asked {text-decoration: line-through;}
.hitl-inbox-trouble {color: var(--jp-error-color1, #d32f2f);}
.hitl-inbox .hitl-inbox-bar {flex-flow: row wrap; align-items: center; overflow: visible;}
.hitl-inbox .hitl-inbox-bar > .widget-html {margin: 0 8px;}
.hitl-inbox .hitl-inbox-panel {border-left: 3px solid var(--jp-brand-color1, #1976d2);
  padding: 2px 0 6px 10px; scroll-margin: 60px 0 12px;}
.hitl-inbox .hitl-inbox-title {height: auto; font-weight: 600; padding: 0 2px;}
.hitl-inbox-look {max-height: 22em; overflow: auto;}
.hitl-inbox-look:focus-visible {outline: 2px solid var(--jp-brand-color1, #1976d2);}
.hitl-inbox-look table {border-collapse: collapse; margin: 4px 0;}
.hitl-inbox-look :is(th, td) {text-align: left; vertical-align: top; background: none;
  border: none; border-top: 1px solid var(--jp-border-color2, #e0e0e0);
  padding: 3px 14px 3px 0; white-space: pre-wrap; overflow-wrap: anywhere;}
.hitl-inbox-look th {font-weight: 600;}
""")

STATES = {
    "paused": "waiting",
    "running": "being resumed",
    "crashed": "crashed",
    "interrupted": "interrupted in the middle",
    "unreadable": "cannot be read",
    "unclear": "not known whether it waits",
    "stranded": "waits at a node that this graph does not have",
    "finished": "finished",
    "unknown": "not stored any more",
}
LAST_STEP = "last step {age} ago"
EMPTY = "The inbox is empty: no thread waits."
STRANDED = "{threads} at a node that this graph does not have"
NONE_HERE = "The inbox is empty: no thread waits at a node of this graph."
NO_MATCH = "No thread of this inbox mentions {words!r}."
OPENED = "Thread {thread} is open below"
NOT_OPENED = "Thread {thread!r} cannot be opened: {error}"
NONE_LEFT = "No other thread of this list can be decided now."
NEW, GONE, LOOK = (
    "{number:,} new",
    "{number:,} decided or moved on",
    "Refresh shows the list as it is now",
)
NOT_NOW = "Thread {thread} comes last now. Nothing is decided on it"
DECIDED_NEXT = "Thread {thread}: {became}"
OPEN_AT = "{reviewer} has this open"
BESIDE = "not on this page of the list"
TITLE = "Card of thread {thread}"
PUT_OFF = "put off by you"
CHOSEN = "{number:,} selected"
_CALLS_SHOWN, _ARGUMENTS_SHOWN, _NAMED = 3, 3, 3
_VALUE_LENGTH, _EXPLANATION_LENGTH, _WORDS_LENGTH = 40, 200, 160
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def place_words(first: int, shown_now: int, counted: int, *, more: bool) -> str:
    """Say which part of how many is shown, as "21-40 of 1,000 threads".

    Args:
        first: the number of the first one shown, from 1.
        shown_now: how many are shown.
        counted: how many there are, as far as they were counted.
        more: whether there are more than that.
    """
    total = f"more than {counted:,}" if more else f"{counted:,}"
    threads = "thread" if counted == 1 and not more else "threads"
    return f"{first:,}-{first + shown_now - 1:,} of {total} {threads}"


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


def row_html(waiting: WaitingThread, age: timedelta, became: str, marks: Sequence[str]) -> str:
    """Show one thread of the list: what is asked, how it waits and since when, and for whom.

    Args:
        waiting: the thread.
        age: since when it stands as it does.
        became: what became of it since it was listed, empty where it still stands there.
        marks: what else is to be known.
    """
    stands = shown(f"{state_words(waiting)}, {_since(waiting, age)}")
    told = [f"<b>{shown(became)}</b>" if became else stands]
    told += [f"<b>{shown(mark)}</b>" for mark in marks]
    if waiting.words:
        told.append(f"asked for: {shown(_cut(waiting.words, _WORDS_LENGTH))}")
    asked = f"<div class='hitl-inbox-asked'>{asked_html(waiting)}</div>"
    return f"{asked}<div class='hitl-inbox-about'>{' | '.join(told)}</div>"


def _since(waiting: WaitingThread, age: timedelta) -> str:
    """Say since when: known is when its newest checkpoint was written, and not when it crashed."""
    waits = waiting.status == "paused" and not waiting.resuming
    return age_words(age) if waits else LAST_STEP.format(age=age_words(age))


def stranded_words(names: Sequence[str]) -> str:
    """Say which threads wait where this graph cannot go on, empty where none do."""
    number, some = len(names), ", ".join(_cut(name, _VALUE_LENGTH) for name in names[:_NAMED])
    waits = "thread waits" if number == 1 else "threads wait"
    more = f" and {number - _NAMED:,} more" if number > _NAMED else ""
    return f"{STRANDED.format(threads=f'{number:,} {waits}')}: {some}{more}" if number else ""


def news_words(new: int, gone: int) -> str:
    """Say what has happened since the list was made, as "3 new, 1 decided or moved on"."""
    parts = [words.format(number=n) for words, n in ((NEW, new), (GONE, gone)) if n]
    return f"{', '.join(parts)}. {LOOK}" if parts else ""


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
    """Show where the inbox stands."""
    told = " ".join(shown(f"{words.removesuffix('.')}.") for words in stands)
    lines = "".join(f"<p class='hitl-inbox-trouble'>{shown(trouble)}</p>" for trouble in troubles)
    return f"<p><strong>Inbox.</strong> {told}</p>{lines}"


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
