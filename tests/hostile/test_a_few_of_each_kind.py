"""A few hostile submissions of each kind, graded together; `make soak` grades all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hostile.claims import CLAIMS
from tests.hostile.corpus import corpus
from tests.hostile.ours import Came, grade_together

if TYPE_CHECKING:
    from collections.abc import Callable

FEW = {
    # Each stands for a wall of its own: what earns, what is read, what is left, what is shown.
    *("ast-transformer", "forged-result", "patched-while-called", "checks-silenced"),
    *("verdict-into-descriptors", "passed-and-gone", "verdict-by-type-hints", "nodes-swapped"),
    *("test-redirected", "scripted-graph", "constants-raised", "expected-by-thread"),
    *("reads-the-bank", "reads-upwards", "reads-the-environment", "connects-by-socket-files"),
    *("kills-everyone", "leaves-a-process", "leaves-files", "edits-the-gradebook"),
    *("tests-called-solutions", "deep-json", "linked-folder", "pipe-for-a-notebook"),
    *("modules-beside", "archive-upwards", "markup-sent", "markup-for-a-name"),
    *("formula-for-a-name", "formulas-for-answers"),
}


@pytest.fixture(scope="module")
def came(tmp_path_factory: pytest.TempPathFactory) -> Came:
    few = [attack for attack in corpus() if attack.name in FEW]
    assert len(few) == len(FEW), "a name in FEW is that of no attack"
    return grade_together(tmp_path_factory.mktemp("few"), few)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.__name__)
def test_a_few_hostile_submissions_get_and_do_nothing(
    came: Came, claim: Callable[[Came], None]
) -> None:
    claim(came)


def test_each_attack_has_an_aim_and_a_name_of_its_own() -> None:
    attacks = corpus()
    assert len({attack.name for attack in attacks}) == len(attacks) >= 60
    assert [attack.name for attack in attacks if not attack.aim.endswith(".")] == []
