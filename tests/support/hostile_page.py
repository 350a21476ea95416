"""A notebook with a script of a student's in every place from which a page could take one.

Each script calls `ran` with its place. `STOCK_RUNS` has the places whose scripts nbgrader's own
page runs; `INVALID` those that nbconvert refuses to make a page of, unless it is mended first.
"""

from __future__ import annotations

import json
from typing import Any

import nbformat

STOCK_RUNS = {
    "markdown/tag",
    "markdown/link",
    "cell/nbgrader/grade_id",
    "cell/nbgrader/comment",
    "data/text/html",
    "data/text/html/isolated",
    "data/text/markdown",
    "data/application/javascript",
    "output/metadata/image/png/width",
    "output/metadata/image/png/height",
    "output/metadata/width",
    "output/metadata/image/jpeg/width",
    "output/metadata/image/jpeg/height",
}
INVALID = {"cell/execution_count", "cell/id"}

Json = Any


def tag(place: str) -> str:
    """Return markup that runs wherever it stands between tags."""
    return f"<img src=x onerror=ran('{place}')><script>ran('{place}')</script>"


def attribute(place: str) -> str:
    """Return markup that runs wherever it stands in an attribute, or else between tags."""
    return f"1 onerror=ran('{place}') x='\"><svg onload=ran('{place}')>"


def hostile_notebook(*, valid: bool) -> nbformat.NotebookNode:
    """Return the notebook.

    Args:
        valid: leave out what is `INVALID`.
    """
    count: Json = 1 if valid else tag("cell/execution_count")
    metadata = {
        "tags": [attribute("cell/metadata/tags")],
        "alt": attribute("cell/metadata/alt"),
        "magics_language": attribute("cell/metadata/magics_language"),
        "raw_mimetype": "text/html",
    }
    code = {
        **{"cell_type": "code", "id": "cell-code", "metadata": metadata},
        **{"source": f"# {tag('cell/code')}", "execution_count": count},
        "outputs": _outputs(),
    }
    cells = [*_text_cells(), code, *_graded_cells()]
    if not valid:
        cells[0]["id"] = attribute("cell/id")
    return nbformat.from_dict(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": _metadata(), "cells": cells}
    )


def hostile_code() -> str:
    """Return code that has its kernel send what the notebook has as outputs, and a count."""
    sent = [(output.pop("output_type"), output) for output in _outputs()]
    sent.append(("execute_input", {"code": "", "execution_count": tag("cell/execution_count")}))
    return _SEND.format(repr(json.dumps(sent)))


# By a kernel's own socket, or where there is none by what an IPython shows.
_SEND = """import json, sys
shell, failed = get_ipython(), None
kernel = getattr(shell, "kernel", None)
for kind, content in json.loads({}):
    if hasattr(kernel, "session"):
        parent = kernel.get_parent("shell")
        kernel.session.send(kernel.iopub_socket, kind, content, parent=parent)
    elif kind == "display_data":
        shell.display_pub.publish(content["data"], content["metadata"])
    elif kind == "stream":
        print(content["text"], file=sys.stderr if content["name"] == "stderr" else sys.stdout)
    elif kind == "error":
        failed = type(content["ename"], (Exception,), dict())(content["evalue"])
if failed is not None:
    raise failed"""


def _text_cells() -> list[Json]:
    attached = attribute("markdown/attachment")
    sources = [
        tag("markdown/tag"),
        "<a href=\"javascript:ran('markdown/link')\">a link</a>",
        f"\\begin{{align}}{tag('markdown/mathematics')}\\end{{align}}",
        f"$$\n{tag('markdown/display')}\n$$",
        f"```{tag('markdown/language')}\ncode {tag('markdown/code')}\n```",
        "![an attachment](attachment:a.png) ![its name](attachment:b.png)",
    ]
    cells: list[Json] = [
        {"cell_type": "markdown", "id": f"text-{number}", "metadata": {}, "source": source}
        for number, source in enumerate(sources)
    ]
    cells[-1]["attachments"] = {"a.png": {"image/png": attached}, "b.png": {attached: attached}}
    raw = {"cell_type": "raw", "id": "raw", "metadata": {}, "source": tag("cell/raw")}
    return [*cells, raw]


def _graded_cells() -> list[Json]:
    name, comment = "cell/nbgrader/grade_id", "cell/nbgrader/comment"
    data = {
        **{"schema_version": 3, "grade": True, "solution": True, "locked": False, "task": False},
        **{"grade_id": attribute(name), "points": 1, "score": 1, "comment": tag(comment)},
    }
    return [
        {"cell_type": kind, "id": f"graded-{kind}", "metadata": {"nbgrader": data}, "source": ""}
        | ({"execution_count": 1, "outputs": []} if kind == "code" else {})
        for kind in ("code", "markdown")
    ]


def _metadata() -> Json:
    names = ("name", "file_extension", "pygments_lexer", "mimetype", "version")
    language = {name: attribute(f"language_info/{name}") for name in names}
    state = "application/vnd.jupyter.widget-state+json"
    return {
        "title": tag("notebook/title"),
        "kernelspec": {name: tag(f"kernelspec/{name}") for name in ("name", "display_name")},
        "language_info": {**language, "codemirror_mode": tag("language_info/mode")},
        "authors": [{"name": tag("notebook/authors")}],
        "widgets": {state: {"state": {}, "x": f"</script>{tag('notebook/widgets')}"}},
    }


def _outputs() -> list[Json]:
    return [
        *(_shown({kind: data}) for kind, data in _data().items()),
        _shown({tag("data/key"): tag("data/key")}),
        _shown({"text/html": tag("data/text/html/isolated")}, {"text/html": {"isolated": True}}),
        *(_image(kind, name) for kind in ("image/png", "image/jpeg") for name in _SIZES),
        _shown({"image/png": ""}, {"width": attribute("output/metadata/width")}),
        *_words(),
    ]


_SIZES = ("width", "height", "alt", "unconfined", "filenames", "needs_background")


def _image(kind: str, name: str) -> Json:
    told: Json = attribute(f"output/metadata/{kind}/{name}")
    if name == "filenames":
        return _shown({kind: ""}, {"filenames": {kind: told}})
    return _shown({kind: ""}, {kind: {name: told}})


def _data() -> dict[str, str]:
    svg = "<svg xmlns='http://www.w3.org/2000/svg'><script>ran('data/svg')</script></svg>"
    kinds = ("text/html", "text/markdown", "text/latex", "text/plain", "text/vnd.mermaid")
    places = {kind: tag(f"data/{kind}") for kind in (*kinds, "application/pdf")}
    images = {kind: attribute(f"data/{kind}") for kind in ("image/png", "image/jpeg")}
    script = {"application/javascript": "ran('data/application/javascript'); function $() {}"}
    return {**places, **images, **script, "image/svg+xml": svg + tag("data/svg")}


def _words() -> list[Json]:
    said = {name: tag(f"error/{name}") for name in ("ename", "evalue")}
    lines = [tag("error/traceback"), f"\x1b[{tag('error/colour')}m in colour \x1b[0m"]
    names = {"stdout": "stdout", "stderr": "stderr", "other": tag("stream/name")}
    streams = [
        {"output_type": "stream", "name": name, "text": tag(f"stream/{place}")}
        for place, name in names.items()
    ]
    return [{"output_type": "error", **said, "traceback": lines}, *streams]


def _shown(data: Json, metadata: Json | None = None) -> Json:
    return {"output_type": "display_data", "data": data, "metadata": metadata or {}}
