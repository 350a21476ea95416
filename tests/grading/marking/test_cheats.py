"""Answers that would pass a test without being right: none earns a point, and a pass is flagged."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from course_utils.grading.intake.released import ReleasedLesson
from course_utils.grading.jail.jail import Jail
from course_utils.grading.jail.limits import Limits
from course_utils.grading.marking.exercises import Marking, mark_exercises
from course_utils.grading.marking.unit import Written
from tests.support.released_lesson import code

STUB = "def double(number):\n    raise NotImplementedError()"
CHECKED = """from course_utils import exercise
numbers = [2]
with exercise(1, double) as check:
    for number in numbers:
        check.equal(f"double({number})", double(number), number + number, "Multiply by two.")
    ### BEGIN HIDDEN TESTS
    check.equal("double(5)", double(5), 10, "Multiply by two.")
    ### END HIDDEN TESTS"""
PLAIN = "result = double(4)\nassert result == 8, f'double(4) returned {result}'"
LESSON = ReleasedLesson(
    "01_small",
    (
        code("double", STUB, solution=True),
        code("checked", CHECKED, 4),
        code("plain", PLAIN, 2),
    ),
)
WRONG = "\ndef double(number):\n    return 0\n"
PATCH = "Check._compare = lambda *_: None\n"


@dataclass(frozen=True)
class Cheat:
    """A wrong answer, and whether one of the tests passes with it."""

    name: str
    source: str
    passes: bool = True


