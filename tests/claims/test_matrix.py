"""The matrix lists the claims that there are, and the pin keeps them all."""

from __future__ import annotations

import re

import pytest

from tests.claims.claim import CLAIMS, LANGCHAIN
from tests.claims.matrix import (
    HOLDS,
    MATRIX,
    MISSING,
    difference,
    digest,
    pins,
    read_report,
    told,
    versions,
)

ROWS = [line.strip("| ").split(" | ") for line in MATRIX.read_text(encoding="utf-8").splitlines()]
OUTCOMES = {row[0].split("`")[-2]: row[1:] for row in ROWS if row[0].endswith("`")}
SEEN = '<property name="seen" value="true"/>'
AGAIN = "run `make matrix` and commit docs/matrix.md"


def test_the_matrix_says_every_claim_as_it_stands():
    rows = [row[0] for row in ROWS if row[0].endswith("`") and len(row) > 1]
    assert sorted(rows) == sorted(told(claim) for claim in CLAIMS), AGAIN


def test_the_matrix_was_made_from_these_observations():
    assert digest() in MATRIX.read_text(encoding="utf-8"), AGAIN


def test_every_claim_holds_on_the_pin():
    assert {name for name, outcomes in OUTCOMES.items() if outcomes[-1] != HOLDS} == set(), AGAIN
    pinned = pins()
    assert f"| {pinned['langgraph']} |\n" in MATRIX.read_text(encoding="utf-8"), AGAIN
    assert f"LangChain {pinned['langchain']} |\n" in MATRIX.read_text(encoding="utf-8"), AGAIN


def test_langchain_is_observed_on_the_pin_alone():
    columns = {claim.id: len(OUTCOMES[claim.id]) for claim in CLAIMS}
    heads = next(row for row in ROWS if row[0] == "claim")
    for claim in CLAIMS:
        expected = 1 if claim.subject == LANGCHAIN else len(heads) - 1
        assert columns[claim.id] == expected, claim.id


def test_only_a_claim_that_needs_a_feature_is_missing_from_a_version():
    needy = {claim.id for claim in CLAIMS if claim.needs}
    assert {name for name, outcomes in OUTCOMES.items() if MISSING in outcomes} <= needy


def test_the_newest_patch_of_each_minor_before_the_pin_is_taken():
    known = "Available versions: 1.3.0, 1.2.22, 1.1.10, 1.1.9, 1.0.2, 1.0.1, 0.6.11, 0.1.19"
    assert versions("1.2.9", known) == ["1.0.2", "1.1.10", "1.2.9"]


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
    assert read_report(case) == {name: outcome}


def test_what_differs_is_a_short_phrase_without_what_is_true():
    assert difference({"next": [], "sent": ["a"]}, {"next": ["b"], "sent": ["a"]}) == "{'next': []}"
    assert len(difference("x" * 500, "y")) == 80


def test_no_version_is_older_than_the_one_before_it():
    (heads,) = {tuple(row[1:]) for row in ROWS if row[0] == "claim" and len(row) > 2}
    parts = [tuple(map(int, re.findall(r"\d+", head))) for head in heads]
    assert parts == sorted(parts), heads
