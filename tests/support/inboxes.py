"""What a person sees and does in an inbox, and the threads that wait for them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.support.agents import ONE_MAIL, MailAgent, thread

if TYPE_CHECKING:
    from course_utils import Inbox


def waiting(agent: MailAgent, *names: str, **how: Any) -> Any:
    """Return a graph with threads that wait, one a name."""
    graph = agent.compile(**({"interrupt_before": ["tools"]} | how))
    for name in names:
        graph.invoke({"messages": [("user", ONE_MAIL)]}, thread(name))
    return graph


def numbered(count: int) -> list[str]:
    """Return names for threads, in the order of their numbers."""
    return [f"order-{number:02}" for number in range(1, count + 1)]


def words(markup: str) -> str:
    """Return what markup says, without the markup."""
    return re.sub(r"<style>.*?</style>|<[^>]+>", " ", markup, flags=re.S)


def seen(inbox: Inbox) -> str:
    """Return all the words above and in the list."""
    rows = "".join(row.children[2].value for row in inbox._view.list.rows)
    return words(inbox._view.told.value + rows)


def said_of(inbox: Inbox, thread_id: str) -> str:
    """Return the words of one row."""
    return words(row_of(inbox, thread_id).children[2].value)


def listed(inbox: Inbox) -> list[str]:
    """Return the threads that the rows show, from the top, as their buttons say."""
    return [row.opening.description.partition(" ")[2] for row in inbox._view.list.rows]


def row_of(inbox: Inbox, thread_id: str) -> Any:
    """Return the row of a thread."""
    return inbox._view.list.rows[listed(inbox).index(thread_id)]


def page(inbox: Inbox) -> list[str]:
    """Return the threads of the page, without the one that is decided and still open."""
    return [one.thread_id for one in inbox.threads]