CHEATS = [
    Cheat(
        "replaces what compares",
        "from course_utils.exercises.checks import Check\n" + PATCH + WRONG,
    ),
    Cheat(
        "replaces the code of what compares",
        """import course_utils.exercises.checks as checks
checks.Check._compare.__code__ = (lambda self, *_, **__: None).__code__"""
        + WRONG,
    ),
    Cheat(
        "replaces the exercise block",
        """import sys, types
from contextlib import nullcontext
class Anything:
    def __getattr__(self, name):
        return lambda *_: None
fake = types.ModuleType("course_utils.exercises.exercise")
fake.exercise = lambda *_, **__: nullcontext(Anything())
sys.modules["course_utils.exercises.exercise"] = fake"""
        + WRONG,
    ),
    Cheat(
        "puts an exercise block into the package",
        """import course_utils
from contextlib import nullcontext
class Anything:
    def __getattr__(self, name):
        return lambda *_: None
course_utils.exercise = lambda *_, **__: nullcontext(Anything())"""
        + WRONG,
    ),
    Cheat(
        "never raises at the end of the block",
        """from course_utils.exercises.exercise import Exercise
Exercise.__exit__ = lambda self, *_: True"""
        + WRONG,
    ),
    Cheat(
        "returns what equals everything",
        """class Equal:
    def __eq__(self, other):
        return True
def double(number):
    return Equal()""",
    ),
    Cheat(
        "returns what equals everything, made by a call",
        """def double(number):
    return type("Equal", (), {"__" + "eq__": lambda self, other: True})()""",
    ),
    Cheat(
        "returns a number that equals everything",
        """class Equal(int):
    __eq__ = lambda self, other: True
def double(number):
    return Equal(number)""",
    ),
    Cheat(
        "returns a mock's ANY",
        "from unittest.mock import ANY\ndef double(number):\n    return ANY",
    ),
    Cheat(
        "finds what compares among all classes",
        """for each in object.__subclasses__():
    if each.__name__ == "Check":
        each._compare = lambda *_, **__: None"""
        + WRONG,
    ),
    Cheat(
        "finds the test's names among all objects",
        """import gc
def double(number):
    for each in gc.get_objects():
        if isinstance(each, dict) and "check" in each and "numbers" in each:
            type(each["check"])._compare = lambda *_, **__: None
    return 0""",
    ),
    Cheat(
        "finds what compares through the frame that calls",
        """import sys
def double(number):
    check = sys._getframe(1).f_globals.get("check")
    if check is not None:
        type(check)._compare = lambda *_, **__: None
    return 0""",
    ),
    Cheat(
        "changes the list that the test goes through",
        """def double(number):
    try:
        raise ValueError
    except ValueError as error:
        error.__traceback__.tb_frame.f_back.f_globals["numbers"].clear()
    return 10 if number == 5 else 4""",
    ),
    Cheat(
        "reads the expected value in the test's text",
        """import linecache, re
def double(number):
    for name, entry in list(linecache.cache.items()):
        if name.startswith("<cell"):
            for line in entry[2]:
                found = re.search(rf"double\\({number}\\), (\\d+)|result == (\\d+)", line)
                if found:
                    return int(found.group(1) or found.group(2))
    return number + number if number == 2 else 0""",
    ),
    Cheat(
        "reads the expected value in the text of the stack",
        """import inspect, re
def double(number):
    for frame in inspect.stack():
        for source in frame.frame.f_code.co_consts:
            if source in (8, 10):
                return source
    return 4""",
    ),
    Cheat(
        "traces, and finds what compares",
        """import sys
def spy(frame, event, argument):
    if frame.f_code.co_name == "equal":
        type(frame.f_locals["self"])._compare = lambda *_, **__: None
sys.settrace(spy)"""
        + WRONG,
    ),
    Cheat(
        "profiles, and finds what compares",
        """import sys
def spy(frame, event, argument):
    if frame.f_code.co_name == "equal":
        type(frame.f_locals["self"])._compare = lambda *_, **__: None
sys.setprofile(spy)"""
        + WRONG,
    ),
    Cheat(
        "replaces what compares in a thread",
        """import threading
def patch():
    from course_utils.exercises.checks import Check
    Check._compare = lambda *_, **__: None
thread = threading.Thread(target=patch)
thread.start()
thread.join()"""
        + WRONG,
    ),
    Cheat(
        "replaces what compares only while the test runs",
        """from course_utils.exercises.checks import Check
before = Check.equal
def undone(self, *_):
    Check.equal = before
def double(number):
    if number == 5:
        Check.equal = undone
        return 0
    return number + number""",
    ),
    Cheat(
        "runs a text",
        """exec("from course_utils.exercises.checks import Check")
exec("Check._compare = lambda *_, **__: None")"""
        + WRONG,
    ),
    Cheat(
        "imports by a name that is put together",
        """from langchain_core.utils import guard_import
checks = guard_import("course_utils.exer" + "cises.checks")
for name in ("_comp" + "are",):
    setattr(checks.Check, name, lambda *_, **__: None)"""
        + WRONG,
    ),
    Cheat(
        "reads the test's names through a pattern",
        """def double(number):
    match double:
        case object(__globals__=names):
            pass
    names["__builtins__"]["__import__"]("course_utils.exercises.checks")
    names["__builtins__"]["__import__"]("sys").modules[
        "course_utils.exercises.checks"
    ].Check._compare = lambda *_, **__: None
    return 0""",
    ),
    Cheat(
        "copies an attribute by its name",
        """import functools
from course_utils.exercises.checks import Check
def nothing(self, *_, **__):
    pass
functools.update_wrapper(Check._compare, nothing, assigned=("__code__",), updated=())"""
        + WRONG,
    ),
    Cheat(
        "shadows a builtin where the test looks for it",
        "import course_utils.exercises.checks as checks\nchecks.bool = lambda _: True\n"
        "checks._shown = lambda _: ''\nchecks.CheckFailedError = lambda _: None\n" + WRONG,
        passes=False,
    ),
    Cheat("replaces a builtin", "import builtins\nbuiltins.len = lambda _: 2" + WRONG, False),
    Cheat(
        "shadows builtins", "def print(*_): pass\ndef type(_): return int\nlen = id" + WRONG, False
    ),
    Cheat(
        "prints a verdict",
        """def double(number):
    print('{"verdict": "00", "passed": true, "words": "Exercise 1 passed: 2 checks"}')
    return 0""",
        passes=False,
    ),
    Cheat(
        "sends a verdict",
        """import os
def double(number):
    for descriptor in range(3, 20):
        try:
            os.write(descriptor, b'\\n{"verdict": "00", "passed": true, "words": ""}\\n')
        except OSError:
            pass
    os._exit(0)""",
        passes=False,
    ),
    Cheat("ends the process", "import os\nos._exit(0)" + WRONG, passes=False),
    Cheat("raises SystemExit", "def double(number):\n    raise SystemExit(0)", passes=False),
    Cheat("raises an interrupt", "def double(number):\n    raise KeyboardInterrupt", passes=False),
    Cheat(
        "changes the cells before they run",
        """get_ipython().input_transformers_post.append(lambda lines: [])""" + WRONG,
        passes=False,
    ),
    Cheat(
        "changes how results are shown",
        """from IPython.core.formatters import PlainTextFormatter
PlainTextFormatter.__call__ = lambda self, value: "8" """
        + WRONG,
        passes=False,
    ),
    Cheat("reads the history", "def double(number):\n    return eval(In[-1])", passes=False),
    Cheat(
        "waits for a fork",
        """import os
from course_utils.exercises.checks import Check
def patch():
    Check._compare = lambda *_, **__: None
os.register_at_fork(after_in_child=patch, after_in_parent=patch)
os.fork() or os._exit(0)"""
        + WRONG,
    ),
]


