"""From a verdict to points and flags; nothing here runs a test."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from course_utils.grading.intake.released import ReleasedLesson
from course_utils.grading.jail.limits import Limits
from course_utils.grading.jail.task import Ran, Task
from course_utils.grading.marking.authors_answers import AuthorsAnswers
from course_utils.grading.marking.exercises import Marking, mark_exercises
from course_utils.grading.marking.passes import Passes
from course_utils.grading.marking.unit import Unit, Written
from course_utils.grading.marking.verdicts import OwnRun, Verdict, own_run
from tests.support.released_lesson import code

LESSON = ReleasedLesson(
    "01_small",
    (
        code("double", "def double(number):\n    raise NotImplementedError()", solution=True),
        code("test", "assert double(2) == 4", 4),
    ),
)
TOGETHER = "course_utils.grading.jail.together:run_together"
ANSWER = Written("double", "def double(number):\n    return number + number")
TEST = Written("test", "assert double(2) == 4")
PASSED, FAILED = Verdict(passed=True, words="It passed."), Verdict(passed=False, words="No.")
OWN_PASSED, OWN_FAILED = OwnRun(passed=True), OwnRun(passed=False, why="NameError")


@dataclass
class Told:
    """A jail that says what it is told to say of a run together, and keeps what it was asked."""

    message: dict[str, Any] | None = None
    ended: str = ""
    asked: list[Task] = field(default_factory=list)

    def run(self, task: Task, _limits: Limits) -> Ran:
        self.asked.append(task)
        if task.entry.endswith(":try_wrong_answers"):
            return Ran(({"fails": {"returns nothing": 0.01, "returns a text": 0.02}},), "")
        if self.message is None:
            return Ran((), self.ended)
        return Ran(({"verdict": task.payload["verdict"], **self.message},), self.ended)


def told(**message: Any) -> Told:
    noticed = ["returns nothing", "returns a text"]
    return Told({"passed": True, "words": "", "evidence": [], "noticed": noticed, **message})


def marked(jail: Told, apart: Verdict | None, own: OwnRun | None = None, answer: Written = ANSWER):
    def mark_apart(_units: Sequence[Unit], _limits: Limits) -> dict[str, Verdict]:
        return {} if apart is None else {"test": apart}

    own_runs = {} if own is None else {"test": own}
    marking = Marking(jail, mark_apart)
    marks, flags = mark_exercises(LESSON, [answer, TEST], marking, lambda: own_runs)
    return marks[0].points, marks[0].words, [flag.why for flag in flags], flags


def test_an_unchanged_answer_that_passed_is_not_run_again_where_passes_are_kept():
    ends, run, heard = {ANSWER.source: PASSED}, list[str](), list[tuple[int, int]]()

    def mark_apart(units: Sequence[Unit], _limits: Limits) -> dict[str, Verdict]:
        [source] = [piece.source for piece in units[0].own]
        run.append(source)
        return {"test": ends.get(source, Verdict(passed=False, words=": not done yet."))}

    marking = Marking(told(), mark_apart, passes=Passes(), heard=lambda *count: heard.append(count))
    other = Written("double", "def double(number):\n    return 3")
    answers = [ANSWER, ANSWER, other, other, ANSWER]
    given = [mark_exercises(LESSON, [each, TEST], marking, dict)[0] for each in answers]
    assert [mark.points for (mark,) in given] == [4, 4, 0, 0, 4]
    # A failure is always run again, and a pass only as long as everything is the same.
    assert run == [ANSWER.source, other.source, other.source]
    assert heard == [(0, 1), (1, 1)] * 5
    harder = replace(LESSON, cells=(LESSON.cells[0], code("test", "assert double(3) == 6", 4)))
    mark_exercises(harder, [ANSWER, TEST], marking, dict)
    assert run[-1] == ANSWER.source, "another test took the pass of the one before"
    assert len(run) == 4


def test_a_pass_that_waits_for_a_person_is_not_kept():
    jail = told(evidence=["it reads a frame"])
    marking = Marking(jail, lambda *_: {}, passes=Passes())
    for times in (1, 2):
        (mark,), flags = mark_exercises(LESSON, [ANSWER, TEST], marking, dict)
        assert (mark.points, len(flags)) == (0, 1)
        assert [task.entry for task in jail.asked].count(TOGETHER) == times


def test_a_pass_apart_earns_the_points_and_nothing_runs_together():
    jail = told()
    assert marked(jail, PASSED)[:3] == (4, "It passed.", [])
    assert jail.asked == []


def test_what_is_not_done_yet_is_not_run_again():
    jail = told()
    undone = Verdict(passed=False, words="Exercise 1: not done yet.")
    assert marked(jail, undone)[:2] == (0, "Exercise 1: not done yet.")
    assert jail.asked == []


def test_what_failed_in_the_notebook_in_the_same_words_is_not_run_again():
    jail = told()
    assert marked(jail, FAILED, OwnRun(passed=False, why="No."))[:3] == (0, "No.", [])
    assert jail.asked == []


def test_what_took_too_long_in_the_notebook_too_is_not_run_a_third_time():
    jail, silent = told(), Verdict(passed=False, words="It took too long.", is_told=False)
    interrupted = OwnRun(passed=False, why="KeyboardInterrupt")
    assert marked(jail, silent, interrupted)[:3] == (0, "It took too long.", [])
    assert jail.asked == []
    assert marked(told(words="It passed."), FAILED, interrupted)[:2] == (4, "It passed.")


@pytest.mark.parametrize("own", [OWN_PASSED, OwnRun(passed=False, why="Not so.")])
def test_what_ended_otherwise_in_the_notebook_is_run_together(own: OwnRun):
    assert marked(told(words="It passed."), FAILED, own)[:2] == (4, "It passed.")


@pytest.mark.parametrize("apart", [None, FAILED])
def test_else_a_clean_pass_together_earns_them(apart: Verdict | None):
    assert marked(told(words="It passed."), apart)[:3] == (4, "It passed.", [])


AUTHORS = "def double(number):\n    return 2 * number"
REFERENCED = replace(LESSON, cells=(replace(LESSON.cells[0], authors=AUTHORS), LESSON.cells[1]))


def marked_beside_the_authors(lesson: ReleasedLesson, *of_the_authors: Verdict | None):
    """Mark an answer that passes together and not apart, where the author's ends like this."""
    ends = iter(of_the_authors)

    def mark_apart(units: Sequence[Unit], _limits: Limits) -> dict[str, Verdict]:
        end = next(ends) if AUTHORS in units[0].own[0].source else None
        return {} if end is None else {"test": end}

    marking = Marking(told(), mark_apart, authors=AuthorsAnswers(lesson, mark_apart))
    twice = [mark_exercises(lesson, [ANSWER, TEST], marking, dict) for _ in range(2)]
    assert twice[0] == twice[1], "the author's answer was run again"
    (mark,), flags = twice[0]
    return mark.points, [flag.evidence for flag in flags]


