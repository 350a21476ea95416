"""What nbgrader and nbconvert do without promising it, each seen in the release that is named.

A failure says what no longer holds; the use is the function of `course_utils.neighbours.nbgrader`
that the test calls.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from nbconvert.exporters import HTMLExporter, NotebookExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, writes
from nbgrader.api import Gradebook
from nbgrader.apps import AutogradeApp, NbGraderAPI
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import (
    ClearHiddenTests,
    ClearMarkScheme,
    ComputeChecksums,
    NbGraderPreprocessor,
    SaveCells,
)
from traitlets.config import Config

from course_utils.neighbours.nbgrader import (
    NotebookNames,
    convert_only,
    copy_nothing,
    course_of,
    course_of_the_step,
    escape_names,
    exporter_of,
    found_notebooks,
    grade_with,
    late_penalties,
    notebook_names,
    page_filters,
    page_templates,
    parse_timestamp,
    put_alembic_on_the_path,
    put_beside,
    released_metadata,
    remove_hidden_tests,
    remove_mark_scheme,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nbformat import NotebookNode

LESSON = "01_small"


def seen(what: str, package: str = "nbgrader", release: str = "0.9.6") -> str:
    """Say what no longer holds, where it was seen, and what is installed."""
    return f"{what}: so in {package} {release}, and {version(package)} is installed"


@contextmanager
def holding(what: str) -> Iterator[None]:
    """Say what no longer holds when nbgrader itself raises."""
    try:
        yield
    except Exception as error:
        raise AssertionError(f"{seen(what)}; {error!r}") from error


def notebook(*cells: NotebookNode) -> NotebookNode:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=list(cells), metadata={"kernelspec": kernel})


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


class Note(NbGraderPreprocessor):
    """A step that writes down what it is told, and adds a file."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Any:
        exporter = exporter_of(self)
        course = course_of(exporter)
        copied = Path(course.root, "feedback", "zoe", LESSON, "copied.txt").exists()
        exporter.noted.append((notebook_names(resources), copied))
        put_beside(resources, {"added.txt": b"added"})
        return nb, resources


class Run(NotebookExporter):
    """An exporter that is set up by `begin` and keeps what its steps note."""

    begin: Callable[[Run], None] = staticmethod(lambda _: None)

    def __init__(self, parent: Any = None, **options: Any) -> None:
        super().__init__(parent=parent, **options)
        self.noted: list[tuple[NotebookNames, bool]] = []
        type(self).begin(self)


def course(root: Path) -> CourseDirectory:
    return CourseDirectory(root=str(root), assignment_id=LESSON, db_url=f"sqlite:///{root}/g.db")


