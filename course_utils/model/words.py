"""Words as the offline model compares them: stems, and groups of words that mean nearly the same."""

from __future__ import annotations

import re
from functools import cache

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")

# Words of one line mean nearly the same when a tool is looked for. A word may stand in several lines.
_GROUPS = """
send email mail message write text notify forward drop shoot deliver contact tell
email mail e-mail inbox
message text sms post dm ping say tell announce share publish
post publish share announce channel slack
create make add new open raise start register log put build generate set
delete remove erase trash discard wipe purge drop clear clean destroy kick eject expel
cancel void abort revoke undo drop cancellation remove
update change edit modify adjust alter correct set replace
move rename relocate transfer shift
reschedule move postpone shift delay push
get show check fetch read view display give retrieve lookup see open
list show display enumerate all
search find look lookup google browse query hunt seek where
pay transfer wire send payment settle remit
refund reimburse return reimbursement repay
money payment cash dollar euro pound yen usd eur gbp fund amount price
book reserve reservation booking schedule arrange aside hold
schedule plan arrange book calendar
event meeting appointment calendar invite call session sync standup
convert conversion exchange change much many
currency money exchange rate dollar euro pound yen usd eur gbp
translate translation say translator
weather forecast rain raining rainy sunny snow cold hot warm umbrella wind windy degree temperature humidity
temperature thermostat heat heating warm cool degree cold hot hotter warmer cooler
ticket issue bug incident case problem complaint broken crash fault
remind reminder remember forget alarm nudge
alarm wake timer
file document doc folder directory
play listen hear music song track album playlist
light lamp bulb
turn switch toggle
order buy purchase
buy purchase get order
flight fly plane airline ticket
restaurant table dinner lunch eat dine reservation
hotel room stay accommodation night
stock share price quote ticker trading
calculate compute calculator sum plus total evaluate work math
sum plus total adder
subtract minus less difference
multiply times product
divide quotient
task todo do
note memo jot write record log
log record track expense spend spent
call ring phone dial telephone
renew extend prolong continue
comment reply respond answer remark
coupon discount voucher code promo
save store add keep create
subscription plan membership subscribe
server machine host
direction route way navigate
user customer person client account member
account balance bank money
party people guest person seat size diner cover
news headline article
summarize summary summarise shorten
ride cab taxi uber car
package parcel shipment delivery
track trace where follow status
distance far route direction
define definition mean meaning dictionary
recipe cook dish meal
lock secure
ban block suspend
invite add
assign give reassign
approve accept
close resolve finish shut
upload attach
download fetch save
copy duplicate clone
run execute launch start
stop halt end terminate kill
deploy release ship rollout
restart reboot
"""

# Several words that say what one word says.
PHRASES = {
    r"get rid of|throw (?:away|out)": "delete",
    r"call(?:ed)? off": "cancel",
    r"look(?:ing)? (?:up|for)": "search",
    r"set up|put together": "create",
    r"money back": "refund",
    r"how do (?:you|i) say": "translate",
    r"unsubscribe": "cancel subscription",
    r"roll(?:ing)? out": "deploy",
    r"shut down": "stop",
    r"how (?:do|can) (?:i|we) get": "directions",
    r"wake me": "alarm",
    r"let (\w+) know": r"tell \1",
    r"to-do": "todo",
    r"e-mail": "email",
    r"put on": "play",
    r"(?:tell|show|give) me": "show",
    r"file (?=an? )": "create ",
    r"do i have on|(?:am|are) (?:i|we) (?:free|busy)|have i got on": "calendar",
    r"jot down|write down|note down": "note",
    r"how far": "distance",
    r"push back": "reschedule",
    r"what (?:day|date) is (?:it|today)|today's date": "date",
    r"what(?:'s| is) the time|what time is it": "time",
}

STOP_WORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "to",
        "in",
        "on",
        "at",
        "for",
        "from",
        "with",
        "by",
        "and",
        "or",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "it",
        "its",
        "this",
        "that",
        "these",
        "those",
        "my",
        "your",
        "our",
        "their",
        "his",
        "her",
        "me",
        "you",
        "i",
        "we",
        "us",
        "they",
        "he",
        "she",
        "them",
        "him",
        "please",
        "kindly",
        "can",
        "could",
        "would",
        "will",
        "shall",
        "should",
        "may",
        "might",
        "do",
        "does",
        "did",
        "have",
        "has",
        "had",
        "what",
        "how",
        "who",
        "which",
        "there",
        "here",
        "so",
        "just",
        "also",
        "then",
        "some",
        "any",
        "up",
        "out",
        "into",
        "as",
        "about",
        "like",
        "want",
        "need",
        "let",
        "let's",
        "i'd",
        "i'll",
        "thanks",
        "thank",
        "hello",
        "hi",
        "hey",
        "ok",
        "okay",
        "using",
        "use",
        "used",
        "via",
        "given",
        "tool",
        "tools",
        "function",
        "which",
        "when",
        "whether",
        "if",
        "not",
        "no",
        "s",
        "t",
        "m",
        "re",
        "ve",
        "ll",
        "d",
        "im",
    ]
)


@cache
def stem(word: str) -> str:
    """Cut a word to the part its forms share: booking, booked and book give `book`."""
    word = re.sub(r"['’]s$", "", word.casefold())
    for ending, kept in (("ies", "y"), ("ments", ""), ("ment", ""), ("ions", ""), ("ion", ""),
                         ("ings", ""), ("ing", ""), ("ers", ""), ("er", ""), ("ed", ""),
                         ("es", ""), ("s", ""), ("e", "")):  # fmt: skip
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word.removesuffix(ending) + kept
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouslf":
        word = word[:-1]
    return word


def words(text: str) -> list[str]:
    """List the words of a text, in lower case; `get_weather` and `getWeather` are two words each."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", " ", text).replace("_", " ")
    return [word.casefold().replace("’", "'") for word in WORD.findall(spaced)]


def plain(text: str) -> str:
    """Put one word for each phrase that says what one word says."""
    for phrase, word in PHRASES.items():
        text = re.sub(rf"\b(?:{phrase})(?!\w)", word, text, flags=re.IGNORECASE)
    return text


def stems(text: str) -> list[str]:
    """List the stems of a text's words, without the words that carry no meaning."""
    return [stem(word) for word in words(text) if word not in STOP_WORDS]


# Words so common among tools that sharing one says little.
GENERIC = frozenset(map(stem, "get set make do give take use".split()))


@cache
def _groups_by_stem() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, line in enumerate(_GROUPS.strip().splitlines()):
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
