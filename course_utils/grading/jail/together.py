"""A test and an answer in one process, for what cannot be tested from another.

The student's code could reach the test here. So a test that passes is not all that is told: what
the answer was seen to do, what has changed, and whether the same test still fails wrong answers.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from course_utils.grading.jail.answered import Answered
from course_utils.grading.jail.channel import STEP
from course_utils.grading.jail.seen import Seen
from course_utils.grading.jail.unchanged import Unchanged, prepared
from course_utils.grading.jail.wrong_answers import WRONG, wrong_answer

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    from course_utils.grading.jail.channel import Channel


SEEN = "seen"
"""A message with this key has a piece of evidence. It is sent before what it is about happens, so
that a forged verdict cannot take it back."""


def run_together(
    payload: Mapping[str, Any], channel: Channel, _peer: socket.socket | None = None
) -> None:
    """Run a unit with the student's answer, and send one verdict.

    The verdict's keys: `verdict`, the word that was given; `passed`, whether the test ran to its
    end; `words`, what it said; `evidence`, what the answer was seen to do or to change; and if it
    passed, `noticed`, the wrong answers that the same test still fails.

    Args:
        payload: `unit`, `verdict`, a word that only the asker knows, and `canaries`, keys of
            `WRONG`.
        channel: gets the verdict.
    """
    answered = Answered(payload["unit"])
    seen, unchanged = Seen(lambda piece: channel.send({SEEN: piece})), None
    for piece in payload["unit"]["pieces"]:
        if piece["whose"] == "lesson":
            answered.run_lesson_cell(piece)
            continue
        if unchanged is None:
            unchanged = Unchanged(prepared())
            seen.begin()
        channel.send({STEP: "answer"})
        answered.run_students_cell(piece)
    channel.send({STEP: "test"})
    passed, words = answered.test()
    seen.end()
    changes = unchanged.changes() if unchanged else []
    evidence = [*seen.evidence, *(f"changed: {name}" for name in changes[:20])]
    told = {"verdict": payload["verdict"], "passed": passed, "words": words, "evidence": evidence}
    if passed:
        channel.send({STEP: "wrong answers"})
        told["noticed"] = [name for name in payload["canaries"] if _fails(answered, name)]
    channel.send(told)


def try_wrong_answers(
    payload: Mapping[str, Any], channel: Channel, _peer: socket.socket | None = None
) -> None:
    """Send wrong answers that fail the test of a unit, and the seconds that each takes.

    No student's code is run. The first that takes long is the last that is tried.

    Args:
        payload: `unit`; `most`, how many are enough; `slow`, the seconds that are long.
        channel: gets a message with `fails`, the seconds by the keys of `WRONG`.
    """
    answered = Answered(payload["unit"])
    for piece in payload["unit"]["pieces"]:
        if piece["whose"] == "lesson":
            answered.run_lesson_cell(piece)
    fails: dict[str, float] = {}
    for name in WRONG:
        channel.send({STEP: name})
        began = time.perf_counter()
        if _fails(answered, name):
            fails[name] = time.perf_counter() - began
        if len(fails) == payload["most"] or max(fails.values(), default=0) > payload["slow"]:
            break
    channel.send({"fails": fails})


def _fails(answered: Answered, name: str) -> bool:
    answered.tests.update(wrong_answer(name, answered.unit["functions"]))
    return not answered.test()[0]


# Where this is imported before processes are forked, each of them finds it done.
prepared()
