"""The approval card: a paused thread, what it waits for, and real buttons to decide it."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, Button, HBox, VBox
from langgraph.errors import is_invalid_resume
from pydantic import ValidationError
from traitlets import Unicode

from course_utils.review.deciding.drafts import draft_of_arguments
from course_utils.review.deciding.pause_decisions import PauseDecisions
from course_utils.review.deciding.resuming import AlreadyDecidedError, Outcome, decide_together
from course_utils.review.deciding.shown import read_thread
from course_utils.review.forms.validation import errors_of
from course_utils.review.reading.graphs import only_async
from course_utils.review.reading.pauses import BreakpointPause, InterruptPause
from course_utils.review.reading.thread import Thread
from course_utils.review.record.entries import JournalError
from course_utils.widgets.answer_controls import FormControls, TextControls
from course_utils.widgets.approval_html import (
    STYLE,
    action_html,
    happenings,
    pause_html,
    remarks_html,
    story_html,
    thread_html,
    verdicts,
)
from course_utils.widgets.controls import CallControls, Controls, Offer, new_button

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from langchain_core.runnables import RunnableConfig
    from langgraph.pregel import Pregel

    from course_utils.review.reading.pauses import Pause
    from course_utils.widgets.controls import Decide

APPROVALS = {
    "approve": "Approve",
    "continue": "Continue",
    "run again": "Run again",
    "carry on": "Carry on",
}
INTERRUPTED = "Interrupted while it ran: part of it may have happened."
UNCHOSEN = "What is typed here is not chosen: press the button it is for, or empty it, then send."
ONE_REFUSED = "One of the answers sent was refused: {wrong}"


@dataclass(eq=False)
class _Slot:
    """One thing to decide: a breakpoint as a whole, of a question each action.

    Attributes:
        pause: the pause, as its buttons were made for it.
        action: which of its actions, counted from 0.
        controls: the buttons.
        typed: what stood in its fields when that was decided, or at first.
        chosen: what is decided, and kept until all of the pause is.
    """

    pause: Pause
    action: int
    controls: Controls
    typed: tuple[Any, ...]
    chosen: list[Any] | None = None


class ApprovalCard(VBox):
    """Decide what a thread waits for, with the mouse, the keyboard or from code.

    It shows any pause of any compiled graph: a breakpoint before tool calls, questions asked with
    interrupt() by LangChain's middleware, for Agent Inbox or in a form of their own. A decision is
    claimed in the checkpointer's journal before anything runs, so that it counts once;
    `course_utils.review.deciding.resuming` says exactly what is guaranteed. The card then shows
    what happened, and the next pause if there is one. With several questions at once, each is
    answered at its own buttons and sent by a button below them.

    An async graph runs in the loop that is running: `press` then returns before it has ended, and
    `await card.settled()` waits for that.

    Args:
        graph: a compiled graph, with a checkpointer if anything is to be decided.
        config: names the thread, as it was given to `graph.invoke`.
        tools_node: the node that runs tool calls, where it is a function and not a ToolNode.
        reviewer: who decides, for the journal; the user of this computer where it is not given.

    Raises:
        ValueError: if the config names no thread, or `tools_node` is no node of the graph.
    """

    status = Unicode(
        help="unsaved, unknown, paused, running, interrupted, crashed, finished or unreadable"
    )

    def __init__(
        self,
        graph: Pregel[Any, Any, Any, Any],
        config: RunnableConfig,
        *,
        tools_node: str | None = None,
        reviewer: str | None = None,
    ) -> None:
        self._graph = graph
        self._config = config
        self._tools_node = tools_node
        self._reviewer = reviewer
        self._story: list[str] = []
        self._told = HTML()
        self._asked = HTML()
        self._below: dict[str, Button] = {}
        self._deciding: asyncio.Task[None] | None = None
        self._shown_status = ""
        self._slots: list[_Slot] = []
        super().__init__()
        self.add_class("hitl-card")
        self.add_class("hitl-approval")
        self.refresh()

    @property
    def controls(self) -> list[Controls]:
        """The buttons of each thing to decide, in the order in which they are shown."""
        return [slot.controls for slot in self._slots]

    def refresh(self) -> None:
        """Read the thread again and show where it stands now."""
        self._thread = self._read()
        self._replace_slots()
        self._show()

    def _read(self) -> Thread:
        try:
            return read_thread(self._graph, self._config, tools_node=self._tools_node)
        except JournalError as error:
            return Thread("unreadable", str(error))

    def press(self, name: str, number: int = 0) -> None:
        """Press a button as the mouse would.

        Args:
            name: `approve`, `reject`, `edit`, `respond`, `send` or `cancel`; `send all` below
                several questions; `look again` on a thread that somebody else is resuming.
            number: of several things to decide, the one it belongs to, counted from 0.

        Raises:
            ValueError: if the card does not show that button now.
        """
        if name in self._below:
            self._below[name].click()
        elif number < len(self.controls):
            self.controls[number].press(name)
        else:
            raise ValueError(f"the card shows no button {name!r} of number {number}")

    async def settled(self) -> None:
        """Wait until the decision on an async graph that was pressed last has been carried out."""
        if self._deciding is not None:
            await self._deciding

    def _replace_slots(self, kept: Sequence[_Slot] = ()) -> None:
        """Make buttons for these pauses alone: an old click must not decide what it never saw."""
        for old in self._slots:
            if old not in kept:
                old.controls.close()
        for button in self._below.values():
            button.close()
        self._slots = [
            next((old for old in kept if old.pause is pause and old.action == action), None)
            or self._slot(pause, action)
            for pause in self._thread.pauses
            for action in _decidable(pause)
        ]
        self._below = {}
        if len(self._slots) > 1:
            self._below["send all"] = new_button("send", self._send_chosen, "Send the decisions")
        if self._thread.status == "running":
            self._below["look again"] = new_button("again", self.refresh)

    def _slot(self, pause: Pause, action: int) -> _Slot:
        slot: _Slot

        def decide(decisions: list[Any] | None) -> None:
            self._choose(slot, decisions)

        controls = self._controls(decide, pause, action)
        slot = _Slot(pause, action, controls, controls.typed)
        return slot

    def _controls(self, decide: Decide, pause: Pause, action: int) -> Controls:
        if isinstance(pause, InterruptPause) and pause.asked.format == "value":
            schema = pause.asked.schema
            return TextControls(decide) if schema is None else FormControls(decide, schema)
        actions = pause.request["action_requests"]
        whole = isinstance(pause, BreakpointPause)
        asked = range(len(actions)) if whole else range(action, action + 1)
        offer = Offer(
            pause.decisions if whole else pause.allowed(action),
            [actions[i]["name"] for i in asked],
            lambda: [draft_of_arguments(self._graph, pause, i) for i in asked],
            APPROVALS[pause.approval] if isinstance(pause, BreakpointPause) else "Approve",
            not isinstance(pause, InterruptPause) or pause.asked.takes_reason,
        )
        return CallControls(decide, offer)

    def _choose(self, slot: _Slot, decisions: list[Any] | None) -> None:
        """Decide at once where there is one thing to decide; else keep it until it is sent."""
        # A click may still be on its way when the card has gone on to another pause.
        if self.status == "running" or slot not in self._slots:
            return
        if decisions and len(self._slots) == 1:
            self._decide([PauseDecisions.on(slot.pause, decisions)])
            return
        slot.chosen, slot.typed = decisions, slot.controls.typed
        chosen = f"Chosen: {decisions[0]['type']}. Nothing is sent yet." if decisions else ""
        slot.controls.show_chosen(chosen)

    def _send_chosen(self) -> None:
        """Send every pause whose actions are all decided, unless that leaves out what was typed."""
        unchosen = [slot for slot in self._slots if slot.controls.typed != slot.typed]
        for slot in unchosen:
            slot.chosen = None
            slot.controls.show_chosen(UNCHOSEN)
        if not unchosen:
            self._send_decided()

    def _send_decided(self) -> None:
        answers, undecided = [], []
        for pause in self._thread.pauses:
            slots = [slot for slot in self._slots if slot.pause is pause]
            open_slots = [slot for slot in slots if slot.chosen is None]
            if slots and not open_slots:
                answers.append(
                    PauseDecisions.on(pause, [d for slot in slots for d in slot.chosen or []])
                )
            elif len(open_slots) < len(slots):
                undecided += open_slots
        for slot in undecided:
            slot.controls.show_chosen("This one is asked together with others: decide it.")
        if not (answers or undecided):
            self._slots[0].controls.show_chosen("Nothing is chosen yet.")
        elif not undecided:
            self._decide(answers)

    def _decide(self, answers: list[PauseDecisions]) -> None:
        self.status = "running"
        for controls in self.controls:
            controls.freeze(frozen=True)
        loop = _running_loop()
        if loop is not None and only_async(self._graph):
            self._deciding = loop.create_task(self._decide_beside(answers, loop))
            return
        with self._telling(answers) as tell:
            tell(self._carry_out(answers, None))

    async def _decide_beside(
        self, answers: list[PauseDecisions], loop: asyncio.AbstractEventLoop
    ) -> None:
        """Decide in a thread, so that the graph runs in the loop that everything of it lives in."""
        with self._telling(answers) as tell:
            tell(await asyncio.to_thread(self._carry_out, answers, loop))

    def _carry_out(
        self, answers: list[PauseDecisions], loop: asyncio.AbstractEventLoop | None
    ) -> Outcome:
        return decide_together(
            self._graph, self._config, answers, reviewer=self._reviewer, loop=loop
        )

    @contextmanager
    def _telling(self, answers: list[PauseDecisions]) -> Iterator[Callable[[Outcome], None]]:
        """Tell how a decision ended, whatever its end, and show where the thread stands then."""
        heard = len(self._thread.messages)

        def tell(outcome: Outcome) -> None:
            self._story += [*verdicts(answers), *happenings(outcome.thread.messages[heard:])]
            self._story += [outcome.remark] if outcome.remark else []

        wrong: dict[str, str] = {}
        try:
            yield tell
        except (AlreadyDecidedError, JournalError) as error:
            self._story.append(str(error))
        except KeyboardInterrupt:
            self._story.append(INTERRUPTED)
        except Exception as error:
            wrong = _refused(error)
            self._story += [] if wrong else [f"{type(error).__name__}: {error}"]
        finally:
            if wrong:
                self._keep_open(answers, wrong, heard)
            else:
                self.refresh()

    def _keep_open(self, answers: list[PauseDecisions], wrong: dict[str, str], heard: int) -> None:
        """Leave what was typed where it stands, with what is wrong beside it."""
        now = self._read()
        waiting = {pause.key for pause in now.pauses}
        through = [answer for answer in answers if answer.pause.key not in waiting]
        self._story += [*verdicts(through), *happenings(now.messages[heard:])] if through else []
        self._thread = replace(now, pauses=tuple(self._as_it_was(pause) for pause in now.pauses))
        kept = [s for s in self._slots if any(s.pause is pause for pause in self._thread.pauses)]
        self._replace_slots(kept)
        sent = {answer.pause.key for answer in answers}
        refused = [slot for slot in kept if slot.pause.key in sent]
        if len({slot.pause.key for slot in refused}) > 1:
            # LangGraph does not say which.
            wrong = {"": ONE_REFUSED.format(wrong=" ".join(wrong.values()))}
        for slot in kept:
            slot.controls.freeze(frozen=False)
        for slot in refused:
            slot.chosen = None
            slot.controls.show_errors(wrong)
        self._show()

    def _as_it_was(self, pause: Pause) -> Pause:
        """Return the pause that the card shows, where a new reading shows a person the same."""
        shown = (old for old in self._thread.pauses if old.key == pause.key)
        return next((old for old in shown if old.shows_the_same_as(pause)), pause)

    def _show(self) -> None:
        self.remove_class(f"hitl-approval-{self._shown_status}")
        self.status = self._shown_status = self._thread.status
        self.add_class(f"hitl-approval-{self.status}")
        self._told.value = STYLE + story_html(self._story)
        self._asked.value = thread_html(self._thread)
        parts: list[Any] = [self._told, self._asked]
        undecidable = [p for p in self._thread.pauses if not _decidable(p)]
        parts += [HTML(pause_html(pause)) for pause in undecidable]
        for slot in self._slots:
            pause, action = slot.pause, slot.action
            last = action + 1 == len(pause.request["action_requests"])
            whole = isinstance(pause, BreakpointPause)
            parts.append(HTML(pause_html(pause) if whole else action_html(pause, action)))
            parts.append(slot.controls)
            parts += [HTML(remarks_html(pause))] if last and not whole else []
        self.children = [*parts, HBox(list(self._below.values()))]

    def __repr__(self) -> str:
        """Say where the thread stands, without the ids that change from run to run."""
        return f"ApprovalCard({self.status})"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, str]:
        """Add the static twin, which is what a page without a kernel shows."""
        bundle = super()._repr_mimebundle_(**kwargs)
        pauses = "".join(pause_html(pause) for pause in self._thread.pauses)
        twin = story_html(self._story) + thread_html(self._thread) + pauses
        return {**bundle, "text/html": twin}


def _decidable(pause: Pause) -> list[int]:
    """Return the actions of a pause that have buttons of their own; a breakpoint is one whole."""
    if isinstance(pause, BreakpointPause):
        return [0] if pause.decisions else []
    actions = range(len(pause.request["action_requests"]))
    return [action for action in actions if pause.allowed(action)]


def _refused(error: Exception) -> dict[str, str]:
    """Return what is wrong in an answer that LangGraph refused, by field; else nothing."""
    if not isinstance(error, ValidationError) or not is_invalid_resume(error):
        return {}
    return errors_of(error)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
