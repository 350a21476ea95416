"""Words as the offline model compares them: by their stems, and by the groups they belong to."""

from __future__ import annotations

import re
from functools import cache

from course_utils.model.lexicon import GROUPS, PHRASES, STOP_WORDS, each

WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
_ENDINGS = each("ments ment ions ion ings ing ers er ed es s e")


@cache
def stem(word: str) -> str:
    """Cut a word to the part its forms share: booking, booked and book give `book`."""
    word = re.sub(r"['\u2019]s$", "", word.casefold())
    if word.endswith("ies") and len(word) > 5:
        word = word.removesuffix("ies") + "y"
    elif not word.endswith("ss"):
        fitting = (end for end in _ENDINGS if word.endswith(end) and len(word) - len(end) >= 3)
        word = word.removesuffix(next(fitting, ""))
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouslf":
        word = word[:-1]
    return word


# Words so common among tools that sharing one says little.
GENERIC = frozenset(map(stem, each("get set make do give take use")))


def words(text: str) -> list[str]:
    """List the words of a text, in lower case; `get_weather` and `getWeather` are two each."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", " ", text).replace("_", " ")
    return [word.casefold().replace("\u2019", "'") for word in WORD.findall(spaced)]


def plain(text: str) -> str:
    """Put one word for each phrase that says what one word says."""
    for phrase, word in PHRASES.items():
        text = re.sub(rf"\b(?:{phrase})(?!\w)", word, text, flags=re.IGNORECASE)
    return text


def stems(text: str) -> list[str]:
    """List the stems of a text's words, without the words that carry no meaning."""
    return [stem(word) for word in words(text) if word not in STOP_WORDS]


@cache
def _groups_by_stem() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, line in enumerate(GROUPS.strip().splitlines()):
        for word in line.split():
            found.setdefault(stem(word), set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


@cache
def groups(word_stem: str) -> frozenset[int]:
    """Name the groups a stem belongs to."""
    return _groups_by_stem().get(word_stem, frozenset())


def alike(one: str, other: str) -> bool:
    """Tell whether two stems are the same or share a group."""
    return one == other or bool(groups(one) & groups(other))
