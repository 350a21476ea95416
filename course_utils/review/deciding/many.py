"""One decision on many threads, each claimed on its own, and what came of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from course_utils.review.deciding.pause_decisions import PauseDecisions
from course_utils.review.deciding.resuming import AlreadyDecidedError, decide_together
from course_utils.review.reading.pauses import BreakpointPause, InterruptPause

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator, Sequence

    from langchain.agents.middleware.human_in_the_loop import Decision
    from langchain_core.runnables import RunnableConfig
    from langgraph.pregel import Pregel

    from course_utils.review.deciding.resuming import Outcome
    from course_utils.review.reading.pauses import Pause
    from course_utils.review.reading.thread import Thread

Kind = Literal["approve", "reject"]

NOT_WAITING = "it does not simply wait: {why}"
SEVERAL = "it asks several things at once"
NOTHING_NAMED = "it names nothing that would run"
NOT_OFFERED = "{kind} is not offered for all that it asks: open its card"


@dataclass(frozen=True)
class Chosen:
    """A thread that a person has chosen to decide with others.

    Attributes:
        config: names the thread.
        thread: the thread as it was shown to the person.
        context: what its nodes read as `runtime.context`.
    """

    config: RunnableConfig
    thread: Thread
    context: Any = None

    @property
    def id(self) -> str:
        """The thread's id."""
        return str(self.config["configurable"]["thread_id"])

    @property
    def pause(self) -> Pause:
        """What is decided."""
        return self.thread.pauses[0]


@dataclass(frozen=True)
class Came:
    """What came of one decision of many.

    Attributes:
        chosen: the thread, as it was chosen.
        outcome: how the thread stands now; None where the decision did not come to its end.
        lost: whether somebody else was first, or the thread has changed: nothing was done then.
        error: what went wrong, None where nothing did.
    """

    chosen: Chosen
    outcome: Outcome | None = None
    lost: bool = False
    error: Exception | None = None


def why_not(thread: Thread, kind: Kind) -> str:
    """Say why one decision cannot answer a thread whole, without its card; empty where it can.

    Args:
        thread: the thread as it was shown.
        kind: what is to be decided.
    """
    if thread.status != "paused" or not thread.pauses:
        return NOT_WAITING.format(why=thread.explanation)
    if len(thread.pauses) > 1:
        return SEVERAL
    pause = thread.pauses[0]
    if not pause.request["action_requests"]:
        return NOTHING_NAMED
    goes_on = isinstance(pause, BreakpointPause) and pause.approval != "approve"
    return NOT_OFFERED.format(kind=kind) if goes_on or kind not in pause.decisions else ""


def reason_arrives(thread: Thread) -> bool:
    """Tell whether the reason of a rejection reaches a thread."""
    return all(
        pause.asked.takes_reason for pause in thread.pauses if isinstance(pause, InterruptPause)
    )


def decide_each(
    graph: Pregel[Any, Any, Any, Any],
    chosen: Sequence[Chosen],
    decision: Decision,
    *,
    reviewer: str | None = None,
    loop: asyncio.AbstractEventLoop | None = None,
) -> Iterator[Came]:
    """Decide one thread after the other, and yield what came of each as soon as it is known.

    Each thread is claimed and run by itself, as `decide_together` does. What fails, or was decided
    by somebody else, holds back none of the others. Whoever asks for no more decides no more.

    Args:
        graph: the compiled graph.
        chosen: the threads as they were shown, none of which `why_not` has anything against.
        decision: LangChain's own, for every action of every thread.
        reviewer: who decides, for the journal; the user of this computer where it is not given.
        loop: the running loop of another thread, to run an async graph in.
    """
    for one in chosen:
        try:
            decided = [PauseDecisions.on(one.pause, _for_all(one.pause, decision))]
            outcome = decide_together(
                graph, one.config, decided, reviewer=reviewer, context=one.context, loop=loop
            )
        except AlreadyDecidedError as error:
            yield Came(one, lost=True, error=error)
        except Exception as error:
            yield Came(one, error=error)
        else:
            yield Came(one, outcome)


def _for_all(pause: Pause, decision: Decision) -> Decision | list[Decision]:
    if isinstance(pause, BreakpointPause):
        return decision
    return [decision] * len(pause.request["action_requests"])
