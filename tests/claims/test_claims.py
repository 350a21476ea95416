"""Each claim about LangGraph is what it does, and what is believed instead is not."""

from __future__ import annotations

import pytest

from tests.claims.checking import check
from tests.claims.claim import CLAIMS, LANGCHAIN

LANGGRAPH = [claim for claim in CLAIMS if claim.subject != LANGCHAIN]


@pytest.mark.parametrize("claim", LANGGRAPH, ids=lambda claim: claim.id)
def test_it_is_so(claim, record_property):
    check(claim, record_property)
