"""The tests' side: the student's process, whose functions can be called from here."""

from __future__ import annotations

import itertools
import queue
import secrets
import threading
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.errors import GraphBubbleUp

from course_utils.grading.jail.apart import NO_ANSWER
from course_utils.grading.jail.apart.allowed import KINDS, NotAllowedError, kind_of, perform
from course_utils.grading.jail.apart.asking import ask_in_the_node
from course_utils.grading.jail.apart.codec import BASES, Codec, CodecError
from course_utils.grading.jail.apart.errors import ErrorsInData
from course_utils.grading.jail.apart.held import Held
from course_utils.grading.jail.apart.made import METHODS, MadeGraph
from course_utils.grading.jail.apart.remote import Remote
from course_utils.grading.jail.apart.steps import Steps
from course_utils.grading.jail.apart.wire import Wire, WireError

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

MOST_CALLS = 2_000
"""Of the student's functions, in one run of the tests."""
DEEPEST_CALL = 20
"""How many calls may stand inside one another."""


class NotApartError(BaseException):
    """The tests need the student's function in their own process.

    It is no Exception, so that no test catches it.
    """


class BrokenError(BaseException):
    """The student's process is gone, or does not keep to the rules.

    It is no Exception, so that no test catches it.
    """


class Students:
    """The student's process, as the tests see it.

    Attributes:
        errors: the errors that go between the two.
        ended: why the tests cannot go on, once they cannot.

    Args:
        peer: the socket.
        seconds: how long the student's process may leave a call without a word.
    """

    def __init__(self, peer: socket.socket, seconds: float) -> None:
        self.errors = ErrorsInData()
        self.ended: NotApartError | BrokenError | None = None
        self._wire = Wire(peer)
        self._seconds = seconds
        self._codec = Codec(self._put, self._take, self.errors, exact=False)
        self._held = Held()
        self._thrown: dict[int, BaseException] = {}
        self._savers: dict[int, InMemorySaver] = {}
        self._stand_ins: dict[int, Callable[[Any], Any]] = {}
        self._waiting: dict[int, queue.SimpleQueue[dict[str, Any]]] = {}
        self._ready: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._calls = itertools.count(1)
        self._deep = threading.local()
        threading.Thread(target=self._read, daemon=True).start()

    @cached_property
    def ready(self) -> dict[str, Any]:
        """What the student's process said once its code was loaded; waited for at first."""
        return self._next(self._ready)

    def call(self, function: str | int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a function of the student's, and do what it asks for until it has an answer.

        Raises:
            NotApartError, BrokenError: see there.
            Exception: what the function raised.
        """
        if self.ended is not None:
            raise self.ended
        self._deep.calls = getattr(self._deep, "calls", 0) + 1
        try:
            if self._deep.calls > DEEPEST_CALL or next(self._calls) > MOST_CALLS:
                raise self._broken("Your function and the test call each other too often.")
            return self._call(function, args, kwargs)
        finally:
            self._deep.calls -= 1

    def not_apart(self, why: str) -> NotApartError:
        """Return the error that ends the tests, since they need one process; it is kept."""
        error = NotApartError(why)
        self.ended = self.ended or error
        return error

    def _broken(self, words: str) -> BrokenError:
        error = BrokenError(words)
        self.ended = self.ended or error
        return error

    def _call(self, function: str | int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if any(type(arg) is InMemorySaver and arg.storage for arg in (*args, *kwargs.values())):
            raise self.not_apart("The test gives a checkpointer that knows threads.")
        number, answers = secrets.randbits(48), queue.SimpleQueue[dict[str, Any]]()
        self._waiting[number] = answers
        try:
            self._send(
                call=number,
                function=function,
                args=self._encode(list(args)),
                kwargs=self._encode(kwargs),
            )
            steps = Steps(str(function))
            steps.one_more()
            while "ask" in (message := self._next(answers)):
                steps.one_more()
                self._serve(message)
            steps.one_more()
        finally:
            del self._waiting[number]
        return self._answer(message)

    def _answer(self, message: dict[str, Any]) -> Any:
        if "cannot" in message:
            raise self.not_apart(f"Your function gives or takes {str(message['cannot'])[:200]}.")
        if "thrown" in message:
            thrown = self._thrown.get(message["thrown"]) if _is_number(message["thrown"]) else None
            if thrown is None:
                raise self._broken(
                    "The process of your functions raised an error that it never got."
                )
            raise thrown
        if "error" in message:
            raise self._decode(message["error"], of=Exception)
        if message.get("changed"):
            raise self.not_apart("Your function changes its arguments.")
        return self._decode(message.get("value"), frozenset({"handle", "graph"}))

    def _serve(self, asked: dict[str, Any]) -> None:
        """Do what the student's function asks for, in the thread and context of its call."""
        number = asked["ask"]
        try:
            value = self._perform(asked)
        except NotAllowedError as error:
            raise self._broken(f"The process of your functions asked for {error}.") from None
        except Exception as error:
            thrown = secrets.randbits(48)
            self._thrown[thrown] = error
            paused = isinstance(error, GraphBubbleUp)
            told = None if paused else ["error", *self.errors.encode(error)]
            self._send(reply=number, thrown=thrown, error=told)
        else:
            self._send(reply=number, value=self._encode(value))

    def _perform(self, asked: dict[str, Any]) -> Any:
        does, of = asked.get("does"), asked.get("of")
        if type(does) is not str:
            raise NotAllowedError("what is no method")
        if of is None:
            args = self._decode(asked.get("args"), frozenset({"mine"}), of=list)
            return self._of_no_object(does, args)
        target = self._held.object(of)
        takes = KINDS[kind_of(target)].takes
        args = self._decode(asked.get("args"), takes, of=list)
        kwargs = self._decode(asked.get("kwargs"), takes, of=dict)
        if not all(type(key) is str for key in kwargs):
            raise NotAllowedError("an argument without a name")
        return perform(target, does, args, kwargs)

    def _of_no_object(self, does: str, args: list[Any]) -> Any:
        if does == "interrupt":
            return ask_in_the_node(*args)
        raise NotAllowedError(f"{does[:40]!r}")

    def _encode(self, value: object) -> Any:
        try:
            return self._codec.encode(value)
        except (CodecError, RecursionError) as error:
            raise self.not_apart(f"The test gives {error}.") from None

    def _decode(self, data: Any, takes: frozenset[str] = frozenset(), *, of: type = object) -> Any:
        codec = Codec(self._put, lambda given: self._take(given, takes), self.errors, exact=False)
        try:
            value = codec.decode(data)
        except (CodecError, RecursionError) as error:
            raise self._broken(f"The process of your functions sent {error}.") from None
        if not isinstance(value, of):
            raise self._broken(
                "The process of your functions sent something else than was expected."
            )
        return value

    def _put(self, value: object) -> list[Any] | None:
        """Return the data of an object that stays here; None of what goes as something else."""
        if isinstance(value, (Remote, Exception, *BASES)):
            return None
        return ["handle", *self._held.handle(value)]

    def _take(self, data: list[Any], takes: frozenset[str] = frozenset()) -> object:
        """Return the object of such data, if it may stand where it stands."""
        kind, *parts = data
        if kind not in ("handle", "mine", "saver", "graph"):
            raise CodecError("what is no value")
        if kind not in takes:
            raise self.not_apart("Your function gives an object where only data can be given.")
        if kind == "handle":
            return self._given(parts[0])
        if kind == "graph":
            return self._made(parts)
        if kind == "saver":
            return self._savers.setdefault(_number(parts[0]), InMemorySaver())
        return self._stand_in(_number(parts[0]), str(parts[1])[:80])

    def _made(self, parts: list[Any]) -> MadeGraph:
        numbers = {name: _number(number) for name, number in parts}
        if tuple(numbers) != METHODS:
            raise CodecError("what is no graph")
        return MadeGraph((name, partial(self._method, n)) for name, n in numbers.items())

    def _method(self, number: int, *args: Any, **kwargs: Any) -> Any:
        return self.call(number, args, kwargs)

    def _given(self, number: Any) -> object:
        try:
            return self._held.object(number)
        except NotAllowedError as error:
            raise CodecError(str(error)) from None

    def _stand_in(self, number: int, name: str) -> Callable[[Any], Any]:
        """Return a function of one argument that stands for one of the student's without a name."""
        if number not in self._stand_ins:

            def stand_in(state):  # type: ignore[no-untyped-def]  # LangGraph reads its hints
                return self.call(number, (state,), {})

            stand_in.__name__ = stand_in.__qualname__ = name
            self._stand_ins[number] = stand_in
        return self._stand_ins[number]

    def _send(self, **message: Any) -> None:
        try:
            self._wire.send(message)
        except WireError as error:
            raise self._broken(str(error)) from None

    def _next(self, messages: queue.SimpleQueue[dict[str, Any]]) -> dict[str, Any]:
        try:
            message = messages.get(timeout=self._seconds)
        except queue.Empty:
            words = f"{NO_ANSWER} within {self._seconds:g} seconds."
            raise self._broken(words) from None
        if "broken" in message:
            raise self._broken(message["broken"])
        return message

    def _read(self) -> None:
        """Hand each message to the call that it belongs to, until there are no more."""
        try:
            while True:
                message = self._wire.receive()
                message.pop("broken", None)
                self._receiver(message).put(message)
        except WireError as error:
            words = str(error)
        except KeyError:
            words = "The process of your functions sent an answer that nobody waits for."
        self._broken(words)
        for messages in (self._ready, *list(self._waiting.values())):
            messages.put({"broken": words})

    def _receiver(self, message: dict[str, Any]) -> queue.SimpleQueue[dict[str, Any]]:
        if "ready" in message:
            return self._ready
        return self._waiting[_number(message["call"])]


def _is_number(value: Any) -> bool:
    return type(value) is int


def _number(value: Any) -> int:
    if not _is_number(value):
        raise KeyError(value)
    return int(value)
