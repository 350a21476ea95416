"""What a compiled graph is made of: its nodes, tools and subgraphs, and whether it is async."""

from __future__ import annotations

import asyncio
import inspect
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from langchain_core.runnables.base import RunnableBindingBase
from langgraph.graph import StateGraph
from langgraph.prebuilt import ToolNode
from langgraph.pregel import Pregel
from langgraph.pregel.remote import RemoteGraph

from course_utils.neighbours import langgraph as private

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from langchain_core.tools import BaseTool

NOT_COMPILED = (
    "This is a StateGraph, which cannot run yet: give what compile(checkpointer=...) returns."
)
REMOTE = (
    "This is a RemoteGraph, whose threads are kept by its server: give the compiled graph itself, "
    "in a program that can reach its checkpointer."
)
NO_GRAPH = (
    "This is a {kind}: give the compiled graph, which is what compile(checkpointer=...) or "
    "create_agent(checkpointer=...) returns."
)


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


def wants_context(graph: Pregel[Any, Any, Any, Any]) -> bool:
    """Tell whether a graph, or one inside it, declares a context that its nodes may read."""
    inner = subgraphs(graph).values()
    return graph.context_schema is not None or any(map(wants_context, inner))


def compiled_graph(graph: Any) -> Pregel[Any, Any, Any, Any]:
    """Return the compiled graph that was given, bare or wrapped by LangChain.

    A wrapper's config goes with it. What `with_retry` would do again is left to a person.

    Raises:
        TypeError: if it is no compiled graph; the message says what is needed.
    """
    if isinstance(graph, Pregel):
        return graph
    if isinstance(graph, RunnableBindingBase):
        return compiled_graph(graph.bound).with_config(graph.config)
    if isinstance(graph, StateGraph):
        raise TypeError(NOT_COMPILED)
    if isinstance(graph, RemoteGraph):
        raise TypeError(REMOTE)
    raise TypeError(NO_GRAPH.format(kind=type(graph).__name__))


def tool_of(graph: Pregel[Any, Any, Any, Any], within: Sequence[str], name: str) -> BaseTool | None:
    """Return a tool by its name, as the graph at a place inside a graph has it in a ToolNode.

    Args:
        graph: the whole graph.
        within: the nodes that lead to the place.
        name: the tool's.

    Returns:
        The tool. Where that graph has none of this name, the only one of the whole; else None.
    """
    own = graph
    for node in within:
        own = subgraphs(own).get(node, own)
    found = _tools(own, name) or list({id(tool): tool for tool in _all_tools(graph, name)}.values())
    return found[0] if len(found) == 1 else None


def _tools(graph: Pregel[Any, Any, Any, Any], name: str) -> list[BaseTool]:
    nodes = tool_nodes(graph).values()
    return [node.tools_by_name[name] for node in nodes if name in node.tools_by_name][:1]


def _all_tools(graph: Pregel[Any, Any, Any, Any], name: str) -> Iterator[BaseTool]:
    yield from _tools(graph, name)
    for inner in subgraphs(graph).values():
        yield from _all_tools(inner, name)


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


def thread_bound(graph: Pregel[Any, Any, Any, Any]) -> bool:
    """Tell whether a graph works in one thread alone: a SQLite connection may be bound to its own.

    Looked at are the checkpointer and what the functions of the nodes name. The tools of a ToolNode
    run in threads of their own anyway.
    """
    held = [*vars(graph.checkpointer).values()] if hasattr(graph.checkpointer, "__dict__") else []
    for node in graph.nodes.values():
        held += [value for step in private.steps_of(node) for value in _named_by(step)]
    return any(map(_keeps_to_its_thread, held)) or any(
        thread_bound(inner) for inner in subgraphs(graph).values()
    )


def _named_by(step: Any) -> list[Any]:
    """Return the values that a node's function names, from outside of it."""
    function = inspect.unwrap(getattr(step, "func", None) or step)
    if not inspect.isfunction(function):
        return []
    try:
        named = inspect.getclosurevars(function)
    except ValueError:  # a name that is not filled in yet
        return []
    return [*named.nonlocals.values(), *named.globals.values()]


def _keeps_to_its_thread(value: Any) -> bool:
    """Tell a SQLite connection that only the thread may use which opened it."""
    if not isinstance(value, sqlite3.Connection):
        return False
    with ThreadPoolExecutor(1) as elsewhere:
        try:
            elsewhere.submit(value.cursor).result()
        except sqlite3.ProgrammingError as error:
            return "thread" in str(error)
    return False


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
