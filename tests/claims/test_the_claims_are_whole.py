"""A claim has its observation, its place and its naive version, and none of these is alone."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

from course_utils.places import COURSE_ROOT
from tests.claims.checking import observed
from tests.claims.claim import CLAIMS, FEATURES, FOLDER, observations
from tests.support.lesson import NOTEBOOKS, REFERENCE, Lesson

ERRATA = COURSE_ROOT / "docs" / "errata.md"
SUBJECTS = sorted(file.stem for file in (FOLDER / "observations").glob("*.py"))


def entries() -> dict[str, str]:
    """Map the slug of each entry of the errata, as GitHub makes it, to its text."""
    parts = re.split(r"^### (.+)$", ERRATA.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    headings = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in parts[::2]]
    return {
        heading.replace(" ", "-"): text for heading, text in zip(headings, parts[1::2], strict=True)
    }


def test_each_claim_has_a_name_of_its_own():
    assert [name for name, times in Counter(c.id for c in CLAIMS).items() if times > 1] == []


@pytest.mark.parametrize("subject", SUBJECTS)
def test_each_observation_has_its_claim_and_each_claim_its_observation(subject: str):
    assert sorted(observations(subject)) == sorted(c.id for c in CLAIMS if c.subject == subject)


def test_nothing_of_the_course_and_of_langchain_is_loaded_to_observe_langgraph():
    loaded = observed().loaded
    assert "langgraph" in loaded
    assert {"course_utils", "langchain"} & loaded == set()


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_the_naive_version_is_an_answer_to_the_same_question(claim):
    ((believer, believed),) = claim.naive.items()
    assert believer in {"tutorial", "habit"}, f"{claim.id}: believed by {believer}"
    assert type(believed) is type(claim.truth), f"{claim.id}: {believed} against {claim.truth}"
    if isinstance(believed, dict) and believed:
        assert believed.keys() == claim.truth.keys(), f"{claim.id}: {believed}"


def test_this_version_has_every_feature_that_a_claim_needs():
    assert dict.fromkeys({claim.needs for claim in CLAIMS} - {""}, True) == FEATURES


def shown(cell: Any) -> str:
    """Return what a cell prints and CI compares, or what it tests an exercise for."""
    if "-test" in cell.id:
        return str(cell.source)
    return "".join(output.get("text", "") for output in cell.get("outputs", []))


def test_each_claim_is_shown_in_a_lesson_or_told_in_the_errata():
    places = {
        f"{path.stem}#{cell.id}": shown(cell)
        for path in [*NOTEBOOKS, REFERENCE]
        for cell in Lesson(path).cells
    }
    for claim in CLAIMS:
        if claim.place.startswith("errata#"):
            assert claim.place.removeprefix("errata#") in entries(), f"{claim.id}: {claim.place}"
            continue
        assert claim.place in places, f"{claim.id}: there is no cell {claim.place}"
        seen = places[claim.place]
        assert claim.shows, f"{claim.id}: name the words of {claim.place} that show it"
        assert claim.shows in seen, f"{claim.id}: {claim.place} shows no {claim.shows!r}: {seen}"


def test_each_entry_of_the_errata_names_the_claims_that_it_tells():
    named = {
        slug: re.findall(r"^- `(\w+)`$", text, re.MULTILINE) for slug, text in entries().items()
    }
    told = {slug: [c.id for c in CLAIMS if c.place == f"errata#{slug}"] for slug in named}
    assert {slug: sorted(names) for slug, names in named.items()} == {
        slug: sorted(names) for slug, names in told.items()
    }
    assert [slug for slug, names in named.items() if not names] == [], "entries without a claim"
