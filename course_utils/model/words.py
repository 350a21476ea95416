"""Words as the offline model compares them: by their stems, and by meaning about the same."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Words of one line mean nearly the same when a tool is looked for; a word may be in several lines.
_VERBS = """
send email mail message write text tell notify inform contact post share announce remind let
create make add new schedule book open raise start register log put set sign enroll invite save
delete remove erase trash throw rid cancel void revoke drop discard clear close end
update change edit modify adjust correct set rename
move reschedule postpone shift transfer delay
get show check find fetch read view display search look see list lookup open
pay transfer wire send settle charge bill
refund reimburse return
book reserve schedule arrange plan
order buy purchase get
reply answer respond comment
"""
_NOUNS = """
email mail inbox message
money payment cash amount price cost dollar euro pound
event meeting appointment calendar session visit
weather forecast rain umbrella temperature
user customer client member account person
ticket issue bug case problem fault
"""
# The end of a sentence, which "Dr. Patel" does not hold.
STOP = r"(?<!\bMr)(?<!\bDr)(?<!\bMs)(?<!\bMrs)[.!?;](?=\s|$)"
_ENDING = re.compile(r"(?<=\w{3})(?:ments?|ions?|ings?|ers?|ed|es|s|e)$")


@cache
def stem(word: str) -> str:
    """Cut a word to the part its forms share: booking, booked and book give `book`."""
    word = re.sub(r"['\u2019]s$", "", word.casefold())
    word = word if word.endswith("ss") else _ENDING.sub("", word)
    doubled = len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouslf"
    return word[:-1] if doubled else word


def words(text: str) -> list[str]:
    """List the words of a text, in lower case; `get_weather` and `getWeather` are two each."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", " ", text).replace("_", " ").casefold()
    return re.findall(r"[^\W_]+(?:'[^\W_]+)?", spaced.replace("\u2019", "'"))


PREPOSITIONS = words(
    "in at on for to from with about by into of under regarding until before after via as"
)
_IDLE = """
a an the and or also any are as at be been by can could did do does for from get give had has have
he her here him his how i i'd i'll if in into is it its just kindly like make may me might my need
no not of ok okay on or our out please put set she should so some take that their them then there
these they this those to too up us use using via want was we were what when which who will with
would you your about
"""
# Words that say nothing about which tool is meant.
STOP_WORDS = frozenset(_IDLE.split())


def stems(text: str) -> list[str]:
    """List the stems of a text's words, without the words that carry no meaning."""
    return [stem(word) for word in words(text) if word not in STOP_WORDS]


_LINES = [frozenset(map(stem, line.split())) for line in (_VERBS + _NOUNS).strip().splitlines()]
KNOWN_VERBS = frozenset(stems(_VERBS))


@cache
def _nearness(one: str, other: str) -> float:
    return 1.0 if one == other else 0.7 * any({one, other} <= line for line in _LINES)


def nearest(word_stem: str, others: Iterable[str]) -> float:
    """Score the stem that is nearest: 1 for the same, less for the same meaning, 0 for none."""
    return max((_nearness(word_stem, other) for other in others), default=0.0)
