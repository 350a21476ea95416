"""Whose thread a card shows, what the user asked, and the conversation so far, as HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langchain_core.messages import AIMessage, ToolMessage

from course_utils.review.record.words import HEADINGS, row_of
from course_utils.widgets.card.message_words import call_words, newest_request, said
from course_utils.widgets.html.escaped import shown
from course_utils.widgets.html.folded import folded

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from langchain_core.messages import BaseMessage

    from course_utils.review.record.entries import JournalEntry

MOST_SHOWN = 200
"""How many messages, and how many decisions, are shown at once: the newest."""
NOTHING_SAID = "Nothing has been said on this thread."
NOTHING_DECIDED = "The journal holds no decision on this thread."
_EARLIER = "{count:,} earlier ones are not shown."
_LONGEST_REQUEST = 300  # characters
_ROLES = {"human": "User", "ai": "Agent", "tool": "Tool", "system": "System"}
_LEFT_OUT = {"Thread"}


def about_html(thread_id: str, reviewer: str) -> str:
    """Show which thread a card is about, and who decides on it."""
    thread = f"<span>Thread <code>{shown(thread_id)}</code></span>"
    who = f"<span>Reviewer <code>{shown(reviewer)}</code></span>"
    return f"<div class='hitl-about'>{thread}{who}</div>"


def asked_html(messages: Sequence[BaseMessage]) -> str:
    """Show what the user asked last; nothing where no user has said anything."""
    words = newest_request(messages)
    if not words:
        return ""
    return f"<div class='hitl-asked'>The user asked: {folded(words, _LONGEST_REQUEST)}</div>"


def conversation_html(messages: Sequence[BaseMessage]) -> str:
    """Show what was said so far, the newest messages of it."""
    lines = [_message_html(message) for message in messages[-MOST_SHOWN:]]
    return _bounded("The conversation", "".join(lines), len(messages)) if lines else NOTHING_SAID


def decisions_html(entries: Sequence[JournalEntry], running: Collection[str]) -> str:
    """Show what was decided on a thread, by whom, when, and how it ended.

    Args:
        entries: of the journal, oldest first.
        running: the threads that are being resumed right now.
    """
    if not entries:
        return NOTHING_DECIDED
    kept = [number for number, heading in enumerate(HEADINGS) if heading not in _LEFT_OUT]
    rows = [row_of(entry, running) for entry in entries[-MOST_SHOWN:]]
    head = "".join(f"<th scope='col'>{HEADINGS[number]}</th>" for number in kept)
    body = "".join(
        f"<tr>{''.join(f'<td>{shown(row[number])}</td>' for number in kept)}</tr>" for row in rows
    )
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return _bounded("Decisions on this thread", table, len(entries))


def _message_html(message: BaseMessage) -> str:
    role = _ROLES.get(message.type, message.type)
    name = f" ({message.name})" if message.name else ""
    calls = message.tool_calls if isinstance(message, AIMessage) else []
    words = said(message) or ("an empty result" if isinstance(message, ToolMessage) else "")
    lines = [folded(words)] if words else []
    lines += [f"calls <code>{shown(call_words(call))}</code>" for call in calls]
    who = f"<strong>{shown(role + name)}:</strong>"
    return f"<div class='hitl-message'>{who} {'<br>'.join(lines)}</div>"


def _bounded(label: str, html: str, count: int) -> str:
    """Put what may be long into a box of its own that scrolls, by keyboard too."""
    left_out = count - MOST_SHOWN
    words = f"<p>{_EARLIER.format(count=left_out)}</p>" if left_out > 0 else ""
    role = f"role='region' aria-label='{label}' tabindex='0'"
    return f"<div class='hitl-unfolded' {role}>{words}{html}</div>"
