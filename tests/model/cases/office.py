"""More requests: a library, a blog, rooms, stocks, a database and pull requests."""

from __future__ import annotations

from typing import Any, Literal

from langchain_core.tools import tool
from pydantic import BaseModel, Field


@tool
def reserve_book(title: str, member_id: str) -> str:
    """Reserve a library book for a member."""
    return ""


@tool
def renew_loan(title: str, weeks: int) -> str:
    """Renew the loan of a book."""
    return ""


@tool
def find_books(author: str, max_results: int = 10) -> str:
    """Find the books of an author."""
    return ""


@tool
def publish_post(title: str, content: str, tags: list[str] | None = None) -> str:
    """Publish a post on the blog."""
    return ""


@tool
def delete_post(post_id: int) -> str:
    """Delete a blog post."""
    return ""


@tool
def count_visitors(date: str) -> str:
    """Count the visitors of the blog on a day."""
    return ""


class BookRoom(BaseModel):
    """Book a meeting room."""

    room: str = Field(description="Name of the room")
    start_time: str = Field(description="Start, such as 14:00")
    duration_minutes: int
    projector: bool = False


@tool
def invite_user(email: str, role: Literal["viewer", "editor", "admin"]) -> str:
    """Invite a user to the workspace."""
    return ""


@tool
def remove_user(email: str) -> str:
    """Remove a user from the workspace."""
    return ""


@tool
def buy_stock(symbol: str, shares: int) -> str:
    """Buy shares of a stock."""
    return ""


@tool
def sell_stock(symbol: str, shares: int) -> str:
    """Sell shares of a stock."""
    return ""


@tool
def get_quote(symbol: str) -> str:
    """Get the current price of a stock."""
    return ""


@tool
def run_query(sql: str) -> str:
    """Run a SQL query on the database."""
    return ""


@tool
def drop_table(table_name: str) -> str:
    """Drop a table from the database."""
    return ""


@tool
def backup_database(destination: str) -> str:
    """Back up the database to a path."""
    return ""


@tool
def merge_pull_request(number: int, repo: str) -> str:
    """Merge a pull request of a repository."""
    return ""


@tool
def create_issue(repo: str, title: str, labels: list[str] | None = None) -> str:
    """Create an issue in a repository."""
    return ""


@tool
def comment(issue_number: int, text: str) -> str:
    """Comment on an issue."""
    return ""


LIBRARY = [reserve_book, renew_loan, find_books]
BLOG = [publish_post, delete_post, count_visitors]
SPACE = [BookRoom, invite_user, remove_user]
STOCKS = [buy_stock, sell_stock, get_quote]
DATA = [run_query, drop_table, backup_database]
CODE = [merge_pull_request, create_issue, comment]

