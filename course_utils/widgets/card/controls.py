"""The buttons of one thing to decide, and the fields that open behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from ipywidgets import HTML, Button, Text, Textarea

from course_utils.widgets.card.form import Form, FormError
from course_utils.widgets.html.escaped import shown
from course_utils.widgets.page.parts import Panel, Row, hide
from course_utils.widgets.page.presses import ReadBack, give_focus, part, read_out

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from course_utils.review.deciding.drafts import Draft
    from course_utils.review.reading.pauses import Approval

    # With None, what was chosen before is taken back.
    Decide: TypeAlias = Callable[[list[Any] | None], None]

# The word, the icon and the style of each button.
LOOKS = {
    "approve": ("Approve", "check", "success"),
    "continue": ("Continue", "play", "primary"),
    "run again": ("Run again", "repeat", "warning"),
    "carry on": ("Carry on", "step-forward", "warning"),
    "reject": ("Reject", "times", "danger"),
    "edit": ("Edit", "pencil", ""),
    "respond": ("Respond", "reply", ""),
    "ask_again": ("Answer anew", "undo", ""),
    "send": ("Send", "paper-plane", "primary"),
    "choose": ("Choose", "check-square-o", "primary"),
    "cancel": ("Cancel", "", ""),
    "again": ("Look again", "refresh", ""),
}
_CHOSEN = "hitl-chosen"
SENDS_TYPED = {"reject", "send"}
"""The buttons that send what stands in the fields."""
UNSURE = "warning"
"""The style of a button that approves what may have happened already."""
GIVEN_TO_THE_AGENT = "Your answer to the agent, instead of a result of the tool"


def new_button(name: str, act: Callable[[], None], words: str = "") -> Button:
    """Make a button that looks as its name says and acts when it is clicked.

    Args:
        name: of `LOOKS`.
        act: what a click does.
        words: what stands on it; the usual word where nothing is given.
    """
    usual, icon, look = LOOKS[name]
    made = part(Button(description=words or usual, icon=icon, button_style=look))
    made.on_click(lambda _: act())
    return made


class Controls(Panel):
    """Buttons for what may be decided of one pause, and of no other one later.

    Attributes:
        buttons: the buttons that can be pressed now, by their names.
    """

    def __init__(self, decide: Decide) -> None:
        self._decide = decide
        self.buttons: dict[str, Button] = {}
        self._chosen = read_out(HTML())
        self._read_back = ReadBack()
        self._alone, self._sends = True, ""
        super().__init__()

    @property
    def typed(self) -> tuple[Any, ...]:
        """What stands in the fields that are open now."""
        return ()

    def press(self, name: str) -> None:
        """Press a button as the mouse would.

        Raises:
            ValueError: if that button is not there now.
        """
        if name not in self.buttons:
            there = ", ".join(self.buttons) or "no buttons"
            raise ValueError(f"the card shows {there}, not {name!r}")
        self.buttons[name].click()

    def freeze(self, *, frozen: bool) -> None:
        """Let no button be pressed, or let them be pressed again."""
        for one in self.buttons.values():
            one.disabled = frozen

    @property
    def first(self) -> Button:
        """The first button that can be pressed now."""
        return next(iter(self.buttons.values()))

    def mark_chosen(self, kind: str | None) -> None:
        """Mark the button that a decision was made with, which is not yet sent; or none."""
        for name, one in self.buttons.items():
            one.remove_class(_CHOSEN)
            if kind and name == (kind if kind in self.buttons else "send"):
                one.add_class(_CHOSEN)

    def stand(self, *, alone: bool) -> None:
        """Say on the button below the fields whether it sends at once, or chooses what is sent."""
        self._alone = alone
        if self._sends and "send" in self.buttons:
            self.buttons["send"].description = self._send_words()
            self.buttons["send"].icon = LOOKS["send" if alone else "choose"][1]

    def show_chosen(self, words: str) -> None:
        """Say what is chosen and not yet sent."""
        self._chosen.value = f"<p>{shown(words)}</p>" if words else ""

    def show_errors(self, errors: Mapping[str, str]) -> None:
        """Say what is wrong in an answer, beside its fields where it has any."""
        self.show_chosen(" ".join(errors.values()))

    def _button(
        self, name: str, act: Callable[[], None], words: str = "", *, look: str = ""
    ) -> Button:
        def act_if_shown() -> None:
            # A click may still be on its way when a form has opened in the button's place.
            if self.buttons.get(name) is not made:
                return
            unread = self._read_back.asks_for(self.typed) if name in SENDS_TYPED else ""
            if unread:
                self.show_chosen(unread)
            else:
                act()

        made = new_button(look or name, act_if_shown, words)
        self.buttons[name] = made
        return made

    def _send_button(self, what: str, act: Callable[[], None]) -> Button:
        self._sends = what
        look = "send" if self._alone else "choose"
        return self._button("send", act, self._send_words(), look=look)

    def _send_words(self) -> str:
        return f"{'Send the' if self._alone else 'Choose this'} {self._sends}"


@dataclass(frozen=True)
class Offer:
    """What may be decided of some calls together.

    Attributes:
        allowed: the kinds of decision.
        names: the calls' names; none where there is nothing but to go on.
        drafts: makes a draft of each call's arguments, when an edit is begun.
        approval: what approving means here, which is how its button looks.
        takes_reason: whether a rejection's reason arrives.
        sure: whether the calls are known to wait, and not to have begun.
    """

    allowed: Sequence[str]
    names: Sequence[str]
    drafts: Callable[[], Sequence[Draft]]
    approval: Approval = "approve"
    takes_reason: bool = True
    sure: bool = True


class CallControls(Controls):
    """Approve, Reject, Edit and Respond for some calls, or a button that lets a thread go on.

    While an edit or a response is open its own buttons stand alone: an Approve beside it would
    approve the call as it was, whatever has been typed.

    Args:
        decide: takes LangChain's decisions, one for each call.
        offer: what may be decided.
    """

    def __init__(self, decide: Decide, offer: Offer) -> None:
        super().__init__(decide)
        self._names = offer.names
        self._drafts = offer.drafts
        self.forms: list[Form] = []
        # Sent whole when it is left, before any click: letter by letter, the last would come late.
        self.reason = part(
            Text(placeholder="Reason, if you reject (optional)", continuous_update=False)
        )
        self.reason.layout.width = "min(340px, 100%)"
        self.response: Textarea | None = None
        acts = {
            "approve": lambda: self._for_all({"type": "approve"}),
            "reject": lambda: self._for_all(self._rejection()),
            "edit": self._open_edit,
            "respond": self._open_response,
            "ask_again": lambda: self._for_all({"type": "ask_again"}),
        }
        row = [
            self._button(kind, act, look=offer.approval if kind == "approve" else "")
            for kind, act in acts.items()
            if kind in offer.allowed
        ]
        if "approve" in self.buttons and not offer.sure:
            self.buttons["approve"].button_style = UNSURE
        if "reject" in self.buttons and offer.takes_reason:
            row.insert(1 + row.index(self.buttons["reject"]), self.reason)
        self._verdicts, self._opened = Row(*row), Panel()
        self._verdict_buttons = self.buttons
        self.children = [self._verdicts, self._opened, self._chosen]

    @property
    def typed(self) -> tuple[Any, ...]:
        """What stands in the fields that are open now."""
        responses = [] if self.response is None else [self.response.value]
        return (self.reason.value, *responses, *(form.typed for form in self.forms))

    def show_errors(self, errors: Mapping[str, str]) -> None:
        """Say what is wrong in an edit, beside its fields."""
        if self.forms:
            self.forms[0].show_errors(errors)
        else:
            super().show_errors(errors)

    def _for_all(self, decision: Any) -> None:
        self._decide([decision] * max(1, len(self._names)))

    def _rejection(self) -> dict[str, str]:
        reason = self.reason.value.strip()
        return {"type": "reject", "message": reason} if reason else {"type": "reject"}

    def _open_edit(self) -> None:
        self._decide(None)
        drafts = self._drafts()
        self.forms = [
            Form(draft.fields, title=name) for draft, name in zip(drafts, self._names, strict=True)
        ]
        self._open(self.forms, "edit", lambda: self._send_edit(drafts))

    def _open_response(self) -> None:
        self._decide(None)
        response = part(Textarea(description=GIVEN_TO_THE_AGENT, continuous_update=False))
        self.response = response
        response.add_class("hitl-wide")
        self._open([response], "response", lambda: self._send_response(response.value))

    def _send_response(self, typed: str) -> None:
        said = typed.strip()
        if said:
            self._for_all({"type": "respond", "message": said})
        else:
            self.show_chosen("Nothing is typed: the agent has to be told something.")

    def _open(self, fields: Sequence[Any], what: str, send: Callable[[], None]) -> None:
        self.buttons = {}
        row = [self._send_button(what, send), self._button("cancel", self._cancel)]
        self._opened.children = [*fields, Row(*row)]
        hide(self._verdicts, hidden=True)
        give_focus(fields[0].first if isinstance(fields[0], Form) else fields[0])

    def _cancel(self) -> None:
        self.buttons = self._verdict_buttons
        self.forms, self.response = [], None
        self._opened.children = []
        hide(self._verdicts, hidden=False)
        self._decide(None)
        give_focus(self.first)

    def _send_edit(self, drafts: Sequence[Draft]) -> None:
        try:
            edited = [checked(form, draft) for form, draft in zip(self.forms, drafts, strict=True)]
        except FormError:
            return
        if not any(form.changed for form in self.forms):
            self.forms[0].show_errors({"": "Nothing is changed: change a field, or cancel."})
            return
        self._decide(
            [
                {"type": "edit", "edited_action": {"name": name, "args": arguments}}
                for name, arguments in zip(self._names, edited, strict=True)
            ]
        )


def checked(form: Form, draft: Draft) -> Any:
    """Return what a form holds, checked; what is wrong is shown beside its fields.

    Raises:
        FormError: if something is wrong.
    """
    try:
        values = form.values()
    except FormError as error:
        form.show_errors(error.errors)
        raise
    errors = draft.check(values)
    form.show_errors(errors)
    if errors:
        raise FormError(errors)
    return values
