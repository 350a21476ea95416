"""The student's side: it loads the student's code, and answers when its functions are called.

Nothing here is trusted: a student's code can change all of it. What comes of that is a value like
any other, or a broken connection.
"""

from __future__ import annotations

import inspect
import itertools
import os
import queue
import threading
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NoReturn

import langgraph.types
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.config import get_config
from langgraph.errors import GraphInterrupt
from langgraph.graph.state import CompiledStateGraph
from langgraph.pregel import Pregel
from pydantic import TypeAdapter, ValidationError

from course_utils.grading.jail.apart.codec import Codec, CodecError
from course_utils.grading.jail.apart.errors import ErrorsInData
from course_utils.grading.jail.apart.made import METHODS
from course_utils.grading.jail.apart.proxies import NotHereError, SaverProxy, number_of, proxy_of
from course_utils.grading.jail.apart.wire import Wire, WireError
from course_utils.grading.jail.cells import run_cell

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

_interrupt = langgraph.types.interrupt
# Of the function that runs; the threads of a graph have it too.
_call: ContextVar[int | None] = ContextVar("call", default=None)


class Student:
    """The student's process."""

    def __init__(self, peer: socket.socket) -> None:
        self._wire = Wire(peer)
        self._errors = ErrorsInData()
        self._codec = Codec(self._put, self._take, self._errors, exact=True)
        self._namespace: dict[str, Any] = {"__name__": "__main__"}
        self._proxies: dict[int, Any] = {}
        self._mine: dict[int, Callable[..., Any]] = {}
        self._numbers: dict[int, int] = {}
        self._kept: list[object] = []
        self._savers: dict[int, InMemorySaver] = {}
        self._asked: dict[int, queue.SimpleQueue[dict[str, Any]]] = {}
        self._count = itertools.count(1)
        self._running: list[int] = []
        self._calls: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._busy = threading.Lock()

    def load(self, sources: list[str], functions: list[str]) -> None:
        """Run the cells, and tell the tests which functions there are.

        As in a notebook, a cell that ends with an error does not keep the next from running.
        """
        langgraph.types.interrupt = self._ask_the_person
        failed: BaseException | None = None
        for number, source in enumerate(sources):
            try:
                run_cell(source, self._namespace, f"of the student, number {number}")
            except BaseException as error:  # SystemExit too
                failed = error
        self._errors.learn(self._namespace)
        kinds = {name: self._kind(name) for name in functions}
        words = f"{type(failed).__name__}: {failed}" if failed else ""
        self._wire.send({"ready": kinds, "failed": words[:4000]})

    def serve(self) -> NoReturn:
        """Answer calls; the process ends when the tests do."""
        threading.Thread(target=self._read, daemon=True).start()
        while True:
            self._answer(self._calls.get())
            self._busy.release()

    def _kind(self, name: str) -> str:
        value = self._namespace.get(name)
        if value is None:
            return "missing"
        ordinary = inspect.isfunction(value) and not (
            inspect.iscoroutinefunction(value)
            or inspect.isgeneratorfunction(value)
            or inspect.isasyncgenfunction(value)
        )
        return "function" if ordinary else f"a {type(value).__name__}"

    def _read(self) -> None:
        try:
            while True:
                message = self._wire.receive()
                if "reply" in message:
                    self._asked[message["reply"]].put(message)
                elif self._busy.acquire(blocking=False):
                    self._calls.put(message)
                else:  # inside another call, or beside it
                    threading.Thread(target=self._answer, args=(message,), daemon=True).start()
        except WireError:
            os._exit(0)  # the tests have ended; a call that still runs is for nobody

    def _answer(self, call: dict[str, Any]) -> None:
        _call.set(call["call"])
        self._running.append(call["call"])
        try:
            answer = self._answered(call)
        except (CodecError, NotHereError) as error:
            answer = {"cannot": str(error)}
        except BaseException as error:  # it belongs to the tests
            answer = self._error(error)
        finally:
            _call.set(None)
            self._running.remove(call["call"])
        try:
            self._wire.send({"call": call["call"], **answer})
        except WireError:
            self._wire.send({"call": call["call"], "cannot": "a value that is too long"})

    def _answered(self, call: dict[str, Any]) -> dict[str, Any]:
        args = [self._for_itself(arg) for arg in self._codec.decode(call["args"])]
        kwargs = {k: self._for_itself(v) for k, v in self._codec.decode(call["kwargs"]).items()}
        given = self._codec.encode([args, kwargs])
        function = self._function(call["function"])
        answer = {"value": self._codec.encode(function(*args, **kwargs))}
        if self._codec.encode([args, kwargs]) != given:
            answer["changed"] = True
        return answer

    def _for_itself(self, given: object) -> object:
        """Return a checkpointer of this process in place of an empty one that was given.

        A graph that a function makes runs here, and what is kept of its threads stays here.
        """
        if type(given) is not SaverProxy:
            return given
        return self._savers.setdefault(given._number, InMemorySaver())

    def _error(self, error: BaseException) -> dict[str, Any]:
        thrown = getattr(error, "_thrown", None)
        if thrown is not None:
            return {"thrown": thrown}
        return {"error": ["error", *self._errors.encode(error)]}

    def _function(self, function: str | int) -> Callable[..., Any]:
        if isinstance(function, int):
            return self._mine[function]
        found: Callable[..., Any] = self._namespace[function]
        return found

    def _ask(self, of: int | None, does: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Ask the tests for something, and wait for it."""
        # A thread that a function has started itself knows no call.
        call = _call.get() or next(reversed(self._running), None)
        if call is None:
            raise RuntimeError("This can be used only while your function runs.")
        number, replies = next(self._count), queue.SimpleQueue[dict[str, Any]]()
        asked = {"args": self._codec.encode(args), "kwargs": self._codec.encode(kwargs)}
        self._asked[number] = replies
        self._wire.send({"call": call, "ask": number, "of": of, "does": does, **asked})
        reply = replies.get()
        del self._asked[number]
        if "thrown" not in reply:
            return self._codec.decode(reply["value"])
        told = reply["error"]
        error: Any = self._codec.decode(told) if told else GraphInterrupt()
        error._thrown = reply["thrown"]
        raise error

    def _ask_the_person(self, value: Any, *, response_schema: Any = None) -> Any:
        """Stand for LangGraph's `interrupt`: inside the tests' graph it has to happen there."""
        if _call.get() is None or _in_a_node():
            return _interrupt(value, response_schema=response_schema)
        if response_schema is None or isinstance(response_schema, dict):
            return self._ask(None, "interrupt", [value, response_schema], {})
        adapter = TypeAdapter(response_schema)

        def refuses(answer: Any) -> str | None:
            try:
                adapter.validate_python(answer)
            except ValidationError as error:
                return str(error)
            return None

        answer = self._ask(None, "interrupt", [value, adapter.json_schema(), refuses], {})
        return adapter.validate_python(answer)

    def _put(self, value: object) -> list[Any] | None:
        given = number_of(value)
        if given is not None:
            return ["handle", given]
        if type(value) is InMemorySaver:
            return ["saver", self._number(value)]
        if type(value) in (CompiledStateGraph, Pregel):
            return ["graph", *([name, self._mine_at(getattr(value, name))] for name in METHODS)]
        if inspect.isfunction(value):
            return ["mine", self._mine_at(value), value.__name__]
        return None

    def _mine_at(self, function: Callable[..., Any]) -> int:
        """Return the number by which the tests can call a function."""
        number = self._number(function)
        self._mine[number] = function
        return number

    def _number(self, value: object) -> int:
        if id(value) not in self._numbers:
            self._numbers[id(value)] = next(self._count)
            self._kept.append(value)
        return self._numbers[id(value)]

    def _take(self, data: list[Any]) -> object:
        kind, number, *more = data
        if kind != "handle":
            raise CodecError("what is no value")
        if number not in self._proxies:
            self._proxies[number] = proxy_of(self._ask, number, *more)
        return self._proxies[number]


def _in_a_node() -> bool:
    try:
        return "__pregel_scratchpad" in get_config().get("configurable", {})
    except RuntimeError:
        return False
