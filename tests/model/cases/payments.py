"""More requests: payments, flights and a chat, as one assistant would have them."""

from __future__ import annotations

from typing import Any, Literal

from langchain_core.tools import tool


@tool
def refund_payment(payment_id: str, amount: float, reason: str) -> str:
    """Refund a payment to the customer."""
    return ""


@tool
def search_flights(
    origin: str, destination: str, date: str, cabin: Literal["economy", "business"] = "economy"
) -> str:
    """Search for flights between two cities."""
    return ""


@tool
def post_to_slack(channel: str, message: str) -> str:
    """Post a message to a Slack channel."""
    return ""


TOOLS = [refund_payment, search_flights, post_to_slack]

Case = tuple[list[Any], str, list[tuple[str, dict[str, Any]]]]
Call = tuple[str, dict[str, Any]]


def refund(**args: Any) -> Call:
    """Name a refund."""
    return "refund_payment", args


def flights(**args: Any) -> Call:
    """Name a search for flights."""
    return "search_flights", args


def slack(**args: Any) -> Call:
    """Name a post."""
    return "post_to_slack", args


CASES: list[Case] = [
    (
        TOOLS,
        "Refund payment pay_8812 for $30 because the item was damaged",
        [refund(payment_id="pay_8812", amount=30, reason="the item was damaged")],
    ),
    (
        TOOLS,
        "I want to refund 19.99 on payment P-77, reason: duplicate charge",
        [refund(payment_id="P-77", amount=19.99, reason="duplicate charge")],
    ),
    (
        TOOLS,
        "Give the customer back 45 dollars for payment 5567, late delivery",
        [refund(payment_id="5567", amount=45)],
    ),
    (
        TOOLS,
        "Please reimburse €12.50 on PAY-3 since they were overcharged",
        [refund(payment_id="PAY-3", amount=12.5, reason="they were overcharged")],
    ),
    (TOOLS, "Refund PAY-9", []),
    (
        TOOLS,
        "Issue a full refund of 200 for payment PX-1: cancelled trip",
        [refund(payment_id="PX-1", amount=200)],
    ),
    (
        TOOLS,
        "Find flights from Madrid to Berlin on 12 June",
        [flights(origin="Madrid", destination="Berlin", date="12 June")],
    ),
    (
        TOOLS,
        "any flights to Oslo from Paris tomorrow?",
        [flights(origin="Paris", destination="Oslo", date="tomorrow")],
    ),
    (
        TOOLS,
        "I need to fly from New York to Los Angeles next Monday in business",
        [
            flights(
                origin="New York", destination="Los Angeles", date="next Monday", cabin="business"
            )
        ],
    ),
    (
        TOOLS,
        "Look for a business class flight London to Dubai on 2026-04-01",
        [flights(origin="London", destination="Dubai", date="2026-04-01", cabin="business")],
    ),
    (
        TOOLS,
        "What flights are there between Rome and Athens on Friday?",
        [flights(origin="Rome", destination="Athens", date="Friday")],
    ),
    (
        TOOLS,
        "flights SFO to JFK on May 5",
        [flights(origin="SFO", destination="JFK", date="May 5")],
    ),
    (TOOLS, "Search flights from Lisbon to Porto", []),
    (
        TOOLS,
        "Show me flights leaving Vienna for Prague on Sunday",
        [flights(origin="Vienna", destination="Prague", date="Sunday")],
    ),
    (TOOLS, 'Post "Standup in 5" to #team', [slack(channel="#team", message="Standup in 5")]),
    (
        TOOLS,
        "Tell #ops that the server is back up",
        [slack(channel="#ops", message="the server is back up")],
    ),
    (
        TOOLS,
        "Send a message to the design channel saying the mockups are ready",
        [slack(channel="design", message="the mockups are ready")],
    ),
    (
        TOOLS,
        "announce in #general: office closed on Monday",
        [slack(channel="#general", message="office closed on Monday")],
    ),
    (
        TOOLS,
        "Let the #sales channel know we hit our target",
        [slack(channel="#sales", message="we hit our target")],
    ),
    (
        TOOLS,
        "Slack #random 'cake in the kitchen'",
        [slack(channel="#random", message="cake in the kitchen")],
    ),
    (
        TOOLS,
        "write 'deploying now' in #dev and 'please wait' in #qa",
        [
            slack(channel="#dev", message="deploying now"),
            slack(channel="#qa", message="please wait"),
        ],
    ),
    (
        TOOLS,
        "Find flights from Oslo to Rome on Tuesday and post 'Booking soon' to #travel",
        [
            flights(origin="Oslo", destination="Rome", date="Tuesday"),
            slack(channel="#travel", message="Booking soon"),
        ],
    ),
    (
        TOOLS,
        "Refund $10 on PAY-5 because of a delay, then tell #support that the refund is done",
        [
            refund(payment_id="PAY-5", amount=10, reason="delay"),
            slack(channel="#support", message="the refund is done"),
        ],
    ),
    (TOOLS, "Don't refund anything", []),
    (TOOLS, "hello there", []),
    (TOOLS, "What can you help me with?", []),
    (
        TOOLS,
        "Don't post it in #general, post 'hi' in #random",
        [slack(channel="#random", message="hi")],
    ),
    (
        TOOLS,
        "Could you check flights from Boston to Miami for December 24th?",
        [flights(origin="Boston", destination="Miami", date="December 24th")],
    ),
    (
        TOOLS,
        "the customer of payment P-12 wants 15 euros back because it never arrived",
        [refund(payment_id="P-12", amount=15, reason="it never arrived")],
    ),
    (TOOLS, "how does a refund work?", []),
]
