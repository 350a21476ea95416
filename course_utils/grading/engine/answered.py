"""What a student did with each quiz question, for the reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from course_utils.grading.marking.record import Answered
from course_utils.quiz.attempts import ATTEMPTS_FILE, HintOpened, TryMade, parse_attempts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from course_utils.quiz.attempts import Answer
    from course_utils.quiz.bank import Bank
    from course_utils.quiz.questions import Question

_MOST = 50
_LONGEST = 200


def answered(bank: Bank | None, files: Mapping[str, bytes]) -> tuple[Answered, ...]:
    """Return what was tried of each question that scores, in the bank's order.

    Args:
        bank: the lesson's questions; None for a lesson without a quiz.
        files: what was handed in beside the notebook.
    """
    events = parse_attempts(files.get(ATTEMPTS_FILE, b"")).events
    found = []
    for question in bank.questions if bank else ():
        mine = [e for e in events if (e.question, e.version) == (question.key, question.version)]
        tries = [_in_words(question, e.answer) for e in mine if isinstance(e, TryMade)]
        hints = {event.hint for event in mine if isinstance(event, HintOpened)}
        if question.points:
            answers = tuple(tries[:_MOST])
            opened = len(hints & set(range(1, len(question.hints) + 1)))
            found.append(Answered(question=question.id, answers=answers, hints=opened))
    return tuple(found)


def _in_words(question: Question, answer: Answer) -> str:
    texts = {option.id: option.text for option in question.options}
    given = (answer,) if isinstance(answer, str) else answer
    return "; ".join(texts.get(name, name[:_LONGEST]) for name in given)
