"""Requests in a person's words, the tools bound, and the calls they should give."""

from __future__ import annotations

from typing import Any, Literal

from langchain_core.tools import tool
from pydantic import BaseModel, Field


@tool
def send_email(to: str, subject: str, body: str) -> str:
    """Send an email."""
    return ""


@tool
def get_weather(location: str) -> str:
    """Get weather (safe action)."""
    return ""


@tool
def create_event(title: str, start: str, attendees: list[str] | None = None) -> str:
    """Create a calendar event."""
    return ""


@tool
def book_table(restaurant: str, party_size: int, date: str, time: str) -> str:
    """Reserve a table at a restaurant."""
    return ""


@tool
def transfer_money(amount: float, currency: str, recipient: str) -> str:
    """Transfer money to somebody."""
    return ""


@tool
def refund_order(order_id: str, amount: float, reason: str = "") -> str:
    """Refund a customer's order."""
    return ""


@tool
def delete_file(path: str) -> str:
    """Delete a file."""
    return ""


@tool
def read_file(path: str) -> str:
    """Read a file and return its content."""
    return ""


@tool
def move_file(source: str, destination: str) -> str:
    """Move a file to another place."""
    return ""


@tool
def web_search(query: str, max_results: int = 5) -> str:
    """Search the web."""
    return ""


class CreateTicket(BaseModel):
    """Open a support ticket."""

    title: str
    priority: Literal["low", "medium", "high"] = Field(description="How urgent it is")
    description: str = ""


@tool
def post_message(channel: str, text: str) -> str:
    """Post a message to a channel."""
    return ""


@tool
def book_flight(origin: str, destination: str, date: str, passengers: int = 1) -> str:
    """Book a flight."""
    return ""


@tool
def invite_user(email: str, role: Literal["viewer", "editor", "admin"]) -> str:
    """Invite a user to the workspace."""
    return ""


@tool
def delete_user(username: str) -> str:
    """Permanently delete a user account."""
    return ""


@tool
def delete_post(post_id: int) -> str:
    """Delete a blog post."""
    return ""


@tool
def rent_car(pickup_city: str, days: int, insured: bool = False) -> str:
    """Rent a car in a city for a number of days."""
    return ""


@tool
def lend_artwork(title: str, museum: str, until: str) -> str:
    """Lend an artwork to another museum until a date."""
    return ""


@tool
def set_insured_value(title: str, amount: float) -> str:
    """Set the insured value of an artwork."""
    return ""


@tool
def write_to_donor(address: str, text: str) -> str:
    """Send a letter to a donor.

    Args:
        address: The donor's email address.
        text: What the letter says.
    """
    return ""


@tool
def sell_crop(crop: str, kilos: float, price: float, buyer: str) -> str:
    """Sell a crop to a buyer."""
    return ""


@tool
def report_sick_animal(tag_number: str, symptoms: str) -> str:
    """Report a sick animal to the vet."""
    return ""


Call = tuple[str, dict[str, Any]]
Case = tuple[list[Any], str, list[Call]]

MAIL = [send_email, get_weather]
DIARY = [create_event, book_table, book_flight]
MONEY = [transfer_money, refund_order, rent_car]
FILES = [delete_file, read_file, move_file]
OFFICE = [CreateTicket, post_message, web_search]
USERS = [invite_user, delete_user, delete_post]
MUSEUM = [lend_artwork, set_insured_value, write_to_donor]
FARM = [sell_crop, report_sick_animal]


def email(to: str, **args: str) -> Call:
    """Name a mail."""
    return "send_email", {"to": to, **args}


def transfer(amount: float, currency: str, recipient: str) -> Call:
    """Name a transfer."""
    return "transfer_money", {"amount": amount, "currency": currency, "recipient": recipient}


def refund(order_id: str, amount: float, **args: str) -> Call:
    """Name a refund."""
    return "refund_order", {"order_id": order_id, "amount": amount, **args}


def flight(origin: str, destination: str, date: str, **args: int) -> Call:
    """Name a flight."""
    return "book_flight", {"origin": origin, "destination": destination, "date": date, **args}


def loan(title: str, museum: str, until: str) -> Call:
    """Name a loan."""
    return "lend_artwork", {"title": title, "museum": museum, "until": until}


def sale(crop: str, kilos: float, price: float, buyer: str) -> Call:
    """Name a sale."""
    return "sell_crop", {"crop": crop, "kilos": kilos, "price": price, "buyer": buyer}


