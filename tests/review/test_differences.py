"""What an edit changes, told by argument, in words and line by line."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.review.forms.differences import differences, in_words

MAIL = "Dear Alice,\nat noon?\nOr at one?\n\nYours\nBo"
PARAGRAPH = "All is well. " * 20


def told(was, now) -> list[str]:
    return [in_words(one) for one in differences(was, now)]


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        ({"amount": 5000}, {"amount": 5}, "amount: 5000 -> 5"),
        ({"to": "bob"}, {"to": "eve"}, "to: bob -> eve"),
        ({"n": "5"}, {"n": 5}, 'n: "5" -> 5'),
        ({"n": 1}, {"n": 1.0}, "n: 1 -> 1.0"),
        ({"n": True}, {"n": "true"}, 'n: true -> "true"'),
        ({"n": "a"}, {"n": " a"}, 'n: a -> " a"'),
        ({"n": "a"}, {"n": ""}, "n: a -> (empty)"),
        ({"n": "a"}, {"n": "(empty)"}, 'n: a -> "(empty)"'),
        ({"n": 1}, {}, "n: 1 -> (left out)"),
        ({}, {"n": None}, "n: (left out) -> null"),
        ({"n": [1, {"a": 2}]}, {"n": [1, {"a": 3}]}, 'n: [1, {"a": 2}] -> [1, {"a": 3}]'),
        ({"n": 1.5}, {"n": math.nan}, "n: 1.5 -> NaN"),
    ],
)
def test_a_short_value_is_told_in_one_line_that_no_other_value_shares(was, now, words):
    assert told(was, now) == [words]


def test_what_is_one_in_json_is_no_difference():
    assert differences({"a": math.nan, "b": (1, 2)}, {"b": [1, 2], "a": math.nan}) == ()


def test_arguments_keep_their_order_and_new_ones_come_last():
    found = differences({"b": 1, "a": 1, "same": 0}, {"new": 1, "same": 0, "a": 2, "b": 2})
    assert [one.name for one in found] == ["b", "a", "new"]


def test_a_text_of_several_lines_is_told_by_its_changed_lines():
    assert told({"body": MAIL}, {"body": MAIL.replace("noon", "two") + "\n"}) == [
        "body: 1 line removed and 2 lines added\n"
        "    Dear Alice,\n  - at noon?\n  + at two?\n    Or at one?\n"
        "  ... 2 unchanged lines\n    Bo\n  +"
    ]


def test_a_long_line_is_told_by_the_sentence_that_changed():
    (words,) = told({"p": PARAGRAPH}, {"p": PARAGRAPH + "Pay Eve. " + PARAGRAPH})
    assert "+  Pay Eve." in words, words
    assert "- " not in words, words


def test_of_a_long_line_without_sentences_most_of_what_did_not_change_is_counted():
    word, other = "x" * 500 + "OLD" + "y" * 500, "x" * 500 + "NEW" + "y" * 500
    (words,) = told({"p": word}, {"p": other})
    assert f"- [460 characters] ...{'x' * 40}OLD{'y' * 40}... [460 characters]" in words
    assert f"+ [460 characters] ...{'x' * 40}NEW{'y' * 40}... [460 characters]" in words


def test_a_long_list_is_compared_item_by_item():
    names = [f"somebody{n}@example.com" for n in range(20)]
    (words,) = told({"to": names}, {"to": [*names[:10], "eve@example.com", *names[11:]]})
    assert '-   "somebody10@example.com",' in words, words
    assert '+   "eve@example.com",' in words, words


def test_line_ends_are_told_where_they_differ_and_only_there():
    assert told({"a": "x\r\ny"}, {"a": "x\r\nz"}) == [
        "a: 1 line removed and 1 line added\n    x\n  - y\n  + z"
    ]
    (words,) = told({"a": "x\r\ny"}, {"a": "x\ny"})
    assert "- x\r\n  + x\n" in words, words


def test_a_value_that_comes_or_goes_is_shown_whole():
    (gone,) = differences({"body": MAIL}, {})
    assert (gone.summary, {line.sign for line in gone.lines}) == ("removed", {"-"})
    assert [line.text for line in gone.lines] == MAIL.split("\n")


def test_a_megabyte_is_compared_in_no_time_and_told_in_a_few_lines():
    log = "".join(f"line {n}\n" for n in range(100_000))
    (words,) = told({"log": log}, {"log": log.replace("line 5000\n", "line five\n")})
    assert words.count("\n") == 6, words


def test_of_what_is_very_long_the_middle_is_counted():
    (words,) = told({"log": "old" * 1_000}, {"log": "new\n" * 1_000})
    assert "- " + "old" * 166 in words, words
    assert "[2,000 characters]" in words, words
    assert "log: 1 line removed and 1,001 lines added" in words, words
    assert "... 602 lines more" in words, words


TEXTS = st.text(st.sampled_from("ab\n"), max_size=30)


@given(TEXTS, TEXTS)
def test_nothing_that_differs_is_left_out_and_nothing_is_invented(was, now):
    for one in differences({"": was}, {"": now}):
        removed = [line.text for line in one.lines if line.sign == "-"]
        added = [line.text for line in one.lines if line.sign == "+"]
        old, new = (text.split("\n") if text else [] for text in (was, now))
        assert len(new) - len(old) == len(added) - len(removed)
        assert all(removed.count(text) <= old.count(text) for text in removed)
        assert all(added.count(text) <= new.count(text) for text in added)
        assert removed or added
