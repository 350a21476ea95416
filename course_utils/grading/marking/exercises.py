"""The marks of a submission's exercises: each test by itself, in a fresh process in the jail."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from course_utils.grading.jail.limits import Limits
from course_utils.grading.jail.task import Task
from course_utils.grading.marking.apart import by_answer, is_not_done
from course_utils.grading.marking.audit import audit
from course_utils.grading.marking.canaries import Canaries, Runs
from course_utils.grading.marking.copied import copied
from course_utils.grading.marking.needs import units
from course_utils.grading.marking.record import Flag, Mark
from course_utils.grading.marking.verdicts import Verdict, read_verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from course_utils.grading.intake.released import ReleasedLesson
    from course_utils.grading.marking.apart import Apart
    from course_utils.grading.marking.authors_answers import AuthorsAnswers
    from course_utils.grading.marking.passes import Passes
    from course_utils.grading.marking.unit import Unit, Written
    from course_utils.grading.marking.verdicts import OwnRun

_TOGETHER = "course_utils.grading.jail.together:run_together"
_WITHHELD = "The test did not pass. What it said is not shown: the answer uses what none needs."
_ONLY_TOGETHER = (
    "The author's answer passes in a process of its own, where it cannot reach the test; this one "
    "passes only in one process with the test."
)
# How a cell that took too long ends when the notebook is run.
_INTERRUPTED = "KeyboardInterrupt"
_WAITS = "The test passed. A person looks at this answer before it counts."


@dataclass(frozen=True, slots=True)
class Marking:
    """How exercises are marked: the same for all submissions of a batch.

    Attributes:
        jail: runs what students wrote.
        apart: runs the tests of one answer in one process and the answer in another; there is no
            verdict of a test with which that cannot be done.
        limits: what one run may use.
        canaries: the wrong answers that the tests notice.
        authors: how the tests go with the author's answers; None where nobody asks.
        passes: what has passed before and is not run again; None where all is run.
        at_a_time: how many answers are marked at the same time.
        heard: is told how many tests have a verdict, and of how many.
    """

    jail: Runs
    apart: Apart
    limits: Limits = field(default_factory=Limits)
    canaries: Canaries = field(default_factory=Canaries)
    authors: AuthorsAnswers | None = None
    passes: Passes | None = None
    at_a_time: int = 1
    heard: Callable[[int, int], object] = lambda _done, _of: None


def mark_exercises(
    lesson: ReleasedLesson,
    notebook: Sequence[Written],
    marking: Marking,
    own_runs: Callable[[], Mapping[str, OwnRun]],
) -> tuple[tuple[Mark, ...], tuple[Flag, ...]]:
    """Mark every test cell of a submission.

    A test that passes with the answer in a process of its own earns its points. Else it is run in
    one process with the answer, unless it failed in the notebook in the same words. There a pass
    earns them only if the author's answer needs that too, and nothing is found that an answer does
    not need. Else it earns none before a person has looked, and there is a flag. Whatever does not
    tell that it passed earns nothing. Where a mark and the notebook's own run differ, there is a
    flag, and the mark stands.

    Args:
        lesson: the lesson, with its hidden tests.
        notebook: the student's code cells, in order, with everything put back.
        marking: how it is done.
        own_runs: returns how the test cells ended when the notebook was run, by `grade_id`; of one
            that is missing nothing is compared. It is called no sooner than that matters.
    """
    marks, flags = [], list[Flag]()
    for unit, said in _verdicts(units(lesson, notebook), marking, own_runs):
        copies = copied(unit, lesson) if said.passed else ()
        verdict = replace(said, evidence=(*said.evidence, *copies))
        earned = verdict.passed and not verdict.evidence
        points, words = unit.points if earned else 0.0, _words(verdict)
        marks.append(Mark(cell=unit.test, points=points, maximum=unit.points, words=words))
        flags += _flags(unit, verdict, own_runs().get(unit.test), notebook)
    return tuple(marks), tuple(flags)


def _verdicts(
    all_units: Iterable[Unit], marking: Marking, own_runs: Callable[[], Mapping[str, OwnRun]]
) -> list[tuple[Unit, Verdict]]:
    """Return each test that has points, with its verdict."""
    answers = list(by_answer(unit for unit in all_units if unit.points))
    done, of = 0, sum(map(len, answers))
    marking.heard(done, of)
    with ThreadPoolExecutor(marking.at_a_time, thread_name_prefix="answer") as pool:
        begun = {pool.submit(_of_one_answer, tests, marking, own_runs): tests for tests in answers}
        for one in as_completed(begun):
            done += len(begun[one])
            marking.heard(done, of)
    return [each for one, tests in begun.items() for each in zip(tests, one.result(), strict=True)]


def _of_one_answer(
    tests: Sequence[Unit], marking: Marking, own_runs: Callable[[], Mapping[str, OwnRun]]
) -> tuple[Verdict, ...]:
    """Return the verdicts of all tests of one answer."""
    known = marking.passes.of(tests) if marking.passes else None
    if known is not None:
        return known
    apart = marking.apart(tests, marking.limits)
    verdicts = tuple(_verdict(unit, apart.get(unit.test), marking, own_runs) for unit in tests)
    if marking.passes:
        marking.passes.keep(tests, verdicts)
    return verdicts


def _verdict(
    unit: Unit,
    apart: Verdict | None,
    marking: Marking,
    own_runs: Callable[[], Mapping[str, OwnRun]],
) -> Verdict:
    """Return the verdict of a test; with evidence, if its pass may be none."""
    if apart is not None and (apart.passed or _failed_for_good(unit, apart, own_runs)):
        return apart
    word = secrets.token_hex(16)
    canaries = marking.canaries.of(unit, marking.jail, marking.limits)
    payload = {"unit": unit.as_data(), "verdict": word, "canaries": canaries}
    ran = marking.jail.run(Task(_TOGETHER, payload), marking.limits)
    verdict = read_verdict(ran, word, canaries)
    if not verdict.is_told:
        return verdict
    evidence = (*_only_together(unit, verdict, marking), *audit(unit), *verdict.evidence)
    verdict = replace(verdict, evidence=evidence)
    if apart and verdict.evidence and not verdict.passed and _is_fit_apart(unit, marking):
        return apart  # its words cannot hold what the answer put there
    return verdict


def _is_fit_apart(unit: Unit, marking: Marking) -> bool:
    """Tell whether what a test says apart is about the answer, and not about being apart."""
    return marking.authors is None or marking.authors.pass_apart(unit.test, marking.limits)


def _failed_for_good(
    unit: Unit, apart: Verdict, own_runs: Callable[[], Mapping[str, OwnRun]]
) -> bool:
    """Tell whether a test that failed apart would fail in one process with the answer too.

    The notebook's own run is in one process. Where the test failed there in the same words, or took
    too long there too, it is not for the two processes that it failed.
    """
    if is_not_done(apart):
        return True
    own = own_runs().get(unit.test)
    if own is None or own.passed:
        return False
    return own.why == apart.words or (not apart.is_told and own.why == _INTERRUPTED)


def _only_together(unit: Unit, verdict: Verdict, marking: Marking) -> Iterator[str]:
    if verdict.passed and marking.authors and marking.authors.pass_apart(unit.test, marking.limits):
        yield _ONLY_TOGETHER


def _words(verdict: Verdict) -> str:
    """Return what a student reads; an answer could have put hidden tests into its own error."""
    if verdict.evidence:
        return _WAITS if verdict.passed else _WITHHELD
    return verdict.words


def _flags(
    unit: Unit, verdict: Verdict, own: OwnRun | None, notebook: Sequence[Written]
) -> Iterator[Flag]:
    if verdict.passed and verdict.evidence:
        why = "The test passed, and the answer does what no answer needs. It has no points yet."
        yield Flag(cell=unit.test, why=why, evidence="\n".join(verdict.evidence))
    elif own is None or own.passed == verdict.passed:
        return
    elif own.passed:
        why = "The test passed in the notebook, and not when run by itself. It has no points."
        yield Flag(cell=unit.test, why=why, evidence="\n".join([verdict.words, *verdict.evidence]))
    elif not _is_above_its_answer(unit, notebook):
        why = "The test passed when run by itself, and not in the notebook. It has its points."
        yield Flag(cell=unit.test, why=why, evidence=own.why)


def _is_above_its_answer(unit: Unit, notebook: Sequence[Written]) -> bool:
    """Tell a test that was moved, so that it cannot pass when all cells run in order."""
    names = [cell.name for cell in notebook]
    places = [names.index(name) for name in unit.answers if name in names]
    return unit.test in names and any(names.index(unit.test) < place for place in places)
