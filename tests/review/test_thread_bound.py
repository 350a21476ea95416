"""Graphs that work in one thread alone, which a card must not run in another."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import START, MessagesState, StateGraph

from course_utils.review.reading.graphs import thread_bound


def compiled(node: Any, saver: Any = None) -> Any:
    """A graph of one node, compiled with a checkpointer."""
    builder = StateGraph(MessagesState).add_node("look", node).add_edge(START, "look")
    return builder.compile(checkpointer=saver or InMemorySaver())


@pytest.mark.parametrize("check", [True, False])
def test_a_checkpointer_is_bound_as_its_connection_is(check: bool):
    with sqlite3.connect(":memory:", check_same_thread=check) as connection:
        graph = compiled(lambda state: {}, SqliteSaver(connection))
        assert thread_bound(graph) is check
    connection.close()


@pytest.mark.parametrize("check", [True, False])
def test_a_node_is_bound_as_the_connection_that_it_names(check: bool):
    orders = sqlite3.connect(":memory:", check_same_thread=check)

    def look(state: MessagesState) -> dict[str, Any]:
        orders.execute("SELECT 1")
        return {}

    assert thread_bound(compiled(look)) is check
    outer = StateGraph(MessagesState).add_node("desk", compiled(look)).add_edge(START, "desk")
    assert thread_bound(outer.compile(checkpointer=InMemorySaver())) is check
    orders.close()


def test_a_graph_without_a_checkpointer_and_with_plain_nodes_is_not_bound():
    builder = StateGraph(MessagesState).add_node("look", lambda state: {}).add_edge(START, "look")
    assert not thread_bound(builder.compile())
