"""What a resume leaves in the metadata of every checkpoint that it writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langgraph.types import StateSnapshot

OURS = "hitl_"
"""What the name of each of them begins with."""
CLAIMS = "hitl_claims"
"""The ids of its entries in the journal."""
DECIDED = "hitl_decided"
"""The kinds of the decisions."""
ACTORS = "hitl_actors"
"""The nodes that must not run calls which a person has rejected or answered."""


def marked(snapshot: StateSnapshot, mark: str) -> list[str]:
    """Return what a mark holds; nothing where no resume of ours wrote the snapshot.

    Args:
        snapshot: a state.
        mark: `CLAIMS` or `ACTORS`.
    """
    held = str((snapshot.metadata or {}).get(mark, ""))
    return held.split(",") if held else []
