"""The approval card: a paused thread, what it waits for, and real buttons to decide it."""

from __future__ import annotations

import asyncio
import getpass
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, Label
from traitlets import Unicode

from course_utils.neighbours.ipykernel import begun_in_a_page
from course_utils.review.deciding.drafts import with_refusals
from course_utils.review.deciding.resuming import NO_CONTEXT
from course_utils.review.deciding.shown import read_thread, withheld
from course_utils.review.reading.graphs import (
    compiled_graph,
    only_async,
    thread_bound,
    wants_context,
)
from course_utils.review.reading.thread import Thread, thread_id
from course_utils.review.record.entries import JournalError
from course_utils.widgets.card.approval_html import explanation_html, pause_html, thread_html, title
from course_utils.widgets.card.approval_style import STYLE
from course_utils.widgets.card.carrying_out import (
    Ended,
    Sent,
    carried_out,
    interrupted_step,
    refused_steps,
    step_of,
)
from course_utils.widgets.card.controls import new_button
from course_utils.widgets.card.conversation_html import asked_html
from course_utils.widgets.card.decided import ongoing
from course_utils.widgets.card.decided_html import earlier_html, newest_html, story_html
from course_utils.widgets.card.header import CardHeader
from course_utils.widgets.card.looks import ENDS, STATUSES
from course_utils.widgets.card.slots import Slots, decidable, defaults_of
from course_utils.widgets.page.notebook_loop import notebook_loop
from course_utils.widgets.page.parts import Panel, Row, hide, is_hidden
from course_utils.widgets.page.presses import Presses, Quiet, give_focus, part, read_out
from course_utils.widgets.page.worker import in_a_worker

if TYPE_CHECKING:
    from concurrent.futures import Future

    from langchain_core.runnables import RunnableConfig
    from langgraph.pregel import Pregel

    from course_utils.review.deciding.pause_decisions import PauseDecisions
    from course_utils.review.reading.pauses import Pause
    from course_utils.review.reading.thread import Status
    from course_utils.widgets.card.controls import Controls
    from course_utils.widgets.card.decided import Step

ONE_REFUSED = "One of the answers sent was refused: {wrong}"
NOBODY = "somebody without a name"
_SAME: Any = object()


