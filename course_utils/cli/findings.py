"""What `hitl doctor` finds, line by line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, what was found, and, where that is not fine, the fix."""

    what: str
    found: str
    fix: str = ""
    needed: bool = True

    @property
    def broken(self) -> bool:
        """Whether the course cannot work until this is fixed."""
        return self.needed and bool(self.fix)

    @property
    def mark(self) -> str:
        """One word for the state of it, in rich's markup."""
        if self.broken:
            return "[red]no[/]"
        return "[yellow]not yet[/]" if self.fix else "[green]ok[/]"
