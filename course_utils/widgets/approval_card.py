"""The approval card: a paused thread, what it waits for, and real buttons to decide it."""

from __future__ import annotations

import asyncio
import math
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, Label
from langgraph.errors import is_invalid_resume
from pydantic import ValidationError
from traitlets import Unicode

from course_utils.neighbours.ipykernel import begun_in_a_page
from course_utils.review.deciding.drafts import draft_of_arguments
from course_utils.review.deciding.edited_message import UneditableError
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
    explanation_html,
    happenings,
    pause_html,
    remarks_html,
    story_html,
    thread_html,
    title,
    verdicts,
)
from course_utils.widgets.controls import CallControls, Controls, Offer, new_button
from course_utils.widgets.notebook_loop import notebook_loop
from course_utils.widgets.parts import Panel, Row, hide, is_hidden
from course_utils.widgets.presses import Presses, give_focus, part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

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
TOO_SOON = "Pressed sooner than this can be read: nothing is decided. Press again."
ONE_REFUSED = "One of the answers sent was refused: {wrong}"
# A key that is held down begins to repeat after half a second or more, 0.66 s on many machines.
_QUIET_SECONDS = 0.7


class _Slot(Panel):
    """One thing to decide: a breakpoint as a whole, of a question each action.

    Its buttons were made for one pause and go with it. So a click that was on its way when the card
    went on to the next pause cannot decide the next pause, which nobody had seen.

    Attributes:
        pause: the pause, as its buttons were made for it.
        action: which of its actions, counted from 0.
        controls: the buttons.
        typed: what stood in its fields when that was decided, or at first.
        chosen: what is decided, and kept until all of the pause is.
        sent: whether what is decided has been sent.
    """

    def __init__(self, pause: Pause, action: int, controls: Controls) -> None:
        self.pause, self.action, self.controls = pause, action, controls
        self.typed = controls.typed
        self.chosen: list[Any] | None = None
        self.sent = False
        whole = isinstance(pause, BreakpointPause)
        last = action + 1 == len(pause.request["action_requests"])
        asked = HTML(pause_html(pause) if whole else action_html(pause, action))
        remarks = [HTML(remarks_html(pause))] if last and not whole else []
        super().__init__([asked, controls, *remarks])


@dataclass(frozen=True)
class _Sent:
    """What was decided at once, and how the card stood then.

    Attributes:
        decided: the decisions.
        config: names their thread.
        heard: how many messages the card had told of.
        by_hand: whether a person pressed, in a page.
    """

    decided: list[PauseDecisions]
    config: RunnableConfig
    heard: int
    by_hand: bool


