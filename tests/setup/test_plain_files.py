"""A plain file is opened and read; what else stands in its place is refused at once, in words."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from course_utils.plain_files import PlainFileError, open_plain, read_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

READ, APPEND = os.O_RDONLY, os.O_RDWR | os.O_APPEND | os.O_CREAT
PLAIN, LINK = "it is not a plain file", "it is a symbolic link"


@pytest.fixture(autouse=True)
def _never_waits() -> Iterator[None]:
    """Fail what waits, as opening a pipe does, instead of hanging the suite."""
    before = signal.signal(signal.SIGALRM, lambda *_: pytest.fail("it waited for five seconds"))
    signal.alarm(5)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def link(path: Path) -> None:
    path.with_name("elsewhere").write_text("secret")
    path.symlink_to(path.with_name("elsewhere"))


def dangle(path: Path) -> None:
    path.symlink_to(path.with_name("nowhere"))


OTHERS = [
    pytest.param(lambda path: path.mkdir(), PLAIN, id="folder"),
    pytest.param(os.mkfifo, PLAIN, id="pipe"),
    pytest.param(link, LINK, id="link"),
    pytest.param(dangle, LINK, id="dangling link"),
]


@pytest.mark.parametrize("flags", [READ, APPEND, os.O_WRONLY], ids=["read", "append", "write"])
@pytest.mark.parametrize(("put", "reason"), OTHERS)
def test_what_is_no_plain_file_is_refused_however_it_is_opened(
    tmp_path: Path, put: Callable[[Path], None], reason: str, flags: int
) -> None:
    path = tmp_path / "file"
    put(path)
    open_files = len(list(Path("/dev/fd").iterdir()))
    with pytest.raises(PlainFileError) as caught:
        open_plain(path, flags)
    assert caught.value.reason == reason
    assert len(list(Path("/dev/fd").iterdir())) == open_files, "a refused file was left open"
    assert not path.with_name("nowhere").exists(), "a file was made where a link led"


def test_a_device_is_refused() -> None:
    with pytest.raises(PlainFileError, match=PLAIN):
        open_plain(Path(os.devnull), READ)


def test_a_file_is_read_whole_up_to_its_limit_and_refused_above_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"12\r\n5")
    assert read_plain(path, 5) == b"12\r\n5"
    with pytest.raises(PlainFileError, match="it is larger than 4 bytes"):
        read_plain(path, 4)


def test_a_missing_file_is_told_apart_and_made_where_that_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with pytest.raises(FileNotFoundError):
        read_plain(path, 5)
    os.close(open_plain(path, APPEND))
    assert read_plain(path, 5) == b""


def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlainFileError, match="Invalid argument"):
        read_plain(tmp_path / "a\0b", 5)
