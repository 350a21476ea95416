"""Values that show what they are by their form: addresses, quotes, paths, amounts, dates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from course_utils.model.lexicon import each

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)day"
_SMALL = each(
    """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen twenty
    """
)
NUMBER_WORDS: dict[str, float] = {
    **{word: number for number, word in enumerate(_SMALL)},
    **{
        "thirty": 30,
        "forty": 40,
        "fifty": 50,
        "sixty": 60,
        "seventy": 70,
        "eighty": 80,
        "ninety": 90,
    },
    **{"a hundred": 100, "hundred": 100, "a thousand": 1000, "a dozen": 12, "dozen": 12},
    **{"a couple of": 2, "a couple": 2, "a pair of": 2, "once": 1, "twice": 2},
}
_NUMBER_WORD = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_FIGURE = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_UNIT_OF_TIME = r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?)"
_COUNT = rf"(?:{_FIGURE}|{_NUMBER_WORD}|an?|half an)"

CURRENCIES = {
    "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR",
    "dollar": "USD", "dollars": "USD", "buck": "USD", "bucks": "USD", "us dollars": "USD",
    "euro": "EUR", "euros": "EUR", "pound": "GBP", "pounds": "GBP", "sterling": "GBP",
    "pounds sterling": "GBP", "british pounds": "GBP", "yen": "JPY", "japanese yen": "JPY",
    "rupee": "INR", "rupees": "INR", "yuan": "CNY", "franc": "CHF", "francs": "CHF",
    "swiss francs": "CHF", "peso": "MXN", "pesos": "MXN",
}  # fmt: skip
_CODE = each(
    """
    USD EUR GBP JPY CHF CAD AUD NZD INR CNY SEK NOK DKK PLN CZK HUF BRL MXN ZAR SGD HKD KRW TRY
    """
)
CURRENCIES |= {code.casefold(): code for code in _CODE}
_CURRENCY = "|".join(sorted((name for name in CURRENCIES if name.isascii() and name != "$"),
                            key=len, reverse=True))  # fmt: skip

LANGUAGES = each(
    """
    english french german spanish italian portuguese dutch russian chinese japanese korean
    arabic hindi turkish polish swedish norwegian danish finnish greek hebrew czech hungarian
    romanian ukrainian vietnamese thai indonesian latin mandarin swahili catalan welsh irish
    """
)

_UNITS = (
    "miles?|kilomet(?:er|re)s?|kms?|met(?:er|re)s?|centimet(?:er|re)s?|cm|millimet(?:er|re)s?|mm"
    "|feet|foot|ft|inch(?:es)?|yards?|grams?|kilograms?|kilos?|kgs?|ounces?|oz|lbs?"
    "|lit(?:er|re)s?|millilit(?:er|re)s?|ml|gallons?|pints?|cups?"
    "|celsius|fahrenheit|kelvin|mph|kph|acres?|hectares?|[kmgt]b"
)

_TIME = (
    r"(?:\d{1,2}(?::\d{2})?\s?(?:am|pm|a\.m\.|p\.m\.)(?!\w)|\d{1,2}:\d{2}(?::\d{2})?"
    r"|\d{1,2} o'clock"
    r"|noon|midday|midnight|half past \w+|quarter (?:past|to) \w+)"
)
_DATE = (
    rf"(?:\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{2,4}}"
    rf"|(?:{_DAY},? )?{_MONTH}\.? (?:the )?\d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?(?!\d)"
    rf"|(?:{_DAY},? )?(?:the )?\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:,? \d{{4}})?"
    r"|the day after tomorrow|day after tomorrow"
    rf"|(?:(?:next|this|coming|every|on) )?{_DAY}s?(?: (?:morning|afternoon|evening|night))?"
    r"|(?:today|tomorrow|yesterday)(?: (?:morning|afternoon|evening|night))?|tonight"
    r"|(?:next|this|last|every) (?:week(?:end)?|month|year|morning|afternoon|evening)"
    r"|the \d{1,2}(?:st|nd|rd|th))"
)
_DATE = _DATE.replace("|coming|every|on) ", "|coming|every) ")

# Earlier patterns win where two could match.
_PATTERNS: list[tuple[str, str]] = [
    (
        "quote",
        r"\"([^\"]+)\"|“([^”]+)”|«\s*([^»]+?)\s*»|`([^`]+)`"
        r"|(?<!\w)['\u2018]([^\n]+?)['\u2019](?!\w)",
    ),
    ("url", r"https?://[^\s,;]+[^\s,;.!?)]|www\.[^\s,;]+[^\s,;.!?)]"),
    ("email", r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    (
        "path",
        r"(?:~|\.{1,2}|[A-Za-z]:)?(?:[\\/][\w.\-*]+)+[\\/]?|(?<![\w\-*])[\w\-*]+(?:[\\/][\w.\-*]+)+[\\/]?"
        r"|(?<![\w\-])[\w\-]+/(?=\s|$)|(?<![\w.\-*])[\w\-*]+(?:\.[\w\-]+)*\.(?=[a-z]*[a-z])[a-z0-9]{1,5}\b(?!@)"
        r"|(?<!\w)\.env\b",
    ),
    ("channel", r"#[A-Za-z][\w-]*"),
    ("handle", r"(?<!\w)@[\w-]+"),
    ("datetime", r"\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2})?Z?\b"),
    ("date", rf"\b{_DATE}\b"),
    ("time", rf"\b{_TIME}(?!\w)"),
    ("version", r"\bv\d+(?:\.\d+)*\b|\b\d+\.\d+\.\d+\b"),
    ("phone", r"\+\d[\d\s().-]{6,}\d|\b\d{3}-\d{3,4}(?:-\d{4})?\b"),
    (
        "id",
        r"\b(?=[A-Za-z\d-]*\d)(?=[A-Za-z\d-]*[A-Za-z])[A-Z]+[A-Za-z]*-?\d[\w-]*\b"
        r"|#\d+\b|\b[a-z]+_\w*\d\w*\b",
    ),
    (
        "money",
        rf"[$€£¥₹]\s?(?:{_FIGURE})\b[km]?"
        rf"|\b(?:{_FIGURE}|{_NUMBER_WORD})\s?(?:{_CURRENCY}|[€£¥])(?!\w)",
    ),
    ("unit", rf"\b(?:{_UNITS})\b"),
    ("percent", rf"(?:{_FIGURE})\s?(?:%|percent\b)"),
    ("delay", rf"\bin (?:{_COUNT}) {_UNIT_OF_TIME}\b(?:'s time)?"),
    ("duration", rf"\b(?:{_COUNT})(?:-| )?(?:more |extra |additional )?{_UNIT_OF_TIME}\b"),
    ("number", rf"(?<![\w.])-?(?:{_FIGURE})(?![\w])|\b(?:{_NUMBER_WORD})\b"),
    ("currency", rf"\b(?:{_CURRENCY})\b"),
    ("ticker", r"\b[A-Z]{2,5}\b"),
    ("language", rf"\b(?:{'|'.join(LANGUAGES)})\b"),
]  # fmt: skip
_COMPILED = [(kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _PATTERNS]
_CASED = {kind: re.compile(dict(_PATTERNS)[kind]) for kind in ("id", "ticker")}


@dataclass(frozen=True)
class Value:
    """A value found in a text.

    Attributes:
        kind: what its form says it is, such as `email` or `date`.
        text: the value as the person wrote it, without quotation marks.
        start: where it begins in the text, quotation mark included.
        end: where it ends.
    """

    kind: str
    text: str
    start: int
    end: int


@lru_cache(maxsize=256)
def find_values(text: str) -> tuple[Value, ...]:
    """Find the values in a text, in their order; none overlaps another."""
    found: list[Value] = []
    for kind, pattern in _COMPILED:
        for match in _CASED.get(kind, pattern).finditer(text):
            if not match.group() or any(
                match.start() < v.end and v.start < match.end() for v in found
            ):
                continue
            inner = next((g for g in match.groups() if g), None) if kind == "quote" else None
            said = (inner or match.group()).strip()
            if kind == "delay":
                said = said[0].lower() + said[1:]
            found.append(Value(kind, said, match.start(), match.end()))
    return tuple(sorted(found, key=lambda value: value.start))


def number_in(text: str) -> float | int | None:
    """Read the first number of a text: `1,200.50`, `$40`, `50k`, `three`."""
    match = re.search(rf"(-?(?:{_FIGURE}))([km](?!\w))?", text, re.IGNORECASE)
    if match:
        scale = {"": 1, "k": 1_000, "m": 1_000_000}[(match.group(2) or "").casefold()]
        number = float(match.group(1).replace(",", "")) * scale
        return int(number) if number == int(number) and "." not in match.group(1) else number
    word = re.search(rf"\b(?:{_NUMBER_WORD})\b", text, re.IGNORECASE)
    return int(NUMBER_WORDS[word.group().casefold()]) if word else None


def currency_in(text: str) -> str | None:
    """Read the currency of a text as its code: `$5`, `5 euros` and `eur` give USD, EUR and EUR."""
    match = re.search(rf"[$€£¥₹]|(?<![A-Za-z])(?:{_CURRENCY})(?!\w)", text, re.IGNORECASE)
    return CURRENCIES[match.group().casefold()] if match else None


def seconds_in(text: str) -> float | None:
    """Read a duration in seconds; None when the text holds none."""
    match = re.search(
        rf"({_COUNT})[ -]?(?:more |extra |additional )?({_UNIT_OF_TIME})", text, re.IGNORECASE
    )
    if not match:
        return None
    count: Any = number_in(match.group(1))
    if count is None:
        count = 0.5 if match.group(1).casefold().startswith("half") else 1
    scale = {"s": 1, "mi": 60, "h": 3600, "d": 86400, "w": 604800, "mo": 2592000, "y": 31536000}
    unit = match.group(2).casefold()
    return float(count) * scale[unit[:2] if unit[0] == "m" else unit[0]]
