"""What a learner reads in a lesson when it goes wrong: each failure is made in a real kernel."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from course_utils.quiz.released import QUESTIONS_FILE
from tests.support.lesson_kernel import LessonKernel, lesson_in
from tests.support.ollama_server import OllamaServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LESSON = "02_state_next"
BEGIN = ("tool", "graph", "fields", "two-empty")
ALL_ABOVE = "Run that cell first, or all: Run > Run All Above Selected Cell."
NO_CHECKPOINTER = (
    "This graph was compiled without a checkpointer: it saves nothing, so a pause cannot be "
    "resumed. Compile it with checkpointer=InMemorySaver()."
)
NO_THREAD = (
    'The config names no thread: pass {"configurable": {"thread_id": "..."}}, the same one the '
    "graph was invoked with."
)
CARRY_ON = "There is nothing to go on with: nothing is saved for this thread"
THREAD = '{"configurable": {"thread_id": "nobody"}}'


def taken(name: str, by: str) -> str:
    return (
        f"`{name}` is no longer what the lesson makes: a cell gave the name to something else, in "
        f"the line `{by}`."
    )


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    return lesson_in(tmp_path / "workspace", LESSON)


@pytest.fixture
def kernel(notebook: Path, tmp_path: Path) -> Iterator[LessonKernel]:
    with LessonKernel(notebook, tmp_path / "home") as running:
        yield running


def test_a_cell_run_out_of_order_or_after_a_restart_names_the_cell_to_run(
    kernel: LessonKernel,
) -> None:
    made = "`paused` is made in a cell above, in the line `def paused(thread, other_graph=None):`."
    not_run = "That cell has not run since the kernel was started."
    assert kernel.cells("two-empty").last == f"{made} {not_run} {ALL_ABOVE}"
    assert kernel.cells(*BEGIN).error == ""
    kernel.restart()
    assert kernel.cells("two-empty").last == f"{made} {not_run} {ALL_ABOVE}"
    # The cell that would make it ended before it did.
    kernel.cells("fields")
    kernel.run("del paused")
    assert kernel.cells("two-empty").last == f"{made} That cell ended with an error. {ALL_ABOVE}"
    # Whoever ran all above was stopped by another cell, which is not in sight.
    kernel.restart()
    kernel.cells("recover-test")
    assert kernel.cells("status-test-calm").last.endswith(f"{not_run} {ALL_ABOVE}"), (
        "a test that fails does not stop the others"
    )
    kernel.cells("graph")
    assert kernel.cells("two-empty").last == (
        f"{made} That cell has not run, and above it the cell that begins with `from course_utils "
        "import chat_model` ended with an error. Correct that cell, then run all: Run > Run All "
        "Above Selected Cell."
    )


def test_a_renamed_variable_is_told_with_its_new_name_and_a_slip_with_the_right_one(
    kernel: LessonKernel,
) -> None:
    kernel.cells("tool")
    # It has run, and is not saved yet.
    renamed = kernel.sources["graph"].replace("graph = b", "my_graph = b")
    kernel.run(renamed.replace("checkpointer = I", "mine = checkpointer = I"), "graph")
    assert kernel.cells("fields").last == (
        "The lesson makes `graph` in the line `graph = builder.compile(checkpointer=checkpointer, "
        "interrupt...`, and your cell makes `my_graph` there. Give it the name `graph` again, and "
        "run that cell."
    )
    kernel.run("del builder\nmodel = 1", "graph")
    assert kernel.run("builder").last == (
        "The lesson makes `builder` in the line `builder = (`, and no cell of yours has it. Write "
        "that line again, and run it. Or press Reset above the lesson, which keeps a copy of your "
        "work."
    )
    assert kernel.run("otbox").last == "No cell makes `otbox`. Did you mean `outbox`?"
    assert kernel.run("from course_utils import Inbocks").last == (
        "The course has no `Inbocks`. Did you mean `Inbox`?"
    )


def test_a_name_of_the_lesson_that_another_cell_has_taken_is_told_with_both_cells(
    kernel: LessonKernel,
) -> None:
    kernel.cells(*BEGIN, "approve", "decided")
    kernel.run("answer_now = 'done'\nrecover = answer_now")
    test = kernel.cells("recover-test")
    assert "A value of type str stands where your function should" in test.error
    assert "Run the cell with your function again." in test.error
    assert test.last == (
        f"{taken('recover', by='recover = answer_now')} Run the cell with the line "
        "`def recover(config):` again."
    )
    kernel.run("def recover(anything): pass")
    assert taken("recover", by="def recover(anything): pass") in kernel.cells("recover-test").last
    kernel.run("def recover(config):\n    graph.invoke(None, config)", "recover")
    assert kernel.cells("recover-test").printed == "", (
        "now it is the exercise's own, and only wrong"
    )
    kernel.run("graph = 3")
    assert taken("graph", by="graph = 3") in kernel.cells("two-empty").last
    # A cell of the lesson may take a name as well, and be corrected since.
    kernel.cells("graph", "fields")
    kernel.run("paused = paused('two')", "two-empty")
    assert taken("paused", by="paused = paused('two')") in kernel.cells("two-empty").last


def test_a_graph_without_a_checkpointer_says_where_to_put_one(kernel: LessonKernel) -> None:
    kernel.cells("tool", "graph")
    kernel.run(f"from course_utils import *\nbare, here = builder.compile(), {THREAD}")
    kernel.run("from langgraph.types import Command\nasked = {'messages': [('user', 'hi')]}")
    for call in ("bare.get_state(here)", "bare.invoke(Command(resume='yes'), here)"):
        assert kernel.run(call).last == NO_CHECKPOINTER, call
    assert kernel.run("bare.invoke(None, here)").last.startswith(CARRY_ON)
    assert NO_CHECKPOINTER in kernel.run("ApprovalCard(bare, here)").shown
    for call, words in {
        "show_history(bare, here)": NO_CHECKPOINTER,
        "Inbox(bare)": "Compile it with a checkpointer",
        "journal(bare)": "Pass the one that your graph was compiled with",
    }.items():
        error = kernel.run(call).error
        assert words in error, f"{call} raised {error}"
        assert len(error.splitlines()) == 1, f"{call} shows our own lines: {error}"


def test_a_wrong_thread_says_what_to_check(kernel: LessonKernel) -> None:
    kernel.cells(*BEGIN)
    kernel.run(f"from course_utils import *\nnobody = {THREAD}")
    check = "Check the thread_id, and run the cell that invokes the graph on it."
    assert kernel.run("graph.invoke(None, nobody)").last.startswith(CARRY_ON)
    assert kernel.run("graph.get_state(nobody).values['messages']").last.endswith(check)
    assert kernel.run("graph.get_state(nobody).next[0]").last.endswith(check)
    assert kernel.run("graph.invoke(request)").last == NO_THREAD
    assert kernel.run("graph.get_state({})").last == NO_THREAD
    card = kernel.run("ApprovalCard(graph, nobody)").shown
    assert "Nothing is saved for thread" in card, card
    decided = "decide(graph, finished, read_thread(graph, finished).pause, {'type': 'approve'})"
    assert kernel.run(decided).error == (
        "NothingWaitsError: Nothing waits here, so nothing can be decided. "
        "No node of thread 'finished' is left to run."
    )


def test_questions_that_are_gone_or_of_another_version_say_how_to_have_them_back(
    kernel: LessonKernel, notebook: Path
) -> None:
    questions = notebook.with_name(QUESTIONS_FILE)
    whole = questions.read_text()
    versions = {
        whole.replace('"id": "next"', '"id": "former"'): "is of another version of the lesson",
        whole.replace('"mode"', '"kind"'): "damaged, or of another version of the course",
        whole[: len(whole) // 2]: "damaged, or of another version of the course",
    }
    for content, words in versions.items():
        questions.write_text(content)
        error = kernel.cells("quiz-next").error
        assert words in error, error
        assert "elete the file and run `hitl lab`" in error, error
        assert len(error.splitlines()) == 1, f"lines of ours are shown: {error}"
    questions.unlink()
    for said in (kernel.cells("quiz-next").error, kernel.cells("end").shown):
        assert "There is no questions.json beside the notebook. Run `hitl lab` in a second" in said


def test_a_workspace_of_another_course_or_place_is_told(
    kernel: LessonKernel, notebook: Path
) -> None:
    assert kernel.run("from course_utils import review_desk").last == (
        "This lesson and the course are of different versions: the course has no `review_desk`. "
        "Stop JupyterLab with Ctrl-C, and run: hitl update"
    )
    moved = notebook.parents[1].rename(notebook.parents[2] / "Für mich")
    told = kernel.run("1")
    assert told.last.endswith(f"open the folder where it is now: hitl lab --workspace '{moved}'")
    assert kernel.run("1").advice == (), "it is told once"
    shutil.rmtree(moved)
    assert kernel.cells("quiz-next").last.startswith("The folder of this notebook is gone")


def test_an_ollama_that_stops_during_a_lesson_is_told_with_its_command(
    kernel: LessonKernel,
) -> None:
    with OllamaServer() as server:
        kernel.run(
            "import os; from course_utils import chat_model\n"
            f"os.environ.update(HITL_MODEL='ollama:llama3.1:8b', OLLAMA_HOST={server.base_url!r})\n"
            "model = chat_model()"
        )
    told = kernel.run("model.invoke('hi')").last
    assert told.startswith("The model did not answer. Ollama does not answer at "), told
    assert "Start it with `ollama serve`" in told, told
    again = kernel.run("chat_model()")
    assert again.error.startswith("ModelError: Ollama does not answer at "), again.error
    assert len(again.error.splitlines()) == 1, again.error
