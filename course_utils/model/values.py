"""Values that show what they are by their form: addresses, quotes, files, dates, money, codes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from course_utils.model.words import words

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE = (
    r"(?:\d{4}-\d{2}-\d{2}|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}"
    rf"|(?:{_WEEKDAY},? )?(?:{_MONTH} (?:the )?{_DAY}|(?:the )?{_DAY} (?:of )?{_MONTH})"
    rf"(?:,? \d{{4}})?(?!\d)|the \d{{1,2}}(?:st|nd|rd|th)|{_MONTH} \d{{4}}"
    rf"|(?:(?:next|this|every) )?{_WEEKDAY}|(?:the day after )?tomorrow|today|yesterday|tonight"
    r"|(?:next|this|last) (?:week(?:end)?|month|year))(?: (?:morning|afternoon|evening|night))?"
)
_TIME = r"(?:\d{1,2}(?::\d{2})?\s?(?:am|pm)|\d{1,2}:\d{2}|\d{1,2} o'clock|noon|midnight)"
_NUMBER_WORDS = words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
)
_NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|\b(?:{'|'.join(_NUMBER_WORDS)})\b)"
_CURRENCIES = {"USD": r"\$|dollars?", "EUR": "€|euros?", "GBP": "£|pounds?", "JPY": "¥|yen"}
_CURRENCY = "|".join(f"{code}|{said}" for code, said in _CURRENCIES.items())

# Earlier patterns win where two could match.
_PATTERNS = {
    "quote": r"\"([^\"]+)\"|\u201c([^\u201d]+)\u201d|`([^`]+)`"
    r"|(?<!\w)['\u2018]([^\n]+?)['\u2019](?!\w)",
    "email": r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    "path": r"https?://[^\s,;]*[^\s,;.!?)]|~?\.{0,2}(?:/[\w.-]*\w)+/?|\b\w[\w-]*(?:/[\w.-]*\w)+/?"
    r"|\b\w[\w-]*(?:\.[\w-]+)*\.[a-z][a-z0-9]{0,4}\b",
    "datetime": rf"\b{_DATE},?(?: at| on)? {_TIME}\b|\b{_TIME},?(?: at| on)? {_DATE}\b",
    "date": rf"\b{_DATE}\b",
    "time": rf"\b{_TIME}\b",
    "money": rf"[$€£¥]\s?{_NUMBER}|(?<![\w.]){_NUMBER}\s?(?:{_CURRENCY})(?!\w)",
    "code": r"#[\w-]+|\b(?=[\w-]*[A-Za-z])[\w-]*\d[\w-]*(?:\.\d+)*\b"
    r"|\b\d+(?:-\d+)+\b|\b\d+(?:\.\d+){2,}\b",
    "number": rf"(?<![\w.])-?{_NUMBER}(?!\w)",
}
_COMPILED = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _PATTERNS.items()}


class Value(NamedTuple):
    """A value or a piece of a text: what it is, what it says without quotation marks, and where."""

    kind: str
    text: str
    start: int
    end: int


@lru_cache(maxsize=256)
def find_values(text: str, joined: bool = True) -> tuple[Value, ...]:
    """Find the values in a text, in order and apart; a date and a time may be joined in one."""
    found: list[Value] = []
    for kind, pattern in _COMPILED.items():
        for match in pattern.finditer(text) if joined or kind != "datetime" else ():
            start, end = match.span()
            if not any(start < value.end and value.start < end for value in found):
                inner = next((group for group in match.groups() if group), match.group())
                found.append(Value(kind, inner.strip(), start, end))
    return tuple(sorted(found, key=lambda value: value.start))


def without_values(text: str) -> str:
    """Take the values out of a text."""
    for value in reversed(find_values(text)):
        text = f"{text[: value.start]} {text[value.end :]}"
    return text


def number_in(text: str) -> float | int | None:
    """Read the first number of a text: `1,200.50`, `$40`, `three`."""
    match = re.search(rf"-?{_NUMBER}", text, re.IGNORECASE)
    said = match.group().casefold().replace(",", "") if match else ""
    if said.isalpha():
        return _NUMBER_WORDS.index(said)
    return (float(said) if "." in said else int(said)) if said else None


def currency_in(text: str) -> str | None:
    """Read the currency of a text as its code: `$5`, `5 euros` and `eur` give USD, EUR and EUR."""
    found = (code for code, said in _CURRENCIES.items() if re.search(f"{said}|{code}", text, re.I))
    return next(found, None)
