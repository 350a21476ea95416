"""What a compiled graph is made of: its nodes, tools and subgraphs, and whether it is async."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from langgraph.prebuilt import ToolNode
from langgraph.pregel import Pregel

from course_utils.neighbours import langgraph as private

if TYPE_CHECKING:
    from collections.abc import Iterator


def tool_nodes(graph: Pregel[Any, Any, Any, Any]) -> dict[str, ToolNode]:
    """Return the nodes of a graph that are ToolNodes, by their names."""
    return {n: node.bound for n, node in graph.nodes.items() if isinstance(node.bound, ToolNode)}


def subgraphs(graph: Pregel[Any, Any, Any, Any]) -> dict[str, Pregel[Any, Any, Any, Any]]:
    """Return the graphs that LangGraph knows to run inside a graph's nodes, by the nodes' names."""
    return {name: inner for name, inner in graph.get_subgraphs() if isinstance(inner, Pregel)}


def node_names(graph: Pregel[Any, Any, Any, Any]) -> list[str]:
    """Return the names of a graph's nodes and of those in its subgraphs."""
    inner = (name for sub in subgraphs(graph).values() for name in node_names(sub))
    return [*graph.nodes, *inner]


def only_async(graph: Pregel[Any, Any, Any, Any]) -> bool:
    """Tell whether a graph cannot be called from plain code: some part of it is async alone."""
    return (
        loop_bound(graph)
        or any(_async_alone(part) for part in _parts(graph))
        or any(only_async(inner) for inner in subgraphs(graph).values())
    )


def loop_bound(graph: Pregel[Any, Any, Any, Any]) -> bool:
    """Tell whether the checkpointer answers in an event loop, as AsyncSqliteSaver does."""
    return isinstance(getattr(graph.checkpointer, "loop", None), asyncio.AbstractEventLoop)


def _parts(graph: Pregel[Any, Any, Any, Any]) -> Iterator[Any]:
    """Yield what a graph runs: its nodes, their tools and its conditional edges."""
    for node in graph.nodes.values():
        yield from private.steps_of(node)
    for runner in tool_nodes(graph).values():
        yield from runner.tools_by_name.values()
    yield from private.paths_of(graph)


def _async_alone(part: Any) -> bool:
    awaited = getattr(part, "afunc", None) or getattr(part, "coroutine", None)
    return awaited is not None and getattr(part, "func", None) is None
