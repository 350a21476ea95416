"""Attempts survive kills, two notebooks and a full disk, and reading them survives anything."""

from __future__ import annotations

import os
import subprocess
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from course_utils.quiz.attempts import (
    AttemptsError,
    AttemptsMissingError,
    HintOpened,
    TryMade,
    append_event,
    read_attempts,
)
from course_utils.quiz.kept_lines import MAX_BYTES
from tests.support import forked

if TYPE_CHECKING:
    from pathlib import Path

NAME = "01_pauses/needs"

PREAMBLE = """
import os, resource, signal, sys
from pathlib import Path
from course_utils.quiz.attempts import AttemptsError, HintOpened, TryMade, append_event
path = Path("attempts.jsonl")
def save(answer):
    append_event(path, TryMade(question="01_pauses/needs", version=1, answer=answer))
"""


def started(folder: Path, program: str) -> forked.Process:
    """Start a writer in a process of its own, in `folder`."""
    pipe = subprocess.PIPE
    return forked.Process("-c", PREAMBLE + program, cwd=folder, stdout=pipe, stderr=pipe)


def finished(folder: Path, program: str) -> tuple[int, str, str]:
    """Run a writer to its end: exit code, standard output, standard error."""
    writer = started(folder, program)
    out, err = writer.communicate(timeout=60)
    return writer.returncode, out, err


def answers(path: Path) -> list[object]:
    return [event.answer for event in read_attempts(path).events if isinstance(event, TryMade)]


def made(answer: str) -> TryMade:
    return TryMade(question=NAME, version=1, answer=answer)


def test_what_is_appended_is_read_back_in_order(tmp_path: Path) -> None:
    path = tmp_path / "attempts.jsonl"
    lines = [
        HintOpened(question=NAME, version=1, hint=2),
        TryMade(question=NAME, version=3, answer=("a", "b")),
        made("caf\u00e9 \u2028 `x` \n second line"),
    ]
    for line in lines:
        append_event(path, line)
    attempts = read_attempts(path)
    assert attempts.events == tuple(lines)
    assert attempts.skipped == 0
    assert len(path.read_bytes().splitlines()) == len(lines), "one line each"


def test_a_writer_killed_in_mid_write_costs_only_its_own_line(tmp_path: Path) -> None:
    path = tmp_path / "attempts.jsonl"
    append_event(path, made("before"))
    # The kernel of the machine writes half the line, then the process is gone, lock in hand.
    code, _, err = finished(
        tmp_path,
        "write = os.write\n"
        "def half(fd, data):\n"
        "    write(fd, data[: len(data) // 2])\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "os.write = half\n"
        "save('torn')\n",
    )
    assert code == -9, f"the writer ended with {code}: {err}"
    assert not path.read_bytes().endswith(b"\n"), "the last line should be torn"
    torn = read_attempts(path)
    assert ([event.answer for event in torn.events], torn.skipped) == (["before"], 1)
    append_event(path, made("after"))
    healed = read_attempts(path)
    assert ([event.answer for event in healed.events], healed.skipped) == (["before", "after"], 1)


def test_whatever_was_acknowledged_before_a_kill_is_there(tmp_path: Path) -> None:
    path = tmp_path / "attempts.jsonl"
    for kills in range(3):
        first = len(answers(path)) if path.exists() else 0
        writer = started(
            tmp_path, "n = 0\nwhile True:\n    save(str(n)); print(n, flush=True); n += 1\n"
        )
        assert writer.stdout is not None
        told = [writer.stdout.readline() for _ in range(20 + 7 * kills)]
        writer.kill()
        rest, _ = writer.communicate(timeout=60)
        acknowledged = len(told) + len(rest.splitlines())
        found = len(answers(path)) - first
        assert found in {acknowledged, acknowledged + 1}, f"{acknowledged} told, {found} found"
        assert read_attempts(path).skipped == 0


def test_a_line_cut_anywhere_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "attempts.jsonl"
    append_event(path, made("first"))
    whole = path.read_bytes()
    append_event(path, made("second"))
    both = path.read_bytes()
    for cut in range(len(whole) + 1, len(both) - 1, 9):
        path.write_bytes(both[:cut])
        assert answers(path) == ["first"], f"cut at byte {cut}"
        append_event(path, made("third"))
        assert answers(path) == ["first", "third"], f"cut at byte {cut}"


def test_two_notebooks_at_once_lose_nothing(tmp_path: Path) -> None:
    program = "for n in range(100): save(f'{os.getpid()}-{n}')\nprint(os.getpid())\n"
    writers = [started(tmp_path, program) for _ in range(2)]
    ends = [writer.communicate(timeout=60) for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0], ends
    found = answers(tmp_path / "attempts.jsonl")
    expected = {f"{out.strip()}-{n}" for out, _ in ends for n in range(100)}
    assert len(found) == 200
    assert set(found) == expected
    assert read_attempts(tmp_path / "attempts.jsonl").skipped == 0