CHOICE: list[Case] = [
    (
        MAIL,
        "Is it going to rain in New York tomorrow?",
        [("get_weather", {"location": "New York"})],
    ),
    (FILES, "Show me what's in config.yaml", [("read_file", {"path": "config.yaml"})]),
    (FILES, "get rid of notes.md", [("delete_file", {"path": "notes.md"})]),
    (
        OFFICE,
        "Please look up who invented the telephone",
        [("web_search", {"query": "who invented the telephone"})],
    ),
    (USERS, "Remove mbrown's account", [("delete_user", {"username": "mbrown"})]),
    (
        MUSEUM,
        "Insure 'The Kiss' for £75,000",
        [("set_insured_value", {"title": "The Kiss", "amount": 75000})],
    ),
    (
        MUSEUM,
        "Tell cy@example.com that we open at noon",
        [("write_to_donor", {"address": "cy@example.com", "text": "we open at noon"})],
    ),
    (
        USERS,
        "Invite sam@corp.com as an editor",
        [("invite_user", {"email": "sam@corp.com", "role": "editor"})],
    ),
    (
        MONEY,
        "I need an insured car for three days in Lisbon",
        [("rent_car", {"pickup_city": "Lisbon", "days": 3, "insured": True})],
    ),
]

NOTHING: list[Case] = [
    (MAIL, "Send an email", []),
    (MAIL, "Don't send the email to bob@example.com", []),
    (MAIL, "Thanks, that was all", []),
    (MAIL, "Tell me a joke", []),
    (FILES, "How do I delete a file?", []),
    (MONEY, "Refund order ORD-77", []),
    (MONEY, "how does a refund work?", []),
    (DIARY, "What a lovely day", []),
    (USERS, "Never mind, don't invite anyone", []),
    (OFFICE, "What can you help me with?", []),
]

ADDRESSES: list[Case] = [
    (MAIL, "email a@x.org and b@x.org", [email("a@x.org"), email("b@x.org")]),
    (
        MAIL,
        "Please write to bob@example.com that the report is late",
        [email("bob@example.com", body="the report is late")],
    ),
    (
        MAIL,
        "Don't email bob@example.com, email alice@example.com instead",
        [email("alice@example.com")],
    ),
    (
        MAIL,
        "Don't forget to email bob@example.com about the party",
        [email("bob@example.com", subject="party")],
    ),
    (
        FILES,
        "Delete d.txt, e.txt and f.txt",
        [("delete_file", {"path": f"{name}.txt"}) for name in "def"],
    ),
    (
        FILES,
        "move a.txt to backup/a.txt",
        [("move_file", {"source": "a.txt", "destination": "backup/a.txt"})],
    ),
    (
        OFFICE,
        "Tell #ops that the server is back up",
        [("post_message", {"channel": "#ops", "text": "the server is back up"})],
    ),
    (
        OFFICE,
        "announce in #general: office closed on Monday",
        [("post_message", {"channel": "#general", "text": "office closed on Monday"})],
    ),
]

QUOTES_AND_LABELS: list[Case] = [
    (
        MAIL,
        'Send an email to alice@example.com with subject "Lunch" and body "At noon?"',
        [email("alice@example.com", subject="Lunch", body="At noon?")],
    ),
    (
        MAIL,
        "send email to alice@example.com about lunch saying see you at noon",
        [email("alice@example.com", subject="lunch", body="see you at noon")],
    ),
    (
        MAIL,
        "Could you email bob@example.com? Subject: Hello. Body: How are you?",
        [email("bob@example.com", subject="Hello", body="How are you?")],
    ),
    (
        OFFICE,
        "Post 'Deploy done' to #releases",
        [("post_message", {"channel": "#releases", "text": "Deploy done"})],
    ),
    (
        OFFICE,
        "Post in the engineering channel saying the build is green",
        [("post_message", {"channel": "engineering", "text": "the build is green"})],
    ),
    (
        OFFICE,
        "Open a high priority ticket: the printer is jammed",
        [("CreateTicket", {"title": "the printer is jammed", "priority": "high"})],
    ),
    (
        OFFICE,
        "File a ticket titled 'VPN down' with low priority",
        [("CreateTicket", {"title": "VPN down", "priority": "low"})],
    ),
    (
        MUSEUM,
        "Lend artwork: title Guernica, museum MoMA, until Friday",
        [loan("Guernica", "MoMA", "Friday")],
    ),
    (
        FARM,
        "Report a sick animal, tag number 8812, symptoms: coughing and fever",
        [("report_sick_animal", {"tag_number": "8812", "symptoms": "coughing and fever"})],
    ),
    (
        FARM,
        "Report animal DE-4471 as sick: it does not eat",
        [("report_sick_animal", {"tag_number": "DE-4471", "symptoms": "it does not eat"})],
    ),
]

