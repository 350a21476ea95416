"""Every lesson, question and page is written for somebody whose first language is not English."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from course_utils.places import COURSE_ROOT
from tests.support.lesson import NOTEBOOKS, REFERENCE, Lesson
from tests.support.prose import (
    NOT_THE_FIELDS_WORDS,
    VERBS_IN_BRACKETS,
    Text,
    of_bank,
    of_lesson,
    of_module,
    of_page,
    of_solutions,
    plainly,
    words,
)

if TYPE_CHECKING:
    from pathlib import Path

LONGEST = 30
EXCEPTIONS = set[str]()  # of places; never more than ten
FIXED_HEADINGS = {"Warm-up", "Summary", "Quiz", "More"}
# Made by a program: docs/matrix.md.
PAGES = [
    path
    for path in [COURSE_ROOT / "README.md", *sorted(COURSE_ROOT.glob("docs/*.md"))]
    if path.name != "matrix.md"
]
BANKS = sorted((COURSE_ROOT / "quizzes").glob("*.yaml"))
MODULES = sorted((COURSE_ROOT / "course_utils").rglob("*.py"))
SOURCES = [*NOTEBOOKS, REFERENCE, *BANKS, *PAGES]
MINUTES = {"10_capstone": 90}
LANGGRAPHS = "https://docs.langchain.com/oss/python/"
PICTURE = re.compile(r"\b(?:show_history|show_graph)\(|\brun\.draw\(\)")
# Three words or more: a verb that ends in s, an auxiliary, or what the reader is told to do.
CLAIM = re.compile(
    r"(?=(?:\S+ ){2})(?:.*\b(?:are|have|do|can|may|must|will|never|nothing|nobody|\w+s)\b"
    r"|[A-Z][a-z]+ (?:the|an?|what|it|your|for|by|at|with|before|after|who|how)\b)"
)
every_source = pytest.mark.parametrize(
    "path", SOURCES, ids=lambda path: f"{path.stem}-{path.suffix[1:]}"
)
every_lesson = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def texts(path: Path) -> list[Text]:
    read = {".ipynb": of_lesson, ".yaml": of_bank, ".md": of_page}[path.suffix]
    return [text for text in read(path) if text.place not in EXCEPTIONS]


def too_long(said: list[Text]) -> list[str]:
    return [
        f"{words(sentence)} words, {text.place}: {sentence}"
        for text in said
        for sentence in text.sentences()
        if words(sentence) > LONGEST
    ]


def test_there_are_few_exceptions():
    assert len(EXCEPTIONS) <= 10, EXCEPTIONS


@every_source
def test_no_sentence_is_longer_than_thirty_words(path: Path):
    assert not (long := too_long(texts(path))), "\n".join(long)


@every_source
def test_no_bracket_holds_a_sentence(path: Path):
    found = [
        f"{text.place}: ({bracket})"
        for text in texts(path)
        for bracket in text.brackets()
        if VERBS_IN_BRACKETS.search(bracket)
    ]
    assert not found, "make it a sentence of its own, or leave it out:\n" + "\n".join(found)


@every_source
def test_the_words_are_the_fields(path: Path):
    found = [
        f"{text.place}, {name}: ...{match[0]}..."
        for text in texts(path)
        for block in text.blocks()
        for name, pattern in NOT_THE_FIELDS_WORDS.items()
        for match in re.finditer(rf".{{0,30}}(?:{pattern}).{{0,30}}", plainly(block), re.IGNORECASE)
    ]
    assert not found, "\n".join(found)


def test_what_cards_and_errors_say_is_short_and_in_the_fields_words():
    said = [text for path in MODULES for text in of_module(path)]
    assert len(said) > 200, f"only {len(said)} messages were found"
    found = [
        f"{text.place}, {name}: {text.markdown}"
        for text in said
        for name, pattern in NOT_THE_FIELDS_WORDS.items()
        if re.search(pattern, text.markdown, re.IGNORECASE)
    ]
    assert [*too_long(said), *found] == []


@pytest.mark.parametrize(
    "path", [*NOTEBOOKS, *BANKS], ids=lambda path: f"{path.stem}-{path.suffix[1:]}"
)
def test_what_the_course_grew_from_is_not_mentioned(path: Path):
    found = [text.place for text in texts(path) if re.search(r"\btutorial", text.markdown, re.I)]
    assert not found, f"what others get wrong stands in docs/errata.md: {found}"


@every_lesson
def test_headings_say_what_is_learned(path: Path):
    for text in texts(path):
        for heading in text.headings():
            if heading in FIXED_HEADINGS or re.match(r"(?:Exercise|Milestone) \d+: \w", heading):
                continue
            assert CLAIM.search(heading), f"{text.place}: ## {heading}"


@every_lesson
def test_a_lesson_links_langgraphs_pages_the_glossary_and_its_neighbours(path: Path):
    prose = "\n".join(text.markdown for text in of_lesson(path))
    here = NOTEBOOKS.index(path)
    around = [NOTEBOOKS[n] for n in (here - 1, here + 1) if 0 <= n < len(NOTEBOOKS)]
    wanted = [f"](../{lesson.stem}/{lesson.name}" for lesson in around]
    for link in [*wanted, f"]({LANGGRAPHS}", "](../reference/reference.ipynb#"]:
        assert link in prose, f"{path.stem} has no link {link}...)"


@every_lesson
def test_a_lesson_names_its_minutes_and_they_are_within_the_bound(path: Path):
    (minutes,) = re.findall(r"(\d+) minutes", Lesson(path).cells[0].source)
    assert int(minutes) <= MINUTES.get(path.stem, 45), f"{path.stem}: {minutes} minutes"


@every_lesson
def test_each_solution_says_why_in_at_most_three_sentences(path: Path):
    for text in of_solutions(path):
        said = list(text.sentences())
        assert 1 <= len(said) <= 3, f"{text.place}: {len(said)} sentences explain the solution"
        assert text.markdown.count("`") % 2 == 0, f"{text.place}: a backtick is alone"


@pytest.mark.parametrize("path", NOTEBOOKS[2:], ids=lambda path: path.stem)
def test_a_lesson_from_02_on_has_a_picture(path: Path):
    shown = [
        cell.id
        for cell in Lesson(path).cells
        if cell.cell_type == "code" and PICTURE.search(cell.source)
    ]
    assert shown, f"{path.stem} calls none of show_history, run.draw, show_graph"


@pytest.mark.parametrize(
    ("markdown", "sentences", "brackets"),
    [
        ("One is short. `two.calls()` follow.", ["One is short.", "code follow."], []),
        ("- a point\n  goes on\n- another", ["a point goes on", "another"], []),
        ("A [link (here)](a(b).md) and\n\n```\ncode (is not)\n```", None, ["here"]),
        ("| a | b (c is) |\n|---|---|", None, ["c is"]),
    ],
)
def test_sentences_and_brackets_are_found(markdown, sentences, brackets):
    text = Text("here", markdown)
    if sentences:
        assert list(text.sentences()) == sentences
    assert list(text.brackets()) == brackets


@pytest.mark.parametrize(
    "said",
    ["Say a yes.", "The no holds.", "they run side by side", "We mend it", "Whoever resumes"],
)
def test_words_that_are_not_the_fields_are_found(said: str):
    assert any(re.search(p, said, re.IGNORECASE) for p in NOT_THE_FIELDS_WORDS.values()), said


@pytest.mark.parametrize(
    "said", ["The no-op", "the no. 3", "No mail is out", "There is no thread", "a no-argument call"]
)
def test_words_that_are_the_fields_pass(said: str):
    found = [n for n, p in NOT_THE_FIELDS_WORDS.items() if re.search(p, said, re.IGNORECASE)]
    assert not found, found
