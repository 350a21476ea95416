"""A bank says what is wrong with it: the file, the question, the field and the fix."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import pytest

from course_utils.quiz.bank import BankError, load_bank
from tests.support.small_bank import BANK, bank_from, write_bank

if TYPE_CHECKING:
    from pathlib import Path


class Fault(NamedTuple):
    """One edit of the good bank, and words the error must hold besides the file's name."""

    what: str
    old: str
    new: str
    words: tuple[str, ...]


NEEDS, EFFECTS, FINAL = "question 1 ('needs')", "question 2 ('effects')", "question 3 ('final')"
PARAMETER = "question 4 ('parameter')"
LUCK = "{id: luck, text: Luck, reason: Luck saves nothing.}"
SAVER = "{id: saver, text: A checkpointer, correct: true}"

FAULTS = [
    Fault("broken YAML", "lesson: 01", "lesson: [01", ("line 2", "not YAML")),
    Fault("a colon in a bare text", "prompt: What does", "prompt: So: what: does", ("line 8",)),
    Fault("a tab", "  - id: needs", "\t- id: needs", ("line 5", "not YAML")),
    Fault(
        "a key written twice",
        "    section: needs",
        "    section: needs\n    points: 3",
        ("line 20", "'points' is written twice", "line 18"),
    ),
    Fault(
        "a key written twice on one line",
        "{id: luck,",
        "{id: luck, id: fortune,",
        ("line 11", "'id' is written twice"),
    ),
    Fault("a missing key", "    section: needs\n", "", (NEEDS, "section", "is missing")),
    Fault(
        "an unknown key",
        "    section: needs",
        "    sektion: needs",
        (NEEDS, "sektion", "did you mean 'section'"),
    ),
    Fault("an unknown key on top", "policy:\n", "polity: 1\npolicy:\n", ("polity", "'policy'")),
    Fault(
        "an unknown key in an option",
        LUCK,
        "{id: luck, text: Luck, raeson: x}",
        (NEEDS, "options 2 > raeson", "'reason'"),
    ),
    Fault(
        "a lesson inside a question",
        "    section: needs",
        "    section: needs\n    lesson: x",
        ("question 1 > lesson", "top of the file"),
    ),
    Fault(
        "a text that YAML reads as a boolean",
        'text: "Yes"',
        "text: yes",
        ("question 5 ('predict-guess')", "options 1 > text", "boolean", "put quotes"),
    ),
    Fault(
        "an id that YAML reads as a boolean",
        'id: "true"',
        "id: true",
        (FINAL, "options 1 > id", "put quotes"),
    ),
    Fault(
        "an answer that YAML reads as a boolean",
        "[interrupt_before]",
        "[no]",
        (PARAMETER, "accepted 1", "put quotes"),
    ),
    Fault(
        "a text that YAML reads as a number",
        "text: Luck,",
        "text: 42,",
        (NEEDS, "options 2 > text", "put quotes"),
    ),
    Fault("text for a version", "version: 2", 'version: "2"', (FINAL, "version", "whole number")),
    Fault("a version of nought", "version: 2", "version: 0", (FINAL, "version", "less than 1")),
    Fault("text for points", "points: 0.5", 'points: "0.5"', (FINAL, "points", "number")),
    Fault("a boolean for points", "points: 0.5", "points: true", (FINAL, "points", "number")),
    Fault("negative points", "points: 0.5", "points: -0.5", (FINAL, "points", "less than 0")),
    Fault("points without end", "points: 0.5", "points: .inf", (FINAL, "points", "number")),
    Fault(
        "text for correct",
        "correct: true}\n      - {id: luck",
        'correct: "yes"}\n      - {id: luck',
        (NEEDS, "options 1 > correct", "true or false"),
    ),
    Fault(
        "a text where a list belongs",
        "[interrupt_before]",
        "interrupt_before",
        (PARAMETER, "accepted", "must be a list"),
    ),
    Fault(
        "an unknown type",
        "type: fill-blank",
        "type: fill-in",
        (PARAMETER, "type", "fill-blank", "'fill-in'"),
    ),
    Fault(
        "an id used twice", "id: final", "id: needs", ("id", "'needs'", "more than one question")
    ),
    Fault("an id with a capital", "id: needs", "id: Needs", ("question 1", "id", "lower-case")),
    Fault("an id with a space", "id: needs", "id: the needs", ("question 1", "id", "hyphens")),
    Fault(
        "an id with an underscore", "id: needs", "id: the_needs", ("question 1", "id", "hyphens")
    ),
    Fault("an option id with a slash", "id: luck", "id: a/b", (NEEDS, "options 2 > id", "hyphens")),
    Fault("an option id used twice", "id: luck", "id: tool", (NEEDS, "options", "id 'tool'")),
    Fault("an option text used twice", "text: Luck", "text: A tool", (NEEDS, "text 'A tool'")),
    Fault(
        "no right option",
        ", correct: true}\n      - {id: luck",
        ", reason: x}\n      - {id: luck",
        (NEEDS, "options", "exactly one", "here are 0"),
    ),
    Fault(
        "two right options",
        LUCK,
        "{id: luck, text: Luck, correct: true}",
        (NEEDS, "options", "exactly one", "here are 2"),
    ),
    Fault(
        "one right option to select",
        "{id: body, text: Its whole body, correct: true}",
        "{id: body, text: Its whole body, reason: x}",
        (EFFECTS, "options", "at least two", "here are 1"),
    ),
    Fault(
        "true-false with three options",
        '      - {id: "false", text: "False", correct: true}',
        '      - {id: "false", text: "False", correct: true}\n'
        "      - {id: perhaps, text: Perhaps, reason: x}",
        (FINAL, "options", "exactly two", "here are 3"),
    ),
    Fault(
        "accepted answers on a choice",
        "    section: needs",
        "    section: needs\n    accepted: [saver]",
        (NEEDS, "accepted", "fill-blank"),
    ),
    Fault(
        "near misses on a choice",
        "    section: needs",
        "    section: needs\n    near_misses: [{text: a, reason: b}]",
        (NEEDS, "near_misses"),
    ),
    Fault(
        "options on a blank",
        "    accepted:",
        "    options: [{id: a, text: A, correct: true}]\n    accepted:",
        (PARAMETER, "options"),
    ),
    Fault(
        "a blank without an answer", "[interrupt_before]", "[]", (PARAMETER, "accepted", "empty")
    ),
    Fault("an answer of quotes only", "[interrupt_before]", "['``']", (PARAMETER, "only quotes")),
    Fault(
        "an answer there twice",
        "[interrupt_before]",
        "[interrupt_before, INTERRUPT-before]",
        (PARAMETER, "accepted", "twice"),
    ),
    Fault(
        "a distractor without a reason",
        LUCK,
        "{id: luck, text: Luck}",
        (NEEDS, "options 'luck' > reason", "is empty"),
    ),
    Fault(
        "a near miss that is accepted",
        "text: breakpoint",
        "text: '`Interrupt-Before`'",
        (PARAMETER, "near_misses", "also an accepted answer"),
    ),
    Fault(
        "hints that cost everything",
        "penalty: 15",
        "penalty: 90",
        (NEEDS, "hints > penalty", "100 %"),
    ),
    Fault("a hint that pays", "penalty: 15", "penalty: -5", (NEEDS, "hints 2 > penalty")),
    Fault("a hint that costs a fraction", "penalty: 15", "penalty: 1.5", (NEEDS, "whole number")),
    Fault(
        "an empty prompt", "prompt: What runs again?", "prompt:", (EFFECTS, "prompt", "is empty")
    ),
    Fault(
        "a blank prompt", "prompt: What runs again?", "prompt: '  '", (EFFECTS, "prompt", "empty")
    ),
    Fault("an empty section", "section: effects", "section: ''", (EFFECTS, "section", "is empty")),
    Fault(
        "an empty explanation",
        "explanation: It does.",
        "explanation:",
        ("question 5 ('predict-guess')", "explanation", "is empty"),
    ),
    Fault(
        "another lesson",
        "lesson: 01_pauses",
        "lesson: 02_next",
        ("lesson", "'02_next'", "'01_pauses.yaml'"),
    ),
    Fault("no tries at all", "scored_tries: 3", "scored_tries: 0", ("policy > scored_tries",)),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what)
