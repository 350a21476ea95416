"""A workspace of the first edition of a small course, and the folders of both editions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from course_utils.workspace.derive import derive_workspace
from tests.support.two_editions import FIRST, SECOND, written_course

if TYPE_CHECKING:
    from pathlib import Path

Folders = dict[str, "Path"]


@pytest.fixture
def first(tmp_path: Path) -> Folders:
    return written_course(tmp_path, FIRST)


@pytest.fixture
def second(tmp_path: Path) -> Folders:
    return written_course(tmp_path, SECOND)


@pytest.fixture
def workspace(tmp_path: Path, first: Folders) -> Path:
    derive_workspace(tmp_path / "workspace", **first)
    return tmp_path / "workspace"
