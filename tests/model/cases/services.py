"""More requests: cars, customers, servers, telephones, expenses and kitchens."""

from __future__ import annotations

from typing import Any, Literal

from langchain_core.tools import tool


@tool
def rent_car(
    pickup_city: str, days: int, car_class: Literal["economy", "suv", "luxury"] = "economy"
) -> str:
    """Rent a car in a city for a number of days."""
    return ""


@tool
def check_in_guest(guest_name: str, room_number: int) -> str:
    """Check a guest in to a hotel room."""
    return ""


@tool
def charge_card(customer_id: str, amount: float, currency: str = "USD") -> str:
    """Charge a customer's credit card."""
    return ""


@tool
def cancel_subscription(email: str, reason: str = "") -> str:
    """Cancel a customer's subscription."""
    return ""


@tool
def issue_coupon(email: str, percent_off: int) -> str:
    """Issue a discount coupon to a customer."""
    return ""


@tool
def lookup_customer(email: str) -> str:
    """Look up a customer by email address."""
    return ""


@tool
def restart_server(hostname: str) -> str:
    """Restart a server."""
    return ""


@tool
def scale_service(service: str, replicas: int) -> str:
    """Scale a service to a number of replicas."""
    return ""


@tool
def deploy(service: str, version: str, environment: Literal["staging", "production"]) -> str:
    """Deploy a version of a service to an environment."""
    return ""


@tool
def add_contact(name: str, phone: str) -> str:
    """Add a contact to the address book."""
    return ""


@tool
def send_sms(phone: str, message: str) -> str:
    """Send a text message to a phone number."""
    return ""


@tool
def make_call(contact: str) -> str:
    """Call a contact."""
    return ""


@tool
def log_expense(
    amount: float, category: Literal["travel", "food", "office"], note: str = ""
) -> str:
    """Log an expense."""
    return ""


@tool
def approve_leave(employee: str, start_date: str, end_date: str) -> str:
    """Approve an employee's leave."""
    return ""


@tool
def find_recipe(ingredient: str) -> str:
    """Find a recipe that uses an ingredient."""
    return ""


@tool
def add_to_list(item: str, list_name: str = "groceries") -> str:
    """Add an item to a shopping list."""
    return ""


@tool
def directions(
    origin: str, destination: str, mode: Literal["driving", "walking", "transit"] = "driving"
) -> str:
    """Get directions between two places."""
    return ""


CARS = [rent_car, check_in_guest, directions]
CUSTOMERS = [cancel_subscription, issue_coupon, lookup_customer]
OPS = [restart_server, scale_service, deploy]
PHONE = [add_contact, send_sms, make_call]
DESK = [log_expense, approve_leave, charge_card]
KITCHEN = [find_recipe, add_to_list, send_sms]

