"""The quiz card: one question, its hints and its feedback; every answer goes to a file."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, Button, Checkbox, RadioButtons, Text
from pydantic import ValidationError
from traitlets import Bool, Int, List, Unicode, observe

from course_utils.neighbours.ipywidgets import on_enter
from course_utils.quiz import attempts
from course_utils.quiz.attempts import (
    AttemptsError,
    AttemptsMissingError,
    HintOpened,
    TryMade,
    append_event,
    read_attempts,
)
from course_utils.quiz.questions import Question
from course_utils.quiz.scoring import latest_answer, score, standing
from course_utils.quiz.sources import find_question
from course_utils.widgets.page.parts import Panel, Row, hide
from course_utils.widgets.page.presses import Presses, ReadBack, W, part
from course_utils.widgets.quiz import quiz_html as html

if TYPE_CHECKING:
    from collections.abc import Callable

    from course_utils.quiz.attempts import Answer, AttemptEvent
    from course_utils.quiz.questions import Choice, Face
    from course_utils.quiz.released import ReleasedQuiz

_LAST_KEYS_SECONDS = 0.2


def ask(question_id: str) -> QuizCard:
    """Show one question of the quiz.

    It is taken from `questions.json` beside the notebook, as a learner has it. Without one it is
    taken from the question bank, but only in `notebooks/` or when `HITL_QUIZZES` is set. Hints
    opened and answers are kept in `attempts.jsonl` beside the notebook.

    Args:
        question_id: the lesson and the question's id, as "01_interrupt_before/parameter".

    Raises:
        UnknownQuestionError: if there is no such question.
        BankError: if the bank has a mistake in it.
        QuestionsFileError: if `questions.json` is damaged.
    """
    folder = Path.cwd()
    quiz, face = find_question(question_id, folder)
    return QuizCard(quiz, face, folder / attempts.ATTEMPTS_FILE)


class QuizCard(Panel):
    """A question to answer with the mouse, the keyboard or from code.

    The card keeps nothing of its own: what it shows is read from the file of attempts each time,
    so a card made after a kernel restart, or in a second notebook, shows what was answered.
    """

    status = Unicode(help="What the question is worth, the tries left, what a wrong one costs.")
    saved = Unicode(help="Whether the last answer is on the disk: '', 'saved' or 'NOT saved: why'.")
    feedback = List(Unicode(), help="What became of the last try, in lines of plain words.")
    hints = List(Unicode(), help="The hints opened so far, in plain words.")
    tries_left = Int(0, help="How many scored tries remain.")
    closed = Bool(False, help="Whether the key is shown.")

    def __init__(self, quiz: ReleasedQuiz, face: Face, path: Path) -> None:
        self._quiz, self._face, self._path = quiz, face, path
        # Only practice ships the key.
        self._question = face if isinstance(face, Question) else None
        self._given: Answer | None = None
        self._opened: frozenset[int] = frozenset()
        self._pressed = False
        self._read_back = ReadBack()
        self._input = _input_for(face)
        words = "Submit" if self._question else "Save answer"
        self._submit_button = part(Button(description=words))
        self._submit_button.on_click(lambda _: self._submit())
        self._hint_buttons = self._buttons_for_hints()
        self._hints_shown, self._outcome = HTML(), HTML()
        super().__init__()
        self.children = [*self._parts(), Presses(self, self._submit)]
        self.add_class("hitl-card")
        self.add_class("hitl-quiz")
        self.refresh()
        if self._given is not None and _fits(face, self._given):
            self._input.value = self._given
        on_enter(self._input, lambda: _once_typing_has_arrived(self._submit))

    def answer(self, *choices: str) -> None:
        """Fill in an answer without submitting it.

        Args:
            choices: an option's id; for select-all any number of them; for a blank its text.

        Raises:
            ValueError: if the question does not take such an answer.
        """
        several = self._face.type == "select-all" or len(choices) != 1
        given: Answer = choices if several else choices[0]
        if not (all(isinstance(choice, str) for choice in choices) and _fits(self._face, given)):
            takes = ", ".join(option.id for option in self._face.options) or "one text"
            raise ValueError(f"{self._face.key} takes {takes}; it was given {choices!r}")
        self._input.value = given

    def press(self, button: str) -> None:
        """Press a button as the mouse would.

        Args:
            button: `submit`, or `hint` for the first hint not opened yet.

        Raises:
            ValueError: if the card shows no such button now.
        """
        shown = self._shown_buttons()
        if button not in shown:
            raise ValueError(f"the card shows {', '.join(shown) or 'no buttons'}, not {button!r}")
        shown[button].click()

    def refresh(self) -> None:
        """Read the attempts again and show where the learner stands."""
        try:
            events = self._events()
        except AttemptsError as error:
            self.saved = f"NOT saved: {error}"
            return
        self._given = latest_answer(self._face, events)
        # Held together, so that a screen reader hears one announcement and not five.
        with self.hold_trait_notifications():
            self.saved = "" if self._given is None else "saved"
            if self._question is None:
                self.status = html.deferred_status(self._face)
            else:
                self._show_standing(self._question, events)

    def __repr__(self) -> str:
        """Name the question and whether it is answered: what a page without HTML shows."""
        return f"QuizCard({self._face.key}, {self.saved or 'not answered'})"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, str]:
        """Add the static twin, which is what a page without a kernel shows."""
        bundle = super()._repr_mimebundle_(**kwargs)
        return {**bundle, "text/html": self._twin()}

    def _twin(self) -> str:
        if self._face.withdrawn:
            return html.prompt_html(self._face) + html.paragraphs([html.WITHDRAWN])
        told = html.paragraphs(self.hints) + html.feedback_html(self.feedback)
        return "\n".join(
            [
                html.prompt_html(self._face),
                html.chosen_html(self._face, self._given),
                told + html.paragraphs([self.status, self._kept()]),
            ]
        )

    def _parts(self) -> list[Any]:
        prompt = HTML(html.STYLE + html.prompt_html(self._face))
        buttons = Row(self._submit_button, *self._hint_buttons)
        answering = [self._input, buttons, self._hints_shown, self._outcome]
        for shown in answering:
            hide(shown, hidden=self._face.withdrawn)
        withdrawn = [HTML(html.paragraphs([html.WITHDRAWN]))] if self._face.withdrawn else []
        return [prompt, *answering, *withdrawn]

    def _buttons_for_hints(self) -> list[Button]:
        """Make a button for each hint: a double click opens one, and every cost is seen first."""
        count = len(self._question.hints) if self._question else 0
        buttons = [part(Button()) for _ in range(count)]
        for number, button in enumerate(buttons, start=1):
            button.on_click(lambda _, number=number: self._open_hint(number))
        return buttons

    def _shown_buttons(self) -> dict[str, Button]:
        if self._face.withdrawn:
            return {}
        unopened = [
            button
            for number, button in enumerate(self._hint_buttons, start=1)
            if number not in self._opened
        ]
        shown = {"submit": self._submit_button}
        if unopened:
            shown["hint"] = unopened[0]
        return shown

    def _show_standing(self, question: Question, events: tuple[AttemptEvent, ...]) -> None:
        policy = self._quiz.policy
        now = standing(question, policy, events)
        earned = score(question, policy, self._quiz.mode, events)
        self._opened = now.hints
        self.status = html.practice_status(question, policy, now)
        self.hints = html.hint_words(question, now)
        self.feedback = html.practice_feedback(question, policy, now, earned)
        self.tries_left, self.closed = now.tries_left, now.closed
        self._submit_button.description = html.submit_label(question, now)
        for number, button in enumerate(self._hint_buttons, start=1):
            button.description = html.hint_label(question, number, now)

    @observe("status", "saved", "feedback", "hints")
    def _render(self, _: object) -> None:
        show = html.announced if self._pressed else str
        self._hints_shown.value = show(html.paragraphs(self.hints))
        standing = html.paragraphs([self.status, self._kept()])
        self._outcome.value = show(html.feedback_html(self.feedback) + standing)

    def _kept(self) -> str:
        """Say whether an answer is kept; where, only when that has failed."""
        return {"": "Not answered yet.", "saved": "Saved."}.get(self.saved, self.saved)

    def _open_hint(self, number: int) -> None:
        self._pressed = True
        if number not in self._opened:
            self._record(HintOpened, hint=number)

    def _submit(self) -> None:
        self._pressed = True
        self.refresh()
        given = self._input.value
        if not given or not "".join(given).strip():
            self.saved = "NOT saved: give an answer first."
        elif unread := self._read_back.asks_for(given):
            self.saved = f"NOT saved: {unread}"
        elif given != self._given:
            self._record(TryMade, answer=given)

    def _record(self, kind: type[AttemptEvent], **what: object) -> None:
        """Save an event and show what follows from it; what is not saved did not happen."""
        event = {"question": self._face.key, "version": self._face.version, **what}
        try:
            append_event(self._path, kind.model_validate(event))
        except AttemptsError as error:
            self.saved = f"NOT saved: {error}"
        except ValidationError:
            limit = attempts.MAX_ANSWER_LENGTH
            self.saved = f"NOT saved: an answer is text of at most {limit} characters."
        else:
            self.refresh()

    def _events(self) -> tuple[AttemptEvent, ...]:
        try:
            return read_attempts(self._path).events
        except AttemptsMissingError:
            return ()


class Picks(Panel):
    """Checkboxes; the value is the ids of those checked, in the options' order."""

    def __init__(self, options: tuple[Choice, ...]) -> None:
        self._boxes = {
            option.id: _sends_on_enter(
                Checkbox(description=html.without_backticks(option.text), indent=False)
            )
            for option in options
        }
        super().__init__(list(self._boxes.values()))

    @property
    def value(self) -> tuple[str, ...]:
        """The ids of the options checked."""
        return tuple(name for name, box in self._boxes.items() if box.value)

    @value.setter
    def value(self, names: tuple[str, ...]) -> None:
        for name, box in self._boxes.items():
            box.value = name in names


def _input_for(face: Face) -> Any:
    if face.type == "fill-blank":
        # Sent whole when it is left, so that a quick click on Submit gets all of it.
        blank = Text(
            description="Answer:", placeholder="Type it and press Enter", continuous_update=False
        )
        return _sends_on_enter(blank)
    if face.type == "select-all":
        return Picks(face.options)
    labels = [(html.without_backticks(option.text), option.id) for option in face.options]
    return _sends_on_enter(RadioButtons(options=labels, value=None))


def _sends_on_enter(field: W) -> W:
    field.add_class("hitl-enter")
    return part(field)


def _fits(face: Face, answer: Answer) -> bool:
    ids = {option.id for option in face.options}
    if face.type == "select-all":
        return isinstance(answer, tuple) and ids.issuperset(answer)
    return isinstance(answer, str) and (face.type == "fill-blank" or answer in ids)


def _once_typing_has_arrived(action: Callable[[], None]) -> None:
    """Run an action a moment later where a kernel runs, at once elsewhere.

    A browser sends the Enter key at once and holds the last letters back until the kernel has
    acknowledged those before, so Enter overtakes them: seen in the widgets' own code.
    """
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        action()
    else:
        loop.call_later(_LAST_KEYS_SECONDS, action)
