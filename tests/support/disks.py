"""`hitl` on a disk that is full, or cannot be written, which nobody else sees."""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from course_utils.grading.jail import linux
from course_utils.places import COURSE_ROOT
from tests.support import forked
from tests.support.running_lab import HITL, learners_environment

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping

FULL = "full"
READ_ONLY = "read-only"
ROOM = 100_000
"""Bytes of a disk that is to be full: some files of a workspace fit, and not all."""


def hitl_on(
    disk: str, folder: Path, home: Path, *arguments: str, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `hitl` to its end where a folder is on a disk of its own.

    Args:
        disk: FULL for one with little room, or READ_ONLY for the folder as it is.
        folder: where the disk is; it must be there.
        home: an empty home.
        arguments: what comes after `hitl`.
        variables: more of the environment.
    """
    code = "from tests.support.disks import _main; _main()"
    return forked.run(
        *("-c", code, disk, str(folder), *arguments),
        cwd=COURSE_ROOT,
        env={**learners_environment(home), **(variables or {})},
    )


def _main() -> None:
    _, disk, folder, *arguments = sys.argv
    user, group = os.geteuid(), os.getegid()
    linux.unshare(linux.CLONE_NEWUSER | linux.CLONE_NEWNS)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    if disk == FULL:
        linux.mount("full", folder, "tmpfs", 0, f"size={ROOM}")
    else:
        linux.mount(folder, folder, None, linux.MS_BIND)
        linux.mount("none", folder, None, linux.MS_BIND | linux.MS_REMOUNT | linux.MS_RDONLY)
    sys.argv = [str(HITL), *arguments]
    runpy.run_path(str(HITL), run_name="__main__")
