"""One jail for all tests of this folder, and one that holds nothing back and is faster."""

from collections.abc import Iterator

import pytest

from course_utils.grading.jail.jail import Jail
from course_utils.grading.marking.apart import PRELOADED


@pytest.fixture(scope="session")
def jail() -> Iterator[Jail]:
    with Jail(preload=PRELOADED) as jail:
        yield jail


@pytest.fixture(scope="session")
def plain() -> Iterator[Jail]:
    with Jail(sandbox=False, preload=PRELOADED) as jail:
        yield jail
