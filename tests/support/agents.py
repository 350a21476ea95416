"""Small agents for the tests: real LangGraph, the offline model, tools that keep a record."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from langchain_core.messages import ToolMessage
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition

from course_utils import chat_model

if TYPE_CHECKING:
    from collections.abc import Callable

    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import RunnableConfig
    from langgraph.graph.state import CompiledStateGraph

ONE_MAIL = 'Send an email to alice@example.com with subject "Lunch" and body "At noon?"'
TWO_MAILS = 'Email alice@example.com and bob@example.com with subject "Lunch" and body "At noon?"'


@dataclass
class MailAgent:
    """A mail agent in one of several shapes, and the outbox its tool fills.

    Attributes:
        shape: `plain` (agent, tools), `review` (agent, review, tools) or `function` (the tools run
            in a plain function instead of a ToolNode).
        fails: how many times the tool raises before it works.
    """

    shape: str = "plain"
    fails: int = 0
    outbox: list[str] = field(default_factory=list)

    def compile(self, **how: Any) -> CompiledStateGraph[Any, Any, Any, Any]:
        """Compile the agent; without a word on it, with a checkpointer in memory."""
        how.setdefault("checkpointer", InMemorySaver())
        return self._builder().compile(**how)

    def _builder(self) -> StateGraph[Any, Any, Any, Any]:
        model = chat_model().bind_tools([self.send_email])
        builder = StateGraph(MessagesState)
        builder.add_node("agent", lambda state: {"messages": [model.invoke(state["messages"])]})
        builder.add_node(
            "tools", self._run_calls if self.shape == "function" else self._tool_node()
        )
        builder.add_edge(START, "agent")
        after_agent = "tools"
        if self.shape == "review":
            after_agent = "review"
            builder.add_node("review", lambda state: {})
            builder.add_edge("review", "tools")
        builder.add_conditional_edges("agent", tools_condition, {"tools": after_agent, END: END})
        builder.add_edge("tools", "agent")
        return builder

    @property
    def send_email(self) -> Any:
        """The tool: what it sends is in the outbox."""

        @tool
        def send_email(to: str, subject: str, body: str) -> str:
            """Send an email."""
            if self.fails:
                self.fails -= 1
                raise ConnectionError("smtp down")
            self.outbox.append(to)
            return f"Email sent to {to}"

        return send_email

    def _tool_node(self) -> ToolNode:
        return ToolNode([self.send_email], handle_tool_errors=False)

    def _run_calls(self, state: MessagesState) -> dict[str, list[BaseMessage]]:
        calls = state["messages"][-1].tool_calls  # type: ignore[union-attr]
        run: Callable[[Any], Any] = self.send_email.invoke
        return {
            "messages": [
                ToolMessage(run(c["args"]), name=c["name"], tool_call_id=c["id"]) for c in calls
            ]
        }


def thread(name: str = "t") -> RunnableConfig:
    """Name a thread as LangGraph wants it."""
    return {"configurable": {"thread_id": name}}


def ask(graph: CompiledStateGraph[Any, Any, Any, Any], words: str = ONE_MAIL) -> None:
    """Put a request to the agent on the usual thread."""
    graph.invoke({"messages": [("user", words)]}, thread())


def conversation(graph: CompiledStateGraph[Any, Any, Any, Any]) -> list[str]:
    """List the kinds of message on the usual thread, in order."""
    return [message.type for message in graph.get_state(thread()).values["messages"]]
