"""The jails that the tests here try to get out of: root's, and an ordinary user's."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.support.jailed import USER, jailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.jailed import Jailed

SECRET = "a-secret-of-the-instructor"  # noqa: S105
USERS = {"root": None, "user": USER} if os.geteuid() == 0 else {"user": None}


@pytest.fixture(scope="session", params=USERS)
def jail(request: pytest.FixtureRequest) -> Iterator[Jailed]:
    """A jail of root's, and one of an ordinary user's; only the second, if the tests run as one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HITL_GRADEBOOK", f"sqlite:////{SECRET}")
        with jailed(USERS[request.param]) as running:
            assert running.problem == ""
            yield running