def run(
    root: Path, begin: Callable[[Run], None] = lambda _: None, *, force: bool = False
) -> GenerateFeedback:
    """Have nbgrader convert what is in `autograded/`; return its converter."""
    run_class = type("ThisRun", (Run,), {"begin": staticmethod(begin)})
    config = Config({"GenerateFeedback": {"exporter_class": run_class, "preprocessors": [Note]}})
    converter = GenerateFeedback(coursedir=course(root), config=config, force=force)
    converter.start()
    return converter


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a course in which zoe has a lesson, a draft and a file, and amy a lesson."""
    for name in (LESSON, "draft"):
        put(tmp_path / "autograded" / "zoe" / LESSON / f"{name}.ipynb", writes(notebook()))
    put(tmp_path / "autograded" / "zoe" / LESSON / "copied.txt", "copied")
    put(tmp_path / "autograded" / "amy" / LESSON / f"{LESSON}.ipynb", writes(notebook()))
    return tmp_path


def made(root: Path, student: str) -> set[str]:
    return {path.name for path in (root / "feedback" / student / LESSON).glob("*")}


def test_a_step_is_told_the_names_and_its_parents_are_the_exporter_and_the_course(
    root: Path,
) -> None:
    noted = run(root).exporter.noted
    names = {name for name, _ in noted}
    assert names == {
        NotebookNames("amy", LESSON, LESSON, f"sqlite:///{root}/g.db"),
        NotebookNames("zoe", LESSON, LESSON, f"sqlite:///{root}/g.db"),
        NotebookNames("zoe", LESSON, "draft", f"sqlite:///{root}/g.db"),
    }, seen("resources['nbgrader'] holds student, assignment, notebook and db_url")


def test_files_are_copied_before_the_steps_and_what_a_step_adds_is_written_beside(
    root: Path,
) -> None:
    noted = run(root).exporter.noted
    copied = {copied for names, copied in noted if names.student == "zoe"}
    assert copied == {True}, seen("files beside a notebook are copied before its steps run")
    assert "added.txt" in made(root, "amy"), seen(
        "what is in resources['outputs'] is written beside the notebook", "nbconvert", "7.17.2"
    )


def test_the_exporter_is_made_when_the_notebooks_are_found_and_nothing_is_removed_yet(
    root: Path,
) -> None:
    put(root / "feedback" / "zoe" / LESSON / "old.txt", "old")
    at_first: list[object] = []

    def look(exporter: Run) -> None:
        at_first.append(found_notebooks(exporter))
        at_first.append(made(root, "zoe"))

    run(root, look, force=True)
    zoe, amy = (root / "autograded" / student / LESSON for student in ("zoe", "amy"))
    found, there = at_first
    assert {folder: set(files) for folder, files in found.items()} == {
        str(zoe): {str(zoe / f"{LESSON}.ipynb"), str(zoe / "draft.ipynb")},
        str(amy): {str(amy / f"{LESSON}.ipynb")},
    }, seen("the converter's assignments are the notebooks found, by folder")
    assert there == {"old.txt"}, seen("the exporter is made before --force removes anything")
    assert "old.txt" not in made(root, "zoe"), seen("--force removes what was there")


def test_a_refusal_by_the_exporter_leaves_what_was_there(root: Path) -> None:
    put(root / "release" / LESSON / "old.txt", "old")
    put(root / "source" / LESSON / f"{LESSON}.ipynb", writes(notebook()))

    class Refuse(NotebookExporter):
        def __init__(self, **_: Any) -> None:
            raise ValueError("refused")

    config = Config({"GenerateAssignment": {"exporter_class": Refuse}})
    converter = GenerateAssignment(coursedir=course(root), config=config, force=True)
    with pytest.raises(ValueError, match="refused"):
        converter.start()
    assert (root / "release" / LESSON / "old.txt").exists(), seen(
        "generate_assignment makes its exporter before it removes the release"
    )


def test_a_release_is_narrowed_to_a_notebook_by_the_names_that_nbgrader_found(root: Path) -> None:
    for name in (LESSON, "draft"):
        put(root / "source" / LESSON / f"{name}.ipynb", writes(notebook()))

    class Narrow(NotebookExporter):
        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            ((folder, notebooks),) = found_notebooks(self).items()
            convert_only(self, {folder: [name for name in notebooks if "draft" not in name]})

    config = Config({"GenerateAssignment": {"exporter_class": Narrow, "preprocessors": []}})
    GenerateAssignment(coursedir=course(root), config=config, no_database=True).start()
    released = {path.name for path in (root / "release" / LESSON).iterdir()}
    assert released == {f"{LESSON}.ipynb"}, seen(
        "generate_assignment converts what its assignments are once the exporter is made"
    )


def test_what_the_exporter_says_is_converted_and_no_other(root: Path) -> None:
    folder = root / "autograded" / "zoe" / LESSON
    only = {str(folder): [str(folder / f"{LESSON}.ipynb")]}
    run(root, lambda exporter: convert_only(exporter, only))
    kept = seen("the converter takes what its assignments are once the exporter is made")
    assert f"{LESSON}.ipynb" in made(root, "zoe"), kept
    assert "draft.ipynb" not in made(root, "zoe"), kept
    assert made(root, "amy") == set(), kept


def test_a_course_that_ignores_all_copies_nothing_and_the_first_one_stays_as_it_was(
    root: Path,
) -> None:
    first = []

    def begin(exporter: Run) -> None:
        first.append(course_of(exporter))
        copy_nothing(exporter, lambda _: None)

    converter = run(root, begin)
    kept = seen("files that the course's `ignore` matches are not copied")
    assert made(root, "zoe") == {f"{LESSON}.ipynb", "draft.ipynb", "added.txt"}, kept
    assert "*" not in first[0].ignore
    for name in ("root", "assignment_id", "db_url", "student_id"):
        same = getattr(converter.coursedir, name) == getattr(first[0], name)
        assert same, seen(f"CourseDirectory.{name} is a setting that a copy takes over")


@pytest.mark.parametrize(
    "text", ["2030-01-01 12:00:00 UTC", "2030-01-01T14:00:00+02:00", "2030-01-01 12:00:00"]
)
def test_a_timestamp_is_read_to_naive_utc(text: str) -> None:
    want = datetime(2030, 1, 1, 12)
    read = parse_timestamp(text)
    assert read == want, seen(f"parse_utc({text!r}) is {want!r}, and not {read!r}")


def test_only_a_marked_region_is_removed_from_one_cell() -> None:
    hidden = new_code_cell("a\n### BEGIN HIDDEN TESTS\nb\n### END HIDDEN TESTS\nc")
    what = "ClearHiddenTests._remove_hidden_test_region(cell) takes out what is marked"
    with holding(what):
        remove_hidden_tests(ClearHiddenTests(), hidden)
    assert hidden.source == "a\nc", seen(what)
    scheme = new_markdown_cell("a\n=== BEGIN MARK SCHEME ===\nb\n=== END MARK SCHEME ===\nc")
    what = "ClearMarkScheme._remove_mark_scheme_region(cell) takes out what is marked"
    with holding(what):
        remove_mark_scheme(ClearMarkScheme(), scheme)
    assert scheme.source == "a\nc", seen(what)


HTML, MARKDOWN = (lambda _: "FILTERED-HTML"), (lambda _: "FILTERED-MARKDOWN")
PAGES = ["feedback", "formgrade"]
SCORES = dict.fromkeys(("score", "max_score", "late_penalty"), 0)
TOLD = {"nbgrader": {"notebook": LESSON, **SCORES}, "index": 0, "total": 1}


@pytest.mark.parametrize("page", PAGES)
def test_nbgraders_pages_take_words_and_html_outputs_through_the_two_filters(
    page: str, tmp_path: Path
) -> None:
    names = page_filters(html="HTML", markdown="MARKDOWN")
    outputs = [new_output("display_data", data={"text/html": "<i>an output</i>"})]
    shown = notebook(new_markdown_cell("some *words*"), new_code_cell("1", outputs=outputs))
    shown.metadata.nbgrader = {}
    settings = GenerateFeedback(coursedir=course(tmp_path)).config
    settings.HTMLExporter.template_name = page
    settings.HTMLExporter.sanitize_html = True
    settings.HTMLExporter.filters = {
        name: {"HTML": HTML, "MARKDOWN": MARKDOWN}[which] for name, which in names.items()
    }
    what = f"the page {page} puts a cell's words and HTML outputs through filters by name"
    with holding(what):
        text, _ = HTMLExporter(config=settings).from_notebook_node(shown, resources=dict(TOLD))
    kept = seen(what)
    assert "FILTERED-MARKDOWN" in text, kept
    assert "FILTERED-HTML" in text, kept
    assert "<i>an output</i>" not in text, kept


@pytest.mark.parametrize("page", PAGES)
def test_a_pages_mathjax_is_the_one_in_a_folder_of_its_name(page: str, tmp_path: Path) -> None:
    ours = tmp_path / "ours" / page
    ours.mkdir(parents=True)
    (ours / "mathjax.html.j2").write_text("{% macro mathjax() %}<!-- OURS -->{% endmacro %}")
    settings = Config()
    settings.HTMLExporter.extra_template_basedirs = page_templates(ours.parent)
    made = GenerateFeedback(coursedir=course(tmp_path), config=settings).config
    made.HTMLExporter.template_name = page
    text, _ = HTMLExporter(config=made).from_notebook_node(notebook(), resources=dict(TOLD))
    kept = seen(f"the page {page} takes MathJax from the first folder of its name")
    assert "<!-- OURS -->" in text, kept
    assert "cdnjs" not in text, kept


def test_the_names_of_a_student_on_formgraders_page_are_those_that_are_escaped(
    tmp_path: Path,
) -> None:
    settings = GenerateFeedback(coursedir=course(tmp_path)).config
    settings.HTMLExporter.template_name = "formgrade"
    names = ("student", "first_name", "last_name", "notebook_path")
    told = {**TOLD, "submission_id": "1", **{name: f'"<{name}>' for name in names}}
    escape_names(told)
    text, _ = HTMLExporter(config=settings).from_notebook_node(notebook(), resources=told)
    kept = seen("Formgrader's page names a student in four ways, as it is told them")
    assert "&lt;last_name&gt;" in text, kept
    assert not [name for name in names if f"<{name}>" in text], kept


SOLUTION = {"grade": False, "solution": True, "locked": False, "task": False}
TEST = {"grade": True, "solution": False, "locked": True, "task": False, "points": 4}
TASK = {"grade": False, "solution": False, "locked": True, "task": True, "points": 2}


def graded_cell(name: str, kind: dict[str, Any]) -> NotebookNode:
    new_cell = new_markdown_cell if kind["task"] else new_code_cell
    cell = new_cell(name, metadata={"nbgrader": {"schema_version": 3, "grade_id": name, **kind}})
    cell.metadata.nbgrader.cell_type = cell.cell_type
    return cell


@pytest.fixture(scope="module")
def gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a gradebook where the environment is not on the PATH; return its course's folder."""
    root = tmp_path_factory.mktemp("gradebook")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", "/usr/bin:/bin")
        put_alembic_on_the_path()
        try:
            Gradebook(f"sqlite:///{root}/g.db").close()
        except FileNotFoundError as error:
            pytest.fail(f"{seen('a gradebook is made by the alembic on the PATH')}: {error}")
    return root


