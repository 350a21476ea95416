"""The folders that a jail has: interpreter and packages read-only, and nothing else of the host."""

from __future__ import annotations

import os
import re
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from course_utils.grading.jail import linux
from course_utils.places import CARRIED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HOME = "/home/learner"
UIDS = 256
"""How many jails of one template may run at a time as root, each with a user of its own."""

_SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin")
_ENVIRONMENT = ("bin", "include", "lib", "lib64", "pyvenv.cfg", "share")
_PACKAGES = {"site-packages", "dist-packages"}
_DEVICES = ("null", "zero", "full", "random", "urandom")
# Of the host's /etc: where shared libraries are, which program has a name, and the time zone.
_COPIED = ("ld.so.cache", "localtime", "mime.types")
# What is empty in each new jail, and the name of its folder in the one filesystem that holds them.
_FRESH = {"home": HOME, "tmp": "/tmp", "shm": "/dev/shm"}  # noqa: S108
_FRESH_PLACE = "/.fresh"
_KEPT_PLACE = "/.kept"
_BASE = "/tmp"  # noqa: S108 - only mounted over, in a namespace of our own
_HOST = "/.host"
_SAFE = linux.MS_NOSUID | linux.MS_NODEV
_READ_ONLY = _SAFE | linux.MS_RDONLY


@dataclass(slots=True)
class Tree:
    """What is shown inside.

    Attributes:
        shown: folders and files of the host, each at its own place.
        hidden: folders inside those that are empty in the jail.
        links: symbolic links on the way to them, with where each leads.
    """

    shown: set[Path] = field(default_factory=set)
    hidden: set[Path] = field(default_factory=set)
    links: dict[Path, str] = field(default_factory=dict)

    def show(self, path: Path) -> None:
        """Show a path of the host, and each link on the way to it."""
        at = Path("/")
        rest = list(path.parts[1:])
        while rest:
            at = at / rest.pop(0)
            if at.is_symlink():
                leads = str(at.readlink())
                self.links[at] = leads
                # Not resolved at once: any of its folders may be a link again.
                target = Path(os.path.normpath(at.parent / leads))
                rest = [*target.parts[1:], *rest]
                at = Path("/")
        if at.exists():
            self.shown.add(at)

    def covers(self, path: Path) -> bool:
        """Tell whether a path can be seen inside."""
        above = [p for p in (path, *path.parents) if p in self.shown or p in self.hidden]
        return bool(above) and above[0] in self.shown


def needed_tree(course: Path, hidden: Iterable[Path]) -> Tree:
    """Return what a Python that runs the course's code needs of this machine.

    Args:
        course: the folder that `course_utils` lies in.
        hidden: folders that must not be seen, should they lie inside what is needed.
    """
    tree = Tree()
    # Of the packages only the lessons are hidden that ours may carry.
    secret = {
        path.resolve()
        for path in hidden
        if path == CARRIED or not _PACKAGES & set(path.resolve().parts)
    }
    wanted = [*map(Path, _SYSTEM), Path(sys.executable), course / "course_utils"]
    for prefix in (Path(sys.base_prefix), Path(sys.prefix)):
        # An environment may lie in the very folder of the course, among what is secret.
        mixed = prefix.resolve() in secret
        wanted += [prefix / part for part in _ENVIRONMENT] if mixed else [prefix]
    wanted += [Path(entry) for entry in sys.path if _PACKAGES & set(Path(entry).parts)]
    for path in wanted:
        if path.is_absolute() and path.exists() and path.resolve() != Path("/"):
            tree.show(path)
    loaded = set(_loaded())
    for library in loaded:
        if not tree.covers(library):
            tree.show(library.parent)
    for folder in secret:
        has_library = any(folder in library.parents for library in loaded)
        if tree.covers(folder) and folder not in tree.shown and not has_library:
            tree.hidden.add(folder)
    return tree


def _loaded() -> Iterator[Path]:
    """Go through the files of programs and libraries that this process has in memory."""
    for line in Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines():
        words = line.split(maxsplit=5)
        if len(words) == 6 and "x" in words[1] and words[5].startswith("/"):
            yield Path(words[5])


def enter(tree: Tree, first_uid: int) -> list[tuple[str, str]]:
    """Make the tree the root of this process, in a mount namespace that it has for itself.

    Args:
        tree: what is shown.
        first_uid: the first of the `UIDS` users that jails run as.

    Returns:
        What lies where each new jail gets empty folders, as an environment in /tmp may: where it
        is found then, and its own place.

    Raises:
        OSError: if a mount is refused.
    """
    linux.mount("none", "/", None, linux.MS_REC | linux.MS_PRIVATE)
    linux.mount("jail", _BASE, "tmpfs", _SAFE, "mode=755,size=16m")
    host = Path(_BASE + _HOST)
    host.mkdir()
    linux.pivot_root(_BASE, str(host))
    os.chdir("/")
    places = [(p, True) for p in tree.shown if not _is_below(p, tree.shown - {p}, tree.hidden)]
    places += [(p, False) for p in tree.hidden]
    # A folder comes before what lies in it.
    for path, is_shown in sorted(places, key=lambda place: len(place[0].parts)):
        if is_shown:
            _bind(_HOST + str(path), path)
        else:
            linux.mount("hidden", str(path), "tmpfs", _SAFE, "mode=755,size=1m")
    for link, leads in tree.links.items():
        if not os.path.lexists(link):
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(leads)
    _make_etc(first_uid)
    _make_dev()
    _make_own_folders()
    kept = _keep_apart(tree)
    linux.unmount(_HOST)
    Path(_HOST).rmdir()
    for path in (Path("/"), *tree.hidden):
        again = linux.MS_REMOUNT | linux.MS_BIND | _READ_ONLY
        linux.mount("none", str(path), None, again)
    return kept


