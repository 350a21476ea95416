"""A claim has its observation, its place and its naive version, and none of these is alone."""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter

import pytest
from claims.claim import CLAIMS, FEATURES, FOLDER, LANGCHAIN, observations
from lessons.lesson import NOTEBOOKS, Lesson

from course_utils.settings import COURSE_ROOT

ERRATA = COURSE_ROOT / "docs" / "errata.md"
SUBJECTS = sorted(file.stem for file in (FOLDER / "observations").glob("*.py"))
# LangGraph brings pydantic along.
OURS = {"claims", "langgraph", "langchain_core", "pydantic"}


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


@pytest.mark.parametrize("module", ["scene", *(f"observations/{name}" for name in SUBJECTS)])
def test_observations_need_langgraph_and_nothing_of_the_course(module: str):
    nodes = list(ast.walk(ast.parse((FOLDER / f"{module}.py").read_text(encoding="utf-8"))))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    foreign = {name.partition(".")[0] for name in names} - OURS - sys.stdlib_module_names
    assert foreign == ({"langchain"} if module.endswith(LANGCHAIN) else set())


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_the_naive_version_is_an_answer_to_the_same_question(claim):
    ((believer, believed),) = claim.naive.items()
    assert believer in {"tutorial", "habit"}, f"{claim.id}: believed by {believer}"
    assert type(believed) is type(claim.truth), f"{claim.id}: {believed} against {claim.truth}"
    if isinstance(believed, dict) and believed:
        assert believed.keys() == claim.truth.keys(), f"{claim.id}: {believed}"


def test_this_version_has_every_feature_that_a_claim_needs():
    assert dict.fromkeys({claim.needs for claim in CLAIMS} - {""}, True) == FEATURES


def test_each_claim_is_told_in_a_lesson_or_in_the_errata():
    told = {f"errata#{slug}" for slug in entries()}
    told |= {f"{path.stem}#{cell.id}" for path in NOTEBOOKS for cell in Lesson(path).cells}
    missing = {claim.id: claim.place for claim in CLAIMS if claim.place not in told}
    assert missing == {}, "these cells or entries do not exist"


def test_each_entry_of_the_errata_names_the_claims_that_it_tells():
    named = {
        slug: re.findall(r"^- `(\w+)`$", text, re.MULTILINE) for slug, text in entries().items()
    }
    told = {slug: [c.id for c in CLAIMS if c.place == f"errata#{slug}"] for slug in named}
    assert {slug: sorted(names) for slug, names in named.items()} == {
        slug: sorted(names) for slug, names in told.items()
    }
    assert [slug for slug, names in named.items() if not names] == [], "entries without a claim"
