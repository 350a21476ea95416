"""What may stand in a graded notebook before a page is made of it: its text, and no more.

A student's kernel can send any JSON: as an output's metadata, its keys or its kind, as the number
of a cell. Page templates put some of it between tags as it is. So a notebook is made anew from what
the pages show, each part in the form it must have, and everything else is left behind. Markup in
the text that stays is for `inert_html`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal

from nbformat import from_dict
from pydantic import BaseModel, ConfigDict, Field, ValidationError

if TYPE_CHECKING:
    from nbformat import NotebookNode

Json = Any
_Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]

_IMAGES = {"image/png", "image/jpeg"}
_WORDS = {"text/plain", "text/html", "text/markdown", "text/latex", "image/svg+xml"}
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PLAIN_WORDS = re.compile(r"[A-Za-z0-9 ._+-]{1,60}")
_LARGEST = 10_000
_LEAST = {
    "kernelspec": {"name": "python3", "display_name": "Python 3"},
    "language_info": {"name": "python"},
}


class _Graded(BaseModel):
    """nbgrader's metadata of a cell; its templates put the names between tags."""

    model_config = ConfigDict(strict=True)

    schema_version: Literal[3]
    grade_id: _Name
    grade: bool
    solution: bool
    task: bool = False
    locked: bool
    points: float | None = None
    checksum: _Name | None = None
    cell_type: Literal["code", "markdown", "raw"] = "code"


def make_inert(notebook: NotebookNode) -> None:
    """Leave in a notebook what its pages show, in the form they expect.

    Args:
        notebook: any notebook, changed in place.
    """
    about = _mapping(notebook.get("metadata"))
    notebook.metadata = from_dict(  # type: ignore[no-untyped-call]  # half-typed
        {name: {**least, **_plain(about[name])} for name, least in _LEAST.items() if name in about}
    )
    cells = [_cell(number, cell) for number, cell in enumerate(notebook.cells)]
    notebook.cells = from_dict(cells)  # type: ignore[no-untyped-call]  # half-typed


def _plain(about: Json) -> Json:
    """Keep the plain words about a kernel or its language."""
    names = ("name", "display_name", "language", "file_extension", "pygments_lexer")
    told = {name: about[name] for name in names if name in _mapping(about)}
    return {name: word for name, word in told.items() if _is(word, _PLAIN_WORDS)}


def _cell(number: int, cell: NotebookNode) -> Json:
    name = cell.get("id")
    made = {
        "cell_type": "raw",
        "id": name if _is(name, _CELL_ID) else f"cell-{number}",
        "metadata": _graded(_mapping(cell.get("metadata")).get("nbgrader")),
        "source": _text(cell.get("source")),
    }
    if cell.get("cell_type") == "markdown":
        return {**made, "cell_type": "markdown"}
    if cell.get("cell_type") == "code":
        outputs = [_output(_mapping(output)) for output in _sequence(cell.get("outputs"))]
        count = _count(cell.get("execution_count"))
        made |= {"cell_type": "code", "execution_count": count, "outputs": [*filter(None, outputs)]}
    return made


def _graded(data: Json) -> Json:
    try:
        graded = _Graded.model_validate(data)
    except ValidationError:
        return {}
    return {"nbgrader": graded.model_dump(exclude_unset=True)}


def _output(output: Json) -> Json:
    """Make one output anew; None for a kind that no page shows."""
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return {"output_type": kind, "name": name, "text": _text(output.get("text"))}
    if kind == "error":
        words = {name: _text(output.get(name)) for name in ("ename", "evalue")}
        lines = [_text(line) for line in _sequence(output.get("traceback"))]
        return {"output_type": kind, **words, "traceback": lines}
    if kind not in ("display_data", "execute_result"):
        return None
    shown = _shown(_mapping(output.get("data")))
    made = {"output_type": kind, "data": shown, "metadata": _sizes(output.get("metadata"), shown)}
    if kind == "execute_result":
        made["execution_count"] = _count(output.get("execution_count"))
    return made


def _shown(data: Json) -> dict[str, str]:
    """Keep the kinds that a page shows: a widget's static twin too, no live view, no script."""
    words = {kind: _text(data[kind]) for kind in data if kind in _WORDS}
    images = {kind: data[kind] for kind in data if kind in _IMAGES}
    return words | {kind: image for kind, image in images.items() if _is(image, _BASE64)}


def _sizes(metadata: Json, shown: dict[str, str]) -> dict[str, Json]:
    """Keep the width and the height of each image, if they are numbers."""
    told = _mapping(metadata)
    sizes = {kind: _size({**told, **_mapping(told.get(kind))}) for kind in _IMAGES & shown.keys()}
    return {kind: size for kind, size in sizes.items() if size}


def _size(told: dict[str, Json]) -> dict[str, int]:
    sizes = {name: told[name] for name in ("width", "height") if name in told}
    return {name: size for name, size in sizes.items() if type(size) is int and 0 < size < _LARGEST}


def _text(value: Json) -> str:
    """Return text that can be written to a file, whatever came."""
    lines = value if isinstance(value, list) else [value if value is not None else ""]
    return "".join(map(str, lines)).encode(errors="backslashreplace").decode()


def _count(value: Json) -> int | None:
    return value if type(value) is int and value >= 0 else None


def _mapping(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _sequence(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _is(value: Json, form: re.Pattern[str]) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None