class ApprovalCard(Panel):
    """Decide what a thread waits for, with the mouse, the keyboard or from code.

    It shows any pause of any compiled graph: a breakpoint before tool calls, questions asked with
    interrupt() by LangChain's middleware, for Agent Inbox or in a form of their own. A decision is
    claimed in the checkpointer's journal before anything runs, so that it counts once;
    `course_utils.review.deciding.resuming` says exactly what is guaranteed. The card then shows
    what was decided and what happened, and the next pause if there is one. With several questions
    at once, each is answered at its own buttons and sent by a button below them.

    What a person presses in a page runs beside the cells, so that another card can be decided
    meanwhile: an async graph in the loop that is running, a sync graph in a thread of its own,
    unless its checkpointer or a node keeps to the thread it was made in. From code, `press` returns
    when a sync graph has stopped; `await card.settled()` waits for whatever runs beside the cells.

    Args:
        graph: a compiled graph, with a checkpointer if anything is to be decided.
        config: names the thread, as it was given to `graph.invoke`. What else stood in its
            `configurable` is taken from the checkpoints where it is left out here.
        tools_node: the node that runs tool calls, where it is a function and not a ToolNode.
        reviewer: who decides, for the journal; the user of this computer where it is not given.
        context: what the graph's nodes read as `runtime.context`. Without one, a graph that
            declares a context is shown and not decided.

    Raises:
        TypeError: if it is no compiled graph; the message says what is needed.
        ValueError: if the config names no thread, or `tools_node` is no node of the graph.
    """

    status = Unicode(
        help="unsaved, unknown, paused, running, interrupted, crashed, finished, unclear, "
        "stranded or unreadable"
    )

    def __init__(
        self,
        graph: Pregel[Any, Any, Any, Any],
        config: RunnableConfig,
        *,
        tools_node: str | None = None,
        reviewer: str | None = None,
        context: Any = None,
    ) -> None:
        self._graph = graph = compiled_graph(graph)
        self._context = context
        self._config = config
        self._tools_node = tools_node
        self._reviewer = reviewer or _user()
        self._story: list[Step] = []
        self._head = CardHeader(self._reviewer, graph.checkpointer)
        self._earlier, self._told = HTML(), read_out(HTML())
        self._explanation, self._undecidable = HTML(), HTML()
        # Of the widgets that show words only a label can be given the focus.
        self._title = part(Label(tabbable=False))
        self._title.add_class("hitl-title")
        standing = Row(self._title, self._explanation)
        standing.add_class("hitl-standing")
        self._quiet = Quiet()
        self._undecided = Slots(graph, self._decide, self._quiet)
        self._below = {
            "send all": new_button("send", self._undecided.send_chosen, "Send the decisions"),
            "look again": new_button("again", self._look_again),
        }
        self._deciding: Future[None] | None = None
        self._looks: tuple[str, ...] = ()
        below = Row(*self._below.values())
        super().__init__()
        story = [self._earlier, self._told]
        shown = [self._head, *story, standing, self._undecidable, self._undecided, below]
        self.children = [*shown, Presses(self)]
        self.add_class("hitl-card")
        self.add_class("hitl-approval")
        self.refresh()

    @property
    def controls(self) -> list[Controls]:
        """The buttons of each thing to decide, in the order in which they are shown."""
        return [slot.controls for slot in self._undecided.each]

    @property
    def resumed_elsewhere(self) -> bool:
        """Whether the card says that somebody else resumes the thread."""
        return self.status == self._thread.status == "running"

    def turn_to(self, config: RunnableConfig, *, context: Any = _SAME) -> None:
        """Show another thread of the graph from now on.

        What was pressed on the former thread is carried out, and this card tells nothing of it.

        Args:
            config: names the thread. Where it cannot be read, the card stays on the former one.
            context: what its nodes read as `runtime.context`; without it, the same as before.
        """
        former = self._config, self._context
        self._config = config
        self._context = self._context if context is _SAME else context
        try:
            thread = self._read()
        except Exception:
            self._config, self._context = former
            raise
        self._story = []
        self._undecided.children = []
        self._show(thread)

    def refresh(self) -> None:
        """Read the thread again and show where it stands now; what is typed stays."""
        self._show(self._read())

    def _read(self) -> Thread:
        try:
            thread = read_thread(self._graph, self._config, tools_node=self._tools_node)
            lacking = thread.pauses and self._context is None and self._wants_context
            if lacking:
                return withheld(thread, NO_CONTEXT)
            return self._with_refusals(thread)
        except JournalError as error:
            return Thread("unreadable", str(error))

    def _with_refusals(self, thread: Thread) -> Thread:
        pauses = tuple(with_refusals(self._graph, pause) for pause in thread.pauses)
        return replace(thread, pauses=pauses)

    @cached_property
    def _wants_context(self) -> bool:
        return wants_context(self._graph)

    def press(self, name: str, number: int = 0) -> None:
        """Press a button as the mouse would.

        Args:
            name: `approve`, `reject`, `edit`, `respond`, `ask_again`, `send` or `cancel`;
                `send all` below several questions; `look again` on a thread that somebody else is
                resuming.
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
        """Wait until the decision that was pressed last, and runs beside the cells, has ended.

        Kernel > Interrupt in a cell that waits so ends the run too.
        """
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

    def _decide(self, decided: list[PauseDecisions]) -> None:
        sent = self._sent(decided)
        self._show_running(sent)
        loop = notebook_loop()
        try:
            awaited = loop is not None and only_async(self._graph)
            beside = awaited or (sent.by_hand and not thread_bound(self._graph))
        except Exception as error:
            self._show_after(sent, Ended(error=error))
            return
        if loop is not None and beside:
            deciding = self._decide_beside(sent, loop if awaited else None)
            self._deciding = asyncio.run_coroutine_threadsafe(deciding, loop)
        else:
            ended = carried_out(self._graph, sent)
            self._show_after(sent, ended)
            if ended.error is not None and ended.ends_the_program:
                raise ended.error

    def _sent(self, decided: list[PauseDecisions]) -> Sent:
        told = (message for step in self._story for message in step.told)
        before = (*self._thread.messages, *told)
        return Sent(
            decided,
            self._config,
            self._reviewer,
            datetime.now(UTC),
            before,
            begun_in_a_page(),
            self._context,
            {slot.pause.key: slot.defaults for slot in self._undecided.each},
        )

    async def _decide_beside(self, sent: Sent, loop: asyncio.AbstractEventLoop | None) -> None:
        """Decide in a thread, and meanwhile leave the loop to the cells and to other cards."""
        try:
            ended = await in_a_worker(
                lambda: carried_out(self._graph, sent, loop), lambda: self._show_late(sent)
            )
        except KeyboardInterrupt as error:
            ended = Ended(error=error)
        self._show_after(sent, ended)

    def _show_running(self, sent: Sent) -> None:
        """Say what runs, until it is known how it ended."""
        self.status = "running"
        self._undecided.sending(sent.decided)
        hide(self._below["send all"], hidden=True)
        self._title.value, self._explanation.value = ongoing(sent.decided), ""
        self._look("running", "hitl-deciding")

    def _show_late(self, sent: Sent) -> None:
        """Say that what was interrupted has not ended yet."""
        if self._config == sent.config:
            self._story.append(interrupted_step(sent))
            self._show(self._read())

    def _show_after(self, sent: Sent, ended: Ended) -> None:
        """Tell how a decision ended, whatever its end, and show where the thread stands then."""
        if self._config != sent.config:
            return
        # What was told of it while it had not ended is over.
        self._story = [step for step in self._story if step.when != sent.when]
        if ended.refused:
            self._keep_open(sent, ended.refused)
        else:
            now = self._with_refusals(ended.outcome.thread) if ended.outcome else self._read()
            self._story.append(step_of(sent, ended, now))
            self._show(now)
        self._focus_on_what_comes_next()
        if sent.by_hand:
            self._quiet.begin()

    def _keep_open(self, sent: Sent, wrong: dict[str, str]) -> None:
        """Leave what was typed where it stands, with what is wrong beside it."""
        now = self._read()
        waiting = {pause.key for pause in now.pauses}
        self._story += refused_steps(sent, waiting, now)
        answered = self._undecided.keep()
        self._show(now)
        still = [slot for slot in answered if slot in self._undecided.each]
        if len({slot.pause.key for slot in still}) > 1:
            # LangGraph does not say which.
            wrong = {"": ONE_REFUSED.format(wrong=" ".join(wrong.values()))}
        for slot in still:
            slot.reopen()
            slot.controls.show_errors(wrong)

    def _show(self, thread: Thread) -> None:
        pauses = tuple(self._undecided.as_it_was(pause) for pause in thread.pauses)
        self._thread = thread = replace(thread, pauses=pauses)
        self._head.show(thread_id(self._config), thread)
        self._earlier.value = STYLE + earlier_html(self._story)
        self._told.value = newest_html(self._story)
        self._title.value, self._explanation.value = title(thread), explanation_html(thread)
        self._undecidable.value = "".join(
            pause_html(p, self._defaults(p)) for p in pauses if not decidable(p)
        )
        self._undecided.show(pauses, sure=thread.status == "paused")
        hide(self._below["send all"], hidden=len(self.controls) < 2)
        hide(self._below["look again"], hidden=thread.status != "running")
        self._look(thread.status)
        self.status = thread.status

    def _look(self, status: Status, *more: str) -> None:
        """Give the card the look of a status; of the last decision, once the thread has ended."""
        tone = STATUSES[status].tone
        if status == "finished" and self._story:
            tones = {ENDS[end].tone for end in self._story[-1].ends}
            tone = tones.pop() if len(tones) == 1 else tone
        former, self._looks = self._looks, (f"hitl-approval-{status}", f"hitl-edge-{tone}", *more)
        with self.hold_sync():
            for name in former:
                self.remove_class(name)
            for name in self._looks:
                self.add_class(name)

    def _defaults(self, pause: Pause) -> list[dict[str, Any]]:
        return defaults_of(self._graph, pause)

    def __repr__(self) -> str:
        """Say where the thread stands, without the ids that change from run to run."""
        return f"ApprovalCard({self.status})"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, str]:
        """Add the static twin, which is what a page without a kernel shows."""
        bundle = super()._repr_mimebundle_(**kwargs)
        each = self._thread.pauses
        pauses = "".join(pause_html(pause, self._defaults(pause)) for pause in each)
        told = asked_html(self._thread.messages) + story_html(self._story, by_whom=False)
        return {**bundle, "text/html": told + thread_html(self._thread) + pauses}


def _user() -> str:
    """Return the name of this computer's user."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return NOBODY