@pytest.fixture(scope="module")
def released(gradebook: Path) -> NotebookNode:
    """Save a released notebook in the gradebook, as `generate_assignment` does."""
    whole = notebook(
        graded_cell("double", SOLUTION), graded_cell("test", TEST), graded_cell("task", TASK)
    )
    names = {"student": ".", "assignment": LESSON, "notebook": LESSON}
    resources = {"nbgrader": {**names, "db_url": f"sqlite:///{gradebook}/g.db"}}
    with Gradebook(f"sqlite:///{gradebook}/g.db") as book:
        book.update_or_create_assignment(LESSON)
    for step in (ComputeChecksums(), SaveCells()):
        whole, resources = step(whole, resources)
    return whole


def test_the_gradebook_gives_back_the_metadata_that_was_released(
    gradebook: Path, released: NotebookNode
) -> None:
    what = "the gradebook has source, solution, grade and task cells"
    with holding(what), Gradebook(f"sqlite:///{gradebook}/g.db") as book:
        given_back = dict(released_metadata(book.find_notebook(LESSON, LESSON)))
    wanted = {cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader for cell in released.cells}
    assert given_back == wanted, seen("the gradebook's tables hold a cell's whole metadata")
    for cell in released.cells:
        cell.metadata.nbgrader = given_back[cell.metadata.nbgrader.grade_id]
    MetadataValidator().validate_nb(released)
    assert MetadataValidator.schema_version == 3, seen("the schema of the metadata is 3")


