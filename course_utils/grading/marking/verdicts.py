"""What a run said of a test, read as data: only one verdict that was asked for counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from course_utils.grading.jail.task import Ran

_MOST = 4000  # characters of words that a student reads
_NO_END = "The test did not come to its end, so it counts as not passed."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a test.

    Attributes:
        passed: whether it ran to its end.
        words: what it said, for the student.
        evidence: what the answer did or changed that no answer needs. With it, a pass does not
            count before a person has looked, and the words may hold what a student must not read.
        is_told: whether the run said it; else it said nothing, and the words are ours.
    """

    passed: bool
    words: str
    evidence: tuple[str, ...] = ()
    is_told: bool = True


@dataclass(frozen=True, slots=True)
class OwnRun:
    """How a test cell ended when the student's notebook was run, all cells in order.

    Attributes:
        passed: whether it ran, and showed no error.
        why: if it did not pass, why, in one sentence.
    """

    passed: bool
    why: str = ""


def own_run(
    outputs: Sequence[Mapping[str, Any]], execution_count: int | None, ended: str = ""
) -> OwnRun:
    """Read how a test cell ended in the notebook's own run.

    Args:
        outputs: what it showed, as nbformat has it.
        execution_count: its number; None if it was not run.
        ended: why the whole run was ended; empty if it came to its end.
    """
    if execution_count is None:
        return OwnRun(passed=False, why=f"The cell was not run. {ended}".strip())
    errors = [output for output in outputs if output.get("output_type") == "error"]
    if errors:
        words = str(errors[0].get("evalue", "")) or str(errors[0].get("ename", ""))
        return OwnRun(passed=False, why=words[:_MOST])
    return OwnRun(passed=True)


def read_verdict(ran: Ran, word: str, canaries: Collection[str]) -> Verdict:
    """Read the verdict of a run in one process with the student's code.

    Args:
        ran: what came out of the jail; untrusted.
        word: what the verdict has to bear.
        canaries: the wrong answers that the test has to fail afterwards.
    """
    told = [message for message in ran.messages if message.get("verdict") == word]
    if len(told) != 1 or type(told[0].get("passed")) is not bool:
        silent = " ".join(filter(None, [_NO_END, ran.ended]))
        return Verdict(passed=False, words=silent, is_told=False)
    (message,) = told
    words = str(message.get("words", ""))[:_MOST]
    # Told when it was seen, so that whoever forges a verdict cannot leave it out.
    early = [str(each["seen"])[:500] for each in ran.messages if "seen" in each]
    evidence = [*early[:50], *_texts(message.get("evidence"))]
    if not message["passed"]:
        return Verdict(passed=False, words=words, evidence=tuple(evidence))
    noticed = set(_texts(message.get("noticed")))
    passing = [name for name in canaries if name not in noticed]
    evidence += [f"the test passes a function that {name}" for name in passing]
    if ran.ended:
        evidence.append(ran.ended)
    return Verdict(passed=True, words=words, evidence=tuple(dict.fromkeys(evidence)))


def _texts(value: object) -> list[str]:
    if not isinstance(value, list):
        return ["what the answer did was not told"]
    return [str(each)[:500] for each in value[:50]]