class ApprovalCard(Panel):
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
        self._told, self._explanation, self._undecidable = HTML(), HTML(), HTML()
        # Of the widgets that show words only a label can be given the focus.
        self._title = part(Label(tabbable=False))
        self._title.add_class("hitl-title")
        standing = Row(self._title, self._explanation)
        standing.add_class("hitl-standing")
        self._undecided = Panel()
        self._below = {
            "send all": new_button("send", self._send_chosen, "Send the decisions"),
            "look again": new_button("again", self._look_again),
        }
        self._deciding: Future[None] | None = None
        self._shown_status = ""
        self._last_press = -math.inf
        below = Row(*self._below.values())
        super().__init__()
        shown = [self._told, standing, self._undecidable, self._undecided, below]
        self.children = [*shown, Presses(self)]
        self.add_class("hitl-card")
        self.add_class("hitl-approval")
        self.refresh()

    @property
    def controls(self) -> list[Controls]:
        """The buttons of each thing to decide, in the order in which they are shown."""
        return [slot.controls for slot in self._slots]

    @property
    def _slots(self) -> tuple[_Slot, ...]:
        return tuple(self._undecided.children)

    def turn_to(self, config: RunnableConfig) -> None:
        """Show another thread of the graph from now on.

        What was pressed on the former thread is carried out, and this card tells nothing of it.

        Args:
            config: names the thread. Where it cannot be read, the card stays on the former one.
        """
        former, self._config = self._config, config
        try:
            thread = self._read()
        except Exception:
            self._config = former
            raise
        self._story = []
        self._undecided.children = []
        self._show(thread)

    def refresh(self) -> None:
        """Read the thread again and show where it stands now; what is typed stays."""
        self._show(self._read())

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
        if name in self._below and not is_hidden(self._below[name]):
            self._below[name].click()
        elif number < len(self.controls):
            self.controls[number].press(name)
        else:
            raise ValueError(f"the card shows no button {name!r} of number {number}")

    async def settled(self) -> None:
        """Wait until the decision on an async graph that was pressed last has been carried out."""
        if self._deciding is not None:
            await asyncio.wrap_future(self._deciding)

    def _look_again(self) -> None:
        self.refresh()
        self._focus_on_what_comes_next()

    def _focus_on_what_comes_next(self) -> None:
        """Put the focus on the first button, or on the verdict where there is none."""
        buttons = [controls.first for controls in self.controls]
        buttons += [button for button in self._below.values() if not is_hidden(button)]
        give_focus(next(iter([*buttons, self._title])))

    def _slot(self, pause: Pause, action: int) -> _Slot:
        """Return what this pause is decided in: as it stands, or new buttons for it alone."""
        for slot in self._slots:
            if slot.pause is pause and slot.action == action and not slot.sent:
                return slot

        def decide(decisions: list[Any] | None) -> None:
            self._choose(made, decisions)

        made = _Slot(pause, action, self._controls(decide, pause, action))
        return made

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
        # Whoever holds a button may press it when the card has gone on to another pause.
        if self.status == "running" or slot not in self._slots:
            return
        if decisions and len(self._slots) == 1:
            if self._is_unread():
                slot.controls.show_chosen(TOO_SOON)
            else:
                self._decide([PauseDecisions.on(slot.pause, decisions)])
            return
        slot.chosen, slot.typed = decisions, slot.controls.typed
        chosen = f"Chosen: {decisions[0]['type']}. Nothing is sent yet." if decisions else ""
        slot.controls.show_chosen(chosen)

    def _is_unread(self) -> bool:
        """Tell whether a press comes from the click or the key that decided the pause before.

        The second half of a double click and a key that is held down hit the next pause's buttons,
        which stand in the same place and have the focus. So a press counts after a short quiet.
        """
        if not begun_in_a_page():
            return False
        before, self._last_press = self._last_press, monotonic()
        return self._last_press - before < _QUIET_SECONDS

    def _send_chosen(self) -> None:
        """Send every pause whose actions are all decided, unless that leaves out what was typed."""
        unchosen = [slot for slot in self._slots if slot.controls.typed != slot.typed]
        for slot in unchosen:
            slot.chosen = None
            slot.controls.show_chosen(UNCHOSEN)
        if not unchosen:
            self._send_decided()

    def _send_decided(self) -> None:
        decided, undecided = [], []
        for pause in self._thread.pauses:
            slots = [slot for slot in self._slots if slot.pause is pause]
            open_slots = [slot for slot in slots if slot.chosen is None]
            if slots and not open_slots:
                decided.append(
                    PauseDecisions.on(pause, [d for slot in slots for d in slot.chosen or []])
                )
            elif len(open_slots) < len(slots):
                undecided += open_slots
        for slot in undecided:
            slot.controls.show_chosen("This one is asked together with others: decide it.")
        if not (decided or undecided):
            self._slots[0].controls.show_chosen("Nothing is chosen yet.")
        elif not undecided:
            self._decide(decided)

    def _decide(self, decided: list[PauseDecisions]) -> None:
        self.status = "running"
        sent = {one.pause.key for one in decided}
        for slot in self._slots:
            slot.sent = slot.pause.key in sent
            slot.controls.freeze(frozen=True)
        heard = len(self._thread.messages)
        now = _Sent(decided, self._config, heard, begun_in_a_page())
        loop = notebook_loop()
        if loop is not None and only_async(self._graph):
            beside = self._decide_beside(now, loop)
            self._deciding = asyncio.run_coroutine_threadsafe(beside, loop)
            return
        with self._telling(now) as tell:
            tell(self._carry_out(now, None))

    async def _decide_beside(self, sent: _Sent, loop: asyncio.AbstractEventLoop) -> None:
        """Decide in a thread, so that the graph runs in the loop that everything of it lives in."""
        with self._telling(sent) as tell:
            tell(await asyncio.to_thread(self._carry_out, sent, loop))

    def _carry_out(self, sent: _Sent, loop: asyncio.AbstractEventLoop | None) -> Outcome:
        return decide_together(
            self._graph, sent.config, sent.decided, reviewer=self._reviewer, loop=loop
        )

    @contextmanager
    def _telling(self, sent: _Sent) -> Iterator[Callable[[Outcome], None]]:
        """Tell how a decision ended, whatever its end, and show where the thread stands then."""
        told: list[str] = []
        now: Thread | None = None

        def tell(outcome: Outcome) -> None:
            nonlocal now
            now = outcome.thread
            told.extend(verdicts(sent.decided))
            told.extend(happenings(outcome.thread.messages[sent.heard :]))
            told.extend([outcome.remark] if outcome.remark else [])

        wrong: dict[str, str] = {}
        try:
            yield tell
        except (AlreadyDecidedError, JournalError) as error:
            told.extend([str(error), *getattr(error, "__notes__", ())])
        except KeyboardInterrupt:
            told.append(INTERRUPTED)
        except Exception as error:
            wrong = _refused(error)
            told.extend([] if wrong else _in_words(error))
        finally:
            if self._config == sent.config:
                self._story += told
                self._show_after(sent, wrong, now)

    def _show_after(self, sent: _Sent, wrong: dict[str, str], now: Thread | None) -> None:
        if wrong:
            self._keep_open(sent, wrong)
        else:
            self._show(now or self._read())
        self._focus_on_what_comes_next()
        if sent.by_hand:
            self._last_press = monotonic()

    def _keep_open(self, sent: _Sent, wrong: dict[str, str]) -> None:
        """Leave what was typed where it stands, with what is wrong beside it."""
        now = self._read()
        waiting = {pause.key for pause in now.pauses}
        through = [one for one in sent.decided if one.pause.key not in waiting]
        if through:
            self._story += [*verdicts(through), *happenings(now.messages[sent.heard :])]
        answered = [slot for slot in self._slots if slot.sent]
        for slot in answered:
            slot.sent = False
        self._show(now)
        refused = [slot for slot in answered if slot in self._slots]
        if len({slot.pause.key for slot in refused}) > 1:
            # LangGraph does not say which.
            wrong = {"": ONE_REFUSED.format(wrong=" ".join(wrong.values()))}
        for slot in refused:
            slot.chosen = None
            slot.controls.show_errors(wrong)

    def _show(self, thread: Thread) -> None:
        pauses = tuple(self._as_it_was(pause) for pause in thread.pauses)
        self._thread = thread = replace(thread, pauses=pauses)
        self._told.value = STYLE + story_html(self._story)
        self._title.value, self._explanation.value = title(thread), explanation_html(thread)
        self._undecidable.value = "".join(pause_html(p) for p in pauses if not _decidable(p))
        self._undecided.children = [
            self._slot(pause, action) for pause in pauses for action in _decidable(pause)
        ]
        for controls in self.controls:
            controls.freeze(frozen=False)
        hide(self._below["send all"], hidden=len(self._slots) < 2)
        hide(self._below["look again"], hidden=thread.status != "running")
        self.remove_class(f"hitl-approval-{self._shown_status}")
        self.add_class(f"hitl-approval-{thread.status}")
        self._shown_status = thread.status
        self.status = thread.status

    def _as_it_was(self, pause: Pause) -> Pause:
        """Return the pause that the card shows, where a new reading shows a person the same."""
        shown = (slot.pause for slot in self._slots if slot.pause.key == pause.key)
        return next((old for old in shown if old.shows_the_same_as(pause)), pause)

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


def _in_words(error: Exception) -> list[str]:
    """Return what a run raised, and then what else failed because of it."""
    return [f"{type(error).__name__}: {error}", *getattr(error, "__notes__", ())]


def _refused(error: Exception) -> dict[str, str]:
    """Return what is wrong in an answer that was refused, by field; else nothing."""
    if isinstance(error, UneditableError):
        return {"": str(error)}
    if not isinstance(error, ValidationError) or not is_invalid_resume(error):
        return {}
    return errors_of(error)
