"""Several threads decided together: one look at all of it, and then what came of each."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, Label, Text
from traitlets import Bool

from course_utils.neighbours.ipykernel import begun_in_a_page
from course_utils.review.deciding.drafts import with_refusals
from course_utils.review.deciding.many import Chosen, decide_each, reason_arrives, why_not
from course_utils.review.deciding.resuming import NO_CONTEXT
from course_utils.review.reading.graphs import only_async, thread_bound, wants_context
from course_utils.widgets.card.slots import defaults_of
from course_utils.widgets.inbox import bulk_html as html
from course_utils.widgets.inbox.rows import button
from course_utils.widgets.page.notebook_loop import notebook_loop
from course_utils.widgets.page.parts import Panel, Row, hide
from course_utils.widgets.page.presses import part, read_out
from course_utils.widgets.page.worker import in_a_worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future

    from langchain_core.runnables import RunnableConfig
    from langgraph.pregel import Pregel

    from course_utils.review.deciding.many import Came, Kind
    from course_utils.review.inbox.waiting_thread import WaitingThread


class Bulk(Panel):
    """Approves or rejects several threads, after one look at what exactly that is.

    Each thread is decided as it was shown when it was selected, and claimed on its own. Threads
    that one decision cannot answer whole are named, and left to their cards.

    Args:
        graph: the compiled graph.
        reviewer: who decides, for the journal.
        config_of: returns the config of a thread.
        context_of: returns what a thread's nodes read as `runtime.context`.
        done: is told what came of each thread when all have been decided.
    """

    looking = Bool(help="Whether the selected threads are shown, to be confirmed.")
    deciding = Bool(help="Whether a decision is being carried out.")

    def __init__(
        self,
        graph: Pregel[Any, Any, Any, Any],
        reviewer: str | None,
        config_of: Callable[[str], RunnableConfig],
        context_of: Callable[[str], Any],
        done: Callable[[Sequence[Came]], None],
    ) -> None:
        self._graph, self._reviewer = graph, reviewer
        self._config_of, self._context_of, self._done = config_of, context_of, done
        self._kind: Kind = "approve"
        self._chosen: list[Chosen] = []
        self._asked = ""
        self._running: Future[None] | None = None
        self.title = part(Label(tabbable=False))
        self.title.add_class("hitl-inbox-title")
        self._looked, self._came = HTML(), read_out(HTML())
        self.reason = part(Text(description="Reason for all (optional):"))
        self.reason.style.description_width = "initial"
        self.reason.layout.width = "min(560px, 100%)"
        self.buttons = {
            "confirm": button("", "", self._confirm),
            "cancel": button("Cancel", "", self.put_away),
        }
        super().__init__()
        bar = Row(*self.buttons.values())
        self.children = [self.title, self._came, self._looked, self.reason, bar]
        self.add_class("hitl-inbox-panel")
        hide(self, hidden=True)

    @property
    def told(self) -> str:
        """What is shown, as HTML."""
        return f"{self._looked.value}{self._came.value}"

    def look(self, kind: Kind, selected: Sequence[WaitingThread]) -> None:
        """Show what would be decided, and what would not.

        Args:
            kind: `approve` or `reject`.
            selected: the threads as they were shown.
        """
        if self.deciding:
            return
        refused = {one.thread_id: self._why_not(one, kind) for one in selected}
        taken = [self._told(one) for one in selected if not refused[one.thread_id]]
        self._kind = kind
        self._chosen = [
            Chosen(self._config_of(name), one.thread, self._context_of(name))
            for one in taken
            if one.thread
            for name in [one.thread_id]
        ]
        left = {name: why for name, why in refused.items() if why}
        self.title.value = html.title(kind, len(taken))
        unheard = [one.id for one in self._chosen if not reason_arrives(one.thread)]
        defaults = {o.id: defaults_of(self._graph, o.pause) for o in self._chosen}
        unheard = unheard if kind == "reject" else []
        self._asked = html.look_html(taken, defaults, left, unheard)
        self._looked.value = self._asked
        self._came.value, self.reason.value = "", ""
        confirm = self.buttons["confirm"]
        confirm.description = html.confirm_words(kind, len(taken))
        confirm.button_style = "success" if kind == "approve" else "danger"
        self.buttons["cancel"].description = "Cancel"
        hide(self.reason, hidden=kind == "approve")
        hide(confirm, hidden=not taken)
        hide(self, hidden=False)
        self.looking = True

    def put_away(self) -> None:
        """Show nothing any more; what runs goes on."""
        self._chosen = []
        hide(self, hidden=True)
        self.looking = False

    async def settled(self) -> None:
        """Wait until what was confirmed last on an async graph has been carried out."""
        if self._running is not None:
            await asyncio.wrap_future(self._running)

    def _told(self, one: WaitingThread) -> WaitingThread:
        """Return a thread whose pauses say which call its own tool would refuse."""
        if one.thread is None:
            return one
        pauses = tuple(with_refusals(self._graph, pause) for pause in one.thread.pauses)
        return replace(one, thread=replace(one.thread, pauses=pauses))

    def _why_not(self, one: WaitingThread, kind: Kind) -> str:
        if one.thread is None:
            return "it is not known what it asks"
        if self._context_of(one.thread_id) is None and wants_context(self._graph):
            return NO_CONTEXT
        return why_not(one.thread, kind)

    def _confirm(self) -> None:
        if self.deciding or not self._chosen:
            return
        chosen, self._chosen = self._chosen, []
        self.deciding = True
        hide(self.buttons["confirm"], hidden=True)
        hide(self.reason, hidden=True)
        loop = notebook_loop()
        awaited = loop is not None and only_async(self._graph)
        if loop is not None and (awaited or (begun_in_a_page() and not thread_bound(self._graph))):
            each = self._each(chosen, loop if awaited else None)
            self._running = asyncio.run_coroutine_threadsafe(self._beside(chosen, each), loop)
            return
        with _Telling(self, chosen) as telling:
            for came in self._each(chosen, None):
                telling.add(came)

    def _each(
        self, chosen: Sequence[Chosen], loop: asyncio.AbstractEventLoop | None
    ) -> Iterator[Came]:
        decision: Any = {"type": self._kind}
        if self._kind == "reject" and self.reason.value.strip():
            decision["message"] = self.reason.value.strip()
        return decide_each(self._graph, chosen, decision, reviewer=self._reviewer, loop=loop)

    async def _beside(self, chosen: Sequence[Chosen], each: Iterator[Came]) -> None:
        """Decide in a thread, and meanwhile leave the loop to the cells and to other cards."""
        with _Telling(self, chosen) as telling:
            while (came := await in_a_worker(partial(next, each, None), _nothing)) is not None:
                telling.add(came)

    def tell(self, came: Sequence[Came], chosen: Sequence[Chosen], *, ended: bool) -> None:
        """Show what came of each thread so far."""
        self.title.value = html.progress(self._kind, came, len(chosen), ended=ended)
        rest = [one.id for one in chosen[len(came) :]] if ended else []
        self._looked.value = html.put_behind(self._asked)
        self._came.value = html.came_html(self._kind, came, rest)
        if ended:
            self.buttons["cancel"].description = "Put away"
            self.deciding = False
            self._done(came)


class _Telling:
    """Tells what came of each thread, also where a run is broken off in the middle."""

    def __init__(self, bulk: Bulk, chosen: Sequence[Chosen]) -> None:
        self._bulk, self._chosen = bulk, chosen
        self._came: list[Came] = []

    def __enter__(self) -> _Telling:
        self._bulk.tell([], self._chosen, ended=False)
        return self

    def add(self, came: Came) -> None:
        """Tell of one more."""
        self._came.append(came)
        self._bulk.tell(self._came, self._chosen, ended=False)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        self._bulk.tell(self._came, self._chosen, ended=True)
        # Kernel > Interrupt ends the run of now, and nothing else.
        return kind is KeyboardInterrupt


def _nothing() -> None:
    """Say no more: that the run goes on is seen."""
