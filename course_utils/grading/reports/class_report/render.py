"""The report as HTML that stands alone: no script, nothing from elsewhere, everything escaped."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from course_utils.grading.reports.class_report import item_analysis, similar, standings
from course_utils.printable import listed, printable
from course_utils.quiz.markup import inline_html

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from course_utils.grading.reports.class_report.contents import Contents

_RULES = {
    "FEWEST": item_analysis.FEWEST,
    "WEAK": item_analysis.WEAK,
    "HALF": standings.HALF,
    "STUCK": standings.STUCK,
    "ALIKE": similar.ALIKE,
    "FEWEST_TOKENS": similar.FEWEST_TOKENS,
    "SEVERAL": similar.SEVERAL,
}


def lesson_page(of: Contents, made: datetime) -> str:
    """Return the report on one lesson.

    Args:
        of: what it shows.
        made: when the report is made; the page says so.
    """
    return _page("lesson.html.j2", of=of, made=made)


def overview_page(lessons: Sequence[Contents], files: Mapping[str, str], made: datetime) -> str:
    """Return the page that leads to the reports on several lessons.

    Args:
        lessons: what their reports show.
        files: the file name of each lesson's report, by the lesson's name.
        made: when the report is made; the page says so.
    """
    return _page("overview.html.j2", lessons=lessons, files=files, made=made)


def number(value: float) -> str:
    """Write points as a person would, with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _page(template: str, **shown: Any) -> str:
    return _environment().get_template(template).render(**shown)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("course_utils.grading.reports.class_report", "templates"),
        autoescape=True,
        finalize=_visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": number, "inline": _inline, "listed": listed}
    loader = environment.loader
    assert loader is not None  # noqa: S101 - for mypy
    style = loader.get_source(environment, "report.css")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    environment.globals |= {**_RULES, "style": style, "style_digest": digest, "who": _who}
    return environment


def _visible(value: Any) -> Any:
    """Write what has no shape by its code; what is HTML already, a macro's, stays."""
    return printable(value) if type(value) is str else value


def _inline(text: str) -> str:
    """Return a question's text as HTML, with its code marked; the template calls it safe."""
    return inline_html(printable(text))


def _who(of: Contents, student: str) -> str:
    """Name a student: by the gradebook's name, where there is one, and always by the id."""
    name = of.names.get(student, "")
    return f"{name}, {student}" if name else student
