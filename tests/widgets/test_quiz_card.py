"""The quiz card, by its real buttons: what it shows, what it saves, what it never gives away."""

from __future__ import annotations

import asyncio
import re
import subprocess
from typing import TYPE_CHECKING

import ipywidgets
import pytest

from course_utils import ask
from course_utils.quiz.attempts import TryMade, append_event, read_attempts
from course_utils.quiz.released import released_questions
from tests.support import forked
from tests.support.small_bank import BANK, LESSON, bank_from, folder_with_a_bank, write_bank

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from course_utils.widgets.quiz.quiz_card import QuizCard

NEEDS, EFFECTS, FINAL = f"{LESSON}/needs", f"{LESSON}/effects", f"{LESSON}/final"
PARAMETER, GUESS = f"{LESSON}/parameter", f"{LESSON}/predict-guess"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A notebook's folder, with a bank elsewhere, in practice."""
    notebook = folder_with_a_bank(tmp_path, monkeypatch)
    monkeypatch.chdir(notebook)
    return notebook


@pytest.fixture
def deferred(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same folder, as a learner has it where feedback is deferred."""
    content = released_questions(bank_from(folder.parent), "deferred")
    (folder / "questions.json").write_bytes(content)
    monkeypatch.setenv("HITL_QUIZZES", str(folder / "no banks here"))
    return folder


def submit(card: QuizCard, *choices: str) -> None:
    card.answer(*choices)
    card.press("submit")


def events(folder: Path) -> list[object]:
    """What was saved: a number for a hint opened, the answer of a try."""
    events = read_attempts(folder / "attempts.jsonl").events
    return [event.answer if isinstance(event, TryMade) else event.hint for event in events]


def inside(widget: ipywidgets.Widget) -> Iterator[ipywidgets.Widget]:
    if widget.layout.display == "none":
        return
    yield widget
    for child in getattr(widget, "children", ()):
        yield from inside(child)


def buttons(card: QuizCard) -> list[str]:
    return [part.description for part in inside(card) if isinstance(part, ipywidgets.Button)]


def shown(card: QuizCard) -> str:
    """Everything the live card shows as HTML, its style aside."""
    parts = [part.value for part in inside(card) if isinstance(part, ipywidgets.HTML)]
    return "\n".join(parts).partition("</style>")[2]


def twin(card: QuizCard) -> str:
    return card._repr_mimebundle_()["text/html"]


def test_nothing_is_selected_and_costs_are_told_before_they_are_paid(folder: Path) -> None:
    card = ask(NEEDS)
    radio = next(part for part in inside(card) if isinstance(part, ipywidgets.RadioButtons))
    assert radio.value is None
    assert buttons(card) == [
        "Submit",
        "Hint 1 of 2: costs 0.2 points",
        "Hint 2 of 2: costs 0.3 points",
    ]
    assert card.status == "Worth 2 points. 3 of 3 scored tries left; a wrong try costs 0.67 points."
    assert str(folder) not in shown(card), "where answers are kept is told when that has failed"
    assert not (folder / "attempts.jsonl").exists(), "looking at a question writes nothing"


def test_a_wrong_try_gives_its_reason_and_not_the_key(folder: Path) -> None:
    card = ask(NEEDS)
    submit(card, "luck")
    assert card.feedback == ["Wrong. Luck saves nothing."]
    assert (card.saved, card.tries_left, card.closed) == ("saved", 2, False)
    assert "The checkpointer keeps" not in shown(card) + twin(card)
    assert events(folder) == ["luck"]


def test_the_right_try_shows_key_explanation_and_score(folder: Path) -> None:
    card = ask(NEEDS)
    card.press("hint")
    submit(card, "luck")
    submit(card, "saver")
    assert card.closed
    assert card.feedback == [
        "Right.",
        "The answer: A checkpointer",
        "The checkpointer keeps the state until someone goes on.",
        "You earned 1.13 of 2 points, after 1 hint and 1 wrong try.",
    ]
    assert events(folder) == [1, "luck", "saver"]


def test_the_last_scored_try_shows_the_key_and_further_ones_are_unscored(folder: Path) -> None:
    card = ask(NEEDS)
    for wrong in ("luck", "model"):
        submit(card, wrong)
        assert not card.closed
    assert "1 of 3 scored tries left; after it the answer is shown." in card.status
    submit(card, "tool")
    assert card.closed
    assert "The answer: A checkpointer" in card.feedback
    assert buttons(card)[0] == "Submit (unscored)"
    submit(card, "saver")
    assert card.feedback[0] == "Right. This try is not scored."
    assert card.feedback[-1] == "You earned 0 of 2 points."


def test_a_hint_is_shown_once_opened_and_its_button_says_so(folder: Path) -> None:
    card = ask(NEEDS)
    card.press("hint")
    assert card.hints == ["Hint 1: Where is the state kept?"]
    assert "Where is the state kept?" in shown(card)
    assert "See the lesson" not in shown(card)
    assert buttons(card)[1:] == ["Hint 1 of 2: opened", "Hint 2 of 2: costs 0.3 points"]
    card.press("hint")
    assert events(folder) == [1, 2]
    with pytest.raises(ValueError, match="the card shows submit, not 'hint'"):
        card.press("hint")


def test_a_double_click_on_a_hint_opens_no_other(folder: Path) -> None:
    card = ask(NEEDS)
    first = next(part for part in inside(card) if getattr(part, "description", "")[:6] == "Hint 1")
    first.click()
    first.click()
    assert events(folder) == [1]


def test_submitting_the_same_answer_twice_costs_nothing(folder: Path) -> None:
    card = ask(NEEDS)
    submit(card, "luck")
    card.press("submit")
    assert events(folder) == ["luck"]
    assert card.tries_left == 2


def test_submitting_nothing_is_not_a_try(folder: Path) -> None:
    for name in (NEEDS, EFFECTS, PARAMETER):
        card = ask(name)
        card.press("submit")
        assert card.saved == "NOT saved: give an answer first."
    assert not (folder / "attempts.jsonl").exists()


def test_several_boxes_are_ticked_and_a_part_of_them_is_partly_right(folder: Path) -> None:
    card = ask(EFFECTS)
    submit(card, "body")
    assert card.feedback[0].startswith("Partly right. Your choices are right")
    assert "a try that is not fully right costs 0.25 points" in card.status
    submit(card, "body", "node")
    assert card.feedback[-1] == "You earned 0.75 of 1 point, after 1 try that was not fully right."
    assert events(folder) == [("body",), ("node", "body")]


def test_each_wrong_pick_has_a_line_of_its_own_that_names_it(folder: Path) -> None:
    card = ask(EFFECTS)
    submit(card, "graph", "model")
    told = ["The graph: Only the node runs again.", "The model: The model is in another node."]
    assert card.feedback == ["Wrong.", *told]


@pytest.mark.parametrize(
    ("tries", "verdict", "points"),
    [
        ([("body",), ("graph",), ("node", "graph"), ("node", "body")], "Right.", "0.5 of 1 point"),
        ([("body",), ("graph",), ("model",)], "Wrong.", "0.5 of 1 point"),
        ([("graph",), ("model",), ("node", "body")], "Right.", "0.5 of 1 point"),
        ([("node", "body"), ("graph",)], "Wrong.", "1 of 1 point"),
    ],
)
def test_a_card_has_one_verdict_the_last_trys_and_else_tells_points(
    folder: Path, tries: list[tuple[str, ...]], verdict: str, points: str
) -> None:
    card = ask(EFFECTS)
    for choices in tries:
        submit(card, *choices)
    for words in (card.feedback, ask(EFFECTS).feedback):
        assert words[0].startswith(verdict), words
        told = re.findall(r"Right|Partly right|Wrong", " ".join(words))
        assert told == [verdict.rstrip(".")], f"{tries} was told as {words}"
        assert points in words[-1], words


@pytest.mark.parametrize(
    ("choices", "word", "sign", "name"),
    [
        (("node", "body"), "Right.", "\N{CHECK MARK}", "right"),
        (("body",), "Partly right.", "\N{CIRCLE WITH LEFT HALF BLACK}", "partly"),
        (("graph",), "Wrong.", "\N{BALLOT X}", "wrong"),
    ],
)
def test_a_verdict_is_told_by_its_word_a_sign_and_a_color(
    folder: Path, choices: tuple[str, ...], word: str, sign: str, name: str
) -> None:
    card = ask(EFFECTS)
    submit(card, *choices)
    verdict = f"<b><span aria-hidden='true'>{sign}</span> {word}</b>"
    for page in (shown(card), twin(card)):
        assert f"<p class='hitl-verdict hitl-{name}'>{verdict}" in page


def test_true_false_has_one_scored_try(folder: Path) -> None:
    card = ask(FINAL)
    assert "1 of 1 scored try left; after it the answer is shown." in card.status
    submit(card, "true")
    assert card.closed
    assert card.feedback[:2] == ["Wrong. Nobody told the thread.", "The answer: False"]


def test_a_misspelt_blank_is_right_and_shows_the_right_spelling(folder: Path) -> None:
    card = ask(PARAMETER)
    submit(card, "interrupt-before")
    assert card.feedback[0] == "Right. It is spelled `interrupt_before`."
    assert "<code>interrupt_before</code>" in shown(card)


def test_enter_submits_a_blank_once_the_last_letters_have_arrived(folder: Path) -> None:
    card = ask(PARAMETER)
    text = next(part for part in inside(card) if isinstance(part, ipywidgets.Text))

    def frontend_sends(content: dict[str, object]) -> None:
        text._handle_msg({"content": {"data": content}, "buffers": []})

    async def type_and_press_enter() -> None:
        frontend_sends({"method": "update", "state": {"value": "interrupt_bef"}})
        frontend_sends({"method": "custom", "content": {"event": "submit"}})
        frontend_sends({"method": "update", "state": {"value": "interrupt_before"}})
        saved = asyncio.Event()
        card.observe(lambda _: saved.set(), "saved")
        await asyncio.wait_for(saved.wait(), timeout=10)

    asyncio.run(type_and_press_enter())
    assert events(folder) == ["interrupt_before"]


def test_an_unscored_question_says_so_and_shows_its_key_after_one_try(folder: Path) -> None:
    card = ask(GUESS)
    assert card.status.startswith("This question is not scored.")
    # What happens stands in the lesson's next cells.
    assert card.status.endswith("Decide before you read on, because the answer is below.")
    submit(card, "no")
    assert card.closed
    assert card.feedback[:2] == ["Wrong. Run the cell.", "The answer: Yes"]


def test_a_card_made_after_a_restart_shows_what_was_answered(folder: Path) -> None:
    before = ask(NEEDS)
    before.press("hint")
    submit(before, "luck")
    after = ask(NEEDS)
    radio = next(part for part in inside(after) if isinstance(part, ipywidgets.RadioButtons))
    assert radio.value == "luck"
    for trait in ("status", "saved", "feedback", "hints", "tries_left", "closed"):
        assert getattr(after, trait) == getattr(before, trait), trait
    assert buttons(after) == buttons(before)
    for name, answer in ((EFFECTS, ("node", "graph")), (PARAMETER, ("break",))):
        submit(ask(name), *answer)
    assert [box.value for box in inside(ask(EFFECTS)) if isinstance(box, ipywidgets.Checkbox)] == [
        True,
        False,
        True,
        False,
    ]
    assert "break" in [part.value for part in inside(ask(PARAMETER)) if hasattr(part, "value")]


def test_two_cards_on_one_file_see_each_other(folder: Path) -> None:
    one, other = ask(NEEDS), ask(NEEDS)
    submit(one, "luck")
    submit(other, "luck")
    assert other.tries_left == 2, "the same answer from a second notebook costs nothing"
    submit(other, "model")
    one.refresh()
    assert (one.tries_left, one.feedback) == (other.tries_left, other.feedback)


def test_an_answer_to_an_older_version_is_not_taken_for_an_answer(folder: Path) -> None:
    append_event(folder / "attempts.jsonl", TryMade(question=FINAL, version=1, answer="false"))
    card = ask(FINAL)
    assert (card.saved, card.tries_left) == ("", 1)


def test_deferred_says_saved_and_nothing_more(deferred: Path) -> None:
    card = ask(NEEDS)
    assert buttons(card) == ["Save answer"]
    submit(card, "luck")
    assert (card.saved, card.feedback, card.hints) == ("saved", [], [])
    submit(card, "saver")
    submit(card, "luck")
    assert events(deferred) == ["luck", "saver", "luck"]
    assert "the last one saved counts" in card.status
    for secret in ("Luck saves nothing", "keeps the state", "Wrong.", "Right."):
        assert secret not in shown(card) + twin(card)
    assert next(p for p in inside(ask(NEEDS)) if isinstance(p, ipywidgets.RadioButtons)).value == (
        "luck"
    )
    with pytest.raises(ValueError, match="the card shows submit, not 'hint'"):
        card.press("hint")


def test_deferred_from_the_bank_shows_no_more_than_deferred_from_a_release(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HITL_FEEDBACK", "deferred")
    card = ask(NEEDS)
    submit(card, "saver")
    assert (buttons(card), card.feedback) == (["Save answer"], [])


def test_questions_beside_the_notebook_come_before_the_bank(folder: Path) -> None:
    other = bank_from(folder.parent, BANK.replace("What does a pause need?", "As released?"))
    (folder / "questions.json").write_bytes(released_questions(other, "practice"))
    card = ask(NEEDS)
    assert "As released?" in shown(card)
    submit(card, "saver")
    assert card.closed


def test_a_full_disk_is_shown_as_not_saved_and_no_key_is_shown(folder: Path) -> None:
    program = (
        "import resource\n"
        "from course_utils import ask\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20))\n"
        f"card = ask({NEEDS!r})\n"
        "card.answer('saver'); card.press('submit')\n"
        "print(card.saved, card.tries_left, card.closed, card.feedback)\n"
        "card.press('hint')\n"
        "print(card.saved, card.hints)\n"
    )
    ran = forked.Process("-c", program, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    told, went_wrong = ran.communicate(timeout=60)
    assert ran.returncode == 0, went_wrong
    tried, hinted = told.splitlines()
    assert tried.startswith("NOT saved: ")
    assert str(folder / "attempts.jsonl") in tried
    assert tried.endswith(" 3 False []")
    assert hinted.startswith("NOT saved: ")
    assert hinted.endswith(" []")


def test_a_folder_in_place_of_the_attempts_is_told_and_the_question_still_shown(
    folder: Path,
) -> None:
    (folder / "attempts.jsonl").mkdir()
    card = ask(NEEDS)
    assert card.saved.startswith("NOT saved: ")
    submit(card, "saver")
    assert card.saved.startswith("NOT saved: ")
    assert "NOT saved" in shown(card)
    assert "What does a pause need?" in shown(card)
    assert not card.closed


def test_a_text_too_long_to_keep_is_not_saved(folder: Path) -> None:
    card = ask(PARAMETER)
    submit(card, "x" * 1001)
    assert card.saved == "NOT saved: an answer is text of at most 1000 characters."
    assert not (folder / "attempts.jsonl").exists()


def test_a_withdrawn_question_has_nothing_to_press(folder: Path) -> None:
    text = BANK.replace("section: needs", "section: needs\n    withdrawn: true")
    write_bank(folder.parent / "quizzes", text)
    card = ask(NEEDS)
    assert buttons(card) == []
    assert "everyone gets its points" in shown(card)
    assert "everyone gets its points" in twin(card)
    with pytest.raises(ValueError, match="no buttons"):
        card.press("submit")


def test_the_twin_shows_the_question_and_never_the_key_of_an_unanswered_one(folder: Path) -> None:
    for name in (NEEDS, EFFECTS, FINAL, PARAMETER, GUESS):
        card = ask(name)
        page = twin(card) + card._repr_mimebundle_()["text/plain"]
        for secret in ("reason", "Luck saves", "interrupt_before", "keeps the state", "correct"):
            assert secret not in page, f"{name}: {secret!r} is in {page}"
        assert "Not answered yet." in page
        assert twin(ask(name)) == twin(card), "two cards, one twin"
        assert card.model_id not in page
        assert str(folder) not in page
    assert "<li>A checkpointer</li>" in twin(ask(NEEDS))
    assert "________" in twin(ask(PARAMETER))
    plain = card._repr_mimebundle_()["text/plain"]
    assert plain == "QuizCard(01_pauses/predict-guess, not answered)"


def test_the_twin_marks_the_answer_in_words(folder: Path) -> None:
    card = ask(NEEDS)
    submit(card, "luck")
    assert "<li>Luck (your answer)</li>" in twin(card)
    assert "Saved." in twin(card)
    assert "application/vnd.jupyter.widget-view+json" in card._repr_mimebundle_()


def test_what_authors_and_learners_write_is_escaped(folder: Path) -> None:
    attack = "<img src=x onerror=alert(1)>"
    text = BANK.replace("What does a pause need?", f'"{attack} and `{attack}`"')
    text = text.replace("text: Luck,", f'text: "{attack}",').replace("Luck saves nothing.", attack)
    text = text.replace('"Where is the state kept?"', f'"{attack}"')
    write_bank(folder.parent / "quizzes", text)
    choice = ask(NEEDS)
    choice.press("hint")
    submit(choice, "luck")
    blank = ask(PARAMETER)
    submit(blank, attack)
    for page in (shown(choice), twin(choice), shown(blank), twin(blank)):
        assert "<img" not in page
    assert shown(choice).count("&lt;img") == 4
    assert "<code>&lt;img" in shown(choice)
    assert "&lt;img" in twin(blank)


def test_what_follows_a_press_is_announced_and_what_was_there_is_not(folder: Path) -> None:
    card = ask(NEEDS)
    assert "role='alert'" not in shown(card)
    submit(card, "luck")
    assert re.search(r"<div role='alert'><p [^>]*><b>.*Wrong\.", shown(card))
    assert "role=" not in shown(ask(NEEDS))


def test_setting_a_trait_shows_it(folder: Path) -> None:
    card = ask(NEEDS)
    card.feedback = ["Some `words`."]
    card.saved = "NOT saved: why"
    assert "<p>Some <code>words</code>.</p>" in shown(card)
    assert "<p>NOT saved: why</p>" in shown(card)


@pytest.mark.parametrize(
    ("name", "choices"), [(NEEDS, ("nothing",)), (NEEDS, ()), (NEEDS, ("luck", "tool"))]
)
def test_an_answer_the_question_does_not_take_is_refused(
    folder: Path, name: str, choices: tuple[str, ...]
) -> None:
    with pytest.raises(ValueError, match="takes saver, luck, model, tool"):
        ask(name).answer(*choices)
