"""One clause being read for arguments: its values, and which of its words are already used."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from course_utils.model.lexicon import PREPOSITIONS, each
from course_utils.model.values import Value, find_values

if TYPE_CHECKING:
    from course_utils.model.tools import Parameter, Tool

_PREPOSITION = re.compile(rf"\b(?:{'|'.join(PREPOSITIONS)})\b", re.IGNORECASE)
_LEAD = re.compile(
    rf"\b({'|'.join(PREPOSITIONS)}|cc|bcc|saying)(?:\s+(?:the|a|an|my|our))?\s*$", re.IGNORECASE
)
_JOIN = re.compile(r"\s*(?:,\s*(?:and\s+)?|and\s+|&\s*)(?:also\s+)?(?:the\s+)?", re.IGNORECASE)
_EDGES = re.compile(
    r"^(?:[\s,:;.\-]+"
    r"|(?:(?-i:the|The(?=\s+[a-z]))|a|an|my|our|some|this|that|please|and|or)\s+(?!$))+"
    r"|(?:[\s,:;.!?]+|\b(?:please|thanks|thank you|for me|right now|now|asap|as well|too|instead"
    r"|again|aside|lately|recently|and|or))+$",
    re.IGNORECASE,
)
_BOUNDARIES = each("date time datetime delay email url quote path money channel duration")


@dataclass
class Reading:
    """A clause being read for a tool.

    Attributes:
        tool: the tool that was chosen.
        text: the clause.
        values: the values found in it.
        taken: the stretches of it that arguments have used.
        args: the arguments found so far, by parameter name.
        several: for a parameter that takes one value, all those given: one call for each.
    """

    tool: Tool
    text: str
    values: list[Value] = field(init=False)
    taken: list[tuple[int, int]] = field(default_factory=list)
    args: dict[str, Any] = field(default_factory=dict)
    several: dict[str, list[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.values = list(find_values(self.text))

    def open(self) -> list[Parameter]:
        """List the parameters that have no argument yet."""
        return [p for p in self.tool.parameters if p.name not in self.args]

    def give(self, parameter: Parameter, value: Any, start: int, end: int) -> None:
        """Give a parameter its argument, and mark the stretch it was read from as used."""
        if value is not None:
            self.args[parameter.name] = value
            self.taken.append((start, end))

    def give_several(self, parameter: Parameter, values: list[Any]) -> None:
        """Give a parameter the first value, and remember the others for a call each."""
        self.args[parameter.name] = values[0]
        if len(values) > 1:
            self.several[parameter.name] = values

    def take(self, start: int, end: int) -> None:
        """Mark a stretch as used, with the preposition before it."""
        lead = _LEAD.search(self.text[:start])
        self.taken.append((lead.start() if lead else start, end))

    def is_free(self, start: int, end: int) -> bool:
        """Tell whether no argument has used any of a stretch."""
        return not any(a < end and start < b for a, b in self.taken)

    def in_quote(self, place: int) -> bool:
        """Tell whether a place lies within quotation marks."""
        return any(v.kind == "quote" and v.start < place < v.end for v in self.values)

    def is_open(self, start: int, end: int) -> bool:
        """Tell whether a stretch may be read as more than a quote: it is free and not in one."""
        return self.is_free(start, end) and not self.in_quote(start)

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
        """List the values of the same kind in a row: "a@x.org, b@x.org and c@x.org"."""
        row = [value]
        for other in self.values:
            if other.start >= row[-1].end and other.kind == value.kind:
                between = self.text[row[-1].end : other.start]
                if not _JOIN.fullmatch(between):
                    break
                row.append(other)
        return row

    def free_until(self, start: int, limit: int | None = None) -> int:
        """Find where free words end: at a used stretch, a limit or the end of the text."""
        ends = [a for a, _ in self.taken if a >= start]
        return min([*ends, len(self.text), *([limit] if limit is not None else [])])

    def phrases(self) -> list[tuple[str, int, int]]:
        """List the free phrases: the preposition, and where the words after it begin and end."""
        heads = [m for m in _PREPOSITION.finditer(self.text) if self.is_open(*m.span())]
        found = []
        for place, head in enumerate(heads):
            following = (m.start() for m in heads[place + 1 :] if m.group().casefold() != "of")
            end = self._phrase_end(head.end(), next(following, len(self.text)))
            if self.text[head.end() : end].strip():
                found.append((head.group().casefold(), head.end(), end))
        return found

    def _phrase_end(self, start: int, limit: int) -> int:
        values = [v.start for v in self.values if v.kind in _BOUNDARIES and v.start > start + 1]
        mark = re.search(r"[.!?;:](?=\s|$)|,(?!\s[A-Z]{2}\b)", self.text[start:])
        stop = start + mark.start() if mark else limit
        return self.free_until(start, min([limit, stop, *values]))


def sentence(text: str) -> str:
    """Drop the marks and quotation marks around words, and keep the words as they are."""
    text = text.strip().strip(",;: ").strip()
    quoted = re.fullmatch(r"[\"\u201c'\u2018](.+)[\"\u201d'\u2019][.!?]?", text, re.DOTALL)
    return (quoted.group(1) if quoted else text.removesuffix(".")).strip()


def tidy(text: str) -> str:
    """Drop articles, polite words and marks at both ends, unless nothing else is there."""
    before = None
    while before != text:
        before, text = text, _EDGES.sub("", text).strip() or text.strip()
    return text.strip("\"\u201c\u201d'\u2018\u2019 ")
