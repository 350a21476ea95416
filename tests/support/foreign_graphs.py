"""Graphs as other people write them, each with a record of what it did.

They follow the shapes in use: LangChain's middleware, requests for Agent Inbox, and the nodes and
tools with interrupt() that LangGraph's documentation shows. Nothing in them knows of the course.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypedDict

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.tools import tool
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import Command, Send, interrupt

from course_utils import chat_model

if TYPE_CHECKING:
    from collections.abc import Callable

    from langchain_core.tools import BaseTool
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.graph.state import CompiledStateGraph

    Saver = BaseCheckpointSaver[Any]
    Graph = CompiledStateGraph[Any, Any, Any, Any]

MAIL = {"to": "alice@example.com", "subject": "Lunch", "body": "At noon?"}
ALL_ALLOWED = dict.fromkeys(("allow_accept", "allow_edit", "allow_respond", "allow_ignore"), True)


class Log(TypedDict, total=False):
    """A state of plain lines, for graphs without an agent."""

    log: Annotated[list[Any], operator.add]


def call(to: str = "alice@example.com") -> dict[str, Any]:
    """Return a tool call that asks for a mail to somebody."""
    return {
        "name": "send_email",
        "args": MAIL | {"to": to},
        "id": f"call-{to}",
        "type": "tool_call",
    }


def sender(outbox: list[str]) -> BaseTool:
    """Return the tool which everything here is about; what it sends is in the outbox."""

    @tool
    def send_email(to: str, subject: str, body: str) -> str:
        """Send an email."""
        outbox.append(to)
        return f"Email sent to {to}"

    return send_email


def asking_for(*recipients: str) -> Callable[[Any], dict[str, Any]]:
    """Return an agent that asks for mails, and says what it was told once all are answered."""

    def agent(state: Any) -> dict[str, Any]:
        told = [m.text for m in state["messages"] if isinstance(m, ToolMessage)]
        if told:
            return {"messages": [AIMessage("Told: " + " | ".join(told))]}
        return {"messages": [AIMessage("", tool_calls=[call(to) for to in recipients])]}

    return agent


# --- LangChain's middleware


def gated_agent(
    outbox: list[str], saver: Saver, mode: Any = "batched", on: Any = True, **how: Any
) -> Graph:
    """Return a prebuilt agent whose mails are held back by LangChain's own middleware."""
    gate = HumanInTheLoopMiddleware({"send_email": on}, interrupt_mode=mode)
    tools = [sender(outbox)]
    return create_agent(chat_model(), tools, middleware=[gate], checkpointer=saver, **how)


# --- Agent Inbox


def inbox_agent(
    outbox: list[str],
    saver: Saver,
    *recipients: str,
    flags: dict[str, bool] | None = None,
    bare: bool = False,
) -> Graph:
    """Return an assistant whose one node asks Agent Inbox about each call and then carries it out.

    Args:
        outbox: where mails go.
        saver: the checkpointer.
        recipients: whom the agent wants to mail.
        flags: the request's `allow_*`.
        bare: whether it asks with the request itself, and not with a list of one.
    """
    send_email = sender(outbox)

    def ask(wanted: dict[str, Any]) -> dict[str, Any]:
        request = {
            "action_request": {"action": wanted["name"], "args": wanted["args"]},
            "config": ALL_ALLOWED if flags is None else flags,
            "description": "# A mail\nwaits to be sent.",
        }
        answer: dict[str, Any] = interrupt(request if bare else [request])[0]
        return answer

    def carry_out(wanted: dict[str, Any]) -> str:
        answer = ask(wanted)
        match answer["type"]:
            case "accept":
                return str(send_email.invoke(wanted["args"]))
            case "edit":
                return str(send_email.invoke(answer["args"]["args"]))
            case "ignore":
                return "The user ignored this mail. End the workflow."
            case "response":
                return f"The user said: {answer['args']}"
        raise ValueError(f"unknown answer {answer}")

    def handler(state: MessagesState) -> dict[str, Any]:
        wanted = state["messages"][-1].tool_calls  # type: ignore[union-attr]
        return {"messages": [ToolMessage(carry_out(w), tool_call_id=w["id"]) for w in wanted]}

    builder = StateGraph(MessagesState)
    builder.add_node("agent", asking_for(*recipients))
    builder.add_node("interrupt_handler", handler)
    builder.add_edge(START, "agent")
    builder.add_conditional_edges(
        "agent", tools_condition, {"tools": "interrupt_handler", END: END}
    )
    builder.add_edge("interrupt_handler", "agent")
    return builder.compile(saver)


# --- The shapes of LangGraph's documentation


def asking(saver: Saver, *nodes: Callable[[Any], Any], state: Any = Log) -> Graph:
    """Return a graph whose nodes all run side by side."""
    builder = StateGraph(state)
    for node in nodes:
        builder.add_node(node)
        builder.add_edge(START, node.__name__)
    return builder.compile(saver)


def approve_or_reject(outbox: list[str], saver: Saver) -> Graph:
    """Return a graph whose node asks for a yes or no and goes where the answer says."""

    def approval(state: Log) -> Command[Literal["send", "cancel"]]:
        yes = interrupt({"question": "Send the mail?", "mail": MAIL})
        return Command(goto="send" if yes else "cancel")

    def send(state: Log) -> Log:
        outbox.append(MAIL["to"])
        return {"log": ["sent"]}

    builder = StateGraph(Log)
    builder.add_node(approval)
    builder.add_node(send)
    builder.add_node("cancel", lambda state: {"log": ["cancelled"]})
    builder.add_edge(START, "approval")
    return builder.compile(saver)


