"""All hostile submissions, in their groups."""

from __future__ import annotations

from tests.hostile import folders, notebooks, pages
from tests.hostile.attack import Attack, attacks_by_code

GROUPS = (
    *("hooks", "patches", "verdicts", "answers", "audited", "machine"),
    *("notebooks", "folders", "pages"),
)


def corpus() -> list[Attack]:
    """Return every attack once."""
    made = {"notebooks": notebooks.ATTACKS, "folders": folders.ATTACKS, "pages": pages.ATTACKS}
    return [attack for group in GROUPS for attack in made.get(group) or attacks_by_code(group)]
