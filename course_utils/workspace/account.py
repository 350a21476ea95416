"""What an update did, lesson by lesson, for the terminal and as a page."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from course_utils.printable import listed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from course_utils.workspace.merging import Merged

ACCOUNT = "update.md"


@dataclass(slots=True)
class Told:
    """What became of one lesson.

    Attributes:
        lesson: its name in the course.
        what: whether it was added, replaced by a newer version, replaced with the learner's work in
            it, or left alone.
        lines: what happened, in sentences.
        former: the names that its folder had in the workspace.
        kept: the folders with what was there before, seen from the workspace.
    """

    lesson: str
    what: Literal["new", "newer", "merged", "left"]
    lines: list[str] = field(default_factory=list)
    former: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    @property
    def heading(self) -> str:
        """One sentence that says which case it is."""
        moved = f", which was {' and '.join(self.former)}" if self.former else ""
        return {
            "new": "It is new.",
            "newer": f"The new version{moved}. You had changed nothing in it.",
            "merged": f"The new version{moved}, with your work in it.",
            "left": "Left as it is.",
        }[self.what]


def as_lines(told: Sequence[Told]) -> list[str]:
    """Return the account for a terminal."""
    lines = []
    for one in told:
        lines.append(f"{one.lesson}: {one.heading}")
        lines += [f"  {line}" for line in one.lines]
        lines += [f"  What was there before is in {kept}." for kept in one.kept]
    return lines


def as_page(told: Sequence[Told], earlier: str = "") -> str:
    """Return the account as Markdown, above those of earlier updates."""
    today = datetime.now().astimezone().strftime("%Y-%m-%d, %H:%M")
    parts = [f"# Update of {today}"]
    for one in told:
        path = f"{one.lesson}/{one.lesson}.ipynb"
        lines = [one.heading, *one.lines]
        lines += [f"What was there before is in [{kept}]({kept})." for kept in one.kept]
        parts.append(f"## [{one.lesson}]({path})\n\n" + "\n".join(f"- {line}" for line in lines))
    return "\n\n".join([*parts, earlier.strip()]).strip() + "\n"


def cells_told(merged: Merged, words: Mapping[str, str]) -> list[str]:
    """Return what became of a learner's cells, in sentences.

    Args:
        merged: the new version with the cells in it.
        words: its exercises as people know them, by the `grade_id`s of their cells.
    """
    lines = []
    if merged.solutions:
        which = listed(words[name] for name in merged.solutions)
        lines.append(f"Your solutions to these exercises are in it: {which}.")
    if merged.again:
        which = listed(words[name] for name in merged.again)
        lines.append(f"You had two solutions to exercise {which}. The other stands below.")
    if merged.own:
        lines.append(f"Cells of your own that are where you put them: {merged.own}.")
    if merged.edited:
        lines.append(f"These cells you changed and the course did not: {listed(merged.edited)}.")
    if merged.changed:
        which = listed(merged.changed)
        lines.append(f"These cells you changed, and your text stands below the new one: {which}.")
    lines += [
        f"The exercise {name} is no longer in this lesson. Your solution stays as a cell."
        for name in merged.left
    ]
    return lines


def attempts_told(changed: int, gone: int) -> list[str]:
    """Return what became of a learner's answers, in sentences.

    Args:
        changed: how many questions have changed since they were answered.
        gone: how many questions that were answered are no longer there.
    """
    lines = []
    if changed:
        lines.append(f"Questions that changed, so that your answers no longer count: {changed}.")
    if gone:
        lines.append(f"Questions you answered that are no longer in the lesson: {gone}.")
    return lines
