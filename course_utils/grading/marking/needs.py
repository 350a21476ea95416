"""What is run for a test: what it needs of the lesson, the answer, and what the answer needs.

A cell is needed if it binds a global name that the test, or a later cell that is needed, reads.
"""

from __future__ import annotations

import builtins
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from course_utils.grading.jail.cells import CellError, as_python
from course_utils.grading.marking.names import imports_of, is_python, names_of, statements_of
from course_utils.grading.marking.unit import Piece, Unit, Whose, Written
from course_utils.grading.release import QUIZ_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from course_utils.grading.intake.released import ReleasedCell, ReleasedLesson

# What every cell has without binding it.
_GIVEN = frozenset({*dir(builtins), "display", "get_ipython", "__builtins__"})
_ASKS = re.compile(r"\bask\(")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A cell, or a part of one, that may be needed.

    Attributes:
        place: the lesson's cell that it is, or stands after, and what comes first among equals.
        binds: the names for which it may be taken.
    """

    place: tuple[int, int]
    name: str
    source: str
    whose: Whose
    binds: frozenset[str]

    @property
    def reads(self) -> frozenset[str]:
        return names_of(self.source).reads


def units(lesson: ReleasedLesson, notebook: Sequence[Written]) -> tuple[Unit, ...]:
    """Return what is run for each test cell, in the lesson's order; a quiz cell has none.

    Of the lesson its cells are taken as they were released. Of the student the solution cells are
    taken, and other cells only for a name that neither a cell of the lesson nor a solution binds.

    Args:
        lesson: the lesson, with its hidden tests.
        notebook: the student's code cells, in order.
    """
    tests = [n for n, cell in enumerate(lesson.cells) if is_exercise_test(cell)]
    return tuple(_unit(lesson, number, notebook) for number in tests)


def is_exercise_test(cell: ReleasedCell) -> bool:
    """Tell the test of an exercise from a quiz cell, and from whatever is not marked by a run."""
    return cell.is_test and cell.cell_type == "code" and not cell.name.startswith(QUIZ_PREFIX)


def _unit(lesson: ReleasedLesson, number: int, notebook: Sequence[Written]) -> Unit:
    before, test = lesson.cells[:number], lesson.cells[number]
    answers, stubs = _answers(before, notebook), _stubs(before)
    for_tests, left = _slice([*_for_tests(before), *stubs], names_of(test.source).reads)
    taken, functions = {}, {n for n in left for each in answers if n in each.binds}
    for each, names in for_tests.items():
        if each.whose == "student":
            functions |= names
        else:
            taken[each] = names
    for_answer = _for_the_answer(lesson, number, notebook, answers, frozenset(functions))
    asked = [each.name for each in stubs if each.binds & functions]
    binding = [each.name for each in answers if each.binds & functions]
    tested = [names_of(each) for each in (*(each.source for each in taken), test.source)]
    tested_names = [names for each in tested for names in each]
    helpers = frozenset().union(*(c.binds for c in for_answer if c.whose == "student"))
    helpers &= frozenset().union(*(each.reads for each in for_answer))
    return Unit(
        test=test.name,
        points=test.points,
        functions=tuple(sorted(functions)),
        helpers=tuple(sorted(helpers.difference(functions, _GIVEN, *tested_names))),
        answers=tuple(dict.fromkeys([*asked, *binding])),
        pieces=_pieces(taken, for_answer),
        source=as_python(test.source),
    )


def _for_the_answer(
    lesson: ReleasedLesson,
    number: int,
    notebook: Sequence[Written],
    answers: Sequence[_Candidate],
    functions: frozenset[str],
) -> set[_Candidate]:
    """Return what the answer needs, and the answer itself."""
    before = lesson.cells[:number]
    others = [*_of_the_lesson(before, asking=True), *_imports_of_tests(before), *answers]
    bound = frozenset[str]().union(*(each.binds for each in others))
    candidates = [*others, *_own(lesson, number, notebook, bound)]
    wanted, found = functions, set[_Candidate]()
    while True:
        # A function may read a name that is bound below it: look again from the test on.
        needed, left = _slice(candidates, wanted)
        again = wanted | {name for name in left if any(name in c.binds for c in candidates)}
        found |= needed.keys()
        if again == wanted:
            return found
        wanted = again


def _slice(
    candidates: Iterable[_Candidate], wanted: frozenset[str]
) -> tuple[dict[_Candidate, frozenset[str]], set[str]]:
    """Return the candidates that are needed, each with the names it is needed for, and the rest."""
    needed, missing = {}, set(wanted - _GIVEN)
    for each in sorted(candidates, key=lambda one: one.place, reverse=True):
        names = each.binds & missing
        if names:
            needed[each] = frozenset(names)
            missing = (missing - each.binds) | (each.reads - _GIVEN)
    return needed, missing


def _for_tests(before: Sequence[ReleasedCell]) -> list[_Candidate]:
    return [*_of_the_lesson(before, asking=False), *_parts_of_tests(before)]


def _of_the_lesson(before: Sequence[ReleasedCell], *, asking: bool) -> list[_Candidate]:
    """Return the lesson's cells that nobody is to change, with or without those that ask."""
    return [
        _candidate((n, 0), _called(cell, n), cell.source, "lesson")
        for n, cell in enumerate(before)
        if cell.cell_type == "code" and not cell.is_solution and not cell.is_test
        if asking or not _ASKS.search(cell.source)
    ]


