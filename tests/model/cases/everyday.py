"""Requests in a person's words, the tools bound, and the calls they should give.

Mail, calendars, money, files, homes, offices, trips, words, conversions, shops and sums.
"""

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
def book_table(restaurant: str, party_size: int, date: str, time: str) -> str:
    """Reserve a table at a restaurant."""
    return ""


@tool
def create_event(title: str, start: str, attendees: list[str] | None = None) -> str:
    """Create a calendar event."""
    return ""


@tool
def cancel_event(title: str) -> str:
    """Cancel a calendar event."""
    return ""


@tool
def list_events(date: str) -> str:
    """List the events in the calendar on a given day."""
    return ""


@tool
def refund_order(order_id: str, amount: float, reason: str = "") -> str:
    """Refund a customer's order."""
    return ""


@tool
def transfer_money(amount: float, currency: str, recipient: str) -> str:
    """Transfer money to somebody."""
    return ""


@tool
def get_balance(account: str) -> str:
    """Get the balance of an account."""
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


@tool
def translate(text: str, target_language: str) -> str:
    """Translate text to another language."""
    return ""


@tool
def set_reminder(task: str, when: str) -> str:
    """Set a reminder."""
    return ""


class CreateTicket(BaseModel):
    """Open a support ticket."""

    title: str
    priority: Literal["low", "medium", "high"] = Field(description="How urgent it is")
    description: str = ""


@tool
def convert_units(value: float, from_unit: str, to_unit: str) -> str:
    """Convert a value from one unit to another."""
    return ""


@tool
def convert_currency(amount: float, from_currency: str, to_currency: str) -> str:
    """Convert an amount of money from one currency to another."""
    return ""


@tool
def post_message(channel: str, text: str) -> str:
    """Post a message to a channel."""
    return ""


@tool
def turn_light(room: str, on: bool) -> str:
    """Turn the light in a room on or off."""
    return ""


@tool
def set_thermostat(room: str, temperature: float) -> str:
    """Set the temperature of a room."""
    return ""


@tool
def book_flight(origin: str, destination: str, date: str, passengers: int = 1) -> str:
    """Book a flight."""
    return ""


@tool
def order_pizza(size: Literal["small", "medium", "large"], topping: str, quantity: int = 1) -> str:
    """Order a pizza."""
    return ""


@tool
def start_timer(minutes: int) -> str:
    """Start a timer."""
    return ""


@tool
def add_to_cart(product: str, quantity: int) -> str:
    """Add a product to the shopping cart."""
    return ""


@tool
def play_song(song: str, artist: str = "") -> str:
    """Play a song."""
    return ""


@tool
def get_stock_price(symbol: str) -> str:
    """Look up the price of a stock."""
    return ""


@tool
def add(a: int, b: int) -> int:
    """Add two integers."""
    return a + b


@tool
def multiply(a: int, b: int) -> int:
    """Multiply two integers."""
    return a * b


Case = tuple[list[Any], str, list[tuple[str, dict[str, Any]]]]

MAIL = [send_email, get_weather]
CALENDAR = [create_event, cancel_event, list_events]
MONEY = [transfer_money, get_balance, refund_order]
FILES = [delete_file, read_file, move_file]
HOME = [turn_light, set_thermostat, start_timer]
OFFICE = [CreateTicket, post_message, set_reminder]
TRIP = [book_flight, book_table, get_weather]
WORDS = [translate, web_search, set_reminder]
CONVERT = [convert_units, convert_currency, translate]
SHOP = [order_pizza, add_to_cart, play_song]
SUMS = [add, multiply, get_stock_price]

