"""A PostgreSQL of the tests' own: `with running_postgresql() as server`.

A new cluster on a free port in a temporary folder, stopped and removed at the end. It trusts
whoever comes over this machine's loopback, and a power cut may ruin it: it is for tests alone.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator

DEBIANS = Path("/usr/lib/postgresql")
NO_DEFAULT_CLUSTER = Path("/etc/postgresql-common/createcluster.d/hitl-course.conf")
ADVICE = (
    "`make soak` needs PostgreSQL: install it (on Debian: apt install postgresql) "
    "or run it as someone who may."
)
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}


class NoPostgresqlError(RuntimeError):
    """There is no PostgreSQL here and none can be installed."""


@dataclass(frozen=True)
class Server:
    """A cluster.

    Attributes:
        programs: the folder of `pg_ctl`.
        folder: the folder of the cluster, its socket and its log.
        port: where it listens on 127.0.0.1.
    """

    programs: Path
    folder: Path
    port: int

    def address(self, database: str = "postgres") -> str:
        """Return the address of one of its databases."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """Make an empty database and return its address."""
        name = f"test_{uuid4().hex}"
        with psycopg.connect(self.address(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.address(name)

    def start(self) -> None:
        """Start it, and come back when it answers."""
        options = " ".join(f"-c {name}={value}" for name, value in OPTIONS.items())
        options += f" -c port={self.port} -c unix_socket_directories={self.folder}"
        self._pg_ctl("start", "-o", options)

    def stop(self) -> None:
        """Stop it at once, breaking what connections it has, and come back when it is down."""
        self._pg_ctl("stop", "-m", "fast")

    def _pg_ctl(self, *what: str) -> None:
        data = str(self.folder / "data")
        _run(self.programs / "pg_ctl", "-D", data, "-w", "-t", "60", *what, cwd=self.folder)


@contextmanager
def running_postgresql() -> Iterator[Server]:
    """Run a new cluster while the `with` lasts.

    Raises:
        NoPostgresqlError: if PostgreSQL is not here and cannot be installed.
    """
    programs = _programs() or _installed()
    # Not in pytest's temporary folder, which PostgreSQL's own user may not enter.
    folder = Path(tempfile.mkdtemp(prefix="hitl-postgresql-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        initdb = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        _run(programs / "initdb", "-D", str(folder / "data"), *initdb, cwd=folder)
        server = Server(programs, folder, _free_port())
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


def _programs() -> Path | None:
    """Return the folder of the newest PostgreSQL's programs; Debian keeps them off the PATH."""
    debians = sorted(DEBIANS.glob("*/bin/pg_ctl"), key=lambda path: float(path.parts[-3]))
    found = [path.parent for path in debians if (path.parent / "initdb").exists()]
    return found[-1] if found else None


def _installed() -> Path:
    """Install Debian's PostgreSQL, without the cluster that its package would start."""
    if not shutil.which("apt-get"):
        raise NoPostgresqlError(ADVICE)
    print("No PostgreSQL here: installing Debian's with apt-get.", flush=True)
    as_root = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    apt = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--yes"]
    apt += ["-o", "DPkg::Lock::Timeout=300", "--no-install-recommends"]
    alone = f"mkdir -p {NO_DEFAULT_CLUSTER.parent} && echo create_main_cluster=false"
    steps = [
        [*apt, "update"],
        # The package asks this file before it makes and starts a cluster of its own.
        [*as_root, "sh", "-c", f"{alone} >{NO_DEFAULT_CLUSTER}"],
        [*apt, "install", "postgresql"],
    ]
    try:
        for step in steps:
            subprocess.run(
                step, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
            )
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", "") or str(error)
        raise NoPostgresqlError(f"{ADVICE} Installing it failed: {said.strip()}") from None
    programs = _programs()
    if programs is None:
        raise NoPostgresqlError(ADVICE)
    return programs


def _run(program: Path, *arguments: str, cwd: Path) -> None:
    """Run one of PostgreSQL's programs, as its own user where we are root, which it refuses."""
    as_its_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    # To files and not to pipes, which the server would inherit and hold open.
    with (cwd / "log").open("a+") as log:
        done = subprocess.run(
            [*as_its_user, program, *arguments],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            check=False,
        )
        log.seek(0)
        assert done.returncode == 0, f"{program} {arguments} returned {done}: {log.read()}"


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
