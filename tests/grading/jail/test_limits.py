"""Code in the jail that takes too much is bounded or ended, and nothing of it is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.jailed import Jailed

MIB = 1 << 20
GOES_ON = "print('goes on')"


def test_a_loop_is_interrupted_and_the_notebook_goes_on(jail: Jailed):
    result = jail.run("while True: pass", "import time; time.sleep(60)", GOES_ON, cell_seconds=0.3)
    assert [result.text(n).strip() for n in range(3)] == ["KeyboardInterrupt"] * 2 + ["goes on"]
    assert (result.ended, result.left) == ("", 0)


def test_a_cell_that_awaits_is_interrupted(jail: Jailed):
    result = jail.run("import asyncio; await asyncio.sleep(60)", GOES_ON, cell_seconds=0.3)
    assert [result.text(n).strip() for n in range(2)] == ["CancelledError", "goes on"]


def test_a_loop_that_ignores_interrupts_is_ended(jail: Jailed):
    cell = """
import signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
while True: time.sleep(9)
"""
    result = jail.run("print('first')", cell, GOES_ON, cell_seconds=0.3)
    assert result.ended == "One step ran for longer than 0.3 seconds, and could not be interrupted."
    assert [result.text(n).strip() for n in range(3)] == ["first", "KernelEnded", "KernelEnded"]
    assert result.outputs[1][0]["evalue"].endswith(result.ended)
    assert result.left == 0


def test_all_of_it_has_a_time_too(jail: Jailed):
    result = jail.run("import time; time.sleep(60)", cell_seconds=90, seconds=0.3)
    assert (result.ended, result.left) == ("It ran for longer than 0.3 seconds.", 0)


def test_processor_time_is_bounded(jail: Jailed):
    result = jail.run("while True: pass", cell_seconds=60, cpu_seconds=1)
    assert result.ended == "It used more than 1 second of processor time."


def test_a_fork_bomb_is_bounded_and_leaves_nothing(jail: Jailed):
    bomb = "import os, time\ntry:\n    while True: os.fork()\nexcept OSError:\n    time.sleep(60)"
    result = jail.run(bomb, processes=20, seconds=1)
    assert (result.ended, result.left) == ("It ran for longer than 1 second.", 0)
    counts = """
import os, time
n = 0
try:
    while os.fork(): n += 1
    time.sleep(60)
except OSError: print(n)
"""
    assert 10 <= int(jail.run(counts, processes=20).text()) < 20


def test_a_memory_bomb_of_one_process_is_a_memory_error(jail: Jailed):
    result = jail.run(f"x = bytearray({400 * MIB})", GOES_ON, memory=300 * MIB)
    assert [result.text(n).strip() for n in range(2)] == ["MemoryError", "goes on"]


def test_a_memory_bomb_of_several_processes_is_ended(jail: Jailed):
    bomb = f"""
import os, time
for _ in range(3): os.fork()
x = bytearray(b'x') * {80 * MIB}
time.sleep(60)
"""
    result = jail.run(bomb, memory=300 * MIB)
    assert (result.ended, result.left) == ("It used more than 300 MiB of memory.", 0)


def test_files_are_bounded_together(jail: Jailed):
    fill = """
def filled(path):
    with open(path, "wb", buffering=0) as file:
        try:
            while True: file.write(bytes(65536))
        except OSError:
            return file.tell()
print(filled("here") + filled("/tmp/there") + filled("/dev/shm/and-there"))
"""
    assert 2 * MIB < int(jail.run(fill, written=4 * MIB).text()) <= 4 * MIB


def test_the_number_of_files_is_bounded(jail: Jailed):
    count = """
n = 0
try:
    while True:
        open(f"/tmp/{n}", "w").close()
        n += 1
except OSError:
    print(n)
"""
    assert 500 < int(jail.run(count, written=4 * MIB).text()) <= 1024


def test_a_flood_of_prints_is_cut_and_the_notebook_goes_on(jail: Jailed):
    flood = "for _ in range(100):\n    print('x' * 100_000)"
    result = jail.run(
        flood, "import os\nfor _ in range(100): n = os.write(1, b'y' * 100_000)", GOES_ON
    )
    for n in (0, 1):
        assert len(result.text(n)) < 600_000
        assert result.text(n).endswith("is left out: there is too much of it.\n")
    assert result.text(2).strip() == "goes on"


def test_a_flood_of_messages_is_ended(jail: Jailed):
    result = jail.run("import os\nwhile True: os.write(3, b'x' * 1000)", printed=MIB)
    assert (result.ended, result.left) == ("It printed more than 1 MiB.", 0)
    result = jail.run("import os\nwhile True: os.write(3, b'{}\\n' * 1000)")
    assert (result.ended, result.left) == ("It sent more than 10000 messages.", 0)


def test_a_process_left_behind_is_ended(jail: Jailed):
    daemon = """
import os, signal, time
ready, tell = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in range(1, 32):
            try: signal.signal(number, signal.SIG_IGN)
            except OSError: pass
        os.write(tell, b"ready")
        time.sleep(600)
    os._exit(0)
os.read(ready, 5)
print("left behind")
"""
    result = jail.run(daemon)
    assert result.text() == "left behind\n"
    assert (result.ended, result.left) == ("", 0)


def test_a_process_that_ends_itself_ends_the_notebook(jail: Jailed):
    ways = {
        "quit()": "",
        "import os; os._exit(3)": "It ended itself with the exit status 3.",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)": "It was ended by signal 9.",
    }
    for cell, ended in ways.items():
        result = jail.run("print('before')", cell, GOES_ON)
        assert result.ended == ended
        assert [result.text(n).strip() for n in (0, 2)] == ["before", "KernelEnded"]
    assert jail.run("import sys; sys.exit(3)", GOES_ON).text().strip() == "goes on"
