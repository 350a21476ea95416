"""What was decided on a card, as HTML: the newest decision open, those before it folded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from course_utils.review.record.words import EMPTY_TEXT
from course_utils.widgets.card.approval_html import action_html, arguments_html
from course_utils.widgets.card.looks import ENDS
from course_utils.widgets.html.differences import differences_html
from course_utils.widgets.html.escaped import shown
from course_utils.widgets.html.folded import folded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from course_utils.widgets.card.decided import Step, Verdict
    from course_utils.widgets.card.looks import End

_BY = "{did} by {reviewer}, {when:%Y-%m-%d %H:%M:%S} UTC."
_IN_VAIN = {"not carried out", "refused"}
_IN_ONE_LINE = 120  # characters
AS_IT_WAS = "Before the edit it was:"


def story_html(steps: Sequence[Step], *, by_whom: bool = True) -> str:
    """Show what was decided so far, for a page without a kernel.

    Args:
        steps: the decisions, oldest first.
        by_whom: whether to show who decided, and when, which is other ones on another machine.
    """
    newest = f"<div role='status'>{newest_html(steps, by_whom=by_whom)}</div>"
    if not steps:
        return newest
    return f"<div class='hitl-story'>{earlier_html(steps, by_whom=by_whom)}{newest}</div>"


def earlier_html(steps: Sequence[Step], *, by_whom: bool = True) -> str:
    """Show all that was decided so far but the newest decision, each folded."""
    return "".join(_folded_step(step, by_whom=by_whom) for step in steps[:-1])


def newest_html(steps: Sequence[Step], *, by_whom: bool = True) -> str:
    """Show what was decided last; empty where nothing was."""
    return "".join(_step(step, by_whom=by_whom) for step in steps[-1:])


def _folded_step(step: Step, *, by_whom: bool) -> str:
    summary = "".join(_badge(end) for end in step.ends)
    words = " ".join(_line(verdict) for verdict in step.verdicts)
    inside = _details(step, by_whom=by_whom)
    return f"<details class='hitl-step'><summary>{summary}{words}</summary>{inside}</details>"


def _step(step: Step, *, by_whom: bool) -> str:
    return f"<div class='hitl-step'>{_details(step, by_whom=by_whom)}</div>"


def _details(step: Step, *, by_whom: bool) -> str:
    whole = _badge(step.end) if step.end else ""
    alone = len(step.verdicts) == 1
    marks = [(whole if alone else "") if step.end else _badge(one.end) for one in step.verdicts]
    each = "".join(map(_verdict_html, step.verdicts, marks))
    did = "Sent" if step.end in _IN_VAIN else "Decided"
    by = _BY.format(did=did, reviewer=step.reviewer, when=step.when)
    told = "".join(f"<p class='hitl-happened'>{shown(line)}</p>" for line in step.happened)
    first = "" if alone or not whole else f"<p>{whole}</p>"
    return f"{first}{each}{told}{_about(by) if by_whom else ''}"


def _about(words: str) -> str:
    return f"<p class='hitl-about'>{shown(words)}</p>"


def _verdict_html(verdict: Verdict, mark: str) -> str:
    proposed = _proposed_html(verdict)
    return f"<p>{mark}{_line(verdict)}</p>{_said_html(verdict)}{proposed}"


def _proposed_html(verdict: Verdict) -> str:
    if verdict.proposed is None:
        return ""
    changed = ""
    if verdict.edited is not None:
        changed = differences_html(_replaced(verdict), verdict.edited) + _about(AS_IT_WAS)
    was = action_html(verdict.proposed, verdict.defaults)
    return f"{changed}<div class='hitl-proposed'>{was}</div>"


def _replaced(verdict: Verdict) -> dict[str, Any]:
    """Return the arguments before an edit; a default in whose place one was sent is one of them."""
    own = verdict.proposed["args"] if verdict.proposed else {}
    sent = verdict.edited or {}
    return {**own, **{name: was for name, was in verdict.defaults.items() if name in sent}}


def _line(verdict: Verdict) -> str:
    """Return the sentence about a decision, and after it what the person said, if it is short."""
    words = shown(verdict.words)
    if not _is_short(verdict.said):
        return words
    said = shown(_plain(verdict.said))
    return f"{words} Reason: {said}" if verdict.end == "rejected" else f"{words} {said}"


def _said_html(verdict: Verdict) -> str:
    """Show what the person said, where it does not stand in the sentence."""
    if not verdict.says or _is_short(verdict.said):
        return ""
    if isinstance(verdict.said, dict):
        return arguments_html(verdict.said)
    label = "Reason: " if verdict.end == "rejected" else ""
    return f"<blockquote>{label}{folded(verdict.said)}</blockquote>"


def _is_short(said: Any) -> bool:
    if isinstance(said, str):
        return len(said) <= _IN_ONE_LINE and "\n" not in said
    return isinstance(said, (bool, int, float)) or said is None


def _plain(said: Any) -> str:
    if said == "":
        return EMPTY_TEXT
    return ("yes" if said else "no") if isinstance(said, bool) else str(said)


def _badge(end: End) -> str:
    look = ENDS[end]
    sign = f"<span aria-hidden='true'>{look.sign}</span>"
    return f"<span class='hitl-end hitl-tone-{look.tone}'>{sign} {look.word}</span> "
