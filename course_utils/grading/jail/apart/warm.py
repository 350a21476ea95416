"""Importing this runs one small agent: what is made once, at a first run, is then there."""

from __future__ import annotations

from typing import Any

from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition

from course_utils.model import chat_model


def _run() -> None:
    @tool
    def book_room(room: str, guest: str) -> str:
        """Book a room for a guest."""
        return f"{room} is booked for {guest}"

    model = chat_model().bind_tools([book_room])

    def desk(state: MessagesState) -> dict[str, Any]:
        return {"messages": [model.invoke(state["messages"])]}

    builder = StateGraph(MessagesState).add_node(desk).add_node("tools", ToolNode([book_room]))
    builder.add_edge(START, "desk").add_edge("tools", "desk")
    builder.add_conditional_edges("desk", tools_condition)
    graph = builder.compile(InMemorySaver(), interrupt_before=["tools"])
    config: Any = {"configurable": {"thread_id": "warm"}}
    words: Any = {"messages": [("user", 'Book room "Oak" for guest "Ann"')]}
    graph.invoke(words, config)
    graph.invoke(None, config)
    graph.get_state(config)


_run()
