"""A small bank with a question of each type, for the tests of the quiz."""

from __future__ import annotations

from typing import TYPE_CHECKING

from course_utils.quiz.bank import Bank, load_bank

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

LESSON = "01_pauses"

BANK = """\
lesson: 01_pauses
policy:
  scored_tries: 3
questions:
  - id: needs
    version: 1
    type: multiple-choice
    prompt: What does a pause need?
    options:
      - {id: saver, text: A checkpointer, correct: true}
      - {id: luck, text: Luck, reason: Luck saves nothing.}
      - {id: model, text: A model, reason: A graph without a model pauses too.}
      - {id: tool, text: A tool, reason: A graph without tools pauses too.}
    hints:
      - {text: "Where is the state kept?", penalty: 10}
      - {text: See the lesson before this one., penalty: 15}
    explanation: The checkpointer keeps the state until someone goes on.
    points: 2
    section: needs
  - id: effects
    version: 1
    type: select-all
    prompt: What runs again?
    options:
      - {id: node, text: The node, correct: true}
      - {id: body, text: Its whole body, correct: true}
      - {id: graph, text: The graph, reason: Only the node runs again.}
      - {id: model, text: The model, reason: The model is in another node.}
    hints:
      - {text: Think of one node., penalty: 20}
    explanation: The node that paused runs again from its first line.
    points: 1
    section: effects
  - id: final
    version: 2
    type: true-false
    prompt: A printed no is final.
    options:
      - {id: "true", text: "True", reason: Nobody told the thread.}
      - {id: "false", text: "False", correct: true}
    hints:
      - {text: "Who was told?", penalty: 10}
    explanation: The word went to the screen.
    points: 0.5
    section: final
  - id: parameter
    version: 1
    type: fill-blank
    prompt: Which parameter pauses before a node?
    accepted: [interrupt_before]
    near_misses:
      - {text: interrupt_after, reason: That one pauses when the node has run.}
      - {text: breakpoint, reason: That is the idea and not the parameter.}
    hints:
      - {text: It says when., penalty: 10}
    explanation: Give `interrupt_before` to compile.
    points: 1
    section: parameter
  - id: predict-guess
    version: 1
    type: multiple-choice
    prompt: Will it send?
    options:
      - {id: "yes", text: "Yes", correct: true}
      - {id: "no", text: "No", reason: Run the cell.}
    explanation: It does.
    points: 0
    section: warm-up
"""


def write_bank(folder: Path, text: str = BANK, lesson: str = LESSON) -> Path:
    """Write a bank and return its path."""
    path = folder / f"{lesson}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def bank_from(folder: Path, text: str = BANK) -> Bank:
    """Write a bank and load it."""
    return load_bank(write_bank(folder, text))


def folder_with_a_bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a notebook's folder, with a bank elsewhere, in practice.

    Args:
        tmp_path: where to make both.
        monkeypatch: sets what names the bank.
    """
    (tmp_path / "quizzes").mkdir()
    write_bank(tmp_path / "quizzes")
    notebook = tmp_path / "lesson"
    notebook.mkdir()
    monkeypatch.setenv("HITL_QUIZZES", str(tmp_path / "quizzes"))
    monkeypatch.setenv("HITL_FEEDBACK", "practice")
    return notebook
