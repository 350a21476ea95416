"""What is said of several threads that are decided together, as escaped HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from course_utils.neighbours.langchain import own_words
from course_utils.widgets.escaped import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from langchain.agents.middleware.human_in_the_loop import ActionRequest

    from course_utils.review.deciding.many import Came, Kind
    from course_utils.review.inbox.waiting_thread import WaitingThread

VERBS = {"approve": "Approve", "reject": "Reject"}
DONE = {"approve": "approved", "reject": "rejected"}
TAKEN = "{verb} {threads}: look at each before you confirm."
NOT_TAKEN = "{verb}: none of the selected threads can be decided here."
UNHEARD = "The reason does not reach {threads}: what asks there takes a rejection without one."
PROGRESS = "{verb}: {number} of {total} done ..."
ENDED = "{verb}: {number} of {total} done."
LOST = "not carried out. {error}"
FAILED = "did not come to its end. {error}. Its card says what stands"
_FOLDED_FROM, _BEGINNING = 2_000, 120
INTERRUPTED = "interrupted while it ran: part of it may have happened. Its card says what stands"
UNDONE = "not decided: its turn did not come"


def title(kind: Kind, number: int) -> str:
    """Say what is to be confirmed."""
    words = TAKEN if number else NOT_TAKEN
    return words.format(verb=VERBS[kind], threads=_threads(number))


def confirm_words(kind: Kind, number: int) -> str:
    """Return the words of the button that confirms."""
    return f"{VERBS[kind]} {'this' if number == 1 else 'these'} {_threads(number)}"


def progress(kind: Kind, number: int, total: int, *, ended: bool) -> str:
    """Say how far the decisions have come."""
    return (ENDED if ended else PROGRESS).format(verb=VERBS[kind], number=number, total=total)


def look_html(
    taken: Sequence[WaitingThread], left: Mapping[str, str], unheard: Sequence[str]
) -> str:
    """Show every call of every thread with all its arguments, and which threads are left out.

    Args:
        taken: the threads that would be decided.
        left: why each of the others would not.
        unheard: those that a reason does not reach.
    """
    rows = "".join(_rows(one) for one in taken)
    head = "<tr><th>Thread</th><th>What</th><th>With</th></tr>"
    table = f"<table>{head}{rows}</table>" if taken else ""
    cautions = dict.fromkeys(
        one.thread.caution for one in taken if one.thread and one.thread.caution
    )
    told = [*(shown(caution) for caution in cautions)]
    if unheard:
        told.append(shown(UNHEARD.format(threads=", ".join(unheard))))
    told += [f"Not taken: <b>{shown(name)}</b>, {shown(why)}." for name, why in left.items()]
    paragraphs = "".join(f"<p>{words}</p>" for words in told)
    scrolled = "role='region' aria-label='What is to be decided' tabindex='0'"
    table = f"<div class='hitl-inbox-look' {scrolled}>{table}</div>" if table else ""
    return f"{table}{paragraphs}"


def folded(looked: str) -> str:
    """Fold what was looked at, once it is being decided."""
    return f"<details><summary>What was to be decided</summary>{looked}</details>"


def came_html(kind: Kind, came: Sequence[Came], rest: Sequence[str]) -> str:
    """Show what came of each thread.

    Args:
        kind: what was decided.
        came: what is known.
        rest: where the run was broken off, the thread in whose turn, and those after it.
    """
    lines = [(one.chosen.id, _became(kind, one)) for one in came]
    lines += [(name, UNDONE if place else INTERRUPTED) for place, name in enumerate(rest)]
    items = "".join(f"<li><b>{shown(name)}</b>: {shown(words)}</li>" for name, words in lines)
    return f"<div role='status'><ul>{items}</ul></div>"


def _became(kind: Kind, came: Came) -> str:
    if came.lost:
        return LOST.format(error=came.error)
    if came.outcome is None:
        error = f"{type(came.error).__name__}: {came.error}"
        return FAILED.format(error=error)
    thread, remark = came.outcome.thread, came.outcome.remark
    stands = "" if thread.status == "finished" else f" {thread.explanation}"
    return f"{DONE[kind]}.{stands}{f' {remark}' if remark else ''}"


def _rows(one: WaitingThread) -> str:
    actions = one.thread.pauses[0].request["action_requests"] if one.thread else []
    return "".join(
        f"<tr><th scope='row'>{shown(one.thread_id)}</th><td><code>{shown(action['name'])}</code>"
        f"</td><td>{_arguments(action['args'])}{_said(action)}</td></tr>"
        for action in actions
    )


def _arguments(given: Mapping[str, Any]) -> str:
    """Show every argument, whole: nothing is approved that could not be read."""
    return "<br>".join(f"{shown(name)}: {_value(value)}" for name, value in given.items())


def _value(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    if len(text) <= _FOLDED_FROM:
        return shown(text)
    summary = f"{len(text):,} characters, beginning {text[:_BEGINNING]!r}"
    return f"<details><summary>{shown(summary)}</summary>{shown(text)}</details>"


def _said(action: ActionRequest) -> str:
    said = own_words(action)
    return f"<br>{_value(said)}" if said else ""


def _threads(number: int) -> str:
    return f"{number:,} thread{'' if number == 1 else 's'}"
