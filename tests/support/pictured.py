"""Threads that are drawn: each is a graph whose story is told by what it ran."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Annotated, Any, TypedDict
from xml.etree import ElementTree

from langchain_core.messages import ToolMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Send, interrupt

from tests.support.agents import thread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from langgraph.graph.state import CompiledStateGraph

SVG = "{http://www.w3.org/2000/svg}"


class Said(TypedDict):
    """A state that keeps whatever its nodes return."""

    said: Annotated[list[Any], operator.add]


def one_node(node: Callable[[Any], Any], **how: Any) -> CompiledStateGraph[Any, Any, Any, Any]:
    """Compile a graph with one node, which is named as its function."""
    how.setdefault("checkpointer", InMemorySaver())
    builder = StateGraph(Said)
    builder.add_node(node)
    builder.add_edge(START, node.__name__)
    return builder.compile(**how)


def asks(state: Any) -> dict[str, Any]:
    """Ask what the task was sent, and return the answer."""
    return {"said": [interrupt(state["job"])]}


def sends(node: Any, *jobs: Any, **how: Any) -> CompiledStateGraph[Any, Any, Any, Any]:
    """Compile a graph whose `plan` sends these jobs to a node named `work`."""
    builder = StateGraph(Said)
    builder.add_node("plan", lambda state: {})
    builder.add_node("work", node)
    builder.add_edge(START, "plan")
    builder.add_conditional_edges("plan", lambda state: [Send("work", j) for j in jobs], ["work"])
    builder.add_edge("work", END)
    return builder.compile(InMemorySaver(), **how)


def reject(graph: CompiledStateGraph[Any, Any, Any, Any], at: Any = None) -> Any:
    """Answer every call of the newest message in the tools' place; return the new config."""
    config = at or thread()
    calls = graph.get_state(config).values["messages"][-1].tool_calls
    told = [ToolMessage("Rejected.", tool_call_id=call["id"]) for call in calls]
    return graph.update_state(config, {"messages": told}, as_node="tools")


def lines(view: Any) -> list[str]:
    """Return the text twin, line by line, without the room at the left."""
    return [line.strip(" |") for line in repr(view).splitlines()]


def drawn(view: Any) -> Sequence[str]:
    """Return the words that stand in the picture, in drawing order."""
    root = ElementTree.fromstring(view.svg())  # noqa: S314 - we drew it
    assert root.get("role") == "img"
    assert str(root.findtext(f"{SVG}title")) == repr(view)
    assert float(str(root.get("width"))) <= 840
    return [str(text.text) for text in root.iter(f"{SVG}text")]
