"""The matrix lists the claims that there are, and the pin keeps them all."""

from __future__ import annotations

import re

import pytest

from tests.claims.claim import CLAIMS, LANGCHAIN
from tests.claims.environments import NotObservedError, cases, pins
from tests.claims.matrix import (
    HOLDS,
    MATRIX,
    MISSING,
    SUBJECTS,
    UNSEEN,
    Column,
    difference,
    digest,
    read_outcomes,
    told,
    versions,
    write,
)

ROWS = [line.strip("| ").split(" | ") for line in MATRIX.read_text(encoding="utf-8").splitlines()]
OUTCOMES = {row[0].split("`")[-2]: row[1:] for row in ROWS if row[0].endswith("`")}
TITLES = [
    line.removeprefix("## ") for line in MATRIX.read_text("utf-8").splitlines() if line[:2] == "##"
]
HEADS = dict(zip(TITLES, [row[1:] for row in ROWS if row[0] == "claim"], strict=True))
AGAIN = "run `make matrix` and commit docs/matrix.md"


def numbers(head: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", head)]


def test_the_matrix_says_every_claim_as_it_stands():
    rows = [row[0] for row in ROWS if row[0].endswith("`") and len(row) > 1]
    assert sorted(rows) == sorted(told(claim) for claim in CLAIMS), AGAIN


def test_the_matrix_was_made_from_these_observations():
    assert digest() in MATRIX.read_text(encoding="utf-8"), AGAIN


def test_every_claim_holds_on_the_pin():
    *_, pin, _newest = HEADS[SUBJECTS["answers"]]
    assert pin == pins()["langgraph"], AGAIN
    langchain, _newest = HEADS[SUBJECTS[LANGCHAIN]]
    assert langchain == f"{pin}, LangChain {pins()['langchain']}", AGAIN
    # The last column is the newest releases, the last but one the pin.
    assert {name for name, outcomes in OUTCOMES.items() if outcomes[-2] != HOLDS} == set(), AGAIN


def test_the_last_column_is_of_releases_no_older_than_the_pin():
    for *_, pin, newest in HEADS.values():
        assert newest.startswith("newest: "), AGAIN
        assert numbers(newest) >= numbers(pin), AGAIN


def test_langchain_is_observed_on_the_pin_and_on_the_newest_alone():
    for claim in CLAIMS:
        assert len(OUTCOMES[claim.id]) == len(HEADS[SUBJECTS[claim.subject]]), claim.id
    assert len(HEADS[SUBJECTS[LANGCHAIN]]) == 2


def test_only_a_claim_that_needs_a_feature_is_missing_from_a_version():
    needy = {claim.id for claim in CLAIMS if claim.needs}
    assert {name for name, outcomes in OUTCOMES.items() if MISSING in outcomes} <= needy


def test_the_newest_patch_of_each_minor_before_the_pin_is_taken():
    known = "Available versions: 1.3.0, 1.2.22, 1.1.10, 1.1.9, 1.0.2, 1.0.1, 0.6.11, 0.1.19"
    assert versions("1.2.9", known) == ["1.0.2", "1.1.10"]


@pytest.mark.parametrize(
    ("inside", "outcome"),
    [
        ("", HOLDS),
        ("<skipped/>", MISSING),
        (
            '<properties><property name="seen" value="true"/></properties><failure/>',
            "differs: `True`",
        ),
        ("<failure/>", "differs"),
    ],
)
def test_an_outcome_is_read_from_what_pytest_reports(inside: str, outcome: str):
    name = "a_pause_is_an_exception"
    case = f'<testsuite><testcase name="test_it_is_so[{name}]">{inside}</testcase></testsuite>'
    assert read_outcomes(cases(case)) == {name: outcome}


def test_claims_that_cannot_be_imported_are_not_taken_for_claims_that_differ():
    case = '<testsuite><testcase name="tests.claims.test_claims"><error>no State</error></testcase>'
    with pytest.raises(NotObservedError, match="no State"):
        read_outcomes(cases(f"{case}</testsuite>"))


def test_a_version_that_cannot_be_imported_has_a_column_too():
    unseen = Column({"langgraph": "1.0.10"}, {claim.id: UNSEEN for claim in CLAIMS})
    releases = {"langgraph": "1.9.9", "langchain": "1.9.9"}
    seen = Column(releases, {claim.id: HOLDS for claim in CLAIMS})
    assert f"`{CLAIMS[-1].id}` | {UNSEEN} | {HOLDS} | {HOLDS} |" in write([unseen, seen, seen])


def test_what_differs_is_a_short_phrase_without_what_is_true():
    assert difference({"next": [], "sent": ["a"]}, {"next": ["b"], "sent": ["a"]}) == "{'next': []}"
    assert len(difference("x" * 500, "y")) == 80


def test_no_version_is_older_than_the_one_before_it():
    for heads in HEADS.values():
        assert [*map(numbers, heads)] == sorted(map(numbers, heads)), heads
