"""More requests: invoices, pets, a bank and user accounts."""

from __future__ import annotations

from typing import Any, Literal

from langchain_core.tools import tool


@tool
def send_invoice(customer: str, amount: float, due_date: str) -> str:
    """Send an invoice to a customer."""
    return ""


@tool
def void_invoice(invoice_number: str) -> str:
    """Void an invoice that was sent by mistake."""
    return ""


@tool
def get_revenue(month: str) -> str:
    """Get the revenue of a month."""
    return ""


@tool
def adopt_pet(pet_name: str, adopter: str) -> str:
    """Register the adoption of a pet."""
    return ""


@tool
def schedule_vet_visit(pet_name: str, date: str, reason: str) -> str:
    """Schedule a visit to the vet for a pet."""
    return ""


@tool
def feed_animals(species: str, portions: int) -> str:
    """Feed the animals of a species."""
    return ""


@tool
def wire_transfer(to_account: str, amount: float, memo: str = "") -> str:
    """Send money to a bank account. Cannot be undone."""
    return ""


@tool
def freeze_card(last_four_digits: str) -> str:
    """Freeze a credit card."""
    return ""


@tool
def list_transactions(account: str, limit: int = 10) -> str:
    """List the latest transactions of an account."""
    return ""


@tool
def delete_user(username: str) -> str:
    """Permanently delete a user account."""
    return ""


@tool
def reset_password(username: str) -> str:
    """Reset the password of a user."""
    return ""


@tool
def grant_access(username: str, resource: str, level: Literal["read", "write", "admin"]) -> str:
    """Grant a user access to a resource."""
    return ""


INVOICES = [send_invoice, void_invoice, get_revenue]
PETS = [adopt_pet, schedule_vet_visit, feed_animals]
BANK = [wire_transfer, freeze_card, list_transactions]
USERS = [delete_user, reset_password, grant_access]
Case = tuple[list[Any], str, list[tuple[str, dict[str, Any]]]]
CASES: list[Case] = [
    (
        INVOICES,
        "Send Acme Corp an invoice for $500 due on March 1",
        [("send_invoice", {"customer": "Acme Corp", "amount": 500, "due_date": "March 1"})],
    ),
    (
        INVOICES,
        "Invoice Globex for 1200 euros, due next Friday",
        [("send_invoice", {"customer": "Globex", "amount": 1200, "due_date": "next Friday"})],
    ),
    (INVOICES, "Void invoice INV-0042", [("void_invoice", {"invoice_number": "INV-0042"})]),
    (
        INVOICES,
        "Please cancel invoice 318, it was a mistake",
        [("void_invoice", {"invoice_number": "318"})],
    ),
    (INVOICES, "How much did we earn in March?", [("get_revenue", {"month": "March"})]),
    (INVOICES, "What was the revenue in June 2025?", [("get_revenue", {"month": "June 2025"})]),
    (
        INVOICES,
        "show me April's revenue and void invoice 77",
        [("get_revenue", {"month": "April"}), ("void_invoice", {"invoice_number": "77"})],
    ),
    (INVOICES, "Don't send any invoices today", []),
    (INVOICES, "Send an invoice to Initech", []),
    (
        PETS,
        "Biscuit is being adopted by Laura Kim",
        [("adopt_pet", {"pet_name": "Biscuit", "adopter": "Laura Kim"})],
    ),
    (
        PETS,
        "Register Rex's adoption by Tom",
        [("adopt_pet", {"pet_name": "Rex", "adopter": "Tom"})],
    ),
    (
        PETS,
        "Book a vet visit for Luna on Tuesday because she is limping",
        [
            (
                "schedule_vet_visit",
                {"pet_name": "Luna", "date": "Tuesday", "reason": "she is limping"},
            )
        ],
    ),
    (
        PETS,
        "Take Milo to the vet tomorrow for a vaccination",
        [("schedule_vet_visit", {"pet_name": "Milo", "date": "tomorrow", "reason": "vaccination"})],
    ),
    (PETS, "Feed the goats 6 portions", [("feed_animals", {"species": "goats", "portions": 6})]),
    (
        PETS,
        "Give the rabbits three portions of food",
        [("feed_animals", {"species": "rabbits", "portions": 3})],
    ),
    (
        PETS,
        "Feed the cats 2 portions and the dogs 4 portions",
        [
            ("feed_animals", {"species": "cats", "portions": 2}),
            ("feed_animals", {"species": "dogs", "portions": 4}),
        ],
    ),
    (PETS, "What a lovely day", []),
    (
        BANK,
        "Wire 300 to account DE44500105",
        [("wire_transfer", {"to_account": "DE44500105", "amount": 300})],
    ),
    (
        BANK,
        "Send $75.20 to account 99-1234 with memo 'rent'",
        [("wire_transfer", {"to_account": "99-1234", "amount": 75.2, "memo": "rent"})],
    ),
    (
        BANK,
        "I lost my card ending in 4431, please freeze it",
        [("freeze_card", {"last_four_digits": "4431"})],
    ),
    (BANK, "Freeze card 9921", [("freeze_card", {"last_four_digits": "9921"})]),
    (
        BANK,
        "Show the last 5 transactions of my checking account",
        [("list_transactions", {"account": "checking", "limit": 5})],
    ),
    (
        BANK,
        "What have I spent from savings lately?",
        [("list_transactions", {"account": "savings"})],
    ),
    (
        BANK,
        "Freeze the card 1111 and list the transactions of the joint account",
        [
            ("freeze_card", {"last_four_digits": "1111"}),
            ("list_transactions", {"account": "joint"}),
        ],
    ),
    (USERS, "Delete the user jsmith", [("delete_user", {"username": "jsmith"})]),
    (USERS, "Remove mbrown's account", [("delete_user", {"username": "mbrown"})]),
    (USERS, "alice forgot her password, reset it", [("reset_password", {"username": "alice"})]),
    (USERS, "Reset the password for bob42", [("reset_password", {"username": "bob42"})]),
    (
        USERS,
        "Give carol write access to the billing database",
        [("grant_access", {"username": "carol", "resource": "billing database", "level": "write"})],
    ),
    (
        USERS,
        "Grant dave admin on prod-cluster",
        [("grant_access", {"username": "dave", "resource": "prod-cluster", "level": "admin"})],
    ),
    (
        USERS,
        "Delete users amy and ben",
        [("delete_user", {"username": "amy"}), ("delete_user", {"username": "ben"})],
    ),
    (USERS, "who are you?", []),
]