@pytest.fixture
def grade() -> Iterator[list[Autograde]]:
    """Have nbgrader grade by writing down what it is asked; take that back afterwards."""
    theirs, asked = Autograde.start, []
    grade_with(asked.append)
    yield asked
    Autograde.start = theirs


def test_the_command_autograde_and_formgraders_button_grade_with_what_is_given(
    root: Path, grade: list[Autograde], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    put(root / "nbgrader_config.py", f"get_config().CourseDirectory.root = {str(root)!r}")
    with holding("the command autograde makes an Autograde and starts it"):
        app = AutogradeApp()
        app.initialize([LESSON, "--student=zoe", "--force"])
        app.start()
    with holding("Formgrader's button makes an Autograde and starts it"):
        api = NbGraderAPI(coursedir=course(root))
        result = api.autograde(LESSON, "amy", force=False, create=False)
    assert result["success"], result
    asked = [
        (one.coursedir.assignment_id, one.force, one.create_student, one.permissions)
        for one in grade
    ]
    assert asked == [(LESSON, True, True, 444), (LESSON, False, False, 444)], seen(
        "an Autograde has `coursedir`, `force`, `create_student` and `permissions`, octal digits"
    )
    assert grade[0].coursedir.student_id == "zoe", seen("--student is the course's `student_id`")
    assert grade[0].coursedir.student_id_exclude == "", seen("a course has `student_id_exclude`")


class HalfOff(LateSubmissionPlugin):
    """Takes half of a score."""

    def late_submission_penalty(self, student: str, score: float, late: float) -> float:
        return score / 2 if (student, late) == ("zoe", 3600) else 0


def test_what_being_late_costs_is_asked_of_the_plugin_that_is_configured(root: Path) -> None:
    config = Config({"AssignLatePenalties": {"plugin_class": HalfOff}})
    with holding("AssignLatePenalties makes its plugin with init_plugin()"):
        penalty = late_penalties(Autograde(coursedir=course(root), config=config))
    assert penalty("zoe", 7.0, 3600) == 3.5
    made = penalty.__self__
    assert course_of_the_step(made).assignment_id == LESSON, seen(
        "a late plugin hangs below its step, and that below the converter"
    )
