"""The cluster as a client of Dask sees it: its scheduler, and which of its workers may mark."""

from __future__ import annotations

import logging
import re
import threading
import warnings
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from course_utils.grading.engine.job import ExecutorError
from course_utils.grading.engine.on_a_worker import differs_here, unfit

if TYPE_CHECKING:
    from collections.abc import Callable

    from distributed import Client

    from course_utils.grading.engine.on_a_worker import Wanted

NO_WORKER = (
    "No worker is connected to the scheduler at {address}. Start one with `dask worker {address}`, "
    "and grade again."
)
_ANSWER_SECONDS = 120.0
_NO_DASK = (
    "--scheduler needs Dask, which is not installed here. Install it in the course's folder: "
    ".venv/bin/python -m pip install -c constraints.txt -e '.[cluster]'"
)
_NO_SCHEDULER = (
    "No Dask scheduler answers at {address}. Start one with `dask scheduler`, or correct the "
    "address, as tcp://host:8786."
)
_NO_ADDRESS = "{address!r} is no address of a Dask scheduler. Write it as tcp://host:8786."
_OTHER = "The scheduler at {address} cannot be used. {why}"
_REFUSED = "The worker {worker} is refused. {why}"
_ADDRESS = re.compile(r"((tcp|tls|ws|wss)://)?([\w.-]+|\[[\w:.%]+\]):\d{1,5}", re.ASCII)
_LOGS = ("distributed", "distributed.client", "distributed.core")


def connected(address: str, seconds: float) -> Client:
    """Connect to a scheduler.

    Args:
        address: the scheduler's, as tcp://host:8786.
        seconds: how long it is waited for.

    Raises:
        ExecutorError: if Dask is not installed here, or no scheduler is there.
    """
    try:
        from distributed import Client  # noqa: PLC0415 - only a cluster needs it
    except ImportError:
        raise ExecutorError(_NO_DASK) from None
    for name in _LOGS:  # what matters of it is said in a sentence
        logging.getLogger(name).setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", module="distributed")
    if not _ADDRESS.fullmatch(address):
        raise ExecutorError(_NO_ADDRESS.format(address=address))
    try:
        return Client(address, timeout=seconds, set_as_default=False, name="hitl-grade")
    except (OSError, ValueError):
        raise ExecutorError(_NO_SCHEDULER.format(address=address)) from None


class Workers:
    """The workers that there are, and those that are refused.

    Args:
        client: a connected client.
        address: its scheduler's.
        tell: called with a sentence for each worker that is refused.
    """

    def __init__(self, client: Client, address: str, tell: Callable[[str], None]) -> None:
        self._client, self._address, self._tell = client, address, tell
        self._threads: dict[str, int] = {}
        self._refused: dict[str, str] = {}

    def look_at_all(self, wanted: Wanted, seconds: float) -> None:
        """Find out which workers may mark, and have these make their jails.

        Args:
            wanted: what a run asks of a worker.
            seconds: how long a first worker is waited for.

        Raises:
            ExecutorError: if none may.
        """
        client, address = self._client, self._address
        try:
            client.wait_for_workers(1, timeout=seconds)
            differs = bounded(_ANSWER_SECONDS, _of_the_scheduler, client, wanted)
            if differs:
                raise ExecutorError(_OTHER.format(address=address, why=differs))
            answers = bounded(_ANSWER_SECONDS, client.run, unfit, wanted, on_error="return")
            self.refresh()
        except TimeoutError:
            raise ExecutorError(NO_WORKER.format(address=address)) from None
        except OSError as error:
            raise ExecutorError(_OTHER.format(address=address, why=in_words(error))) from error
        self._refused = {name: in_words(why) for name, why in answers.items() if why}
        if not self.fit():
            raise ExecutorError(self.none_is_fit())
        for name in self._refused:
            self._tell(self._said_of(name))

    def refresh(self) -> int:
        """Ask the scheduler which workers there are; return how many."""
        self._threads = dict(self._client.nthreads())
        return len(self._threads)

    @property
    def slots(self) -> int:
        """How many threads all that may mark have together; one where there is none now."""
        return sum(self._threads.get(name, 0) for name in self.fit()) or 1

    def fit(self) -> list[str]:
        """Return the addresses of those that may mark, as far as is known."""
        return [name for name in self._threads if name not in self._refused]

    def preferred(self) -> list[str] | None:
        """Return which of them are to be given a job; None where it does not matter."""
        return self.fit() if self._refused else None

    def refuse(self, worker: str, why: str) -> None:
        """Give a worker no more jobs."""
        if worker not in self._refused:
            self._refused[worker] = why
            self._tell(self._said_of(worker))

    def none_is_fit(self) -> str:
        """Say why nobody may mark."""
        said = self._said_of(next(iter(self._refused)))
        more = len(self._refused) - 1
        others = f" So are {more} more." if more else ""
        return f"No worker of {self._address} can mark. {said}{others}"

    def _said_of(self, worker: str) -> str:
        return _REFUSED.format(worker=worker, why=self._refused[worker])


def bounded(seconds: float, call: Callable[..., Any], *arguments: object, **named: object) -> Any:
    """Call what may never return, and wait for so long at most.

    Raises:
        TimeoutError: if it has not returned by then.
    """
    answer: Future[Any] = Future()

    def run() -> None:
        try:
            answer.set_result(call(*arguments, **named))
        except BaseException as error:  # it is raised where it is waited for
            answer.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return answer.result(seconds)


def in_words(why: str | BaseException) -> str:
    """Return what came back from a machine as a sentence."""
    if isinstance(why, (ImportError, AttributeError)):
        return "It has no course, or another version of it. Install the same course there."
    return why if isinstance(why, str) else f"{type(why).__name__}: {why}."


def _of_the_scheduler(client: Client, wanted: Wanted) -> str:
    try:
        return str(client.run_on_scheduler(differs_here, wanted))
    except (ImportError, AttributeError) as error:
        return in_words(error)