def test_a_mistake_is_named_with_its_file_question_and_field(fault: Fault, tmp_path: Path) -> None:
    assert fault.old in BANK, f"the good bank holds no {fault.old!r} to edit"
    path = write_bank(tmp_path, BANK.replace(fault.old, fault.new, 1))
    with pytest.raises(BankError) as caught:
        load_bank(path)
    for word in (str(path), *fault.words):
        assert word in str(caught.value), f"{fault.what}: {word!r} is not in: {caught.value}"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "mapping"),
        (b"- a\n- b\n", "mapping"),
        (b"lesson: 01_pauses\nquestions: []\n", "questions: is empty"),
        (b"lesson: 01_pauses\n", "questions: is missing"),
        (b"lesson: 01_pauses\nquestions: 3\n", "questions: must be a list"),
        (b"lesson: 01_pauses\nquestions: [3]\n", "question 1: must be a mapping"),
        (b"\xff\xfe\x00bad", "cannot be read"),
        (b"lesson: 2026-13-45\n", "month must be"),
        (b"lesson: !!python/object/apply:os.getcwd []\n", "line 1"),
        (b"[" * 5000, "bank"),
    ],
    ids=[
        "empty",
        "list",
        "no questions",
        "no key",
        "number",
        "item",
        "not text",
        "date",
        "tag",
        "deep",
    ],
)
def test_what_is_no_bank_at_all_is_refused_in_words(
    content: bytes, word: str, tmp_path: Path
) -> None:
    path = tmp_path / "01_pauses.yaml"
    path.write_bytes(content)
    with pytest.raises(BankError) as caught:
        load_bank(path)
    assert str(path) in str(caught.value)
    assert word in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BankError, match=r"nowhere\.yaml"):
        load_bank(tmp_path / "nowhere.yaml")


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    text = BANK.replace("prompt: What runs again?", "prompt:").replace("version: 2", "version: two")
    with pytest.raises(BankError) as caught:
        load_bank(write_bank(tmp_path, text))
    assert len(str(caught.value).splitlines()) == 2, f"expected two lines, got: {caught.value}"


def test_a_good_bank_keeps_its_points_exact_and_names_its_questions(tmp_path: Path) -> None:
    bank = bank_from(tmp_path, BANK.replace("points: 0.5", "points: 0.1"))
    final = bank.question("final")
    assert final is not None
    assert final.points == Decimal("0.1")
    assert final.key == "01_pauses/final"
    assert bank.question("nothing") is None