def _parts_of_tests(before: Sequence[ReleasedCell]) -> list[_Candidate]:
    """Return the statements of earlier tests: a later test may use a function of theirs."""
    return [
        _candidate((n, part), f"{cell.name}, statement {part}", source, "lesson")
        for n, cell in enumerate(before)
        if is_exercise_test(cell)
        for part, source in enumerate(statements_of(cell.source), 1)
    ]


def _imports_of_tests(before: Sequence[ReleasedCell]) -> list[_Candidate]:
    """Return what earlier tests import: in a notebook it is there for the answer, too."""
    return [
        _candidate((n, 0), f"{cell.name}, imports", imports, "lesson")
        for n, cell in enumerate(before)
        if is_exercise_test(cell) and (imports := imports_of(cell.source))
    ]


def _stubs(before: Sequence[ReleasedCell]) -> list[_Candidate]:
    """Return the given starts, for the names that an answer is to bind.

    What a start imports, the tests import themselves.
    """
    found = []
    for n, cell in enumerate(before):
        if cell.is_solution and cell.cell_type == "code":
            imports = imports_of(cell.source)
            imported = names_of(imports).binds
            binds = names_of(cell.source).binds - imported
            found.append(_Candidate((n, 0), cell.name, "", "student", binds))
            found.append(_candidate((n, 1), f"{cell.name}, imports", imports, "lesson"))
    return found


def _answers(before: Sequence[ReleasedCell], notebook: Sequence[Written]) -> list[_Candidate]:
    """Return the solution cells as they were handed in; a lost one is as it was given."""
    handed_in = {cell.name: cell.source for cell in notebook if cell.name}
    found = []
    for n, cell in enumerate(before):
        if cell.is_solution and cell.cell_type == "code":
            source = handed_in.get(cell.name, cell.source)
            # One that is no Python is run too, and says so.
            binding = source if is_python(source) else cell.source
            binds = names_of(binding).binds
            found.append(_Candidate((n, 0), cell.name, source, "student", binds))
    return found


def _own(
    lesson: ReleasedLesson, number: int, notebook: Sequence[Written], bound: frozenset[str]
) -> list[_Candidate]:
    """Return the student's other cells before a test, for the names that nothing else binds."""
    places: dict[str, int] = {}
    for n, cell in enumerate(lesson.cells):
        places.setdefault(cell.name or cell.source.strip(), n)
    found, place = [], 0
    for count, handed_in in enumerate(notebook, 1):
        known = places.get(handed_in.name or handed_in.source.strip())
        if known is not None:
            place = max(place, known)
        elif not handed_in.name and place < number:
            binds = names_of(handed_in.source).binds - bound
            name = f"own cell, number {count}"
            found.append(_Candidate((place, count), name, handed_in.source, "student", binds))
    return found


def _candidate(place: tuple[int, int], name: str, source: str, whose: Whose) -> _Candidate:
    return _Candidate(place, name, source, whose, names_of(source).binds)


def _called(cell: ReleasedCell, number: int) -> str:
    return cell.name or cell.id or f"cell {number}"


def _pieces(for_tests: Iterable[_Candidate], for_answer: Iterable[_Candidate]) -> tuple[Piece, ...]:
    tests, answer = set(for_tests), set(for_answer)
    return tuple(
        Piece(
            name=each.name,
            source=_python(each.source),
            whose=each.whose,
            for_tests=each in tests,
            for_answer=each in answer,
            binds=tuple(sorted(names_of(each.source).binds)),
        )
        for each in sorted(tests | answer, key=lambda one: (*one.place, one.name))
    )


def _python(source: str) -> str:
    try:
        return as_python(source)
    except CellError:
        return source  # it fails where it is run, and says why
