"""A person's decisions on one pause, checked against what the pause offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from course_utils.review.reading.pauses import BreakpointPause, InterruptPause

if TYPE_CHECKING:
    from langchain.agents.middleware.human_in_the_loop import Decision

    from course_utils.review.reading.pauses import Pause

ONE_FOR_ALL = (
    "a breakpoint takes one decision for the whole message: approve or edit its calls, or reject "
    "them all, or respond to them all"
)


@dataclass(frozen=True)
class PauseDecisions:
    """Decisions on one pause.

    Attributes:
        pause: the pause as it was shown to the person.
        decisions: LangChain's own, one for each action of its request; one alone where the pause
            has no action and only wants to go on.
    """

    pause: Pause
    decisions: tuple[Decision, ...]

    @classmethod
    def on(cls, pause: Pause, decision: Decision | Sequence[Decision]) -> PauseDecisions:
        """Check one decision for all actions, or one for each, against what a pause offers.

        Raises:
            ValueError: if the pause does not take these decisions.
        """
        alone = isinstance(decision, Mapping)
        given = (
            [cast("Decision", decision)] if alone else list(cast("Sequence[Decision]", decision))
        )
        if alone and isinstance(pause, BreakpointPause):
            given *= max(1, len(pause.request["action_requests"]))
        answer = cls(pause, tuple(given))
        answer._check()
        return answer

    @property
    def kinds(self) -> set[str]:
        """The kinds of decision in it."""
        return {decision["type"] for decision in self.decisions}

    def _check(self) -> None:
        for decision in self.decisions:
            if not (isinstance(decision, Mapping) and isinstance(decision.get("type"), str)):
                raise ValueError(f"a decision is a dict with a type, not {decision!r}")
        actions = self.pause.request["action_requests"]
        if not actions and len(self.decisions) == 1:
            self._refuse_unless(self.decisions[0]["type"] in self.pause.decisions)
            return
        if len(self.decisions) != len(actions):
            raise ValueError(
                f"this pause asks about {len(actions)} calls; {len(self.decisions)} decisions came"
            )
        for number, (decision, action) in enumerate(zip(self.decisions, actions, strict=True)):
            whole = isinstance(self.pause, BreakpointPause)
            offered = self.pause.decisions if whole else self.pause.allowed(number)
            self._refuse_unless(decision["type"] in offered)
            _check_parts(decision, action["name"], anything=_wants_a_value(self.pause))
        if isinstance(self.pause, BreakpointPause) and not (
            len(self.kinds) == 1 or self.kinds <= {"approve", "edit"}
        ):
            raise ValueError(ONE_FOR_ALL)

    def _refuse_unless(self, offered: bool) -> None:
        if not offered:
            raise ValueError(f"this pause offers {self.pause.decisions}, not {self.kinds}")


def _wants_a_value(pause: Pause) -> bool:
    return isinstance(pause, InterruptPause) and pause.asked.format == "value"


def _check_parts(decision: Any, name: str, *, anything: bool) -> None:
    if decision["type"] == "respond" and "message" not in decision:
        raise ValueError("a decision to respond needs its message")
    if not anything and not isinstance(decision.get("message", ""), str):
        raise ValueError(f"the message of a decision is text here, not {decision['message']!r}")
    if decision["type"] == "edit":
        edited = decision.get("edited_action")
        if not (isinstance(edited, dict) and isinstance(edited.get("args"), dict)):
            raise ValueError("a decision to edit needs edited_action, with name and args")
        if edited.get("name") != name:
            raise ValueError(f"an edit changes the arguments of {name}, not the tool")