def make_fresh(written: int, owner: int | None, kept: Iterable[tuple[str, str]]) -> None:
    """Put new empty folders into the root of this process: home, /tmp and /dev/shm.

    Args:
        written: how many bytes they hold together.
        owner: whose they are; None for this process's own user.
        kept: what `enter` returned.
    """
    files = max(1024, written >> 12)
    sizes = f"mode=755,size={written},nr_inodes={files}"
    linux.mount("jail", _FRESH_PLACE, "tmpfs", _SAFE | linux.MS_NOEXEC, sizes)
    for name, place in _FRESH.items():
        folder = f"{_FRESH_PLACE}/{name}"
        os.mkdir(folder)  # noqa: PTH102 - each jail waits for it
        if name != "home":
            os.chmod(folder, 0o1777)  # noqa: PTH101, S103 - as /tmp is anywhere
        elif owner is not None:
            os.chown(folder, owner, owner)
        linux.mount(folder, place, None, linux.MS_BIND)
    for source, place in kept:
        os.makedirs(place, exist_ok=True)  # noqa: PTH103
        linux.mount(source, place, None, linux.MS_BIND | linux.MS_REC)


def _is_below(path: Path, shown: set[Path], hidden: set[Path]) -> bool:
    """Tell whether the nearest folder above a path that is mounted shows it."""
    above = next((p for p in path.parents if p in shown or p in hidden), None)
    return above in shown


def _bind(source: str, path: Path) -> None:
    if Path(source).is_dir():
        path.mkdir(parents=True, exist_ok=True)
    elif not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    linux.mount(source, str(path), None, linux.MS_BIND | linux.MS_REC)
    _make_read_only(path)


def _keep_apart(tree: Tree) -> list[tuple[str, str]]:
    """Show what lies in folders that will be empty at a second place too."""
    fresh = {Path(place) for place in _FRESH.values()}
    covered = [path for path in tree.shown if fresh & {path, *path.parents}]
    kept = []
    for number, path in enumerate(sorted(covered)):
        place = f"{_KEPT_PLACE}/{number}"
        # Not the host's own: what is hidden in it stays hidden.
        _bind(str(path), Path(place))
        kept.append((place, str(path)))
    return kept


def _make_read_only(path: Path) -> None:
    try:
        linux.restrict_mounts(str(path), _READ_ONLY)
    except OSError:
        restrict_one_by_one(path)


def restrict_one_by_one(path: Path) -> None:
    """Make a mount and all below it read-only on a Linux before 5.12, which has no call for it."""
    again = linux.MS_REMOUNT | linux.MS_BIND | _READ_ONLY
    mounts = Path(_HOST, "proc/self/mountinfo").read_text(encoding="utf-8")
    for line in mounts.splitlines():
        place = Path(_unescaped(line.split()[4]))
        if place == path or path in place.parents:
            kept = linux.MS_NOEXEC if "noexec" in line.split()[5].split(",") else 0
            linux.mount("none", str(place), None, again | kept)


def _unescaped(word: str) -> str:
    # No codec can be loaded here: where they are is not mounted yet.
    return re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), word)


def _make_etc(first_uid: int) -> None:
    etc = Path("/etc")
    etc.mkdir()
    for name in _COPIED:
        source = Path(_HOST, "etc", name)
        if source.is_symlink():
            # As the host reads it, whose root this is not any more.
            source = Path(_HOST + os.path.normpath(Path("/etc", source.readlink())))
        if source.is_file():
            shutil.copyfile(source, etc / name)
    alternatives = Path(_HOST, "etc/alternatives")
    if alternatives.is_dir():
        _bind(str(alternatives), etc / "alternatives")
    users = {"nobody": 65534} | {f"learner{n}": first_uid + n for n in range(UIDS)}
    passwd = [f"{name}:x:{uid}:{uid}:learner:{HOME}:/bin/sh\n" for name, uid in users.items()]
    (etc / "passwd").write_text("".join(passwd), encoding="ascii")
    groups = [f"{name}:x:{uid}:\n" for name, uid in users.items()]
    (etc / "group").write_text("".join(groups), encoding="ascii")
    (etc / "hosts").write_text("127.0.0.1 localhost jail\n", encoding="ascii")
    (etc / "nsswitch.conf").write_text(
        "passwd: files\ngroup: files\nhosts: files\n", encoding="ascii"
    )


def _make_dev() -> None:
    dev = Path("/dev")
    dev.mkdir()
    for name in _DEVICES:
        (dev / name).touch()
        # A device that may be used, so not as `_bind` does it.
        linux.mount(f"{_HOST}/dev/{name}", str(dev / name), None, linux.MS_BIND)
    (dev / "shm").mkdir()


def _make_own_folders() -> None:
    for place in (*_FRESH.values(), _FRESH_PLACE, "/var"):
        Path(place).mkdir(parents=True, exist_ok=True)
    Path("/var/tmp").symlink_to("/tmp")  # noqa: S108
