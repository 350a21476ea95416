"""What lessons and reviewers import; each name is loaded when it is first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from course_utils.exercises.exercise import exercise
    from course_utils.model import chat_model
    from course_utils.review.deciding.resuming import decide
    from course_utils.review.deciding.shown import read_thread
    from course_utils.widgets.card.approval_card import ApprovalCard
    from course_utils.widgets.drawings.graph_view import show_graph
    from course_utils.widgets.drawings.history_view import show_history
    from course_utils.widgets.drawings.run_view import watched
    from course_utils.widgets.inbox.inbox import Inbox
    from course_utils.widgets.journal_view import journal
    from course_utils.widgets.model_view import which_model
    from course_utils.widgets.progress_view import progress
    from course_utils.widgets.quiz.quiz_card import ask

__all__ = [
    "ApprovalCard",
    "Inbox",
    "ask",
    "chat_model",
    "decide",
    "exercise",
    "journal",
    "progress",
    "read_thread",
    "show_graph",
    "show_history",
    "watched",
    "which_model",
]

_HOME = {
    "ApprovalCard": "course_utils.widgets.card.approval_card",
    "Inbox": "course_utils.widgets.inbox.inbox",
    "ask": "course_utils.widgets.quiz.quiz_card",
    "chat_model": "course_utils.model",
    "decide": "course_utils.review.deciding.resuming",
    "exercise": "course_utils.exercises.exercise",
    "journal": "course_utils.widgets.journal_view",
    "progress": "course_utils.widgets.progress_view",
    "read_thread": "course_utils.review.deciding.shown",
    "show_graph": "course_utils.widgets.drawings.graph_view",
    "show_history": "course_utils.widgets.drawings.history_view",
    "watched": "course_utils.widgets.drawings.run_view",
    "which_model": "course_utils.widgets.model_view",
}


def __getattr__(name: str) -> Any:
    """Import the module that holds `name` (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module 'course_utils' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
