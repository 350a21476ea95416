"""One clause being read for arguments: its values, and which of its words are already used."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from course_utils.model.values import Value, find_values

PREPOSITIONS = [
    "in",
    "at",
    "on",
    "for",
    "to",
    "from",
    "with",
    "about",
    "by",
    "into",
    "onto",
    "near",
    "as",
    "of",
    "under",
    "regarding",
    "until",
    "before",
    "after",
    "via",
    "since",
    "because",
    "through",
    "between",
    "per",
    "around",
    "towards",
    "against",
    "over",
]
_PREPOSITION = re.compile(rf"\b(?:{'|'.join(PREPOSITIONS)})\b", re.IGNORECASE)
_LEAD = re.compile(
    rf"\b({'|'.join(PREPOSITIONS)}|cc|bcc|saying)(?:\s+(?:the|a|an|my|our))?\s*$", re.IGNORECASE
)
_JOIN = re.compile(r"\s*(?:,\s*(?:and\s+)?|and\s+|&\s*)(?:also\s+)?(?:the\s+)?", re.IGNORECASE)
_EDGES = re.compile(
    r"^(?:[\s,:;.\-]+|(?:(?-i:the|The(?=\s+[a-z]))|a|an|my|our|some|this|that|please|and|or)\s+(?!$))+"
    r"|(?:[\s,:;.!?]+|\b(?:please|thanks|thank you|for me|right now|now|asap|as well|too|instead|again|aside|and|or))+$",
    re.IGNORECASE,
)
_BOUNDARY_KINDS = {
    "date",
    "time",
    "datetime",
    "delay",
    "email",
    "url",
    "quote",
    "path",
    "money",
    "channel",
    "duration",
}


@dataclass
class Reading:
    """A clause's text, the values found in it, and the stretches that arguments have used."""

    text: str
    values: list[Value] = field(default_factory=list)
    taken: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.values:
            self.values = find_values(self.text)

    def take(self, start: int, end: int) -> None:
        """Mark a stretch as used, with the preposition before it."""
        lead = _LEAD.search(self.text[:start])
        self.taken.append((lead.start() if lead else start, end))

    def is_free(self, start: int, end: int) -> bool:
        """Tell whether no argument has used any of a stretch."""
        return not any(a < end and start < b for a, b in self.taken)

    def free_values(self) -> list[Value]:
        """List the values that no argument has used."""
        return [value for value in self.values if self.is_free(value.start, value.end)]

    def lead(self, start: int) -> str:
        """The preposition right before a place in the text, or an empty string."""
        match = _LEAD.search(self.text[:start])
        return match.group(1).casefold() if match else ""

    def before(self, start: int) -> str:
        """The word right before a place in the text."""
        match = re.search(r"([^\W_]+)\W*$", self.text[:start])
        return match.group(1).casefold() if match else ""

    def after(self, end: int) -> str:
        """The word right after a place in the text."""
        match = re.match(r"[\s-]*([^\W_]+)", self.text[end:])
        return match.group(1).casefold() if match else ""

    def joined(self, value: Value) -> list[Value]:
        """List the free values of the same kind that follow in a row: "a@x.org, b@x.org and c@x.org"."""
        row = [value]
        for other in self.values:
            if other.start >= row[-1].end and other.kind == value.kind:
                between = self.text[row[-1].end : other.start]
                if not _JOIN.fullmatch(between):
                    break
                row.append(other)
        return row

    def stretch(self, start: int, limit: int | None = None) -> int:
        """Find where free words that begin at a place end: at a used stretch, a limit or the text's end."""
        ends = [a for a, _ in self.taken if a >= start]
        return min([*ends, len(self.text), *([limit] if limit is not None else [])])

    def phrases(self) -> list[tuple[str, int, int]]:
        """List the free prepositional phrases: the preposition, and where its words begin and end."""
        found = []
        heads = [m for m in _PREPOSITION.finditer(self.text) if self.is_free(m.start(), m.end())]
        inner = [v for v in self.values if v.kind == "quote"]
        heads = [m for m in heads if not any(v.start < m.start() < v.end for v in inner)]
        for place, head in enumerate(heads):
            stops = [m.start() for m in heads[place + 1 :] if m.group().casefold() != "of"][:1]
            stops += [
                v.start
                for v in self.values
                if v.kind in _BOUNDARY_KINDS and v.start > head.end() + 1
            ][:1]
            mark = re.search(r"[.!?;:](?=\s|$)|,(?!\s[A-Z]{2}\b)", self.text[head.end() :])
            stops += [head.end() + mark.start()] if mark else []
            end = self.stretch(head.end(), min(stops, default=None))
            if self.text[head.end() : end].strip():
                found.append((head.group().casefold(), head.end(), end))
        return found


def tidy(text: str) -> str:
    """Drop articles, polite words and marks at both ends, unless nothing else is there."""
    before = None
    while before != text:
        before, text = text, _EDGES.sub("", text).strip() or text.strip()
    return text.strip("\"“”'‘’ ")
