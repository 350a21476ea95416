"""The page: nothing on it is live, each chart has its numbers in a table, and any class fits."""

from __future__ import annotations

import re
import time
from base64 import b64encode
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup

from course_utils.grading.intake.released import ReleasedLesson
from course_utils.grading.reports.class_report.charts import BINS, HEIGHT, histogram
from course_utils.grading.reports.class_report.class_data import ClassData, Student
from course_utils.grading.reports.class_report.contents import contents
from course_utils.grading.reports.class_report.render import lesson_page, overview_page
from tests.support.hostile_class import PLACES, hostile_class
from tests.support.invented_class import LESSON, bank, invented_class, released

if TYPE_CHECKING:
    from bs4 import Tag

MADE = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
MAY_STAND = {
    *("html", "head", "meta", "title", "style", "body", "a", "header", "main", "nav", "section"),
    *("article", "h1", "h2", "h3", "h4", "p", "ul", "li", "dl", "dt", "dd", "div", "span", "em"),
    *("strong", "code", "pre", "mark", "table", "caption", "thead", "tbody", "tr", "th", "td"),
    *("figure", "svg", "rect", "line", "text"),
}
MAY_BE_SAID = {
    *("lang", "charset", "http-equiv", "content", "name", "class", "id", "href", "scope", "role"),
    *("aria-label", "aria-labelledby", "aria-describedby", "aria-hidden", "data-share"),
    *("data-signed", "width", "height", "viewbox", "x", "y", "x1", "x2", "y1", "y2", "text-anchor"),
}


def page_of(data: ClassData) -> BeautifulSoup:
    return BeautifulSoup(lesson_page(contents(data), MADE), "html.parser")


@cache
def invented() -> BeautifulSoup:
    return page_of(invented_class(30))


def section(page: BeautifulSoup, name: str) -> Tag:
    found = page.find("section", attrs={"aria-labelledby": name})
    assert found is not None, f"the page has no section {name}"
    return found


def cells(row: Tag) -> list[str]:
    return [" ".join(cell.get_text().split()) for cell in row.find_all(["th", "td"])]


def test_nothing_of_a_hostile_class_is_live() -> None:
    data = hostile_class()
    of = contents(data)
    assert of.similar.pairs, "no solution stands on the page"
    lesson = lesson_page(of, MADE)
    overview = overview_page([of], {data.lesson: "report_x.html"}, MADE)
    for html in (lesson, overview):
        page = BeautifulSoup(html, "html.parser")
        assert {tag.name for tag in page.find_all(True)} <= MAY_STAND
        said = {(tag.name, name) for tag in page.find_all(True) for name in tag.attrs}
        assert {name for _, name in said} <= MAY_BE_SAID
        links = {tag["href"] for tag in page.find_all(href=True)}
        assert all(link.startswith("#") or link == "report_x.html" for link in links)
        assert html.count("<script") == html.count("<img") == 0
        assert "49" not in page.get_text(), "a template ran what a student wrote"
        # What hides or reorders is written by its code, so the page can be stored as UTF-8, too.
        assert html.encode()
        assert not re.search(r"[\u202e\u200b\x1b]", html)
    for place in PLACES:
        shown = f"<script>ran('{place}')</script>"
        assert shown in BeautifulSoup(lesson, "html.parser").get_text(), f"{place} is not shown"