Case = tuple[list[Any], str, list[tuple[str, dict[str, Any]]]]
CASES: list[Case] = [
    (
        CARS,
        "Rent an SUV in Denver for 5 days",
        [("rent_car", {"pickup_city": "Denver", "days": 5, "car_class": "suv"})],
    ),
    (
        CARS,
        "I need a car for three days in Lisbon",
        [("rent_car", {"pickup_city": "Lisbon", "days": 3})],
    ),
    (
        CARS,
        "Check in Maria Santos to room 412",
        [("check_in_guest", {"guest_name": "Maria Santos", "room_number": 412})],
    ),
    (
        CARS,
        "Please check Mr. Chen into room 7",
        [("check_in_guest", {"guest_name": "Mr. Chen", "room_number": 7})],
    ),
    (
        CARS,
        "How do I get from Boston to New York?",
        [("directions", {"origin": "Boston", "destination": "New York"})],
    ),
    (
        CARS,
        "walking directions from the station to the museum",
        [("directions", {"origin": "station", "destination": "museum", "mode": "walking"})],
    ),
    (
        CARS,
        "Rent a car in Miami for 2 days and check in Bob Lee to room 9",
        [
            ("rent_car", {"pickup_city": "Miami", "days": 2}),
            ("check_in_guest", {"guest_name": "Bob Lee", "room_number": 9}),
        ],
    ),
    (
        CUSTOMERS,
        "Cancel the subscription of kim@shop.io because she moved away",
        [("cancel_subscription", {"email": "kim@shop.io", "reason": "she moved away"})],
    ),
    (
        CUSTOMERS,
        "Give lee@shop.io a 20% discount",
        [("issue_coupon", {"email": "lee@shop.io", "percent_off": 20})],
    ),
    (
        CUSTOMERS,
        "Send a 15 percent coupon to ann@x.org and bob@x.org",
        [
            ("issue_coupon", {"email": "ann@x.org", "percent_off": 15}),
            ("issue_coupon", {"email": "bob@x.org", "percent_off": 15}),
        ],
    ),
    (CUSTOMERS, "Who is pat@shop.io?", [("lookup_customer", {"email": "pat@shop.io"})]),
    (
        CUSTOMERS,
        "Find the customer with email zoe@shop.io and give her a coupon for 10% off",
        [
            ("lookup_customer", {"email": "zoe@shop.io"}),
            ("issue_coupon", {"email": "zoe@shop.io", "percent_off": 10}),
        ],
    ),
    (
        CUSTOMERS,
        "Please unsubscribe max@shop.io",
        [("cancel_subscription", {"email": "max@shop.io"})],
    ),
    (CUSTOMERS, "Do not cancel anything yet", []),
    (OPS, "Restart web-01", [("restart_server", {"hostname": "web-01"})]),
    (OPS, "Reboot the server db-2 please", [("restart_server", {"hostname": "db-2"})]),
    (
        OPS,
        "Scale checkout to 6 replicas",
        [("scale_service", {"service": "checkout", "replicas": 6})],
    ),
    (
        OPS,
        "deploy version 2.3.1 of billing to production",
        [("deploy", {"service": "billing", "version": "2.3.1", "environment": "production"})],
    ),
    (
        OPS,
        "Roll out search v1.4 on staging",
        [("deploy", {"service": "search", "version": "v1.4", "environment": "staging"})],
    ),
    (
        OPS,
        "Scale the payments service up to ten replicas, then restart web-03",
        [
            ("scale_service", {"service": "payments", "replicas": 10}),
            ("restart_server", {"hostname": "web-03"}),
        ],
    ),
    (OPS, "What's your favourite colour?", []),
    (
        PHONE,
        "Add Grandma to my contacts, her number is +1 555 010 2030",
        [("add_contact", {"name": "Grandma", "phone": "+1 555 010 2030"})],
    ),
    (
        PHONE,
        "Text +44 7700 900123 saying I'm running late",
        [("send_sms", {"phone": "+44 7700 900123", "message": "I'm running late"})],
    ),
    (
        PHONE,
        "Send a text to 555-0199: dinner is ready",
        [("send_sms", {"phone": "555-0199", "message": "dinner is ready"})],
    ),
    (PHONE, "Call Mum", [("make_call", {"contact": "Mum"})]),
    (PHONE, "Could you ring Dr. Patel for me?", [("make_call", {"contact": "Dr. Patel"})]),
    (PHONE, "Save Tom's number, 555-0142", [("add_contact", {"name": "Tom", "phone": "555-0142"})]),
    (
        DESK,
        "Log 42.50 for a taxi under travel",
        [("log_expense", {"amount": 42.5, "category": "travel"})],
    ),
    (
        DESK,
        "I spent $18 on food today, record it",
        [("log_expense", {"amount": 18, "category": "food"})],
    ),
    (
        DESK,
        "Approve Dana's leave from 3 June to 10 June",
        [("approve_leave", {"employee": "Dana", "start_date": "3 June", "end_date": "10 June"})],
    ),
    (
        DESK,
        "Charge customer C-881 99 euros",
        [("charge_card", {"customer_id": "C-881", "amount": 99, "currency": "EUR"})],
    ),
    (
        DESK,
        "Charge $12.99 to the card of customer 5521",
        [("charge_card", {"customer_id": "5521", "amount": 12.99})],
    ),
    (DESK, "Charge the card of customer C-900", []),
    (KITCHEN, "What can I cook with chickpeas?", [("find_recipe", {"ingredient": "chickpeas"})]),
    (
        KITCHEN,
        "Find me a recipe with salmon and add lemons to the shopping list",
        [("find_recipe", {"ingredient": "salmon"}), ("add_to_list", {"item": "lemons"})],
    ),
    (KITCHEN, "put oat milk on the grocery list", [("add_to_list", {"item": "oat milk"})]),
    (
        KITCHEN,
        'Add "dish soap" to the household list',
        [("add_to_list", {"item": "dish soap", "list_name": "household"})],
    ),
    (KITCHEN, "good evening", []),
    (KITCHEN, "We are out of eggs, add them to the list", [("add_to_list", {"item": "eggs"})]),
    (KITCHEN, "recipe for pumpkin soup?", [("find_recipe", {"ingredient": "pumpkin soup"})]),
]
