"""What is said of several threads that are decided together, as escaped HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from course_utils.neighbours.langchain import own_words
from course_utils.widgets.card.approval_html import DEFAULT
from course_utils.widgets.html.escaped import shown
from course_utils.widgets.html.folded import folded

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
ENDED_SHORT = "{verb}: {number} of {total} done. What came of the others is said below."
LOST = "not carried out. {error}"
FAILED = "did not come to its end. {error}. Its card says what stands"
INTERRUPTED = "interrupted while it ran: part of it may have happened. Its card says what stands"
UNDONE = "not decided: its turn did not come"


def title(kind: Kind, number: int) -> str:
    """Say what is to be confirmed."""
    words = TAKEN if number else NOT_TAKEN
    return words.format(verb=VERBS[kind], threads=_threads(number))


def confirm_words(kind: Kind, number: int) -> str:
    """Return the words of the button that confirms."""
    return f"{VERBS[kind]} {'this thread' if number == 1 else f'these {_threads(number)}'}"


def progress(kind: Kind, came: Sequence[Came], total: int, *, ended: bool) -> str:
    """Say how many decisions were carried out; one that was lost or failed is not done."""
    number = sum(one.outcome is not None for one in came)
    words = PROGRESS if not ended else ENDED if number == total else ENDED_SHORT
    return words.format(verb=VERBS[kind], number=number, total=total)


def look_html(
    taken: Sequence[WaitingThread],
    defaults: Mapping[str, Sequence[Mapping[str, Any]]],
    left: Mapping[str, str],
    unheard: Sequence[str],
) -> str:
    """Show every call of every thread with all its arguments, and which threads are left out.

    Args:
        taken: the threads that would be decided.
        defaults: of each thread's calls, the arguments that they leave out.
        left: why each of the others would not.
        unheard: those that a reason does not reach.
    """
    rows = "".join(_rows(one, defaults) for one in taken)
    head = "<tr><th>Thread</th><th>What</th><th>With</th></tr>"
    table = f"<table>{head}{rows}</table>" if taken else ""
    told = [shown(words) for words in _cautions(taken)]
    if unheard:
        told.append(shown(UNHEARD.format(threads=", ".join(unheard))))
    whys = {name: why.removesuffix(".") for name, why in left.items()}
    told += [f"Not taken: <b>{shown(name)}</b>, {shown(why)}." for name, why in whys.items()]
    paragraphs = "".join(f"<p>{words}</p>" for words in told)
    scrolled = "role='region' aria-label='What is to be decided' tabindex='0'"
    table = f"<div class='hitl-inbox-look' {scrolled}>{table}</div>" if table else ""
    return f"{table}{paragraphs}"


def put_behind(looked: str) -> str:
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
    return f"<ul>{items}</ul>"


def _became(kind: Kind, came: Came) -> str:
    if came.lost:
        return LOST.format(error=came.error)
    if came.outcome is None:
        error = f"{type(came.error).__name__}: {came.error}"
        return FAILED.format(error=error)
    thread, remark = came.outcome.thread, came.outcome.remark
    stands = "" if thread.status == "finished" else f" {thread.explanation}"
    return f"{DONE[kind]}.{stands}{f' {remark}' if remark else ''}"


def _cautions(taken: Sequence[WaitingThread]) -> list[str]:
    """Return what a person has to know before, each once."""
    threads = [one.thread for one in taken if one.thread]
    cautions = [thread.caution for thread in threads if thread.caution]
    remarks = [words for thread in threads for pause in thread.pauses for words in pause.remarks]
    return list(dict.fromkeys([*cautions, *remarks]))


def _rows(one: WaitingThread, defaults: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    actions = one.thread.pauses[0].request["action_requests"] if one.thread else []
    left_out = defaults.get(one.thread_id) or [{} for _ in actions]
    return "".join(
        f"<tr><th scope='row'>{shown(one.thread_id)}</th><td><code>{shown(action['name'])}</code>"
        f"</td><td>{_arguments(action['args'], own)}{_said(action)}</td></tr>"
        for action, own in zip(actions, left_out, strict=True)
    )


def _arguments(given: Mapping[str, Any], left_out: Mapping[str, Any]) -> str:
    """Show every argument, whole: nothing is approved that could not be read."""
    lines = [f"{shown(name)}: {folded(value)}" for name, value in given.items()]
    lines += [f"{shown(name)}: {folded(value)}{DEFAULT}" for name, value in left_out.items()]
    return "<br>".join(lines)


def _said(action: ActionRequest) -> str:
    said = own_words(action)
    return f"<br>{folded(said)}" if said else ""


def _threads(number: int) -> str:
    return f"{number:,} thread{'' if number == 1 else 's'}"