@pytest.mark.parametrize(("authors", "shown"), [(PASSED, "No."), (None, "The test did not pass.")])
def test_words_of_a_failure_apart_are_shown_where_the_authors_answer_passes_apart(
    authors: Verdict | None, shown: str
):
    def mark_apart(units: Sequence[Unit], _limits: Limits) -> dict[str, Verdict]:
        end = authors if AUTHORS in units[0].own[0].source else FAILED
        return {} if end is None else {"test": end}

    jail = told(passed=False, words="NameError: the hidden check", evidence=["it reads a frame"])
    marking = Marking(jail, mark_apart, authors=AuthorsAnswers(REFERENCED, mark_apart))
    (mark,), _ = mark_exercises(REFERENCED, [ANSWER, TEST], marking, dict)
    assert (mark.points, mark.words.partition(" What")[0]) == (0, shown)


@pytest.mark.parametrize("ends", [[PASSED], [FAILED, FAILED, PASSED]], ids=["at once", "at last"])
def test_a_pass_that_only_this_answer_needs_together_waits_for_a_person(ends: list[Verdict]):
    points, evidence = marked_beside_the_authors(REFERENCED, *ends)
    assert points == 0
    assert evidence == [
        "The author's answer passes in a process of its own, where it cannot reach the test; "
        "this one passes only in one process with the test."
    ]


@pytest.mark.parametrize("ends", [[None], [FAILED] * 3], ids=["cannot", "fails"])
def test_where_the_authors_answer_needs_it_too_the_pass_counts(ends: list[Verdict | None]):
    assert marked_beside_the_authors(REFERENCED, *ends) == (4, [])


def test_without_the_authors_answer_nothing_is_known_of_it():
    assert marked_beside_the_authors(LESSON) == (4, [])


def test_a_failure_together_tells_its_words():
    assert marked(told(passed=False, words="Came back: 3"), FAILED)[:3] == (0, "Came back: 3", [])


@pytest.mark.parametrize(
    "message",
    [
        {"evidence": ["sys._getframe: double, line 2"]},
        {"noticed": ["returns nothing"]},
        {"noticed": None},
        {"evidence": "none"},
    ],
    ids=str,
)
def test_a_pass_with_evidence_waits_for_a_person(message: dict[str, Any]):
    points, words, whys, flags = marked(told(**message), None, OWN_PASSED)
    assert (points, len(flags)) == (0, 1), whys
    assert words == "The test passed. A person looks at this answer before it counts."
    assert flags[0].evidence


def test_what_stands_in_the_answer_is_evidence_too():
    cheat = Written("double", "import sys\ndef double(number):\n    return 4")
    points, _, _, flags = marked(told(), None, answer=cheat)
    assert (points, [flag.evidence for flag in flags]) == (
        0,
        ["double, line 1: it imports sys: import sys"],
    )


