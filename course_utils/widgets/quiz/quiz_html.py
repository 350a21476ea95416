"""What the quiz card says: plain words first, then HTML in which every foreign word is escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from course_utils.quiz.markup import inline_html
from course_utils.quiz.scoring import (
    RIGHT,
    costs_in_words,
    hint_cost,
    in_points,
    other_versions_words,
    scored_tries,
    share_in_points,
    wrong_try_cost,
)
from course_utils.widgets.html.style import style

if TYPE_CHECKING:
    from collections.abc import Iterable

    from course_utils.quiz.attempts import Answer
    from course_utils.quiz.bank import Policy
    from course_utils.quiz.questions import Face, Question
    from course_utils.quiz.scoring import Score, Standing

# How the id of a question begins whose answer the lesson gives in the cells below it.
PREDICTION = "predict-"
BEFORE_YOU_READ_ON = "Decide before you read on, because the answer is below."
STYLE = style("""
.hitl-quiz .widget-radio-box label, .hitl-quiz .widget-checkbox label {height: auto;
  white-space: normal;}
.hitl-quiz .widget-radio-box label {display: flex; flex-direction: row-reverse;
  justify-content: flex-end; align-items: baseline;}
.hitl-quiz .widget-radio-box input {flex: none; float: none; align-self: flex-start;}
.hitl-quiz .widget-radio, .hitl-quiz .widget-checkbox {width: auto; height: auto;}
.hitl-quiz .widget-checkbox {margin: 0 2px; min-height: 0;}
.hitl-quiz .widget-checkbox label {font-size: inherit; line-height: inherit;}
.hitl-quiz .widget-text {width: min(480px, 100%);}
.hitl-quiz .widget-text .widget-label {width: auto;}
.hitl-quiz .widget-hbox:has(> button) {margin-top: 4px;}
.hitl-verdict {padding: 4px 10px; border-left: 4px solid var(--hitl-verdict);}
.hitl-verdict b {color: var(--hitl-verdict);}
.hitl-right {--hitl-verdict: #1b6e20;}
.hitl-partly {--hitl-verdict: #8a5000;}
.hitl-wrong {--hitl-verdict: #b3261e;}
[data-jp-theme-light="false"] .hitl-right {--hitl-verdict: #7bd88a;}
[data-jp-theme-light="false"] .hitl-partly {--hitl-verdict: #ffb95c;}
[data-jp-theme-light="false"] .hitl-wrong {--hitl-verdict: #ff9d94;}
""")

# By the word that a verdict begins with: its sign, and the class that gives its color.
_VERDICTS = {
    "Right.": ("\N{CHECK MARK}", "right"),
    "Partly right.": ("\N{CIRCLE WITH LEFT HALF BLACK}", "partly"),
    "Wrong.": ("\N{BALLOT X}", "wrong"),
}

WITHDRAWN = "This question was withdrawn; everyone gets its points. There is nothing to answer."


def inline(text: str) -> str:
    """Show a text with its code and its line breaks; all else in it is escaped."""
    return inline_html(text).replace("\n", "<br>")


def without_backticks(text: str) -> str:
    """Return an option's text for a control that shows text only."""
    return text.replace("`", "")


def paragraphs(lines: Iterable[str]) -> str:
    """Show lines of plain words, one a paragraph."""
    return "".join(f"<p>{inline(line)}</p>" for line in lines if line)


def feedback_html(lines: Iterable[str]) -> str:
    """Show what became of a try: a verdict by its word, a sign and a color, all else as it is."""
    return "".join(_verdict_html(line) or paragraphs([line]) for line in lines)


def prompt_html(face: Face) -> str:
    """Show the question."""
    task = {"select-all": "Choose all that apply.", "fill-blank": "Fill in the blank."}
    return f"<p><strong>{inline(face.prompt)}</strong></p>{paragraphs([task.get(face.type, '')])}"


def announced(html: str) -> str:
    """Have a screen reader read this out when it appears."""
    return f"<div role='alert'>{html}</div>"


def chosen_html(face: Face, answer: Answer | None) -> str:
    """Show the options, or the blank, and what was answered: for pages without a kernel."""
    if face.type == "fill-blank":
        return paragraphs([f"Answer: {answer if isinstance(answer, str) else '________'}"])
    picked = {answer} if isinstance(answer, str) else set(answer or ())
    items = (
        f"<li>{inline(option.text)}{' (your answer)' if option.id in picked else ''}</li>"
        for option in face.options
    )
    return f"<ul>{''.join(items)}</ul>"


def practice_status(question: Question, policy: Policy, now: Standing) -> str:
    """Say how many tries are left and what a wrong one costs, before it is made."""
    if question.points == 0:
        if now.closed:
            return "This question is not scored. More tries change nothing."
        told = "This question is not scored. You have one try. You may skip the question."
        return f"{told} {BEFORE_YOU_READ_ON}" if question.id.startswith(PREDICTION) else told
    worth = f"Worth {in_points(question.points)}."
    if now.closed:
        return f"{worth} Further tries are not scored."
    allowed = scored_tries(question, policy)
    left = f"{now.tries_left} of {allowed} scored {'try' if allowed == 1 else 'tries'} left"
    if now.tries_left == 1:
        return f"{worth} {left}; after it the answer is shown."
    return f"{worth} {left}; {_wrong_try(question)} costs {in_points(wrong_try_cost(question))}."


def deferred_status(face: Face) -> str:
    """Say what counts where nothing is told before the lesson is handed in."""
    worth = f"Worth {in_points(face.points)}." if face.points else "This question is not scored."
    return f"{worth} You may change your answer until you hand in; the last one saved counts."


def practice_feedback(question: Question, policy: Policy, now: Standing, score: Score) -> list[str]:
    """Say what became of the last try; the key only once the question is closed.

    The one verdict is that of the last try. What counts is told in points.
    """
    if not now.tries:
        return []
    last = now.tries[-1].mark
    verdict = "Right." if last.credit == RIGHT else "Partly right." if last.credit else "Wrong."
    unscored = "This try is not scored." if _is_late(question, policy, now) else ""
    # Of several wrong picks each is told on a line of its own.
    told, below = (last.reasons, ()) if len(last.reasons) == 1 else ((), last.reasons)
    lines = [" ".join(filter(None, [verdict, *told, unscored])), *below]
    if now.closed:
        lines += [_key(question), question.explanation, _earned(question, now, score)]
    return [line for line in lines if line]


def hint_words(question: Question, now: Standing) -> list[str]:
    """Return the hints opened so far."""
    return [f"Hint {number}: {question.hints[number - 1].text}" for number in sorted(now.hints)]


def hint_label(question: Question, number: int, now: Standing) -> str:
    """Name a hint's button, with what opening it costs while that still costs something."""
    name = f"Hint {number} of {len(question.hints)}"
    cost = hint_cost(question, number)
    if number in now.hints:
        return f"{name}: opened"
    if now.closed or not cost:
        return f"{name}: costs nothing"
    return f"{name}: costs {in_points(cost)}"


def submit_label(question: Question, now: Standing) -> str:
    """Name the button that submits, and say when a try no longer counts."""
    return "Submit (unscored)" if now.closed and question.points else "Submit"


def _verdict_html(line: str) -> str:
    for word, (sign, name) in _VERDICTS.items():
        if line.startswith(word):
            told = f"<b><span aria-hidden='true'>{sign}</span> {word}</b>"
            rest = inline(line.removeprefix(word))
            return f"<p class='hitl-verdict hitl-{name}'>{told}{rest}</p>"
    return ""


def _is_late(question: Question, policy: Policy, now: Standing) -> bool:
    """Tell whether the last try came when the key was already shown."""
    before = now.tries[:-1]
    right = any(made.mark.credit == RIGHT for made in before)
    return bool(question.points) and (right or len(before) >= scored_tries(question, policy))


def _earned(question: Question, now: Standing, score: Score) -> str:
    """Say what the question earned and by what, without a second verdict."""
    counted, total = score.counted, share_in_points(score.points, question.points)
    if not question.points or counted is None:
        earned = ""
    elif score.points and counted != now.tries[-1]:
        earned = f"An earlier try counts. You earned {total}."
    else:
        costs = costs_in_words(question, counted) if counted.mark.credit else ""
        earned = f"You earned {total}, after {costs}." if costs else f"You earned {total}."
    return " ".join(filter(None, [earned, other_versions_words(now)]))


def _wrong_try(question: Question) -> str:
    return "a try that is not fully right" if question.type == "select-all" else "a wrong try"


def _key(question: Question) -> str:
    if question.type == "fill-blank":
        return f"The answer: `{question.accepted[0]}`"
    right = [option.text for option in question.options if option.correct]
    return f"The answer: {'; '.join(right)}"
