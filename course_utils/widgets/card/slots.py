"""What is to be decided on a card: what is asked, and the buttons made for it alone."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from ipywidgets import HTML

from course_utils.review.deciding.drafts import draft_of_arguments, left_out
from course_utils.review.deciding.pause_decisions import PauseDecisions
from course_utils.review.reading.pauses import BreakpointPause, InterruptPause
from course_utils.widgets.card.answer_controls import FormControls, TextControls
from course_utils.widgets.card.approval_html import action_html, pause_html, remarks_html
from course_utils.widgets.card.controls import CallControls, Controls, Offer
from course_utils.widgets.page.parts import Panel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from langgraph.pregel import Pregel

    from course_utils.review.reading.pauses import Pause
    from course_utils.widgets.card.controls import Decide
    from course_utils.widgets.page.presses import Quiet

UNCHOSEN = "What is typed here is not chosen: press the button it is for, or empty it, then send."
TOO_SOON = "Pressed sooner than this can be read: nothing is decided. Press again."
TOGETHER = "This one is asked together with others: decide it."
NOTHING_CHOSEN = "Nothing is chosen yet."
CHOSEN = "Chosen: {what}. Nothing is sent yet."
ANSWER = "your answer"


class Slot(Panel):
    """One thing to decide: a breakpoint as a whole, of a question each action.

    Its buttons were made for one pause and go with it. So a click that was on its way when the card
    went on to the next pause cannot decide the next pause, which nobody had seen.

    Attributes:
        pause: the pause, as its buttons were made for it.
        action: which of its actions, counted from 0.
        controls: the buttons.
        defaults: of each of the pause's actions, the arguments that it leaves out.
        typed: what stood in its fields when that was decided, or at first.
        chosen: what is decided, and kept until all of the pause is.
        sent: whether what is decided has been sent.
    """

    def __init__(
        self,
        pause: Pause,
        action: int,
        controls: Controls,
        defaults: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        self.pause, self.action, self.controls = pause, action, controls
        self.defaults = defaults
        self.typed = controls.typed
        self.chosen: list[Any] | None = None
        self.sent = False
        asked = pause.request["action_requests"]
        whole = isinstance(pause, BreakpointPause)
        last = action + 1 == len(asked)
        own = defaults[action] if defaults else {}
        words = pause_html(pause, defaults) if whole else action_html(asked[action], own)
        remarks = [HTML(remarks_html(pause))] if last and not whole else []
        super().__init__([HTML(words), controls, *remarks])

    def choose(self, decisions: list[Any] | None) -> None:
        """Keep what was decided until all of it is sent; with None, take it back."""
        self.chosen, self.typed = decisions, self.controls.typed
        self.controls.mark_chosen(decisions[0]["type"] if decisions else None)
        self.controls.show_chosen(chosen_words(decisions[0]["type"]) if decisions else "")

    def reopen(self) -> None:
        """Take back what was decided, and leave what was typed."""
        self.chosen = None
        self.controls.mark_chosen(None)


class Slots(Panel):
    """All that is to be decided now; of several things each is chosen, and then they are sent.

    Args:
        graph: the compiled graph.
        decide: carries decisions out.
        quiet: tells a press from the one before.
    """

    def __init__(
        self,
        graph: Pregel[Any, Any, Any, Any],
        decide: Callable[[list[PauseDecisions]], None],
        quiet: Quiet,
    ) -> None:
        self._graph, self._decide, self._quiet = graph, decide, quiet
        self._frozen = False
        super().__init__()

    @property
    def each(self) -> tuple[Slot, ...]:
        """The things to decide, in the order in which they are shown."""
        return tuple(self.children)

    def show(self, pauses: Sequence[Pause], *, sure: bool) -> None:
        """Show what is to be decided of these pauses; what is typed for one that is shown stays.

        Args:
            pauses: those of the thread now.
            sure: whether they are known to wait, with nothing begun.
        """
        # Looked up once for all actions of a pause, and only where new buttons are made.
        defaults = cache(lambda pause: defaults_of(self._graph, pause))
        self.children = [
            self._slot(pause, action, defaults, sure=sure)
            for pause in pauses
            for action in decidable(pause)
        ]
        for slot in self.each:
            slot.controls.stand(alone=len(self.each) == 1)
        self._freeze(frozen=False)

    def as_it_was(self, pause: Pause) -> Pause:
        """Return the pause that is shown, where a new reading shows a person the same."""
        shown = (slot.pause for slot in self.each if slot.pause.key == pause.key)
        return next((old for old in shown if old.shows_the_same_as(pause)), pause)

    def sending(self, decided: Sequence[PauseDecisions]) -> None:
        """Let nothing be pressed while these decisions are carried out."""
        keys = {one.pause.key for one in decided}
        for slot in self.each:
            slot.sent = slot.pause.key in keys
        self._freeze(frozen=True)

    def keep(self) -> list[Slot]:
        """Let what was sent stand as it was typed, and return it."""
        sent = [slot for slot in self.each if slot.sent]
        for slot in sent:
            slot.sent = False
        return sent

    def send_chosen(self) -> None:
        """Send every pause whose actions are all decided, unless that leaves out what was typed."""
        unchosen = [slot for slot in self.each if slot.controls.typed != slot.typed]
        for slot in unchosen:
            slot.reopen()
            slot.controls.show_chosen(UNCHOSEN)
        if not unchosen:
            self._send_decided()

    def _send_decided(self) -> None:
        decided, undecided = [], []
        for pause in dict.fromkeys(slot.pause for slot in self.each):
            slots = [slot for slot in self.each if slot.pause is pause]
            open_slots = [slot for slot in slots if slot.chosen is None]
            if not open_slots:
                chosen = [decision for slot in slots for decision in slot.chosen or []]
                decided.append(PauseDecisions.on(pause, chosen))
            elif len(open_slots) < len(slots):
                undecided += open_slots
        for slot in undecided:
            slot.controls.show_chosen(TOGETHER)
        if not (decided or undecided):
            self.each[0].controls.show_chosen(NOTHING_CHOSEN)
        elif not undecided:
            self._decide(decided)

    def _slot(
        self,
        pause: Pause,
        action: int,
        defaults: Callable[[Pause], list[dict[str, Any]]],
        *,
        sure: bool,
    ) -> Slot:
        """Return what this pause is decided in: as it stands, or new buttons for it alone."""
        for slot in self.each:
            if slot.pause is pause and slot.action == action and not slot.sent:
                return slot

        def choose(decisions: list[Any] | None) -> None:
            self._choose(made, decisions)

        controls = controls_for(self._graph, pause, action, choose, sure=sure)
        made = Slot(pause, action, controls, defaults(pause))
        return made

    def _choose(self, slot: Slot, decisions: list[Any] | None) -> None:
        """Decide at once where there is one thing to decide; else keep it until it is sent."""
        # Whoever holds a button may press it when the card has gone on to another pause.
        if self._frozen or slot not in self.each:
            return
        if not decisions or len(self.each) > 1:
            slot.choose(decisions)
        elif self._quiet.breaks():
            slot.controls.show_chosen(TOO_SOON)
        else:
            slot.controls.mark_chosen(decisions[0]["type"])
            self._decide([PauseDecisions.on(slot.pause, decisions)])

    def _freeze(self, *, frozen: bool) -> None:
        self._frozen = frozen
        for slot in self.each:
            slot.controls.freeze(frozen=frozen)


def chosen_words(kind: str) -> str:
    """Say what is chosen and not yet sent."""
    return CHOSEN.format(what=ANSWER if kind == "respond" else kind)


def controls_for(
    graph: Pregel[Any, Any, Any, Any], pause: Pause, action: int, decide: Decide, *, sure: bool
) -> Controls:
    """Make the buttons and fields of one thing to decide.

    Args:
        graph: the compiled graph, which knows its tools' arguments.
        pause: what waits.
        action: which of its actions, counted from 0.
        decide: takes the decision.
        sure: whether the thread is known to wait, with nothing of this begun.
    """
    if isinstance(pause, InterruptPause) and pause.asked.format == "value":
        schema = pause.asked.schema
        return TextControls(decide) if schema is None else FormControls(decide, schema)
    actions = pause.request["action_requests"]
    whole = isinstance(pause, BreakpointPause)
    asked = range(len(actions)) if whole else range(action, action + 1)
    offer = Offer(
        pause.decisions if whole else pause.allowed(action),
        [actions[i]["name"] for i in asked],
        lambda: [draft_of_arguments(graph, pause, i) for i in asked],
        pause.approval if isinstance(pause, BreakpointPause) else "approve",
        not isinstance(pause, InterruptPause) or pause.asked.takes_reason,
        sure,
    )
    return CallControls(decide, offer)


def defaults_of(graph: Pregel[Any, Any, Any, Any], pause: Pause) -> list[dict[str, Any]]:
    """Return of each action of a pause the arguments that it leaves out.

    Args:
        graph: the compiled graph.
        pause: what waits.
    """
    actions = range(len(pause.request["action_requests"]))
    return [left_out(graph, pause, action) for action in actions]


def decidable(pause: Pause) -> list[int]:
    """Return the actions of a pause that have buttons of their own; a breakpoint is one whole."""
    if isinstance(pause, BreakpointPause):
        return [0] if pause.decisions else []
    actions = range(len(pause.request["action_requests"]))
    return [action for action in actions if pause.allowed(action)]
