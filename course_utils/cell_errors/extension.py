"""IPython's extension of the lessons' kernels: after a cell that failed, a line that says why.

`hitl lab` starts its kernels with it. It changes no traceback and no result, and writes nothing.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any

from IPython.display import display

from course_utils.cell_errors import graphs, missing_names, overwritten, surroundings
from course_utils.cell_errors.bindings import made_in
from course_utils.cell_errors.notebook import lesson_cells, saved_cells
from course_utils.cell_errors.overwritten import Maker
from course_utils.exercises.outline import notebook_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from course_utils.cell_errors.notebook import Cell

# What helps is told apart from the lesson's own text below it.
_STYLE = (
    "margin: 8px; padding: 2px 0 2px 10px; border-left: 3px solid var(--jp-warn-color0, #e65100)"
)


def load_ipython_extension(shell: Any) -> None:
    """Hear from now on how each cell ends.

    Args:
        shell: IPython's shell.
    """
    shell.events.register("post_run_cell", Cells(shell).heard)


class Advice:
    """Words below an error. In a page they are no output of `print`, which breaks within words."""

    def __init__(self, words: str) -> None:
        self._words = words

    def __repr__(self) -> str:
        """Return the words, for whoever shows no HTML."""
        return self._words

    def _repr_html_(self) -> str:
        html = re.sub("`([^`]+)`", r"<code>\1</code>", escape(self._words))
        return f"<p class='hitl-advice' role='status' style='{_STYLE}'>{html}</p>"


class Cells:
    """The cells of one kernel: what they made, and what is said after them."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._ran: dict[str, str] = {}
        self._ended: dict[str, bool] = {}
        self._makers: dict[str, Maker] = {}
        self._has_told_of_the_move = False

    def heard(self, result: Any) -> None:
        """Note what a cell has made, and print what there is to say.

        Args:
            result: of IPython, how the cell ended.
        """
        source = self._python(result.info.raw_cell)
        if result.info.cell_id:
            self._ended[result.info.cell_id] = result.success
            self._ran[result.info.cell_id] = source
        told = [self._moved(), next(filter(None, self._advice(result, source)), "")]
        self._note(result, source)
        for words in filter(None, told):
            display(Advice(words))  # type: ignore[no-untyped-call]  # IPython has half its types

    def _note(self, result: Any, source: str) -> None:
        id_ = result.info.cell_id or ""
        self._makers |= {name: Maker(id_, line) for name, line in made_in(source).items()}

    def _moved(self) -> str:
        """Return once that the notebook is no longer where it was."""
        told = "" if self._has_told_of_the_move else surroundings.moved(notebook_path())
        self._has_told_of_the_move = self._has_told_of_the_move or bool(told)
        return told

    def _advice(self, result: Any, source: str) -> Iterator[str]:
        path = notebook_path()
        error, names = result.error_in_exec, self._shell.user_ns
        if error is None:
            return
        cells, lesson = self._now(path), lesson_cells(path)
        name = missing_names.missing_name(error, names)
        if name:
            number = self._number(cells or [], result.info.cell_id, source)
            yield missing_names.advice(name, cells, number, self._ended, lesson)
            return
        yield surroundings.advice(error)
        yield graphs.advice(error, names)
        yield overwritten.advice(error, source, names, self._makers, cells or (), lesson)

    def _now(self, path: Path | None) -> list[Cell] | None:
        """Return the notebook's cells: as they ran last, or else as they are saved."""
        cells = saved_cells(path)
        if cells is None:
            return None
        now = ((cell, self._ran.get(cell.id) or self._python(cell.source)) for cell in cells)
        return [cell._replace(source=source) for cell, source in now]

    def _python(self, text: str) -> str:
        """Return a cell without magics; one that nobody can read stays as it is."""
        try:
            python: str = self._shell.transform_cell(text)
        except SyntaxError:
            return text
        return python

    @staticmethod
    def _number(cells: list[Cell], id_: str | None, source: str) -> int:
        """Return which cell has run; one that is not saved yet stands below those that are."""
        by_id = [number for number, cell in enumerate(cells) if id_ and cell.id == id_]
        by_source = [number for number, cell in enumerate(cells) if cell.source == source]
        return [*by_id, *by_source, len(cells)][0]
