"""The Tab key in a part of a page: it leads to everything that can be used, as one reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator

# What can be used, in lines from the top, each from the left. Of radio buttons Tab reaches the
# one that is checked, and where none is, the first.
_AS_ONE_READS = """box => {
    const every = [...box.querySelectorAll("a[href], button, input, select, textarea, summary")];
    const used = every.filter(one => one.tabIndex >= 0 && !one.disabled && one.checkVisibility());
    const isReached = one => {
        if (one.type !== "radio") return true;
        const group = used.filter(other => other.type === "radio" && other.name === one.name);
        return one === (group.find(other => other.checked) ?? group[0]);
    };
    const at = new Map(used.filter(isReached).map(one => [one, one.getBoundingClientRect()]));
    const lines = [];
    for (const one of [...at.keys()].sort((a, b) => at.get(a).top - at.get(b).top)) {
        const line = lines.at(-1);
        const middle = (at.get(one).top + at.get(one).bottom) / 2;
        if (line && middle < at.get(line[0]).bottom) line.push(one);
        else lines.push([one]);
    }
    window.stops = lines.flatMap(line => line.sort((a, b) => at.get(a).left - at.get(b).left));
    window.stops[0].focus();
    return window.stops.map(one => [one.ariaLabel, one.innerText, one.labels?.[0]?.innerText,
        one.placeholder, one.tagName].find(words => words?.trim()).trim());
}"""
# Which stop has the focus; -1 for a box that scrolls and null outside.
_STOP = """box => box.contains(document.activeElement)
    ? window.stops.indexOf(document.activeElement) : null"""


def assert_tab_leads_through(box: Locator) -> list[str]:
    """Check that Tab leads through all of a box in the order in which one reads, and out of it.

    Returns:
        The names of what was reached.
    """
    names: list[str] = box.evaluate(_AS_ONE_READS)
    reached: list[int] = []
    while (stop := box.evaluate(_STOP)) is not None:
        assert len(reached) < 3 * len(names), f"Tab does not lead out: {reached} of {names}"
        reached.append(stop)
        box.page.keyboard.press("Tab")
    in_order = [names[stop] for stop in reached if stop >= 0]
    assert in_order == names, f"Tab led to {in_order}; one reads {names}"
    return names