def test_words_that_the_answer_may_have_put_there_are_not_told():
    jail = told(passed=False, words="the hidden test", evidence=["sys._getframe: double, line 2"])
    withheld = "The test did not pass. What it said is not shown: the answer uses what none needs."
    assert marked(jail, None)[:3] == (0, withheld, [])
    assert marked(jail, FAILED)[:3] == (0, "No.", [])


@pytest.mark.parametrize(
    ("jail", "words"),
    [
        (Told(), "The test did not come to its end, so it counts as not passed."),
        (
            Told(ended="It ran for longer than 30 seconds."),
            "The test did not come to its end, so it counts as not passed."
            " It ran for longer than 30 seconds.",
        ),
        (
            Told({"verdict": "guessed", "passed": True}),
            "The test did not come to its end, so it counts as not passed.",
        ),
        (
            told(passed="yes"),
            "The test did not come to its end, so it counts as not passed.",
        ),
    ],
)
def test_whatever_does_not_say_that_it_passed_earns_nothing(jail: Told, words: str):
    assert marked(jail, None)[:3] == (0, words, [])


def test_where_the_mark_and_the_notebooks_own_run_agree_there_is_no_flag():
    assert marked(told(), PASSED, OWN_PASSED)[2] == []
    assert marked(told(passed=False), None, OWN_FAILED)[2] == []


def test_a_pass_in_the_notebook_alone_is_flagged():
    points, _, whys, flags = marked(told(passed=False, words="NameError"), None, OWN_PASSED)
    assert points == 0
    assert whys == [
        "The test passed in the notebook, and not when run by itself. It has no points."
    ]
    assert flags[0].evidence == "NameError"


def test_a_pass_of_the_answer_alone_keeps_its_points_and_is_flagged():
    ended = own_run([], None, "The notebook ran for longer than 180 seconds.")
    points, _, whys, flags = marked(told(), PASSED, ended)
    assert points == 4
    assert whys == [
        "The test passed when run by itself, and not in the notebook. It has its points."
    ]
    assert flags[0].evidence == (
        "The cell was not run. The notebook ran for longer than 180 seconds."
    )


def test_a_test_that_was_moved_above_its_answer_is_no_flag():
    marking = Marking(told(), lambda *_: {"test": PASSED})
    marks, flags = mark_exercises(LESSON, [TEST, ANSWER], marking, lambda: {"test": OWN_FAILED})
    assert (marks[0].points, flags) == (4, ())


def test_the_wrong_answers_of_a_test_are_found_out_once():
    jail = told()
    marking = Marking(jail, lambda *_: {})
    for answer in (ANSWER, Written("double", "def double(number):\n    return 2 * number")):
        mark_exercises(LESSON, [answer, TEST], marking, dict)
    entries = [task.entry.partition(":")[2] for task in jail.asked]
    assert entries == ["try_wrong_answers", "run_together", "run_together"]
    assert jail.asked[0].payload["unit"]["pieces"] == ()
    words = [task.payload["verdict"] for task in jail.asked[1:]]
    assert len(set(words)) == 2, "each verdict bears a word of its own"


def test_how_a_cell_ended_in_the_notebook_is_read_from_its_outputs():
    stream = {"output_type": "stream", "name": "stderr", "text": "a warning"}
    error = {"output_type": "error", "ename": "NameError", "evalue": "no name", "traceback": []}
    assert own_run([stream], 3) == OwnRun(passed=True)
    assert own_run([stream, error], 3) == OwnRun(passed=False, why="no name")
    assert own_run([], None) == OwnRun(passed=False, why="The cell was not run.")


COPIED = "TABLE = {'Ann Lee': 'ann-7', 'Bo': 'bo-9'}\ndef key(name):\n    return TABLE.get(name)"


@pytest.mark.parametrize(
    ("answer", "flagged"),
    [
        (COPIED, True),
        (COPIED.replace("Bo", "Cy").replace("bo-9", "ann"), True),
        ("def key(name):\n    return {'Ann Lee': 'a-nn'}[name]", False),
        ("def key(name):\n    return {'Dee': 'dee-1'}[name]", False),
    ],
)
def test_an_answer_that_knows_the_texts_of_its_test_is_flagged(answer: str, flagged: bool):
    lesson = ReleasedLesson(
        "01_small",
        (
            code("dee", "dee = {'Dee': 'dee-1'}"),
            code("key", "def key(name):\n    raise NotImplementedError()", solution=True),
            code(
                "test", "for n in ('Ann Lee', 'Dee'):\n    assert key(n) in ('ann-7', 'dee-1')", 4
            ),
        ),
    )
    marking = Marking(told(), lambda *_: {"test": PASSED})
    marks, flags = mark_exercises(lesson, [Written("key", answer)], marking, dict)
    assert (marks[0].points, bool(flags)) == (0 if flagged else 4, flagged)
    assert not flags or flags[0].evidence.startswith("it has texts of the test: 'Ann Lee'")