def test_a_full_disk_is_told_and_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "attempts.jsonl"
    append_event(path, made("before"))
    before = path.read_bytes()
    code, out, err = finished(
        tmp_path,
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({len(before) + 20},) * 2)\n"
        "try:\n    save('too much')\nexcept AttemptsError as error:\n    print(error)\n",
    )
    assert code == 0, err
    assert "attempts.jsonl" in out
    assert "submit again" in out
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    code, out, err = finished(
        tmp_path,
        "os.getuid() or os.setuid(65534)\n"
        "try:\n    save('no')\nexcept AttemptsError as error:\n    print(error)\n",
    )
    tmp_path.chmod(0o755)
    assert code == 0, err
    assert "Permission denied" in out
    assert not (tmp_path / "attempts.jsonl").exists()


def test_a_file_is_not_grown_past_what_is_read(tmp_path: Path) -> None:
    path = tmp_path / "attempts.jsonl"
    path.write_bytes(b"\n" * (MAX_BYTES - 10))
    with pytest.raises(AttemptsError, match="too large"):
        append_event(path, made("one more"))
    assert read_attempts(path).events == ()


def test_a_missing_file_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(AttemptsMissingError, match=r"attempts\.jsonl"):
        read_attempts(tmp_path / "attempts.jsonl")


@pytest.mark.parametrize(
    "line",
    [
        b"not json",
        b"\x00\xff\xfe binary",
        b"3",
        b"[]",
        b"{}",
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b'{"event":"try","question":"q","version":NaN,"answer":"a","time":"2026-01-01T00:00:00Z"}',
        b'{"event":"try","question":"q","version":true,"answer":"a","time":"2026-01-01T00:00:00Z"}',
        b'{"event":"try","question":"q","version":1e400,"answer":"a","time":"2026-01-01T00:00:00Z"}',
        b'{"event":"try","question":"q","version":%s,"answer":"a","time":"2026-01-01T00:00:00Z"}'
        % (b"9" * 5000),
        b'{"event":"try","question":["q"],"version":1,"answer":"a","time":"2026-01-01T00:00:00Z"}',
        b'{"event":"try","question":"q","version":1,"answer":3,"time":"2026-01-01T00:00:00Z"}',
        b'{"event":"try","question":"q","version":1,"answer":[["a"]],"time":"2026-01-01T00:00:00Z"}',
        b'{"event":"try","question":"q","version":1,"answer":"\\ud800","time":"2026-01-01T00:00:00Z"}',
        b'{"event":"try","question":"q","version":1,"answer":"%s","time":"2026-01-01T00:00:00Z"}'
        % (b"a" * 1_000_000),
        b'{"event":"try","question":"q","version":1,"answer":"a","time":"yesterday"}',
        b'{"event":"try","question":"q","version":1,"answer":"a","time":"2026-01-01T00:00:00"}',
        b'{"event":"hint","question":"q","version":1,"hint":0,"time":"2026-01-01T00:00:00Z"}',
        b'{"event":"hint","question":"q","version":1,"hint":-3,"time":"2026-01-01T00:00:00Z"}',
        b'{"event":"score","question":"q","version":1,"points":9,"time":"2026-01-01T00:00:00Z"}',
    ],
    ids=lambda line: line[:40].decode("ascii", "replace"),
)
def test_a_line_that_is_not_ours_is_skipped_counted_and_costs_no_other(
    line: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "attempts.jsonl"
    append_event(path, made("first"))
    path.write_bytes(path.read_bytes() + line + b"\n")
    append_event(path, made("last"))
    attempts = read_attempts(path)
    assert [event.answer for event in attempts.events] == ["first", "last"]
    assert attempts.skipped == 1


def make_folder(path: Path) -> None:
    path.mkdir()


def make_link(path: Path) -> None:
    path.with_name("elsewhere").write_text("{}", encoding="utf-8")
    path.symlink_to(path.with_name("elsewhere"))


def make_dangling_link(path: Path) -> None:
    path.symlink_to(path.with_name("nowhere"))


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(10**12)


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (make_folder, "not a plain file"),
        (make_link, "symbolic link"),
        (make_dangling_link, "symbolic link"),
        (make_pipe, "not a plain file"),
        (make_huge, "larger than"),
    ],
)
def test_anything_but_a_plain_small_file_is_refused_in_words(
    make: object, word: str, tmp_path: Path
) -> None:
    path = tmp_path / "attempts.jsonl"
    make(path)
    with pytest.raises(AttemptsError, match=word) as caught:
        read_attempts(path)
    assert str(path) in str(caught.value)
    assert not isinstance(caught.value, AttemptsMissingError)


@pytest.mark.parametrize("line", [b" " * 9 + b"\n", b"x" * 99 + b"\n"], ids=["blank", "bad"])
def test_a_file_as_large_as_allowed_takes_little_more_memory_than_its_size(
    line: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "attempts.jsonl"
    path.write_bytes(line * (MAX_BYTES // len(line)))
    tracemalloc.start()
    try:
        read_attempts(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2.5 * MAX_BYTES, f"{MAX_BYTES:,} bytes took {peak:,} to read"
