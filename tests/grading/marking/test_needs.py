"""What is run for a test, by the names that cells bind and read."""

from course_utils.grading.intake.released import ReleasedLesson
from course_utils.grading.jail.cells import as_python
from course_utils.grading.marking.needs import units
from course_utils.grading.marking.unit import Written
from tests.support.released_lesson import code

OUTBOX = "outbox = []\ndef send(to):\n    outbox.append(to)"
GREET = "def greet(name):\n    raise NotImplementedError()"
TWICE = "def twice(number):\n    raise NotImplementedError()"
FIRST = """from operator import add
posted = []
def greeted(name):
    posted.append(greet(name))
    return posted
assert greeted("Ann") == ["Hello Ann"]"""
SECOND = 'assert greeted("Bo")[-1] == "Hello Bo"\nassert twice(1) == 2'
LESSON = ReleasedLesson(
    "01_small",
    (
        code("outbox", OUTBOX),
        code("not-needed", "raise OSError('no network')"),
        code("greet", GREET, solution=True),
        code("greet-test", FIRST, 4),
        code("twice", TWICE, solution=True),
        code("twice-test", SECOND, 2),
        code("quiz-one", 'ask("01_small/one")', 1),
    ),
)
ANSWER = "def greet(name):\n    send(name)\n    return f'Hello {name}'"


def names(unit, *, of: str) -> list[str]:
    return [piece.name for piece in unit.pieces if getattr(piece, of)]


def handed_in(*cells: tuple[str, str]) -> list[Written]:
    return [Written(*cell) for cell in cells]


def test_every_test_cell_is_a_unit_and_a_quiz_cell_is_none():
    found = units(LESSON, [])
    assert [(unit.test, unit.points) for unit in found] == [("greet-test", 4), ("twice-test", 2)]


def test_the_functions_are_the_names_that_a_test_takes_of_solution_cells():
    first, second = units(LESSON, handed_in(("greet", ANSWER)))
    assert (first.functions, first.answers) == (("greet",), ("greet",))
    assert (second.functions, second.answers) == (("greet", "twice"), ("greet", "twice"))


def test_the_answer_gets_the_cells_of_the_lesson_that_bind_what_it_reads():
    first, _ = units(LESSON, handed_in(("outbox", OUTBOX), ("greet", ANSWER)))
    assert names(first, of="for_answer") == ["outbox", "greet"]
    assert names(first, of="for_tests") == []


def test_of_an_earlier_test_only_the_statements_that_are_needed_are_run():
    _, second = units(LESSON, handed_in(("greet", ANSWER)))
    assert [piece.source.partition("\n")[0] for piece in second.pieces if piece.for_tests] == [
        "posted = []",
        "def greeted(name):",
    ]


def test_an_answer_may_use_what_an_earlier_test_imports():
    twice = "def twice(number):\n    return add(number, number)"
    _, second = units(LESSON, handed_in(("greet", ANSWER), ("twice", twice)))
    assert "greet-test, imports" in names(second, of="for_answer")


def test_a_cell_of_the_students_own_comes_along_for_a_name_that_nothing_else_binds():
    own = "SIGN = '!'"
    unneeded = "outbox = ['from me']"
    solution = "def greet(name):\n    send(name)\n    return SIGN"
    first, _ = units(LESSON, handed_in(("", unneeded), ("", own), ("greet", solution)))
    assert [piece.source for piece in first.own] == [own, solution]


def test_a_cell_below_the_answer_comes_along_too():
    solution = "def greet(name):\n    return sign()"
    own = "def sign():\n    return MARK"
    mark = "MARK = '!'"
    first, _ = units(LESSON, handed_in(("greet", solution), ("", mark), ("", own)))
    assert [piece.source for piece in first.own] == [solution, mark, own]


def test_a_changed_cell_of_the_lesson_counts_as_the_students_own():
    changed = OUTBOX + "\ndef loud(text):\n    return text.upper()"
    solution = "def greet(name):\n    return loud(name)"
    first, _ = units(LESSON, handed_in(("", changed), ("greet", solution)))
    assert [piece.source for piece in first.own] == [changed, solution]


def test_a_solution_cell_that_is_lost_is_the_given_start():
    first, _ = units(LESSON, [])
    assert [piece.source for piece in first.own] == [GREET]


def test_an_answer_that_is_no_python_is_run_so_that_it_says_so():
    broken = "def greet(name:\n    return"
    first, _ = units(LESSON, handed_in(("greet", broken)))
    assert (first.functions, first.answers) == (("greet",), ("greet",))
    assert [piece.source for piece in first.own] == [broken]


def test_lines_that_only_a_notebook_understands_are_left_out():
    source = "%matplotlib inline\n!ls\nfiles = !ls\ndef greet(name):\n    return name\ngreet?"
    lines = as_python(source).split("\n")
    assert [*map(bool, lines[:2]), bool(lines[-1])] == [False, False, False]
    assert lines[2] == "files = get_ipython().getoutput('ls')"
    assert lines[3:5] == ["def greet(name):", "    return name"]
    assert as_python("%%time\nx = 1") == "x = 1"
    assert as_python("x = await y") == "x = await y"


def test_a_unit_is_what_json_can_hold():
    first, _ = units(LESSON, handed_in(("greet", ANSWER)))
    data = first.as_data()
    assert data["functions"] == ("greet",)
    assert [piece["whose"] for piece in data["pieces"]] == ["lesson", "student"]