NUMBERS_AND_MONEY: list[Case] = [
    (MONEY, "Transfer 50 euros to Bob", [transfer(50, "EUR", "Bob")]),
    (MONEY, "Send $1,200 to Maria Lopez", [transfer(1200, "USD", "Maria Lopez")]),
    (
        MONEY,
        "Pay John 20 dollars and Jane 30 dollars",
        [transfer(20, "USD", "John"), transfer(30, "USD", "Jane")],
    ),
    (
        MONEY,
        "Refund order ORD-123, $40, because it arrived broken",
        [refund("ORD-123", 40, reason="it arrived broken")],
    ),
    (MONEY, "Please give the customer a refund of 25.50 for order 4411", [refund("4411", 25.5)]),
    (
        MONEY,
        "Refund order 4411 for $30, reason: duplicate charge",
        [refund("4411", 30, reason="duplicate charge")],
    ),
    (
        USERS,
        "Remove posts 7 and 9",
        [("delete_post", {"post_id": 7}), ("delete_post", {"post_id": 9})],
    ),
    (
        OFFICE,
        "Find 3 results about quantum computing",
        [("web_search", {"query": "quantum computing", "max_results": 3})],
    ),
    (
        FARM,
        "Sell 200 kilos of wheat to Miller & Sons at 0.45 euros",
        [sale("wheat", 200, 0.45, "Miller & Sons")],
    ),
    (FARM, "Sell 50 kilos of apples to Greta for $2", [sale("apples", 50, 2, "Greta")]),
]

DATES: list[Case] = [
    (
        DIARY,
        "Book a table for four at Luigi's on Friday at 7pm",
        [
            (
                "book_table",
                {"restaurant": "Luigi's", "party_size": 4, "date": "Friday", "time": "7pm"},
            )
        ],
    ),
    (
        DIARY,
        "Create an event called 'Budget review' tomorrow at 3pm",
        [("create_event", {"title": "Budget review", "start": "tomorrow at 3pm"})],
    ),
    (DIARY, "Book a flight from Paris to Rome on May 3", [flight("Paris", "Rome", "May 3")]),
    (
        DIARY,
        "Get two tickets for the flight from Lima to Quito on 2026-07-01",
        [flight("Lima", "Quito", "2026-07-01", passengers=2)],
    ),
    (
        MUSEUM,
        "Lend The Night Watch to the Louvre until 1 June 2026",
        [loan("The Night Watch", "Louvre", "1 June 2026")],
    ),
    (
        MUSEUM,
        "We want to lend 'Water Lilies' to the Tate until December 31st.",
        [loan("Water Lilies", "Tate", "December 31st")],
    ),
]

AND_THEN: list[Case] = [
    (
        MAIL,
        "What is the weather in Paris, and email bob@example.com that it is sunny",
        [("get_weather", {"location": "Paris"}), email("bob@example.com", body="it is sunny")],
    ),
    (
        MAIL,
        "Check the weather in Berlin. Then send an email to dave@example.com titled 'Forecast'.",
        [("get_weather", {"location": "Berlin"}), email("dave@example.com", subject="Forecast")],
    ),
    (
        FILES,
        "Read ~/todo.txt and then delete it",
        [("read_file", {"path": "~/todo.txt"}), ("delete_file", {"path": "~/todo.txt"})],
    ),
    (
        USERS,
        "Delete users amy and ben",
        [("delete_user", {"username": "amy"}), ("delete_user", {"username": "ben"})],
    ),
    (
        MUSEUM,
        "Insure 'The Kiss' for £75,000, then write to ada@example.com that it is insured",
        [
            ("set_insured_value", {"title": "The Kiss", "amount": 75000}),
            ("write_to_donor", {"address": "ada@example.com", "text": "it is insured"}),
        ],
    ),
    (
        MUSEUM,
        "Write to ada@example.com and bo@example.com that the museum is closed",
        [
            ("write_to_donor", {"address": f"{who}@example.com", "text": "the museum is closed"})
            for who in ("ada", "bo")
        ],
    ),
    (
        OFFICE,
        "write 'deploying now' in #dev and 'please wait' in #qa",
        [
            ("post_message", {"channel": "#dev", "text": "deploying now"}),
            ("post_message", {"channel": "#qa", "text": "please wait"}),
        ],
    ),
]

CASES = [*CHOICE, *NOTHING, *ADDRESSES, *QUOTES_AND_LABELS, *NUMBERS_AND_MONEY, *DATES, *AND_THEN]
