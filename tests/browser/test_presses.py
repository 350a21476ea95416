"""What is typed and then pressed in a real JupyterLab, on the kernel that the course pins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.presses import type_and_press

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.lab_page import LabPage


def test_a_press_decides_what_stood_in_the_fields(lab_page: LabPage, workspace: Path) -> None:
    told = type_and_press(lab_page, workspace, tries=4)
    assert told["heard"] == told["typed"]
    assert told["threads"] == ["course-utils-decision"]