CASES: list[Case] = [
    # mail and weather
    (
        MAIL,
        'Send an email to alice@example.com with subject "Lunch" and body "At noon?"',
        [("send_email", {"to": "alice@example.com", "subject": "Lunch", "body": "At noon?"})],
    ),
    (
        MAIL,
        "send email to alice@example.com about lunch saying see you at noon",
        [
            (
                "send_email",
                {"to": "alice@example.com", "subject": "lunch", "body": "see you at noon"},
            )
        ],
    ),
    (
        MAIL,
        "Please write to bob@example.com that the report is late",
        [("send_email", {"to": "bob@example.com", "body": "the report is late"})],
    ),
    (
        MAIL,
        "Could you email bob@example.com? Subject: Hello. Body: How are you?",
        [("send_email", {"to": "bob@example.com", "subject": "Hello", "body": "How are you?"})],
    ),
    (
        MAIL,
        "What is the weather in Paris, and email bob@example.com that it is sunny",
        [
            ("get_weather", {"location": "Paris"}),
            ("send_email", {"to": "bob@example.com", "body": "it is sunny"}),
        ],
    ),
    (
        MAIL,
        "email a@x.org and b@x.org",
        [("send_email", {"to": "a@x.org"}), ("send_email", {"to": "b@x.org"})],
    ),
    (
        MAIL,
        "Is it going to rain in New York tomorrow?",
        [("get_weather", {"location": "New York"})],
    ),
    (MAIL, "Do I need an umbrella in london today?", [("get_weather", {"location": "london"})]),
    (MAIL, "Paris weather please", [("get_weather", {"location": "Paris"})]),
    (
        MAIL,
        "How's the weather in Rome and in Oslo?",
        [("get_weather", {"location": "Rome"}), ("get_weather", {"location": "Oslo"})],
    ),
    (
        MAIL,
        "Drop carol@example.com a line about the budget",
        [("send_email", {"to": "carol@example.com", "subject": "budget"})],
    ),
    (
        MAIL,
        "Check the weather in Berlin. Then send an email to dave@example.com titled 'Forecast'.",
        [
            ("get_weather", {"location": "Berlin"}),
            ("send_email", {"to": "dave@example.com", "subject": "Forecast"}),
        ],
    ),
    (MAIL, "Send an email", []),
    (MAIL, "Don't send the email to bob@example.com", []),
    (MAIL, "hello", []),
    (MAIL, "Thanks, that was all", []),
    (MAIL, "Tell me a joke", []),
    (
        MAIL,
        "Don't email bob@example.com, email alice@example.com instead",
        [("send_email", {"to": "alice@example.com"})],
    ),
    (
        MAIL,
        "Don't forget to email bob@example.com about the party",
        [("send_email", {"to": "bob@example.com", "subject": "party"})],
    ),
    (MAIL, "snd an emial to bob@example.com", [("send_email", {"to": "bob@example.com"})]),
    # calendar
    (
        CALENDAR,
        "Schedule a meeting called 'Budget review' tomorrow at 3pm",
        [("create_event", {"title": "Budget review", "start": "tomorrow at 3pm"})],
    ),
    (
        CALENDAR,
        "Put lunch with Sam on my calendar on Friday at noon",
        [("create_event", {"title": "lunch with Sam", "start": "Friday at noon"})],
    ),
    (
        CALENDAR,
        "Book a meeting about the roadmap next Monday at 10:00 with ann@x.org and bo@x.org",
        [
            (
                "create_event",
                {
                    "title": "roadmap",
                    "start": "next Monday at 10:00",
                    "attendees": ["ann@x.org", "bo@x.org"],
                },
            )
        ],
    ),
    (
        CALENDAR,
        "Cancel the dentist appointment",
        [("cancel_event", {"title": "dentist appointment"})],
    ),
    (CALENDAR, "call off the 'All hands' meeting", [("cancel_event", {"title": "All hands"})]),
    (CALENDAR, "What's on my calendar tomorrow?", [("list_events", {"date": "tomorrow"})]),
    (CALENDAR, "Show me my meetings for next Tuesday", [("list_events", {"date": "next Tuesday"})]),
    (CALENDAR, "What do I have on 2026-03-05?", [("list_events", {"date": "2026-03-05"})]),
    # money
    (
        MONEY,
        "Refund order ORD-123, $40, because it arrived broken",
        [("refund_order", {"order_id": "ORD-123", "amount": 40, "reason": "it arrived broken"})],
    ),
    (
        MONEY,
        "Please give the customer a refund of 25.50 for order 4411",
        [("refund_order", {"order_id": "4411", "amount": 25.5})],
    ),
    (
        MONEY,
        "Transfer 50 euros to Bob",
        [("transfer_money", {"amount": 50, "currency": "EUR", "recipient": "Bob"})],
    ),
    (
        MONEY,
        "Send $1,200 to Maria Lopez",
        [("transfer_money", {"amount": 1200, "currency": "USD", "recipient": "Maria Lopez"})],
    ),
    (
        MONEY,
        "Pay John 20 dollars and Jane 30 dollars",
        [
            ("transfer_money", {"amount": 20, "currency": "USD", "recipient": "John"}),
            ("transfer_money", {"amount": 30, "currency": "USD", "recipient": "Jane"}),
        ],
    ),
    (MONEY, "What's the balance of my savings account?", [("get_balance", {"account": "savings"})]),
    (MONEY, "How much money is in checking?", [("get_balance", {"account": "checking"})]),
    (MONEY, "Refund order ORD-77", []),
    # files
    (FILES, "Delete /srv/report.txt", [("delete_file", {"path": "/srv/report.txt"})]),
    (
        FILES,
        "get rid of notes.md and old.log",
        [("delete_file", {"path": "notes.md"}), ("delete_file", {"path": "old.log"})],
    ),
    (FILES, "Show me what's in config.yaml", [("read_file", {"path": "config.yaml"})]),
    (
        FILES,
        "move a.txt to backup/a.txt",
        [("move_file", {"source": "a.txt", "destination": "backup/a.txt"})],
    ),
    (
        FILES,
        "Move report.pdf to the archive folder",
        [("move_file", {"source": "report.pdf", "destination": "archive"})],
    ),
    (
        FILES,
        "Read ~/todo.txt and then delete it",
        [("read_file", {"path": "~/todo.txt"}), ("delete_file", {"path": "~/todo.txt"})],
    ),
    (
        FILES,
        "Open data/input.csv, and remove data/old.csv",
        [("read_file", {"path": "data/input.csv"}), ("delete_file", {"path": "data/old.csv"})],
    ),
    (FILES, "How do I delete a file?", []),
    # home
    (HOME, "Turn on the kitchen light", [("turn_light", {"room": "kitchen", "on": True})]),
    (
        HOME,
        "Switch off the lights in the living room",
        [("turn_light", {"room": "living room", "on": False})],
    ),
    (
        HOME,
        "Set the bedroom to 21 degrees",
        [("set_thermostat", {"room": "bedroom", "temperature": 21})],
    ),
    (HOME, "Set a timer for 10 minutes", [("start_timer", {"minutes": 10})]),
    (HOME, "Start a timer for half an hour", [("start_timer", {"minutes": 30})]),
    (
        HOME,
        "Make the office warmer, 23.5 degrees",
        [("set_thermostat", {"room": "office", "temperature": 23.5})],
    ),
    # office
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
        OFFICE,
        "Post 'Deploy done' to #releases",
        [("post_message", {"channel": "#releases", "text": "Deploy done"})],
    ),
    (
        OFFICE,
        "Tell the #general channel that lunch is here",
        [("post_message", {"channel": "#general", "text": "lunch is here"})],
    ),
    (
        OFFICE,
        "Post in the engineering channel saying the build is green",
        [("post_message", {"channel": "engineering", "text": "the build is green"})],
    ),
    (
        OFFICE,
        "Remind me to buy milk tomorrow at 9am",
        [("set_reminder", {"task": "buy milk", "when": "tomorrow at 9am"})],
    ),
    (
        OFFICE,
        "Set a reminder for Friday to call the bank",
        [("set_reminder", {"task": "call the bank", "when": "Friday"})],
    ),
    (
        OFFICE,
        "In 20 minutes remind me to check the oven",
        [("set_reminder", {"task": "check the oven", "when": "in 20 minutes"})],
    ),
    # trips
    (
        TRIP,
        "Book a table for four at Luigi's on Friday at 7pm",
        [
            (
                "book_table",
                {"restaurant": "Luigi's", "party_size": 4, "date": "Friday", "time": "7pm"},
            )
        ],
    ),
    (
        TRIP,
        "I'd like a reservation at The Ivy, 2 people, tomorrow, 19:30",
        [
            (
                "book_table",
                {"restaurant": "The Ivy", "party_size": 2, "date": "tomorrow", "time": "19:30"},
            )
        ],
    ),
    (
        TRIP,
        "Book a flight from Paris to Rome on May 3",
        [("book_flight", {"origin": "Paris", "destination": "Rome", "date": "May 3"})],
    ),
    (
        TRIP,
        "I need to fly to Tokyo from Osaka next Friday with 3 passengers",
        [
            (
                "book_flight",
                {"origin": "Osaka", "destination": "Tokyo", "date": "next Friday", "passengers": 3},
            )
        ],
    ),
    (
        TRIP,
        "Get two tickets for the flight from Lima to Quito on 2026-07-01",
        [
            (
                "book_flight",
                {"origin": "Lima", "destination": "Quito", "date": "2026-07-01", "passengers": 2},
            )
        ],
    ),
    # words
    (
        WORDS,
        "Translate 'good morning' into French",
        [("translate", {"text": "good morning", "target_language": "French"})],
    ),
    (
        WORDS,
        "How do you say thank you in Japanese?",
        [("translate", {"text": "thank you", "target_language": "Japanese"})],
    ),
    (
        WORDS,
        "translate the weather is nice to spanish",
        [("translate", {"text": "the weather is nice", "target_language": "Spanish"})],
    ),
    (
        WORDS,
        "Search the web for the best pizza in Naples",
        [("web_search", {"query": "best pizza in Naples"})],
    ),
    (
        WORDS,
        "look up who invented the telephone",
        [("web_search", {"query": "who invented the telephone"})],
    ),
    (
        WORDS,
        "Find 3 results about quantum computing",
        [("web_search", {"query": "quantum computing", "max_results": 3})],
    ),
    # conversions
    (
        CONVERT,
        "Convert 10 miles to kilometers",
        [("convert_units", {"value": 10, "from_unit": "miles", "to_unit": "kilometers"})],
    ),
    (
        CONVERT,
        "How many grams are in 3 ounces?",
        [("convert_units", {"value": 3, "from_unit": "ounces", "to_unit": "grams"})],
    ),
    (
        CONVERT,
        "convert 100 USD to EUR",
        [("convert_currency", {"amount": 100, "from_currency": "USD", "to_currency": "EUR"})],
    ),
    (
        CONVERT,
        "How much is 250 pounds in yen?",
        [("convert_currency", {"amount": 250, "from_currency": "GBP", "to_currency": "JPY"})],
    ),
    # shop
    (
        SHOP,
        "Order a large pizza with mushrooms",
        [("order_pizza", {"size": "large", "topping": "mushrooms"})],
    ),
    (
        SHOP,
        "I want two small pepperoni pizzas",
        [("order_pizza", {"size": "small", "topping": "pepperoni", "quantity": 2})],
    ),
    (
        SHOP,
        "Add 3 notebooks to my cart",
        [("add_to_cart", {"product": "notebooks", "quantity": 3})],
    ),
    (
        SHOP,
        "Play Bohemian Rhapsody by Queen",
        [("play_song", {"song": "Bohemian Rhapsody", "artist": "Queen"})],
    ),
    # sums
    (SUMS, "What is 3 plus 4?", [("add", {"a": 3, "b": 4})]),
    (SUMS, "Multiply 6 by 7", [("multiply", {"a": 6, "b": 7})]),
    (
        SUMS,
        "What is 12 times 12, and add 5 and 6",
        [("multiply", {"a": 12, "b": 12}), ("add", {"a": 5, "b": 6})],
    ),
    (SUMS, "What's the stock price of AAPL?", [("get_stock_price", {"symbol": "AAPL"})]),
    (SUMS, "how is TSLA trading", [("get_stock_price", {"symbol": "TSLA"})]),
]
