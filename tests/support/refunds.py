"""A desk of refunds and mails, as a notebook's cell: many threads wait, each for something else."""

from __future__ import annotations

REFUNDS = """
import os
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from course_utils import Inbox

paid = []

@tool
def refund(order: str, amount: float, reason: str) -> str:
    "Pay money back."
    paid.append((order, amount))
    return f"{amount} paid back for {order}"

@tool
def send_email(to: str, subject: str, body: str) -> str:
    "Send an email."
    paid.append(to)
    return "sent"

def agent(state):
    if isinstance(state["messages"][-1], ToolMessage):
        return {"messages": [AIMessage("It is done.")]}
    number = int(state["messages"][0].content.rpartition(" ")[2])
    name, args = "refund", {"order": f"A-{number}", "amount": number * 5.0, "reason": "late"}
    if number % 3 == 0:
        body = "The parcel was held back by the carrier and arrives a day late, we are sorry. " * 3
        mail = {"to": f"c{number}@example.com", "subject": "Your order", "body": body}
        name, args = "send_email", mail
    return {"messages": [AIMessage("", tool_calls=[{"name": name, "args": args, "id": "1"}])]}

builder = StateGraph(MessagesState).add_node(agent)
builder.add_node("tools", ToolNode([refund, send_email]))
builder.add_edge(START, "agent").add_conditional_edges("agent", tools_condition)
builder.add_edge("tools", "agent")
graph = builder.compile(checkpointer=InMemorySaver(), interrupt_before=["tools"])

def begin(number):
    config = {"configurable": {"thread_id": f"order-{number:02}"}}
    words = f"My parcel came late, I want my money back for order {number}"
    graph.invoke({"messages": [("user", words)]}, config)

for number in range(1, 31):
    begin(number)
"""