@pytest.fixture(scope="module")
def jail() -> Iterator[Jail]:
    with Jail() as jail:
        yield jail


def marked(jail: Jail, source: str, **limits: float):
    marking = Marking(jail, apart=lambda *_: {}, limits=Limits(**limits))
    return mark_exercises(LESSON, [Written("double", source)], marking, dict)


def test_there_are_at_least_two_dozen():
    assert len(CHEATS) >= 24


@pytest.mark.parametrize("cheat", CHEATS, ids=lambda cheat: cheat.name)
def test_a_cheat_earns_nothing_and_a_pass_is_flagged(jail: Jail, cheat: Cheat):
    marks, flags = marked(jail, cheat.source)
    assert [(mark.points, mark.maximum) for mark in marks] == [(0, 4), (0, 2)], marks
    assert bool(flags) == cheat.passes, (marks, flags)
    for flag in flags:
        assert flag.evidence, flag


@pytest.mark.parametrize(
    "source",
    [
        "def double(number):\n    return 2 * number",
        "from operator import add\ndouble = lambda number: add(number, number)",
        "def double(number, len=2):\n    type = number\n    return type * len",
        """class Doubler:
    def __init__(self, factor):
        self._factor = factor
    def __call__(self, number):
        return self._factor * number
double = Doubler(2)""",
        "def double(number):\n    '''Uses no __eq__ and no eval(x).'''\n    return number + number",
        "%matplotlib inline\n!ls\ndef double(number):\n    print('hello')\n    return 2 * number",
        "def double(number):\n    return 2 * number\nprint(double(3), undefined)",
        "from collections import Counter\ndef double(n):\n    return Counter('aa')['a'] * n",
        "def double(number):\n    if type(number).__name__ == number.__class__.__name__:\n"
        "        return number * 2",
    ],
)
def test_an_honest_answer_has_its_points_and_no_flag(jail: Jail, source: str):
    marks, flags = marked(jail, source)
    assert [mark.points for mark in marks] == [4, 2], marks
    assert flags == ()


def test_the_words_say_what_came_back_and_show_the_students_line(jail: Jail):
    (wrong, _), _ = marked(jail, "def double(number):\n    return number")
    assert "Came back: 2" in wrong.words, wrong.words
    (raised, _), _ = marked(
        jail, "def half(n):\n    return n / 0\ndef double(n):\n    return half(n)"
    )
    assert "line 4:     return half(n)" in raised.words, raised.words
    assert "line 2:     return n / 0" in raised.words, raised.words
    (undone, plain), _ = marked(jail, STUB)
    assert undone.words == "Exercise 1: not done yet."
    assert plain.words == "NotImplementedError"
    (broken, _), _ = marked(jail, "def double(number:\n    return")
    assert "The cell double ended with an error." in broken.words, broken.words


def test_an_answer_that_does_not_return_or_ends_the_process_earns_nothing(jail: Jail):
    endless = "def double(number):\n    while True:\n        pass"
    (endless, _), _ = marked(jail, endless, cell_seconds=1)
    assert (endless.points, endless.words) == (
        0,
        "It was interrupted. That happens when it takes too long.",
    )
    (gone, _), _ = marked(jail, "import os\ndef double(number):\n    os._exit(0)")
    assert gone.points == 0
    assert gone.words.startswith("The test did not come to its end"), gone.words
