"""What a typed answer is forgiven, and what it is not."""

from __future__ import annotations

import pytest

from course_utils.quiz.spelling import is_forgiven, is_langgraph_name


@pytest.mark.parametrize(
    "answer",
    [
        "interrupt_before",
        "Interrupt_Before",
        "interrupt-before",
        "  `interrupt_before`  ",
        '"interrupt_before"',
        "\u201cinterrupt_before\u201d",
        "interupt_before",
        "interrrupt_before",
        "interrupt_befare",
        "interrupt_beofre",
        "interrupt_before=",
    ],
)
def test_case_quotes_hyphens_and_one_slip_are_forgiven(answer: str) -> None:
    assert is_forgiven(answer, "interrupt_before"), f"{answer!r} should pass"


@pytest.mark.parametrize(
    ("answer", "accepted"),
    [
        ("interupt_befor", "interrupt_before"),
        ("interrupt_after", "interrupt_before"),
        ("invok", "invoke"),
        ("resumee", "resume"),
        ("compile", "compiles"),
        ("interrupt", "interrupts"),
        ("", "interrupt_before"),
    ],
    ids=["two slips", "another", "short", "short too", "a method", "a function", "nothing"],
)
def test_two_slips_short_words_and_other_names_are_not(answer: str, accepted: str) -> None:
    assert not is_forgiven(answer, accepted), f"{answer!r} should not pass for {accepted!r}"


@pytest.mark.parametrize(
    "name",
    ["interrupt_before", "InMemorySaver", "update_state", "Command", "resume", "StateGraph", "END"],
)
def test_langgraph_names_are_known_from_the_installed_langgraph(name: str) -> None:
    assert is_langgraph_name(name), f"{name} is public in LangGraph"


def test_a_word_of_our_own_is_no_langgraph_name() -> None:
    assert not is_langgraph_name("interupt_before")