def review_and_edit(saver: Saver) -> Graph:
    """Return a graph that gives a text to be edited and keeps what comes back."""

    def review(state: Log) -> Log:
        return {"log": [interrupt({"instruction": "Edit this draft", "content": "Dear Alcie"})]}

    return asking(saver, review)


def review_tool_calls(outbox: list[str], saver: Saver) -> Graph:
    """Return an agent whose review node reads an action and its data, in words of its own."""

    def review(state: MessagesState) -> Command[Literal["agent", "tools"]]:
        said: Any = state["messages"][-1]
        wanted = said.tool_calls[-1]
        answer = interrupt({"question": "Is this right?", "tool_call": wanted})
        match answer["action"]:
            case "continue":
                return Command(goto="tools")
            case "update":
                edited = said.model_copy(
                    update={"tool_calls": [wanted | {"args": wanted["args"] | answer["data"]}]}
                )
                return Command(goto="tools", update={"messages": [edited]})
        told = ToolMessage(answer["data"], name=wanted["name"], tool_call_id=wanted["id"])
        return Command(goto="agent", update={"messages": [told]})

    builder = StateGraph(MessagesState)
    builder.add_node("agent", asking_for("alice@example.com"))
    builder.add_node(review)
    builder.add_node("tools", ToolNode([sender(outbox)]))
    builder.add_edge(START, "agent")
    builder.add_conditional_edges("agent", tools_condition, {"tools": "review", END: END})
    builder.add_edge("tools", "agent")
    return builder.compile(saver)


def tool_that_asks(outbox: list[str], saver: Saver, *recipients: str) -> Graph:
    """Return an agent whose tool itself asks before it sends, and takes changes."""

    @tool
    def send_email(to: str, subject: str, body: str) -> str:
        """Send an email, once a person has agreed."""
        answer = interrupt({"action": "send_email", "to": to, "subject": subject, "body": body})
        if answer.get("action") != "approve":
            return "Cancelled by the user"
        recipient = answer.get("to", to)
        outbox.append(recipient)
        return f"Email sent to {recipient}"

    builder = StateGraph(MessagesState)
    builder.add_node("agent", asking_for(*recipients))
    builder.add_node("tools", ToolNode([send_email]))
    builder.add_edge(START, "agent")
    builder.add_conditional_edges("agent", tools_condition)
    builder.add_edge("tools", "agent")
    return builder.compile(saver)


def validate_input(saver: Saver) -> Graph:
    """Return a graph that asks, in one node, until an age comes."""

    def age(state: Log) -> Log:
        question = "How old are you?"
        while True:
            answer = interrupt(question)
            if isinstance(answer, int) and answer > 0:
                return {"log": [answer]}
            question = f"{answer!r} is no age. How old are you?"

    return asking(saver, age)


def asked_by_schema(saver: Saver, schema: Any, *, twice: bool = False) -> Graph:
    """Return a graph whose question names the schema of its answer, or which asks twice so."""

    def form(state: Log) -> Log:
        answer = interrupt({"question": "How shall we pay?"}, response_schema=schema)
        return {"log": [answer if isinstance(answer, dict) else answer.model_dump()]}

    def second_form(state: Log) -> Log:
        return form(state)

    return asking(saver, form, *[second_form] * twice)


def two_questions(saver: Saver) -> Graph:
    """Return a graph whose one node asks two things, one after the other."""

    def order(state: Log) -> Log:
        name = interrupt("Which name?")
        return {"log": [name, interrupt("Pay 1000 euros?")]}

    return asking(saver, order)


def sent_in_parallel(outbox: list[str], saver: Saver, *recipients: str) -> Graph:
    """Return a graph that sends each mail to a task of its own, which asks about it."""

    def mail(state: Any) -> Log:
        if interrupt({"to": state["to"]}):
            outbox.append(state["to"])
            return {"log": [f"sent to {state['to']}"]}
        return {"log": [f"not sent to {state['to']}"]}

    builder = StateGraph(Log)
    builder.add_node(mail)
    builder.add_conditional_edges(
        START, lambda state: [Send("mail", {"to": to}) for to in recipients], ["mail"]
    )
    return builder.compile(saver)


# --- Breakpoints, alone and inside other graphs


def mail_agent(outbox: list[str], *recipients: str, saver: Any = None, **how: Any) -> Graph:
    """Return an agent with a ToolNode, compiled as it is to be used."""
    builder = StateGraph(MessagesState)
    builder.add_node("agent", asking_for(*recipients))
    builder.add_node("tools", ToolNode([sender(outbox)], handle_tool_errors=False))
    builder.add_edge(START, "agent")
    builder.add_conditional_edges("agent", tools_condition)
    builder.add_edge("tools", "agent")
    return builder.compile(saver, **how)


def around(saver: Any, inner: Any, *beside: Callable[[Any], Any]) -> Graph:
    """Return a graph with another as its node, and other nodes side by side with it."""
    builder = StateGraph(MessagesState)
    builder.add_node("inner", inner)
    builder.add_edge(START, "inner")
    for node in beside:
        builder.add_node(node)
        builder.add_edge(START, node.__name__)
    builder.add_node("last", lambda state: {"messages": [AIMessage("The end.")]})
    builder.add_edge(["inner", *(node.__name__ for node in beside)], "last")
    return builder.compile(saver)


def calling(saver: Any, inner: Graph) -> Graph:
    """Return a graph with a node that calls another graph as a function."""

    def caller(state: MessagesState) -> dict[str, Any]:
        return {"messages": inner.invoke({"messages": [("user", "go")]})["messages"]}

    return asking(saver, caller, state=MessagesState)