Case = tuple[list[Any], str, list[tuple[str, dict[str, Any]]]]
CASES: list[Case] = [
    (
        LIBRARY,
        'Reserve "Dune" for member M-204',
        [("reserve_book", {"title": "Dune", "member_id": "M-204"})],
    ),
    (
        LIBRARY,
        "Please put The Hobbit aside for member 3311",
        [("reserve_book", {"title": "The Hobbit", "member_id": "3311"})],
    ),
    (LIBRARY, "Renew Emma for 2 more weeks", [("renew_loan", {"title": "Emma", "weeks": 2})]),
    (
        LIBRARY,
        "extend my loan of Middlemarch by three weeks",
        [("renew_loan", {"title": "Middlemarch", "weeks": 3})],
    ),
    (
        LIBRARY,
        "What books do you have by Toni Morrison?",
        [("find_books", {"author": "Toni Morrison"})],
    ),
    (
        LIBRARY,
        "Show me 5 books by Ursula Le Guin",
        [("find_books", {"author": "Ursula Le Guin", "max_results": 5})],
    ),
    (LIBRARY, "Do you sell coffee?", []),
    (
        BLOG,
        'Publish a post titled "Spring" with the content "It is warm."',
        [("publish_post", {"title": "Spring", "content": "It is warm."})],
    ),
    (
        BLOG,
        'Publish "News" saying we moved, tagged office and city',
        [("publish_post", {"title": "News", "content": "we moved", "tags": ["office", "city"]})],
    ),
    (BLOG, "Delete post 42", [("delete_post", {"post_id": 42})]),
    (
        BLOG,
        "Remove posts 7 and 9",
        [("delete_post", {"post_id": 7}), ("delete_post", {"post_id": 9})],
    ),
    (BLOG, "How many visitors did we have yesterday?", [("count_visitors", {"date": "yesterday"})]),
    (
        BLOG,
        "Please delete post number 12 and tell me how many visitors came on 2026-01-02",
        [("delete_post", {"post_id": 12}), ("count_visitors", {"date": "2026-01-02"})],
    ),
    (
        SPACE,
        "Book the Blue Room at 14:00 for 45 minutes",
        [("BookRoom", {"room": "Blue Room", "start_time": "14:00", "duration_minutes": 45})],
    ),
    (
        SPACE,
        "I need room Tesla from 9am for 2 hours with a projector",
        [
            (
                "BookRoom",
                {"room": "Tesla", "start_time": "9am", "duration_minutes": 120, "projector": True},
            )
        ],
    ),
    (
        SPACE,
        "Invite sam@corp.com as an editor",
        [("invite_user", {"email": "sam@corp.com", "role": "editor"})],
    ),
    (
        SPACE,
        "Add sam@corp.com and jo@corp.com to the workspace as viewers",
        [
            ("invite_user", {"email": "sam@corp.com", "role": "viewer"}),
            ("invite_user", {"email": "jo@corp.com", "role": "viewer"}),
        ],
    ),
    (SPACE, "Kick lee@corp.com out of the workspace", [("remove_user", {"email": "lee@corp.com"})]),
    (
        SPACE,
        "Remove lee@corp.com and invite kai@corp.com as admin",
        [
            ("remove_user", {"email": "lee@corp.com"}),
            ("invite_user", {"email": "kai@corp.com", "role": "admin"}),
        ],
    ),
    (SPACE, "Never mind, don't invite anyone", []),
    (STOCKS, "Buy 10 shares of AAPL", [("buy_stock", {"symbol": "AAPL", "shares": 10})]),
    (
        STOCKS,
        "sell all, I mean 25, of my MSFT shares",
        [("sell_stock", {"symbol": "MSFT", "shares": 25})],
    ),
    (STOCKS, "What is NVDA at right now?", [("get_quote", {"symbol": "NVDA"})]),
    (
        STOCKS,
        "Sell 5 TSLA and buy 8 GOOG",
        [
            ("sell_stock", {"symbol": "TSLA", "shares": 5}),
            ("buy_stock", {"symbol": "GOOG", "shares": 8}),
        ],
    ),
    (
        STOCKS,
        "Check the price of AMZN, then buy 3 shares of it",
        [("get_quote", {"symbol": "AMZN"}), ("buy_stock", {"symbol": "AMZN", "shares": 3})],
    ),
    (STOCKS, "Buy some IBM", []),
    (DATA, 'Run "SELECT * FROM users"', [("run_query", {"sql": "SELECT * FROM users"})]),
    (DATA, "Drop the table sessions", [("drop_table", {"table_name": "sessions"})]),
    (DATA, "get rid of the old_logs table", [("drop_table", {"table_name": "old_logs"})]),
    (
        DATA,
        "Back up the database to /var/backups/db.sql",
        [("backup_database", {"destination": "/var/backups/db.sql"})],
    ),
    (
        DATA,
        "First back the database up to /srv/b.sql, then drop the table temp",
        [
            ("backup_database", {"destination": "/srv/b.sql"}),
            ("drop_table", {"table_name": "temp"}),
        ],
    ),
    (DATA, "why is the database slow?", []),
    (
        CODE,
        "Merge pull request 18 in the website repo",
        [("merge_pull_request", {"number": 18, "repo": "website"})],
    ),
    (CODE, "merge PR #7 of acme/api", [("merge_pull_request", {"number": 7, "repo": "acme/api"})]),
    (
        CODE,
        "Open an issue in acme/web: the login button is dead",
        [("create_issue", {"repo": "acme/web", "title": "the login button is dead"})],
    ),
    (
        CODE,
        'Create an issue titled "Crash" in the mobile repository with labels bug and urgent',
        [
            (
                "create_issue",
                {"title": "Crash", "repo": "mobile", "labels": ["bug", "urgent"]},
            )
        ],
    ),
    (
        CODE,
        "Comment on issue 55 saying thanks for the report",
        [("comment", {"issue_number": 55, "text": "thanks for the report"})],
    ),
    (CODE, 'Reply "Fixed" on issue 9', [("comment", {"issue_number": 9, "text": "Fixed"})]),
    (CODE, "What can you do?", []),
    (CODE, "Merge pull request 3", []),
]
