"""What a screen reader reads out by itself: the live regions of Chromium's accessibility tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from playwright.sync_api import Page


class Region(NamedTuple):
    """A live region: its role, how it is read out, and its words."""

    role: str
    live: str
    words: str


def regions(page: Page) -> dict[int, Region]:
    """Return the live regions of a page by the number of their node, which stays the same."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    by_id = {node["nodeId"]: node for node in nodes}
    found = {}
    for node in nodes:
        told = {each["name"]: each["value"].get("value") for each in node.get("properties", [])}
        live = told.get("live", "off")
        if not node.get("ignored") and live != "off" and told.get("root", "") == "":
            words = " ".join(_words(node, by_id).split())
            found[node["backendDOMNodeId"]] = Region(node["role"]["value"], live, words)
    return found


def assert_read_out(page: Page, before: dict[int, Region], words: str) -> None:
    """Check that words came into a live region, in a way that makes a screen reader read them.

    A polite region has to be there before its words. An alert is read out as it comes.

    Args:
        page: the page.
        before: its regions before the words came.
        words: what is to be heard.
    """
    now = regions(page)
    heard = {node: region for node, region in now.items() if words in region.words}
    assert heard, f"no live region says {words!r}; these are there: {list(now.values())}"
    known = [node for node, region in heard.items() if region.role == "alert" or node in before]
    assert known, f"{heard} came together with its words, so it may stay unread"
    news = [node for node in known if words not in before.get(node, Region("", "", "")).words]
    assert news, f"{words!r} was there before: {heard}"


def _words(node: dict[str, Any], by_id: dict[str, dict[str, Any]]) -> str:
    if node.get("role", {}).get("value") == "StaticText":
        return str(node["name"]["value"])
    below = (by_id[child] for child in node.get("childIds", []) if child in by_id)
    return " ".join(_words(child, by_id) for child in below)
