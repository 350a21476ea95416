"""The approval card: a paused thread, its pending tool calls, and real buttons to decide them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, Button, HBox, Text, VBox
from traitlets import Unicode

from course_utils.review.decide import AlreadyDecidedError, decide
from course_utils.review.thread import read_thread
from course_utils.widgets.approval_html import STYLE, happenings, story_html, thread_html

if TYPE_CHECKING:
    from langchain.agents.middleware.human_in_the_loop import ApproveDecision, RejectDecision
    from langchain_core.runnables import RunnableConfig
    from langgraph.pregel import Pregel

    from course_utils.review.pause import Pause


class ApprovalCard(VBox):
    """Approve or reject what a thread waits to do, with the mouse, the keyboard or from code.

    Approve resumes the thread. Reject answers every pending call for good and lets the agent close
    the turn. The card then shows what happened, and the next pause if there is one. A card decides
    a pause once; whoever resumes the same thread elsewhere at the same moment is not held back.

    Args:
        graph: a compiled graph, with a checkpointer if anything is to be decided.
        config: names the thread, as it was given to `graph.invoke`.
        tools_node: the node that runs tool calls, where it is a function and not a ToolNode.

    Raises:
        ValueError: if the config names no thread, or `tools_node` is no node of the graph.
    """

    status = Unicode(help="unsaved, unknown, paused, running, crashed or finished")

    def __init__(
        self,
        graph: Pregel[Any, Any, Any, Any],
        config: RunnableConfig,
        *,
        tools_node: str | None = None,
    ) -> None:
        self._graph = graph
        self._config = config
        self._tools_node = tools_node
        self._story: list[str] = []
        self._told = HTML()
        self._asked = HTML()
        # Sent whole when it is left, before any click: letter by letter, the last would come late.
        self._reason = Text(placeholder="Reason, if you reject (optional)", continuous_update=False)
        self._reason.layout.width = "min(420px, 100%)"
        self._buttons: dict[str, Button] = {}
        super().__init__()
        self.add_class("hitl-card")
        self.add_class("hitl-approval")
        self.refresh()

    def refresh(self) -> None:
        """Read the thread again and show where it stands now."""
        self._thread = read_thread(self._graph, self._config, tools_node=self._tools_node)
        self._show()

    def press(self, button: str) -> None:
        """Press a button as the mouse would.

        Args:
            button: `approve` or `reject`.

        Raises:
            ValueError: if the card does not show that button now.
        """
        if button not in self._buttons:
            shown = ", ".join(self._buttons) or "no buttons"
            raise ValueError(f"the card shows {shown}, not {button!r}")
        self._buttons[button].click()

    def _rejection(self) -> RejectDecision:
        reason = self._reason.value.strip()
        return {"type": "reject", "message": reason} if reason else {"type": "reject"}

    def _resume(self, pause: Pause, decision: ApproveDecision | RejectDecision) -> None:
        # A click may still be on its way when the card has gone on to another pause.
        if pause is not self._thread.pause or self.status != "paused":
            return
        self.status = "running"
        for button in self._buttons.values():
            button.disabled = True
        try:
            self._story += self._decide(pause, decision)
        except AlreadyDecidedError as error:
            self._story.append(str(error))
        except KeyboardInterrupt:
            self._story.append("Interrupted while it ran: part of it may have happened.")
        except Exception as error:
            self._story.append(f"{type(error).__name__}: {error}")
        finally:
            self.refresh()

    def _decide(self, pause: Pause, decision: ApproveDecision | RejectDecision) -> list[str]:
        heard = len(self._thread.messages)
        outcome = decide(self._graph, self._config, pause, decision)
        told = [_verdict(decision, pause), *happenings(outcome.thread.messages[heard:])]
        return [*told, outcome.remark] if outcome.remark else told

    def _show(self) -> None:
        self.remove_class(f"hitl-approval-{self.status}")
        self.status = self._thread.status
        self.add_class(f"hitl-approval-{self.status}")
        self._told.value = STYLE + story_html(self._story)
        self._asked.value = thread_html(self._thread)
        self._reason.value = ""
        self._replace_buttons()
        row = list(self._buttons.values())
        if "reject" in self._buttons:
            row.append(self._reason)
        self.children = [self._told, self._asked, HBox(row)]

    def _replace_buttons(self) -> None:
        """Make buttons for this pause alone: an old click must not decide what it never saw."""
        for button in self._buttons.values():
            button.close()
        self._buttons = {}
        pause = self._thread.pause
        if pause and "approve" in pause.decisions:
            words = "Approve" if pause.calls else "Continue"
            approve = Button(description=words, icon="check", button_style="success")
            approve.on_click(lambda _: self._resume(pause, {"type": "approve"}))
            self._buttons["approve"] = approve
        if pause and "reject" in pause.decisions:
            reject = Button(description="Reject", icon="times", button_style="danger")
            reject.on_click(lambda _: self._resume(pause, self._rejection()))
            self._buttons["reject"] = reject

    def __repr__(self) -> str:
        """Say where the thread stands, without the ids that change from run to run."""
        return f"ApprovalCard({self.status})"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, str]:
        """Add the static twin, which is what a page without a kernel shows."""
        bundle = super()._repr_mimebundle_(**kwargs)
        return {**bundle, "text/html": f"{story_html(self._story)}{thread_html(self._thread)}"}


def _verdict(decision: ApproveDecision | RejectDecision, pause: Pause) -> str:
    if not pause.calls:
        return "You let it go on."
    names = ", ".join(call["name"] for call in pause.calls)
    return f"You {'approved' if decision['type'] == 'approve' else 'rejected'} {names}."
