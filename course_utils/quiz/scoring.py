"""What an answer is worth, and what a question is worth: pure functions of bank and attempts.

A practice score is the best, over the scored tries, of

    credit x max(0, 1 - penalties of the hints opened before - cost of a wrong try x wrong tries)

and a deferred score is the credit of the last saved try. Everything is exact: fractions, no floats.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from course_utils.quiz.attempts import Answer, AttemptEvent, HintOpened, TryMade
from course_utils.quiz.spelling import bare, is_forgiven, normalised, within_one_slip

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from course_utils.quiz.bank import Bank, Policy
    from course_utils.quiz.questions import Face, Question
    from course_utils.settings import Feedback

RIGHT, WRONG = Fraction(1), Fraction(0)


@dataclass(frozen=True, slots=True)
class Mark:
    """What one answer is worth, and what to say of it without giving the key away.

    Attributes:
        credit: from 0 to 1.
        reasons: a sentence or more each; of several picks, one for each wrong pick, which it names.
    """

    credit: Fraction
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Try:
    """A try as it stood when it was made.

    Attributes:
        hints: the hints opened before it, counted from 1.
        wrong_before: how many wrong tries came before it.
    """

    answer: Answer
    mark: Mark
    hints: frozenset[int]
    wrong_before: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a learner is with a practice question.

    Attributes:
        tries: every try on this version of the question, scored or not.
        hints: the hints opened so far, counted from 1.
        tries_left: how many scored tries remain.
        closed: whether the key may be shown: after the right or the last scored try.
        other_versions: how many lines answer another version of the question.
    """

    tries: tuple[Try, ...]
    hints: frozenset[int]
    tries_left: int
    closed: bool
    other_versions: int


@dataclass(frozen=True, slots=True)
class Score:
    """What a question earned and why.

    Attributes:
        counted: the try that counted, if there was one.
        account: the same in plain words, for the learner.
    """

    points: Fraction
    possible: Fraction
    counted: Try | None
    account: str


def mark(question: Question, answer: Answer) -> Mark:
    """Mark one answer. An answer that does not fit the question's type is wrong, never an error."""
    if question.type == "fill-blank":
        return _mark_blank(question, answer if isinstance(answer, str) else "")
    if question.type == "select-all":
        return _mark_picks(question, frozenset([answer] if isinstance(answer, str) else answer))
    picked = next((option for option in question.options if option.id == answer), None)
    if picked is None:
        return Mark(WRONG, ("That is not one of the options.",))
    return Mark(RIGHT) if picked.correct else Mark(WRONG, (picked.reason,))


def score(
    question: Question, policy: Policy, feedback: Feedback, events: Iterable[AttemptEvent]
) -> Score:
    """Score a question.

    Args:
        question: the question, from the bank.
        policy: the bank's policy.
        feedback: `practice`, or `deferred`, where the last try counts and nothing costs.
        events: what the learner did, in order, on any question; only what they did on this
            version of this question counts.
    """
    possible = Fraction(question.points)
    if question.withdrawn:
        return Score(
            possible, possible, None, "This question was withdrawn; everyone gets its points."
        )
    now = standing(question, policy, events)
    if feedback == "deferred":
        counted = now.tries[-1] if now.tries else None
        share = counted.mark.credit if counted else WRONG
    else:
        scored = now.tries[: scored_tries(question, policy)]
        # Of tries worth the same, the righter one: "right, for nothing" rather than "wrong".
        counted = max(
            scored, key=lambda made: (_worth(question, made), made.mark.credit), default=None
        )
        share = _worth(question, counted) if counted else WRONG
    account = _account(question, feedback, now, counted, share * possible)
    return Score(share * possible, possible, counted, account)


def score_lesson(
    bank: Bank, feedback: Feedback, events: Iterable[AttemptEvent]
) -> dict[str, Score]:
    """Score every question of a bank; the keys are the questions' ids, in the bank's order."""
    done = tuple(events)
    return {
        question.id: score(question, bank.policy, feedback, done) for question in bank.questions
    }


def standing(question: Question, policy: Policy, events: Iterable[AttemptEvent]) -> Standing:
    """Replay what a learner did on one question; what they did on others is passed over."""
    tries: list[Try] = []
    hints: frozenset[int] = frozenset()
    wrong = others = 0
    for event in events:
        if event.question != question.key:
            continue
        if event.version != question.version:
            others += 1
        elif isinstance(event, HintOpened):
            hints |= {event.hint} & set(range(1, len(question.hints) + 1))
        else:
            made = Try(event.answer, mark(question, event.answer), hints, wrong)
            tries.append(made)
            wrong += made.mark.credit < RIGHT
    allowed = scored_tries(question, policy)
    closed = len(tries) >= allowed or any(made.mark.credit == RIGHT for made in tries)
    left = 0 if closed else allowed - len(tries)
    return Standing(tuple(tries), hints, left, closed, others)


def latest_answer(face: Face, events: Iterable[AttemptEvent]) -> Answer | None:
    """Return the last answer to this version of the question; it takes no key to know."""
    mine = [
        event.answer
        for event in events
        if isinstance(event, TryMade)
        and (event.question, event.version) == (face.key, face.version)
    ]
    return mine[-1] if mine else None


