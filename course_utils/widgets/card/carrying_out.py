"""A card's decision carried out, and how that ended: every end of it is told."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessage
from langgraph.errors import is_invalid_resume
from pydantic import ValidationError

from course_utils.neighbours.langgraph import names_a_task
from course_utils.review.deciding.edited_message import UneditableError
from course_utils.review.deciding.results import results_of
from course_utils.review.deciding.resuming import (
    UNRECORDED,
    AlreadyDecidedError,
    Outcome,
    decide_together,
)
from course_utils.review.forms.validation import errors_of
from course_utils.review.reading.configured import without
from course_utils.review.reading.pauses import BreakpointPause
from course_utils.review.record.entries import JournalError
from course_utils.widgets.card.decided import Step, answers_of, verdicts, without_result
from course_utils.widgets.card.message_words import happenings, new_messages

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from langchain_core.messages import BaseMessage, ToolMessage
    from langchain_core.runnables import RunnableConfig
    from langgraph.pregel import Pregel

    from course_utils.review.deciding.pause_decisions import PauseDecisions
    from course_utils.review.reading.thread import Thread
    from course_utils.review.record.entries import PauseKey

INTERRUPTED = "Interrupted while it ran: part of it may have happened."
UNSEEN = "Whether the calls have run cannot be told:"
NOT_BACK_YET = (
    "What was running then has not come to its end yet, and cannot be broken off in the middle. "
    "The run ends when that call returns."
)


@dataclass(frozen=True)
class Sent:
    """What was decided at once, and how the card stood then.

    Attributes:
        decided: the decisions.
        config: names their thread.
        reviewer: who decided.
        when: when they pressed.
        before: the messages that the card had told of, or that stood there before.
        by_hand: whether a person pressed, in a page.
        context: what the graph's nodes read as `runtime.context`.
        defaults: of each call of a pause, the arguments that it leaves out, as they were shown.
    """

    decided: list[PauseDecisions]
    config: RunnableConfig
    reviewer: str
    when: datetime
    before: tuple[BaseMessage, ...]
    by_hand: bool
    context: Any = None
    defaults: dict[PauseKey, Sequence[Mapping[str, Any]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Ended:
    """How carrying out a decision ended.

    Attributes:
        outcome: what came of it, None where something was raised.
        error: what was raised.
        results: the answers of a breakpoint's calls, by their ids; None where it cannot be told.
        unseen: why it cannot be told, where that is to be known.
    """

    outcome: Outcome | None = None
    error: BaseException | None = None
    results: dict[str, ToolMessage] | None = None
    unseen: str = ""

    @property
    def refused(self) -> dict[str, str]:
        """What is wrong in an answer that was refused, by field; else nothing."""
        if isinstance(self.error, UneditableError):
            return {"": str(self.error)}
        if isinstance(self.error, ValidationError) and is_invalid_resume(self.error):
            return errors_of(self.error)
        return {}

    @property
    def ends_the_program(self) -> bool:
        """Whether what was raised is to end more than the run, as `sys.exit()` does."""
        return self.error is not None and not isinstance(self.error, (Exception, KeyboardInterrupt))

    @property
    def nothing_done(self) -> bool:
        """Whether it is known that nothing was run: somebody was first, or no claim was written."""
        if isinstance(self.error, JournalError):
            return UNRECORDED not in _notes(self.error)
        return isinstance(self.error, AlreadyDecidedError)


def carried_out(
    graph: Pregel[Any, Any, Any, Any],
    sent: Sent,
    loop: asyncio.AbstractEventLoop | None = None,
) -> Ended:
    """Carry out a decision; whatever it raises is returned, the end of the program too.

    Args:
        graph: the compiled graph.
        sent: the decision.
        loop: the running loop of another thread, to run an async graph in.
    """
    try:
        outcome = decide_together(
            graph,
            sent.config,
            sent.decided,
            reviewer=sent.reviewer,
            context=sent.context,
            loop=loop,
        )
        ended = Ended(outcome)
    except BaseException as error:
        ended = Ended(error=error)
    if ended.nothing_done or ended.refused or isinstance(ended.error, KeyboardInterrupt):
        return ended
    try:
        pauses = [one.pause for one in sent.decided]
        thread = ended.outcome.thread if ended.outcome else None
        return replace(ended, results=results_of(graph, sent.config, pauses, thread, loop))
    except Exception as error:
        return replace(ended, unseen=f"{UNSEEN} {type(error).__name__}: {error}")


def step_of(sent: Sent, ended: Ended, now: Thread) -> Step:
    """Tell what was decided and how it ended, and no secret that the thread was run with.

    Args:
        sent: the decision.
        ended: how carrying it out ended.
        now: the thread as it stands now.
    """
    step = _step(sent, ended, now)
    return replace(step, happened=tuple(without(line, now.secrets) for line in step.happened))


def _step(sent: Sent, ended: Ended, now: Thread) -> Step:
    news = _news(sent, ended, now)
    told = happenings(news, [*now.messages, *_calling(sent)], answers_of(sent.decided))
    step = Step(
        verdicts(sent.decided, sent.defaults), tuple(told), sent.reviewer, sent.when, told=news
    )
    error = ended.error
    if ended.nothing_done or (error and not news and _untouched(sent, now)):
        wanted = verdicts(sent.decided, sent.defaults, carried_out=False)
        words = [str(error), *_notes(error)] if ended.nothing_done else _in_words(error)
        return replace(step, verdicts=wanted, happened=tuple(words), end="not carried out")
    if isinstance(error, KeyboardInterrupt):
        return replace(step, happened=(INTERRUPTED, *told), end="cut off")
    if error is not None and not isinstance(error, JournalError):
        return replace(step, happened=(*told, *_in_words(error)), end="failed")
    remarks = [str(error), *_notes(error)] if error else []
    remarks += [ended.unseen] if ended.unseen else []
    if ended.outcome and ended.outcome.remark:
        remarks.append(ended.outcome.remark)
    seen = step.verdicts
    if ended.results is not None:
        goes_on = now.status != "finished"
        seen = without_result(seen, sent.decided, ended.results, goes_on=goes_on)
    return replace(step, verdicts=seen, happened=(*told, *remarks))


def interrupted_step(sent: Sent) -> Step:
    """Tell of a decision that was interrupted, and whose run has not come to its end yet."""
    told = (INTERRUPTED, NOT_BACK_YET)
    return Step(verdicts(sent.decided, sent.defaults), told, sent.reviewer, sent.when, "cut off")


def refused_steps(sent: Sent, waiting: Collection[PauseKey], now: Thread) -> list[Step]:
    """Tell of answers of which LangGraph refused one; what is wrong stands beside the fields.

    Args:
        sent: all that was sent at once.
        waiting: the pauses that still wait: their answers were not taken.
        now: the thread as it stands now.
    """
    taken = [one for one in sent.decided if one.pause.key not in waiting]
    refused = [one for one in sent.decided if one.pause.key in waiting]
    steps = []
    if taken:
        news = tuple(new_messages(now.messages, sent.before))
        told = tuple(happenings(news, now.messages, answers_of(taken)))
        steps.append(
            Step(verdicts(taken, sent.defaults), told, sent.reviewer, sent.when, told=news)
        )
    wanted = verdicts(refused, sent.defaults, carried_out=False)
    return [*steps, Step(wanted, (), sent.reviewer, sent.when, "refused")]


def _news(sent: Sent, ended: Ended, now: Thread) -> tuple[BaseMessage, ...]:
    """Return the messages to tell of: what is new in the conversation, and in a subgraph's own."""
    news = list(new_messages(now.messages, sent.before))
    own = new_messages((ended.results or {}).values(), [*sent.before, *news])
    return (*own, *news)


def _calling(sent: Sent) -> list[BaseMessage]:
    """Return the calls that were decided as messages: those of a subgraph stand only in its own."""
    pauses = [one.pause for one in sent.decided]
    calls = [list(pause.calls) for pause in pauses if isinstance(pause, BreakpointPause)]
    return [AIMessage("", tool_calls=each) for each in calls if all(call["id"] for call in each)]


def _untouched(sent: Sent, now: Thread) -> bool:
    """Tell whether all that was decided waits as it did, with no more attempts than before."""
    waiting = {pause.key: pause.tried for pause in now.pauses}
    return all(waiting.get(one.pause.key) == one.pause.tried for one in sent.decided)


def _in_words(error: BaseException | None) -> list[str]:
    """Return what a run raised, and then what else failed because of it."""
    return [f"{type(error).__name__}: {error}", *_notes(error)]


def _notes(error: BaseException | None) -> list[str]:
    return [note for note in getattr(error, "__notes__", ()) if not names_a_task(note)]
