"""What a search of the inbox finds, and in which order the threads come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from course_utils.review.inbox.searching import Order, Search, Told

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def told(name: str = "order-7", words: str = "", **given: Any) -> Told:
    return Told(name, NOW, (("refund", given),), words)


@pytest.mark.parametrize(
    ("words", "given", "found"),
    [
        ("amount: 55", 55.0, True),
        ("amount:55", 55, True),
        ("AMOUNT: 55.00", 55, True),
        ("amount: 55", "55.0", True),
        ("amount: 1,200", 1200.0, True),
        ("amount: 55", 550, False),
        ("amount: 55", 155.5, False),
        ("amount: 55", True, False),
        ("amount: 1", True, False),
        ("amount: true", True, True),
        ("amount:", 3, True),
        ("55.0", 55, True),
        ("amount: 9007199254740993", 9007199254740993, True),
        ("amount: 9007199254740993", 9007199254740992, False),
        ("amount: nan", float("nan"), True),
        ("amount: 5", float("nan"), False),
        ("amount: 55", Decimal("55.0"), True),
    ],
)
def test_numbers_are_compared_as_numbers(words: str, given: Any, found: bool):
    assert Search(words).finds(told(amount=given)) == found, (words, given)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "ORDER-7",
        "refund",
        "to: alice",
        "TO:alice@",
        "late parcel",
        'body: "at noon"',
        '"at noon"',
        'body: "at noon',
        "order: 17",
        "lines: blue",
        "http://x.example",
        "note: call",
        "at  12:30",
        "order-7 alice late",
    ],
)
def test_every_word_is_looked_for_in_all_that_is_known(words: str):
    known = told(
        words="My parcel is LATE. Note: call me at 12:30, http://x.example",
        to="alice@example.com",
        body="Lunch\nat noon?",
        what={"order": {"order": "A-17"}, "lines": [{"colour": 1}, "dark blue"]},
    )
    assert Search(words).finds(known), (words, known.text)


@pytest.mark.parametrize(
    "words", ["bob", "to: bob", "alice bob", "body: alice", "refunds", "amount: 3", '"noon at"']
)
def test_what_is_not_there_is_not_found(words: str):
    known = told(to="alice@example.com", body="at noon", words="please")
    assert not Search(words).finds(known), (words, known.text)


def test_an_argument_that_is_deep_beyond_sense_is_searched_all_the_same():
    deep: Any = "bottom"
    for _ in range(100):
        deep = {"down": [deep]}
    assert Search("bottom").finds(told(what=deep))


def in_order(order: Order, *threads: Told) -> list[str]:
    return order.sorted((one.thread_id, one) for one in threads)


def test_an_argument_sorts_as_number_or_text_and_what_has_none_comes_last():
    threads = [
        told("none"),
        told("ten", amount=10),
        told("nine", amount="9.5"),
        told("word", amount="many"),
        told("much", amount=1_000.0),
        told("inner", of={"amount": 2}),
    ]
    up = in_order(Order("argument", "amount"), *threads)
    assert up == ["inner", "nine", "ten", "much", "word", "none"]
    down = in_order(Order("argument", "amount", descending=True), *threads)
    assert down == ["word", "much", "ten", "nine", "inner", "none"]


def test_threads_and_tools_sort_as_people_count_and_age_goes_both_ways():
    threads = [told("order-10"), told("order-9"), told("Order-2")]
    assert in_order(Order("thread"), *threads) == ["Order-2", "order-9", "order-10"]
    assert in_order(Order(), *threads) == ["order-10", "order-9", "Order-2"]
    assert in_order(Order(descending=True), *threads) == ["Order-2", "order-9", "order-10"]
    calls = Told("call", NOW + timedelta(1), (("book", {}),))
    nothing = Told("nothing", NOW)
    assert in_order(Order("tool"), nothing, threads[0], calls) == ["call", "order-10", "nothing"]