def scored_tries(question: Face, policy: Policy) -> int:
    """Return how many tries count in practice: the policy's, or 1 where a second would be empty."""
    return 1 if question.type == "true-false" or question.points == 0 else policy.scored_tries


def wrong_try_cost(question: Question) -> Fraction:
    """Return what one wrong practice try costs, in points."""
    return Fraction(question.points) * _wrong_share(question)


def hint_cost(question: Question, number: int) -> Fraction:
    """Return what opening a hint costs, in points; hints count from 1."""
    return Fraction(question.points) * Fraction(question.hints[number - 1].penalty, 100)


def costs(question: Question, made: Try) -> tuple[Fraction, Fraction]:
    """Return what hints and wrong tries before a practice try cost of its points, in points."""
    by_hints, by_tries = _lost(question, made)
    points = Fraction(question.points)
    return points * by_hints, points * by_tries


def in_points(points: Fraction | Decimal) -> str:
    """Write points as a person would: "1 point", "0.33 points"."""
    return f"{_number(points)} point{'' if points == 1 else 's'}"


def share_in_points(points: Fraction, possible: Fraction | Decimal) -> str:
    """Write what was earned of what could be: "1.13 of 2 points"."""
    return f"{_number(points)} of {in_points(possible)}"


def costs_in_words(question: Question, made: Try) -> str:
    """Return what has cost points before a try: "1 hint and 2 wrong tries"; empty for nothing."""
    hints, wrong = len(made.hints), made.wrong_before
    tries = "1 wrong try" if wrong == 1 else f"{wrong} wrong tries"
    # What was partly right costs as much.
    if question.type == "select-all":
        tries = f"{wrong} {'try that was' if wrong == 1 else 'tries that were'} not fully right"
    opened = [f"{hints} hint{'s' * (hints > 1)}"] if hints else []
    return " and ".join([*opened, tries] if wrong else opened)


def other_versions_words(now: Standing) -> str:
    """Say how many answers did not count because the question has changed; else nothing."""
    if not now.other_versions:
        return ""
    lines = "1 line answers" if now.other_versions == 1 else f"{now.other_versions} lines answer"
    return f"{lines} another version of this question and did not count."


def _mark_blank(question: Question, answer: str) -> Mark:
    typed = normalised(answer)
    for near in question.near_misses:
        if typed == normalised(near.text):
            return Mark(WRONG, (near.reason,))
    same = [text for text in question.accepted if typed == normalised(text)]
    forgiven = [text for text in question.accepted if is_forgiven(answer, text)]
    if not forgiven:
        return Mark(WRONG, ("That is not the answer.",))
    if not same and any(within_one_slip(answer, near.text) for near in question.near_misses):
        told = "That is one slip from more than one word; check the spelling."
        return Mark(WRONG, (told,))
    if bare(answer) in question.accepted:
        return Mark(RIGHT)
    return Mark(RIGHT, (f"It is spelled `{(same or forgiven)[0]}`.",))


def _mark_picks(question: Question, picks: frozenset[str]) -> Mark:
    right = question.right_options
    false = [option for option in question.options if option.id in picks - right]
    hits = len(picks & right)
    credit = Fraction(max(0, hits - len(picks - right)), len(right))
    if credit == RIGHT:
        return Mark(RIGHT)
    if false:
        return Mark(credit, tuple(f"{option.text}: {option.reason}" for option in false))
    return Mark(credit, ("Your choices are right, but more options are right.",) if hits else ())


def _wrong_share(question: Question) -> Fraction:
    if question.type in {"fill-blank", "select-all"}:
        return Fraction(1, 4)
    return Fraction(1, len(question.options) - 1)


def _worth(question: Question, made: Try) -> Fraction:
    return made.mark.credit - sum(_lost(question, made))


def _lost(question: Question, made: Try) -> tuple[Fraction, Fraction]:
    """Return what hints and wrong tries take from a try's credit: together no more than all."""
    hints = Fraction(sum(question.hints[number - 1].penalty for number in made.hints), 100)
    by_hints = min(RIGHT, hints)
    by_tries = min(RIGHT - by_hints, made.wrong_before * _wrong_share(question))
    return made.mark.credit * by_hints, made.mark.credit * by_tries


def _account(
    question: Question,
    feedback: Feedback,
    now: Standing,
    counted: Try | None,
    points: Fraction,
) -> str:
    sentences = [_verdict(question, feedback, counted, points)]
    if feedback == "practice" and points and counted is not now.tries[-1]:
        sentences.insert(0, "Your best try counts.")
    return " ".join(filter(None, [*sentences, other_versions_words(now)]))


def _verdict(question: Question, feedback: Feedback, counted: Try | None, points: Fraction) -> str:
    total = share_in_points(points, question.points)
    if question.points == 0:
        return "Unscored." if counted else "Unscored and not answered."
    if counted is None:
        return f"Not answered: {total}."
    credit = counted.mark.credit
    word = "Right" if credit == RIGHT else "Partly right" if credit else "Wrong"
    costs = "" if feedback == "deferred" else costs_in_words(question, counted)
    return f"{word}, after {costs}: {total}." if costs else f"{word}: {total}."


def _number(points: Fraction | Decimal) -> str:
    return f"{float(points):.2f}".rstrip("0").rstrip(".")
