"""What an edit changes, as HTML."""

from bs4 import BeautifulSoup

from course_utils.widgets.html.differences import differences_html

EVIL = "<img src=x onerror=alert(1)>\u202e"


def page(was, now, **how) -> BeautifulSoup:
    return BeautifulSoup(differences_html(was, now, **how), "html.parser")


def test_a_short_value_is_told_old_and_new_in_one_line():
    assert page({"amount": 5000, "to": "bob"}, {"amount": 5, "to": "bob"}).text == (
        "amount: 5000 → 5"
    )


def test_a_text_of_several_lines_is_folded_with_a_sign_and_a_word_for_each_line():
    shown = page({"body": "a\nb"}, {"body": "a\nc"})
    assert shown.summary.text == "body: 1 line removed and 1 line added"
    signs = [(sign["aria-label"], sign.text) for sign in shown.select("[role=img]")]
    assert signs == [("was", "-"), ("now", "+")]
    assert (shown.select("del")[0].text, shown.select("ins")[0].text) == ("b", "c")
    assert page({"body": "a\nb"}, {"body": "a\nc"}, folded=False).details is None


def test_nothing_is_shown_where_nothing_differs():
    assert differences_html({"a": 1}, {"a": 1}) == ""


def test_nothing_foreign_is_rendered_as_markup():
    found = differences_html({EVIL: EVIL, "b": f"{EVIL}\n"}, {"b": EVIL, "c": EVIL})
    assert "<img" not in found
    assert "\u202e" not in found
