"""Every concept has a card in its story whose Approve and Reject a learner can press."""

from __future__ import annotations

from itertools import takewhile

import pytest

from course_utils import ApprovalCard
from tests.support.cards import buttons, seen
from tests.support.lesson import NOTEBOOKS, Lesson

CONCEPTS = [Lesson(path) for path in NOTEBOOKS[1:-1]]  # neither the first press nor the capstone
DECISIONS = ("approve", "reject")


def plain_cards(lesson: Lesson) -> list[str]:
    """Return the cells of the story that end with a card which offers both decisions."""
    story = takewhile(lambda cell: cell.id != "more", lesson.cells)
    cells = [
        cell.id
        for cell in story
        if cell.cell_type == "code" and cell.source.splitlines()[-1].startswith("ApprovalCard(")
    ]
    return [cell for cell in cells if {"Approve", "Reject"} <= {*buttons(lesson.shown_by(cell))}]


@pytest.mark.parametrize("lesson", CONCEPTS, ids=lambda lesson: lesson.name)
def test_approve_and_reject_of_its_card_decide_a_thread(lesson: Lesson):
    cards = plain_cards(lesson)
    assert cards, f"{lesson.name} has no cell that ends with a card to approve and reject on"
    for decision in DECISIONS:
        card = lesson.shown_by(cards[0])
        assert isinstance(card, ApprovalCard)
        assert card.status == "paused", f"{cards[0]}: {card.status}"
        several = len(card.controls)
        for number in range(several):
            card.press(decision, number)
        if several > 1:
            card.press("send all")
        assert f"You {decision}" in seen(card), f"{cards[0]}, after {decision}: {seen(card)}"
