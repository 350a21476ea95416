"""The whole corpus of hostile submissions in one course, bombs and slow ones too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hostile.claims import CLAIMS
from tests.hostile.corpus import corpus
from tests.hostile.ours import Came, grade_together

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="module")
def came(tmp_path_factory: pytest.TempPathFactory) -> Came:
    return grade_together(tmp_path_factory.mktemp("all"), corpus())


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.__name__)
def test_no_hostile_submission_gets_or_does_anything(
    came: Came, claim: Callable[[Came], None]
) -> None:
    claim(came)
