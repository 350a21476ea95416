"""How a claim is checked: it happens as it says, and not as is believed."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.claims.claim import FEATURES, FOLDER, LANGCHAIN

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.claims.claim import Claim

OBSERVE = """
import pickle, sys, traceback
from pathlib import Path
from tests.claims.claim import CLAIMS, FEATURES, LANGCHAIN

seen = {}
for claim in CLAIMS:
    if claim.subject == LANGCHAIN or claim.needs and not FEATURES[claim.needs]:
        continue
    try:
        seen[claim.id] = claim.observe(), ""
    except Exception as error:
        said = f"{type(error).__name__}: {error}".partition("\\n")[0]
        seen[claim.id] = said, traceback.format_exc()
loaded = {name.partition(".")[0] for name in sys.modules}
Path(sys.argv[1]).write_bytes(pickle.dumps((seen, loaded)))
"""


class Observed(NamedTuple):
    """What a process saw that observed every claim about LangGraph.

    Attributes:
        seen: by claim, what was seen and no traceback, or the error in a line and its traceback.
        loaded: the packages that were loaded at the end.
    """

    seen: dict[str, tuple[Any, str]]
    loaded: set[str]


@cache
def observed() -> Observed:
    """Observe every claim about LangGraph, once, in a process in which nothing else is loaded."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "seen"
        command = [sys.executable, "-W", "ignore", "-c", OBSERVE, str(file)]
        here = {**os.environ, "PYTHONPATH": str(FOLDER.parents[1])}
        ran = subprocess.run(command, env=here, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, f"the claims could not be observed: {ran.stderr}"
        return Observed(*pickle.loads(file.read_bytes()))  # noqa: S301 - written by ourselves


def check(claim: Claim, record_property: Callable[[str, object], None]) -> None:
    """Compare what was observed of a claim with its truth and with what is believed instead.

    What was seen is recorded for `make matrix`, which runs this on older LangGraphs too.
    """
    if claim.needs and not FEATURES[claim.needs]:
        pytest.skip(f"{claim.needs} is not in this version")
    seen, trace = (claim.observe(), "") if claim.subject == LANGCHAIN else observed().seen[claim.id]
    record_property("seen", json.dumps(seen))
    assert not trace, f"{claim.id} could not be observed: {trace}"
    assert seen == claim.truth, f"{claim.says} Seen {seen}, expected {claim.truth}"
    ((believer, believed),) = claim.naive.items()
    assert seen != believed, f"{claim.id}: what the {believer} has it is true as well: {believed}"
