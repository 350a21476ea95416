"""Which tool is meant: every tool is scored by the words it shares with what was asked."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

from course_utils.model.lexicon import each
from course_utils.model.values import find_values
from course_utils.model.words import GENERIC, alike, groups, plain, stem, stems, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from course_utils.model.request import Clause
    from course_utils.model.tools import Parameter, Tool

NAME, ABOUT, PARAMETER, FORM, OPENING = 3.0, 1.0, 0.7, 0.8, 2.0
ENOUGH = 2.0
SHARED = 0.35
ENOUGH_UNASKED = 4.5
_FREE_TEXT = re.compile(
    r"\b(?:saying|that says|telling|subject|body|titled|called|named|entitled)\b.*",
    re.IGNORECASE | re.DOTALL,
)

# Acts that exclude one another: a tool that does one is not meant by a word for the other.
_ACTS = {
    "make": "create make book schedule reserve register raise",
    "unmake": "delete remove cancel erase trash discard wipe drop void revoke abort purge",
    "change": "update edit modify change reschedule rename adjust postpone move",
    "look": "get show check find list search read fetch view display lookup",
    "send": "send email mail notify forward deliver transfer pay wire refund charge",
}
_EXPLAIN = re.compile(
    r"(?:how (?:do|can|should|would|could) (?:i|you|we|one)|why|explain)\b", re.IGNORECASE
)
_STATING = frozenset(each("i i'm i've we he she they it you my our"))
_STATEMENT = re.compile(r"\w+ (?:forgot|lost|wants|needs|said|asked|has)\b", re.IGNORECASE)
_LOOKING = {"look", None}


def choose(asked: Clause, tools: Sequence[Tool]) -> Tool | None:
    """Choose the tool a clause asks for.

    Returns:
        The tool with the best score, or None when no score says enough.
    """
    if not tools or asked.refused or _EXPLAIN.match(plain(asked.text)):
        return None
    best = max(tools, key=lambda tool: score(asked, tool, tools))
    enough = ENOUGH if _asks(asked, best) else ENOUGH_UNASKED
    return best if score(asked, best, tools) >= enough else None


def score(asked: Clause, tool: Tool, tools: Sequence[Tool]) -> float:
    """Score how well a clause fits a tool; words that other tools share count less."""
    said = _said(asked.text)
    total = sum(_word_score(word, tool, tools) for word in dict.fromkeys(said))
    total += sum(FORM for p in tool.parameters if p.required and _has_form(p, asked.text))
    opening = asked.opening
    total += OPENING * opens_with(asked, opening, tool)
    if _acts_against(asked, opening, tool):
        total -= 2 * NAME
    return total


def opens_with(asked: Clause, opening: str, tool: Tool) -> float:
    """Tell how far the opening does what the tool does; a question opens what looks things up."""
    if asked.question and _tool_act(tool) == "look":
        return 0.7
    if opening in GENERIC:
        return 0.3 if opening in tool.name_stems else 0.0
    if any(alike(opening, name) for name in _telling(tool.name_stems)):
        return 1.0
    return 0.7 if _act(opening) is not None and _act(opening) == _tool_act(tool) else 0.0


def forced(asked: Clause, tools: Sequence[Tool]) -> Tool:
    """Choose the best tool even when no score says enough."""
    return max(tools, key=lambda tool: score(asked, tool, tools))


def names_tool(asked: Clause, tools: Sequence[Tool], within: int = 3) -> Tool | None:
    """Find the tool that one of the first words of a clause names, outright and alone."""
    for word in _said(asked.text)[:within]:
        if word in GENERIC:
            continue
        named = [tool for tool in tools if word in tool.name_stems]
        if len(named) == 1:
            return named[0]
    return None


def _said(text: str) -> list[str]:
    """The stems that say what is asked: not what is quoted, nor what someone is to be told."""
    for value in reversed(find_values(text)):
        if value.kind in {"quote", "email", "url", "path"}:
            text = f"{text[: value.start]} {text[value.end :]}"
    return stems(_FREE_TEXT.sub("", plain(text)) or text)


def _word_score(word: str, tool: Tool, tools: Sequence[Tool]) -> float:
    telling = _telling(tool.name_stems)
    weight = 0.3 if word in GENERIC else 1.0
    return weight * max(
        _rarity(word, tool.name_stems, [t.name_stems for t in tools])
        * NAME
        * _nearness(word, telling),
        ABOUT
        * _rarity(word, stems(tool.about), [stems(t.about) for t in tools])
        * _nearness(word, _telling(stems(tool.about))),
        PARAMETER * _nearness(word, [s for p in tool.parameters for s in _parameter_stems(p)]),
    )


def _telling(names: list[str]) -> list[str]:
    return [name for name in names if name not in GENERIC] or names


def _parameter_stems(parameter: Parameter) -> list[str]:
    options = " ".join(str(option) for option in parameter.options)
    return stems(f"{parameter.name} {options} {parameter.about}")


def _nearness(word: str, others: Sequence[str]) -> float:
    if word in others:
        return 1.0
    if any(groups(word) & groups(other) for other in others):
        return 0.7
    slips = min((OSA.distance(word, other) for other in others if len(other) > 4), default=9)
    return 0.8 if len(word) > 4 and slips <= len(word) // 5 else 0.0


def _rarity(word: str, own: list[str], vocabularies: Sequence[list[str]]) -> float:
    """Give 1 for a word that fits this tool best, and less the more tools it fits as well."""
    hits = [sum(alike(word, other) for other in vocabulary) for vocabulary in vocabularies]
    mine = sum(alike(word, other) for other in own)
    sharing = sum(count >= mine for count in hits) if mine else 1
    return max(SHARED, 1 - math.log(sharing) / math.log(len(vocabularies) + 1))


def _has_form(parameter: Parameter, text: str) -> bool:
    if "percent" in parameter.words:
        return any(value.kind == "percent" for value in find_values(text))
    wanted = {parameter.kind, "money" if parameter.topic == "amount" else parameter.kind}
    typed = wanted & {
        "email",
        "path",
        "url",
        "money",
        "currency",
        "language",
        "phone",
        "channel",
        "unit",
        "ticker",
        "id",
    }
    return bool(typed & {value.kind for value in find_values(text)})


def _act(word_stem: str) -> str | None:
    for act, verbs in _ACTS.items():
        if word_stem in {stem(verb) for verb in verbs.split()}:
            return act
    return None


def _tool_act(tool: Tool) -> str | None:
    return next((act for name in tool.name_stems if (act := _act(name))), None)


def _acts_against(asked: Clause, opening: str, tool: Tool) -> bool:
    does = _tool_act(tool)
    if does is None or opening in tool.name_stems or opening in GENERIC:
        return False
    if re.match(
        r"(?:what|which|who|why|when|where|how|is|are|was|did|does|do|has|have)\b",
        asked.text,
        re.IGNORECASE,
    ):
        return does not in _LOOKING and not re.match(
            r"(?:what|how) about\b", asked.text, re.IGNORECASE
        )
    wanted = _act(opening)
    return (
        wanted is not None
        and wanted != does
        and not any(alike(opening, n) for n in tool.name_stems)
    )


def _asks(asked: Clause, tool: Tool) -> bool:
    """Tell a request from a remark: a wish, a question, or words of the tool near its start."""
    if asked.wish or asked.question or asked.opening in GENERIC:
        return True
    content = _said(asked.text)[:4]
    known = [*tool.name_stems, *stems(tool.about)]
    spoken = words(asked.text)[:1]
    if (spoken and spoken[0] in _STATING) or _STATEMENT.match(asked.text):
        return False
    return any(_act(word) is not None or _nearness(word, known) > 0 for word in content)
