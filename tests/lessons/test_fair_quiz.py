"""The quiz asks what a learner knows: no rule that ignores the question finds the right option.

Each rule picks an option by its tone, length, place or words. A rule is fair where it finds the
right options about as often as luck would.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import pytest

from tests.lessons.test_bank import QUESTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from course_utils.quiz.questions import Option, Question

    Rule = Callable[[Question], set[str]]

CHOICES = [question for question in QUESTIONS if question.type == "multiple-choice"]
SCORED = [question for question in CHOICES if question.points]
SELECTED = [q for q in QUESTIONS if q.type == "select-all" and q.points]
# The option that alarms most: money moves twice, a mail goes out unasked, a word is lost. It is
# `None` where no option alarms. Whoever adds a question says which of its options it is.
ALARMING = {
    "00_start_here/returned": "sent",
    "01_interrupt_before/requirements": None,
    "01_interrupt_before/names": "silent",
    "01_interrupt_before/new-message": "abandoned",
    "02_state_next/next": None,
    "02_state_next/recover": None,
    "03_command_resume/resume-breakpoint": None,
    "03_command_resume/runs": None,
    "03_command_resume/charge-once": None,
    "04_provide_input/stuck": None,
    "04_provide_input/next-question": "unseen",
    "05_selective_interrupts/first-call": "unasked",
    "05_selective_interrupts/forgotten": "unasked",
    "05_selective_interrupts/order": None,
    "06_editing_state/edit-as-tools": "original",
    "06_editing_state/unknown-argument": "misdirected",
    "06_editing_state/question": None,
    "07_pitfalls/order": None,
    "07_pitfalls/by-id": "unseen",
    "07_pitfalls/undone": "again",
    "08_approval_workflow/all-threads": "none",
    "08_approval_workflow/cut-off-twice": "two",
    "09_in_production/renamed": "runs",
    "09_in_production/raised-limit": "paid",
    "09_in_production/notebook": None,
    "10_capstone/key": None,
}
# Words that say nothing of an option's content.
SMALL_WORDS = {"a", "an", "and", "as", "at", "by", "for", "from", "in", "is", "it", "its", "of"}
SMALL_WORDS |= {"on", "or", "that", "the", "this", "to", "which", "with"}


def alarming(question: Question) -> set[str]:
    """The option that `ALARMING` names, if any."""
    option = ALARMING[question.key]
    return {option} if option else set()


def longest(question: Question) -> set[str]:
    """The option with most characters, as a reader sees them."""
    return _most(question, lambda option: len(_seen(option)))


def shortest(question: Question) -> set[str]:
    """The option with fewest characters."""
    return _most(question, lambda option: -len(_seen(option)))


def recurring(question: Question) -> set[str]:
    """The option whose words recur most in the other options."""
    return _most(question, lambda option: _shared(option, question))


def lonely(question: Question) -> set[str]:
    """The option whose words recur least in the other options."""
    return _most(question, lambda option: -_shared(option, question))


def at_place(place: int) -> Rule:
    """The option at this place, in the questions that have as many."""
    return lambda question: {option.id for option in question.options[place - 1 : place]}


RULES: dict[str, Rule] = {
    "the longest": longest,
    "the shortest": shortest,
    "the one whose words recur most": recurring,
    "the one whose words recur least": lonely,
    **{f"option {place}": at_place(place) for place in (1, 2, 3, 4)},
}


def test_each_scored_choice_says_which_of_its_options_alarms_most():
    options = {question.key: {option.id for option in question.options} for question in SCORED}
    assert ALARMING.keys() == options.keys(), "judge each question, and no other"
    wrong = {key: named for key, named in ALARMING.items() if named and named not in options[key]}
    assert wrong == {}, "there is no such option"


def test_the_most_alarming_option_is_right_no_more_often_than_by_luck():
    _check_fair("the most alarming", alarming, SCORED)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("asked", ["scored", "all", "select-all"])
def test_no_rule_about_form_finds_the_right_option(rule: str, asked: str):
    _check_fair(
        rule, RULES[rule], {"scored": SCORED, "all": CHOICES, "select-all": SELECTED}[asked]
    )


@pytest.mark.parametrize("question", SCORED, ids=lambda question: question.key)
def test_no_option_argues_for_itself(question: Question):
    for option in question.options:
        argued = re.search(r"\b(since|because|so that)\b", option.text)
        assert argued is None, f"{question.key}: {option.text!r} belongs into its reason"


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.key)
def test_a_true_false_sells_no_more_than_one_hint(question: Question):
    if question.type == "true-false":
        assert len(question.hints) <= 1, f"{question.key}: one try, {len(question.hints)} hints"


def _check_fair(name: str, rule: Rule, questions: list[Question]) -> None:
    """Compare what a rule finds with luck.

    Two of three people who guess end within one standard deviation of what luck gives on average.
    A rule that ends there too is worth no more than a guess. One that never finds the right option
    would say which option is wrong, so the bound holds on both sides.
    """
    asked = [question for question in questions if rule(question)]
    found = sum(_credit(question, rule(question)) for question in asked)
    chances = [len(question.right_options) / len(question.options) for question in asked]
    spread = math.sqrt(sum(chance * (1 - chance) for chance in chances))
    told = (
        f"{name} is right in {found:.1f} of {len(asked)}; luck {sum(chances):.1f} +- {spread:.1f}"
    )
    right = [question.key for question in asked if rule(question) & question.right_options]
    assert abs(found - sum(chances)) <= spread, f"{told}; reword or reorder some options: {right}"


def _credit(question: Question, picked: set[str]) -> float:
    """How often one of those picked is right; who finds several alike picks any."""
    return len(picked & question.right_options) / len(picked)


def _most(question: Question, of: Callable[[Option], float]) -> set[str]:
    most = max(of(option) for option in question.options)
    return {option.id for option in question.options if of(option) == most}


def _shared(option: Option, question: Question) -> int:
    others = [_words(other) for other in question.options if other.id != option.id]
    return sum(word in other for word in _words(option) for other in others)


def _words(option: Option) -> set[str]:
    return {*re.findall(r"\w+", option.text.lower())} - SMALL_WORDS


def _seen(option: Option) -> str:
    return option.text.replace("`", "")
