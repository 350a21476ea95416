"""A small notebook of a test's own, beside the lessons in the learner's folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

if TYPE_CHECKING:
    from pathlib import Path


def written(path: Path, *sources: str, kernel: str = "python3") -> str:
    """Write a notebook with these code cells for such a kernel, and return its name."""
    # Without this JupyterLab asks which kernel to use.
    spec = {"kernelspec": {"name": kernel, "display_name": "Python 3"}}
    cells = [new_code_cell(source.strip()) for source in sources]
    nbformat.write(new_notebook(cells=cells, metadata=spec), path)
    return path.name
