"""How a claim is checked: it happens as it says, and not as is believed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.claims.claim import FEATURES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.claims.claim import Claim


def check(claim: Claim, record_property: Callable[[str, object], None]) -> None:
    """Observe a claim, and compare with its truth and with what is believed instead.

    What was seen is recorded for `make matrix`, which runs this on older LangGraphs too.
    """
    if claim.needs and not FEATURES[claim.needs]:
        pytest.skip(f"{claim.needs} is not in this version")
    try:
        seen = claim.observe()
    except Exception as error:
        record_property("seen", json.dumps(f"{type(error).__name__}: {error}".partition("\n")[0]))
        raise
    record_property("seen", json.dumps(seen))
    assert seen == claim.truth, f"{claim.says} Seen {seen}, expected {claim.truth}"
    ((believer, believed),) = claim.naive.items()
    assert seen != believed, f"{claim.id}: what the {believer} has it is true as well: {believed}"