def test_the_policy_allows_nothing_but_the_pages_own_style() -> None:
    page = invented()
    policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    digest = b64encode(sha256(page.style.string.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'"
    )
    assert not re.search(r"url\(|@import|http", page.style.string)


def test_the_histogram_and_its_table_have_the_same_numbers() -> None:
    part = section(invented(), "points")
    rows = [cells(row) for row in part.table.tbody.find_all("tr")]
    assert len(rows) == BINS
    assert sum(int(graded) + int(waits) for _, graded, waits in rows) == 27
    highest = max(int(graded) + int(waits) for _, graded, waits in rows)
    for kind, column in (("graded", 1), ("waiting", 2)):
        bars = part.figure.find_all("rect", class_=kind)
        drawn = [round(float(bar["height"]) / HEIGHT * highest, 1) for bar in bars]
        assert drawn == [float(row[column]) for row in rows]


def test_each_bar_of_a_row_says_what_its_row_says() -> None:
    bars = 0
    for row in section(invented(), "questions").tbody.find_all("tr"):
        _, _, _, difficulty, _, discrimination, *_ = cells(row)
        share, signed = row.find_all("svg")
        assert f"{float(share['data-share']):.2f}" == difficulty
        assert float(share.find_all("rect")[1]["width"]) == pytest.approx(
            110 * float(difficulty), abs=0.6
        )
        assert f"{float(signed['data-signed']):.2f}" == discrimination
        assert float(signed.find_all("rect")[1]["width"]) == pytest.approx(
            55 * abs(float(discrimination)), abs=0.3
        )
        bars += 2
    assert bars == 2 * sum(cell.points > 0 for cell in released().cells)
    for row in section(invented(), "everybody").tbody.find_all("tr"):
        _, _, points, *_ = cells(row)
        if points:
            got, of = points.split(" of ")
            share = float(row.svg["data-share"])
            assert share == pytest.approx(float(got) / float(of), abs=1e-3)


def test_every_bar_for_sighted_people_alone_is_hidden_from_readers() -> None:
    for svg in invented().find_all("svg"):
        assert svg.get("aria-hidden") == "true" or svg["role"] == "img"


def test_the_answers_of_each_question_are_there_with_the_right_one_marked() -> None:
    part = section(invented(), "answers")
    assert [h3.get_text().split()[0] for h3 in part.find_all("h3")] == [
        question.id for question in bank().questions
    ]
    for table, question in zip(part.find_all("table"), bank().questions, strict=True):
        right = {cells(row)[0] for row in table.tbody.find_all("tr") if cells(row)[1] == "right"}
        if question.options:
            key = {option.text for option in question.options if option.correct}
            assert right == {" ".join(text.replace("`", "").split()) for text in key}
        else:
            assert right == {"interrupt_before"}


def test_who_waits_is_shown_with_the_evidence_and_who_handed_in_nothing_by_name() -> None:
    waiting = section(invented(), "waiting")
    assert waiting.h3.get_text() == "Cleo Kaya, s002 waits for a person"
    assert waiting.pre.get_text().startswith("import course_utils.exercises.checks as c\n")
    assert [li.get_text() for li in section(invented(), "nothing").find_all("li")] == [
        "Jana Brandt, s009",
        "Hana Holm, s019",
        "Fay Costa, s029",
    ]


def test_the_copied_solution_is_shown_first_and_called_a_hint() -> None:
    part = section(invented(), "similar")
    assert "a hint for a person and never a verdict" in part.get_text()
    assert [h4.get_text() for h4 in part.article.find_all("h4")] == [
        "Dara Eriksen, s003",
        "Gus Ito, s006",
    ]


def test_work_outside_the_jail_is_told_above_all_else() -> None:
    assert "ran outside the jail" not in invented().get_text()
    data = invented_class(3)
    (first, *others) = data.students
    record = first.record.model_copy(update={"jailed": False})
    changed = Student(first.id, first.name, record=record)
    page = page_of(ClassData(LESSON, released(), bank(), (changed, *others)))
    (warning,) = page.find_all(class_="warning")
    assert "The code of 1 student ran outside the jail." in warning.get_text()


@pytest.mark.parametrize(
    "students", [(), (Student("ann", handed_in=False), Student("bo"))], ids=["empty", "ungraded"]
)
def test_without_marks_one_sentence_says_what_to_run(students: tuple[Student, ...]) -> None:
    page = page_of(ClassData(LESSON, ReleasedLesson(LESSON, ()), bank(), students))
    hints = [hint.get_text() for hint in page.main.find_all(class_="hint")]
    assert hints[0] == (
        f"Nothing of this lesson is graded yet. Run hitl grade {LESSON}, and then hitl report "
        f"{LESSON} again."
    )


def test_one_student_is_too_few_to_say() -> None:
    page = page_of(invented_class(1))
    rows = section(page, "questions").tbody.find_all("tr")
    assert {cells(row)[-1] for row in rows} == {"too few to say"}
    assert {cells(row)[2] for row in rows} == {"1"}


def test_a_class_of_300_takes_less_than_two_seconds() -> None:
    data = invented_class(300)
    before = time.process_time()
    html = lesson_page(contents(data), MADE)
    took = time.process_time() - before
    assert took < 2, f"{took:.1f} CPU-seconds for {len(html):,} characters"
    assert len(section(BeautifulSoup(html, "html.parser"), "everybody").find_all("tr")) == 301


def test_every_share_is_in_one_bin_and_tenths_in_their_own() -> None:
    shares = [0, 0.1 + 0.2, 0.3, 0.6 / 2, 1, 0.9999]
    assert [one.graded for one in histogram(shares, []).bins] == [1, 0, 0, 3, 0, 0, 0, 0, 0, 2]
    assert histogram([], []).highest == 1


def test_the_overview_leads_to_each_lesson() -> None:
    data = invented_class(30)
    html = overview_page([contents(data)], {LESSON: f"report_{LESSON}.html"}, MADE)
    row = BeautifulSoup(html, "html.parser").tbody.tr
    assert row.a["href"] == f"report_{LESSON}.html"
    assert cells(row)[:7] == [LESSON, "30", "26", "1", "0", "3", "22.7 of 30"]
