"""A clause being read for arguments: its values, its pieces, and which words are already used."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from course_utils.model.tools import SENTENCES
from course_utils.model.values import Value, currency_in, find_values, number_in
from course_utils.model.words import PREPOSITIONS, STOP

if TYPE_CHECKING:
    from course_utils.model.tools import Parameter, Tool

_CUT = re.compile(rf"\b({'|'.join(PREPOSITIONS)})\b|{STOP}|[,:()]", re.IGNORECASE)
_AND = re.compile(r"\s*(?:,\s*(?:and\s+)?|and\s+|&\s*)(?:the\s+)?", re.IGNORECASE)
_VERB = re.compile(r"\b(?:is|are|was|were|has|have|had|will|can|does|did|\w+n't)\b", re.IGNORECASE)
# Articles, polite words and marks at both ends.
_EDGES = re.compile(
    r"(?i)^(?:[\s,:;.\-(]+|(?:(?-i:the|The(?=\s+[a-z]))|an?|my|our|some|this|please|and)\s+(?!$))+"
    r"|(?:[\s,:;.!?)]+|\b(?:please|thanks|for me|now|too|instead|again|and))+$"
)


@dataclass
class Reading:
    """A clause being read for a tool: the stretches of it that are used, and what was found there.

    Several arguments for one parameter mean a call for each.
    """

    tool: Tool
    text: str
    used: list[tuple[int, int]] = field(default_factory=list)
    args: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def values(self) -> list[Value]:
        """The values that no argument has used; a date with a time is one, or one for each."""
        apart = {"date", "time"} <= {parameter.role for parameter in self.tool.parameters}
        found = find_values(self.text, joined=not apart)
        return [v for v in found if not any(a < v.end and v.start < b for a, b in self.used)]

    @property
    def open(self) -> list[Parameter]:
        """The parameters that have no argument yet."""
        return [p for p in self.tool.parameters if p.name not in self.args]

    def give(self, parameter: Parameter, given: list[Any], start: int, end: int) -> None:
        """Give a parameter one value, a list, or a value for each of several calls."""
        if given and given[0] is not None:
            self.args[parameter.name] = [given] if parameter.kind == "array" else given
            self.used.append((start, end))

    def give_value(self, parameter: Parameter, value: Value, start: int) -> None:
        """Give a parameter a value, and those in a row with it unless another one waits."""
        alone = all(p is parameter or p.role != parameter.role for p in self.open)
        scattered = alone and parameter.role in {"email", "path", "place", "code", "name"}
        row = [value]
        for other in self.values if parameter.kind == "array" or scattered else ():
            linked = _AND.fullmatch(self.text[row[-1].end : other.start])
            if linked and other.kind == value.kind:
                row.append(other)
        self.give(parameter, [fit(parameter, one.text) for one in row], start, row[-1].end)

    def is_free(self, start: int, end: int) -> bool:
        """Tell whether a stretch is neither used nor within a value that no name holds."""
        return not any(a < end and start < b for a, b in self._kept())

    def pieces(self, whole: bool = False) -> list[Value]:
        """Cut the free words at marks, values and prepositions, which are the kinds of the pieces.

        Whole pieces are cut only at what is used.
        """
        cuts = [(*span, "") for span in (self.used if whole else self._kept())]
        for match in _CUT.finditer(self.text) if not whole else ():
            # "Of" after a capital is part of a name: Museum of Modern Art.
            in_a_name = match[0] == "of" and re.search(r"[A-Z]\w*\s$", self.text[: match.start()])
            if self.is_free(*match.span()) and not in_a_name:
                cuts.append((*match.span(), (match[1] or "").casefold()))
        cuts = [(0, 0, ""), *sorted(cuts), (len(self.text), len(self.text), "")]
        between = [(lead, end, start) for (_, end, lead), (start, *_) in pairwise(cuts)]
        return [Value(lead, self.text[start:end], start, end) for lead, start, end in between]

    def _kept(self) -> list[tuple[int, int]]:
        whole = [(v.start, v.end) for v in self.values if v.kind not in {"number", "code"}]
        return [*self.used, *whole]


def fit(parameter: Parameter, text: str) -> Any:
    """Turn words into the type a parameter wants; None when they cannot be read as it."""
    if {parameter.kind, parameter.role} & {"integer", "number"}:
        number = number_in(text)
        return int(number) if number and parameter.kind == "integer" else number
    if parameter.role == "currency":
        return currency_in(text) or text
    return re.sub(r"^#(?=\d)", "", text) or None


def items(parameter: Parameter, text: str) -> list[Any]:
    """Read words as one value, or as several where a list or a call for each is meant."""
    if parameter.role in SENTENCES and parameter.kind != "array" and _VERB.search(text):
        return [sentence(text)]
    several = parameter.kind == "array" or parameter.role in {"name", "place"}
    listed = re.split(r",\s*(?:and\s+)?|\s+and\s+", text) if several and " and " in text else [text]
    return [fit(parameter, tidied) for part in listed if (tidied := _tidy(part))]


def sentence(text: str) -> str:
    """Drop the marks and quotation marks around words, and keep the words as they are."""
    text = text.strip(",;: \n")
    quoted = re.fullmatch(r"[\"\u201c'\u2018](.+)[\"\u201d'\u2019][.!?]?", text, re.DOTALL)
    return (quoted[1] if quoted else text.removesuffix(".")).strip()


def _tidy(text: str) -> str:
    return (_EDGES.sub("", text) or text).strip("\"\u201c\u201d'\u2018\u2019 ")
