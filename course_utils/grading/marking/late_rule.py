"""What being late costs: a rule in a few words, and the points it takes away."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECONDS = {"minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%\s*(?:an?|per|each|every)\s+(hour|day|week)")
_AT_MOST = re.compile(r"at most\s+(\d+(?:\.\d+)?)\s*%")
_GRACE = re.compile(r"grace\s+(\d+)\s+(minute|hour|day)s?")
_FORMS = "Write none, zero, or a rule such as '10% a day, at most 50%, grace 10 minutes'."
_DECIMALS = 4


class LateRuleError(ValueError):
    """A rule cannot be understood; the message says which part, and how it is written."""


@dataclass(frozen=True, slots=True)
class LateRule:
    """What being late costs.

    Attributes:
        percent: of the points earned, for each period that has begun.
        period: its name, as `day`.
        at_most: the most percent that can be lost.
        grace: seconds after the due date that cost nothing. Whoever is later than that is late
            from the due date on.
    """

    percent: float = 0.0
    period: str = "day"
    at_most: float = 100.0
    grace: int = 0

    def penalty(self, score: float, seconds_late: float) -> float:
        """Return the points that are taken from a score."""
        if seconds_late <= self.grace or score <= 0:
            return 0.0
        periods = math.ceil(seconds_late / _SECONDS[self.period])
        percent = min(periods * self.percent, self.at_most)
        return min(score, round(score * percent / 100, _DECIMALS))

    def __str__(self) -> str:
        """Write the rule as `read_late_rule` reads it."""
        return ", ".join(self._parts())

    def _parts(self) -> Iterator[str]:
        if not self.percent:
            yield "none"
            return
        if self.percent >= 100:
            yield "zero"
        else:
            article = "an" if self.period == "hour" else "a"
            yield f"{self.percent:g}% {article} {self.period}"
            if self.at_most < 100:
                yield f"at most {self.at_most:g}%"
        if self.grace:
            yield f"grace {self.grace // _SECONDS['minute']} minutes"


def read_late_rule(words: str) -> LateRule:
    """Read a rule: `none`, `zero`, or percent a day, the most, and minutes of grace.

    Raises:
        LateRuleError: if a part of it means nothing, or the rule says a thing twice.
    """
    given: dict[str, float | int | str] = {}
    for part in words.split(","):
        said = _read(" ".join(part.split()).lower())
        if not said or given.keys() & said.keys():
            raise LateRuleError(f"The late rule {words!r} has a part {part.strip()!r}. {_FORMS}")
        given |= said
    if "percent" not in given:
        raise LateRuleError(f"The late rule {words!r} does not say what being late costs. {_FORMS}")
    return LateRule(**given)  # type: ignore[arg-type]  # each by its own pattern


def _read(part: str) -> dict[str, float | int | str]:
    if part == "none":
        return {"percent": 0.0}
    if part == "zero":
        return {"percent": 100.0}
    if found := _PERCENT.fullmatch(part):
        return {"percent": min(100.0, float(found[1])), "period": found[2]}
    if found := _AT_MOST.fullmatch(part):
        return {"at_most": min(100.0, float(found[1]))}
    if found := _GRACE.fullmatch(part):
        return {"grace": int(found[1]) * _SECONDS[found[2]]}
    return {}
