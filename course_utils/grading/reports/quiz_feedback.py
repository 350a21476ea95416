"""What a student is told of a quiz question after grading, as HTML with everything escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from course_utils.quiz.markup import inline_html
from course_utils.quiz.scoring import hint_cost, in_points

if TYPE_CHECKING:
    from collections.abc import Iterator

    from course_utils.quiz.attempts import Answer
    from course_utils.quiz.questions import Question
    from course_utils.quiz.scoring import Score

_OPEN = "You can still answer this question for points. The right answer is shown afterwards."


def feedback_html(question: Question, score: Score, note: str, *, still_open: bool = False) -> str:
    """Show a question, the answer that counted, what it earned and why, and the key.

    Args:
        question: the question, from the bank.
        score: what the student earned.
        note: what was wrong with the submission; shown first when it is not empty.
        still_open: whether it can still be answered for points, so that the key is not shown.
    """
    lines = "".join(
        f"<p><strong>{label}</strong> {inline_html(text)}</p>"
        for label, text in _lines(question, score, note, still_open=still_open)
        if text
    )
    return f'<div class="hitl-quiz-feedback">{lines}</div>'


def _lines(
    question: Question, score: Score, note: str, *, still_open: bool
) -> Iterator[tuple[str, str | None]]:
    yield "Please note:", note
    yield "Question:", question.prompt
    if score.counted:
        yield "Your answer:", _in_words(question, score.counted.answer)
        for reason in score.counted.mark.reasons:
            yield "About it:", reason
        for number in sorted(score.counted.hints):
            cost = in_points(hint_cost(question, number))
            yield f"Hint {number}:", f"{question.hints[number - 1].text} (cost {cost})"
    yield "Score:", score.account
    if still_open:
        yield "Still open:", _OPEN
        return
    yield "Right answer:", _in_words(question, _key(question))
    yield "Why:", question.explanation


def _key(question: Question) -> Answer:
    if question.type == "fill-blank":
        return question.accepted[0]
    return tuple(option.id for option in question.options if option.correct)


def _in_words(question: Question, answer: Answer) -> str:
    texts = {option.id: option.text for option in question.options}
    given = (answer,) if isinstance(answer, str) else answer
    return "; ".join(texts.get(name, name) for name in given) or "(nothing chosen)"
