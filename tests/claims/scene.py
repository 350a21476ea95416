"""What the observations share: an agent that mails, nodes in a row, and words for what came back.

No model and no tool class: the agent is a function of the conversation, and the world outside is a
list. What is left is LangGraph.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

from langchain_core.messages import AIMessage, ToolMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import tools_condition
from langgraph.types import interrupt

if TYPE_CHECKING:
    from collections.abc import Callable

# The world outside: who was mailed, what was charged. What is in it cannot be taken back.
outbox: list[str] = []

THREAD: Any = {"configurable": {"thread_id": "t"}}
OTHER_THREAD: Any = {"configurable": {"thread_id": "another"}}


def user(words: str) -> Any:
    """Make the input that says these words to the mail agent."""
    return {"messages": [("user", words)]}


MAIL = user("alice")


def agent(state: Any) -> Any:
    """Ask for a mail to everyone the user names, and the weather on that word; then report."""
    last = state["messages"][-1]
    words = str(last.content).split() if last.type == "human" else []
    calls = [
        {"name": tool, "args": {"to": word}, "id": f"call-{len(state['messages'])}-{word}"}
        for word in words
        for tool in ["get_weather" if word == "weather" else "send_mail"]
        if word != "hello"
    ]
    return {"messages": [AIMessage("" if calls else f"I read: {last.content}", tool_calls=calls)]}


def carry_out(call: Any) -> ToolMessage:
    """Run a call, which leaves a trace in the outbox, and answer it."""
    outbox.append(call["args"]["to"])
    return answer(call, f"done: {call['args']['to']}")


def answer(call: Any, text: str) -> ToolMessage:
    """Answer a call in words."""
    return ToolMessage(text, name=call["name"], tool_call_id=call["id"])


def run_calls(state: Any) -> Any:
    """Run every call of the last message: the tools node that the tutorial has."""
    return {"messages": [carry_out(call) for call in state["messages"][-1].tool_calls]}


def ask_first(state: Any) -> Any:
    """Ask one question about the first call, and run it for a `True`."""
    (call, *_) = state["messages"][-1].tool_calls
    yes = interrupt(f"Mail {call['args']['to']}?")
    return {"messages": [carry_out(call) if yes is True else answer(call, f"told: {yes}")]}


def mail_agent(tools: Any = run_calls, agent: Any = agent, **how: Any) -> Any:
    """Compile the mail agent: `agent`, then `tools` while it calls one, with a checkpointer."""
    builder = StateGraph(MessagesState).add_node("agent", agent).add_node("tools", tools)
    builder.add_edge(START, "agent").add_edge("tools", "agent")
    builder.add_conditional_edges("agent", tools_condition)
    return builder.compile(**{"checkpointer": InMemorySaver(), **how})


def paused(words: str = "alice", tools: Any = run_calls, **how: Any) -> Any:
    """Ask a new mail agent for something; it stops before `tools`, unless these ask themselves."""
    outbox.clear()
    how = how or ({"interrupt_before": ["tools"]} if tools is run_calls else {})
    graph = mail_agent(tools, **how)
    graph.invoke(user(words), THREAD)
    return graph


class Log(TypedDict):
    """A state that only grows."""

    log: Annotated[list[Any], operator.add]


EMPTY: Any = {"log": []}


def row(*nodes: Any, **how: Any) -> Any:
    """Compile these functions as nodes in a row, with a checkpointer."""
    builder = StateGraph(Log).add_sequence(nodes).add_edge(START, nodes[0].__name__)
    return builder.compile(**{"checkpointer": InMemorySaver(), **how})


def asking(*nodes: Any, **how: Any) -> Any:
    """Start a row of nodes, whose first question then waits."""
    outbox.clear()
    graph = row(*nodes, **how)
    graph.invoke(EMPTY, THREAD)
    return graph


def last_call(graph: Any) -> tuple[Any, Any]:
    """Return the message that calls tools and its first call."""
    message = graph.get_state(THREAD).values["messages"][-1]
    return message, message.tool_calls[0]


def waits(graph: Any, config: Any = THREAD) -> list[str]:
    """Name the nodes that are next on a thread."""
    return list(graph.get_state(config).next)


def questions(graph: Any) -> list[Any]:
    """List what the thread asks."""
    return [question.value for question in graph.get_state(THREAD).interrupts]


def ids(graph: Any) -> dict[Any, str]:
    """Map the questions of the thread to their ids."""
    return {question.value: question.id for question in graph.get_state(THREAD).interrupts}


def log(graph: Any) -> list[Any]:
    """Read what the nodes of a row wrote."""
    return list(graph.get_state(THREAD).values["log"])


def kinds(graph: Any) -> list[str]:
    """List the kinds of message on the thread."""
    return [message.type for message in graph.get_state(THREAD).values["messages"]]


def raised(call: Callable[..., Any], *args: Any, **named: Any) -> str:
    """Call, and say what it raised: the error's name and the first line of its text."""
    try:
        call(*args, **named)
    except BaseException as error:
        return f"{type(error).__name__}: {error}".partition("\n")[0].rstrip(": ")
    return "nothing"
