"""What a person decided on a card, and what came of it, in words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from course_utils.printable import printable
from course_utils.review.forms.differences import differences
from course_utils.review.forms.json_text import shortened
from course_utils.review.reading.pauses import BreakpointPause, InterruptPause
from course_utils.widgets.card.message_words import named

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from langchain.agents.middleware.human_in_the_loop import ActionRequest
    from langchain_core.messages import BaseMessage

    from course_utils.review.deciding.pause_decisions import PauseDecisions
    from course_utils.review.reading.pauses import Pause
    from course_utils.review.record.entries import PauseKey
    from course_utils.widgets.card.looks import End

_NONE: Any = object()
NO_RESULT = " The conversation holds no result of it."
NO_RESULT_YET = " The conversation holds no result of it yet."
_WORDS: dict[End, str] = {
    "approved": "You approved {name}.",
    "rejected": "You rejected {name}.",
    "edited": "You edited {name}.",
    "answered": "You answered instead of {name}:",
    "continued": "You let {name} run.",
    "run again": "You ran {name} again.",
    "carried on": "You let {name} carry on.",
    "asked again": "You let {name} ask its question again.",
}
_ANSWERED = "You answered:"
_WISHES: dict[End, str] = {
    "approved": "You wanted to approve {name}.",
    "rejected": "You wanted to reject {name}.",
    "edited": "You wanted to edit {name}.",
    "answered": "You wanted to answer instead of {name}:",
    "continued": "You wanted to let {name} run.",
    "run again": "You wanted to run {name} again.",
    "carried on": "You wanted to let {name} carry on.",
    "asked again": "You wanted to let {name} ask its question again.",
}
_WISHED_ANSWER = "You wanted to answer:"
_KINDS: dict[str, End] = {
    "approve": "approved",
    "reject": "rejected",
    "edit": "edited",
    "respond": "answered",
    "ask_again": "asked again",
}
_APPROVALS: dict[str, End] = {
    "continue": "continued",
    "run again": "run again",
    "carry on": "carried on",
}
_ONGOING: dict[End, str] = {
    "rejected": "Rejecting {names}",
    "answered": "Sending your answer",
    "asked again": "Asking again",
}
_RUNNING = "Running {names}"
_SEVERAL = "Carrying out your decisions"


@dataclass(frozen=True)
class Verdict:
    """What a person decided on one call or question.

    Attributes:
        end: what it was; `no result` where it is not known to have run.
        words: a sentence about it.
        proposed: the call or question as it was shown, None where there was nothing but to go on.
        edited: the arguments that were sent in the place of those proposed.
        said: the answer, or the reason of a rejection, in the person's own words.
        defaults: the arguments that the call leaves out, as they were shown.
    """

    end: End
    words: str
    proposed: ActionRequest | None = None
    edited: Mapping[str, Any] | None = None
    said: Any = _NONE
    defaults: Mapping[str, Any] = field(default_factory=dict)

    @property
    def says(self) -> bool:
        """Whether the person said anything of their own."""
        return self.said is not _NONE


@dataclass(frozen=True)
class Step:
    """What was decided on a card at once, and what happened then.

    Attributes:
        verdicts: one for each call or question.
        happened: what the card tells of it afterwards, a line each.
        reviewer: who decided.
        when: when they pressed.
        end: what became of it as a whole, where that is not what the verdicts say.
        told: the messages that are told in it, and are no news afterwards.
    """

    verdicts: tuple[Verdict, ...]
    happened: tuple[str, ...]
    reviewer: str
    when: datetime
    end: End | None = None
    told: tuple[BaseMessage, ...] = field(default=(), repr=False)

    @property
    def ends(self) -> list[End]:
        """What became of it, each end once."""
        each = [self.end] if self.end else [verdict.end for verdict in self.verdicts]
        return list(dict.fromkeys(each))


def verdicts(
    decided: Sequence[PauseDecisions],
    defaults: Mapping[PauseKey, Sequence[Mapping[str, Any]]] = MappingProxyType({}),
    *,
    carried_out: bool = True,
) -> tuple[Verdict, ...]:
    """Put what a person decided into words.

    Args:
        decided: the decisions.
        defaults: of each call of a pause, the arguments that it leaves out.
        carried_out: whether they were; else they are told as what the person wanted.
    """
    each = list(_each(decided))
    times = Counter(asked["name"] for _, asked, _ in each if asked)
    told = [
        _verdict(
            pause,
            asked,
            decision,
            named(asked, apart=times[asked["name"]] > 1) if asked else _nodes(pause),
            carried_out=carried_out,
        )
        for pause, asked, decision in each
    ]
    left_out = [own for one in decided for own in _left_out(one.pause, defaults)]
    return tuple(replace(v, defaults=own) for v, own in zip(told, left_out, strict=True))


def without_result(
    told: Sequence[Verdict],
    decided: Sequence[PauseDecisions],
    answered: Collection[str],
    *,
    goes_on: bool,
) -> tuple[Verdict, ...]:
    """Say of each call that was to run whether the thread holds a result of it.

    Args:
        told: the verdicts on these decisions.
        decided: the decisions.
        answered: the ids of the calls that have a result.
        goes_on: whether the thread has not come to its end.
    """
    words = NO_RESULT_YET if goes_on else NO_RESULT
    ids = [id_ for one in decided for id_ in _ids(one.pause)]
    return tuple(
        replace(verdict, end="no result", words=verdict.words + words)
        if id_ and id_ not in answered and verdict.end in {"approved", "edited", "run again"}
        else verdict
        for verdict, id_ in zip(told, ids, strict=True)
    )


def answers_of(decided: Sequence[PauseDecisions]) -> set[tuple[str, str]]:
    """Return what the agent is told in the place of a call's result: whose place, and which words.

    The call is named by its id at a breakpoint; a question knows no more of it than its name.
    """
    found = set()
    for one in decided:
        ids = _ids(one.pause)
        for id_, (_, asked, decision) in zip(ids, _each([one]), strict=True):
            if asked and decision["type"] in {"reject", "respond"}:
                found.add((id_, "") if id_ else (asked["name"], str(decision.get("message", ""))))
    return found


def ongoing(decided: Sequence[PauseDecisions]) -> str:
    """Say what goes on while decisions are carried out: "Running send_email ...", say."""
    told = verdicts(decided)
    ends = list(dict.fromkeys(verdict.end for verdict in told))
    kinds = list(dict.fromkeys(_ONGOING.get(end, _RUNNING) for end in ends))
    names = [v.proposed["name"] for v in told if v.proposed] or [_nodes(decided[0].pause)]
    if len(kinds) > 1:
        return f"{_SEVERAL} ..."
    shown = printable(", ".join(dict.fromkeys(names)))
    return f"{kinds[0].format(names=shortened(shown))} ..."


def _each(
    decided: Sequence[PauseDecisions],
) -> Iterator[tuple[Pause, ActionRequest | None, Any]]:
    for one in decided:
        actions: list[Any] = list(one.pause.request["action_requests"]) or [None]
        for asked, decision in zip(actions, one.decisions, strict=True):
            yield one.pause, asked, decision


def _left_out(
    pause: Pause, defaults: Mapping[PauseKey, Sequence[Mapping[str, Any]]]
) -> Sequence[Mapping[str, Any]]:
    """Return what each call leaves out; nothing of what is no call."""
    actions = max(1, len(pause.request["action_requests"]))
    return defaults.get(pause.key) or [{}] * actions


def _ids(pause: Pause) -> list[str]:
    """Return the id of each call of a breakpoint, "" for what is no call."""
    actions = max(1, len(pause.request["action_requests"]))
    calls = pause.calls if isinstance(pause, BreakpointPause) else ()
    return [str(call["id"] or "") for call in calls] or [""] * actions


def _verdict(
    pause: Pause, asked: ActionRequest | None, decision: Any, name: str, *, carried_out: bool
) -> Verdict:
    end = _end(pause, asked, decision)
    question = isinstance(pause, InterruptPause) and pause.asked.format == "value"
    words = (_WORDS if carried_out else _WISHES)[end].format(name=name)
    if question and end == "answered":
        words = _ANSWERED if carried_out else _WISHED_ANSWER
    edited = decision["edited_action"]["args"] if end == "edited" else None
    return Verdict(end, words, asked, edited, decision.get("message", _NONE))


def _end(pause: Pause, asked: ActionRequest | None, decision: Any) -> End:
    """Tell what a decision was: calls are edited together, and one may be left as it was."""
    kind = decision["type"]
    if (
        kind == "edit"
        and asked
        and not differences(asked["args"], decision["edited_action"]["args"])
    ):
        kind = "approve"
    if kind == "approve" and isinstance(pause, BreakpointPause):
        return _APPROVALS.get(pause.approval, "approved")
    return _KINDS[kind]


def _nodes(pause: Pause) -> str:
    before = pause.before if isinstance(pause, BreakpointPause) else ()
    return ", ".join(before) or "it"
