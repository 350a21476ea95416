"""What a student is told of a test with a hidden part: nothing from which that part can be read.

A visible check that failed is told in full: what was called, what came back, what was expected. Of
a hidden one only its hint is told; of an error in it, its kind and the student's own lines. A test
says how many checks had passed, and so whether the one that failed is among the visible ones.
"""

from __future__ import annotations

import ast
import re
from textwrap import dedent

from course_utils.grading.reports.check_counts import count_checks

_HOW = re.compile(
    r"(?P<name>.{1,80}?) did not pass\. (?P<kind>This check failed|It ended with an error)"
    r"(?: after (?P<passed>\d+) checks? that passed)?:"
)
_PASSED = re.compile(r".{1,80}?(?: passed: \d+ checks?|: not done yet\.)")
_HINT = re.compile(r"^Hint: +(.+(?:\n {11}.+)*)", re.MULTILINE)
_THEIR_LINES = re.compile(r"^  line \d+: .*$", re.MULTILINE)
# Numbers of two digits and more, and what stands between quotes.
_VALUE = re.compile(r"\d\d+(?:\.\d+)?|(?<=\")[^\"\n]{2,}(?=\")|(?<=')[^'\n]{2,}(?=')")
_ERROR = re.compile(r"^(?P<name>[A-Za-z_][\w.]*)(?:: |$)")


def told_of_a_test(words: str, visible: str, hidden: str) -> str:
    """Return what may be told of a test, from what it said.

    Args:
        words: what the test said, or the error that it ended with, as `Kind: message`.
        visible: the test's source as it was released.
        hidden: the source of its hidden part; empty when there is none.

    Returns:
        The words as they are, or fewer.
    """
    if not hidden or _PASSED.match(words.strip()):
        return words
    how = _HOW.search(words)
    if how is None:
        return _other(words, visible, hidden)
    if _is_visible(how, words, visible, hidden):
        return words
    begin = f"{how['name']} did not pass. "
    if how["kind"] == "This check failed":
        hint = _HINT.findall(words)
        return f"{begin}A hidden check failed.\n\n" + (f"Hint:      {hint[-1]}" if hint else "")
    error = words.strip().rpartition("\n\n")[2]
    kind = found["name"] if (found := _ERROR.match(error)) else "an error"
    lines = _THEIR_LINES.findall(words)
    told = "\n".join(["Your code:", *lines, "", kind]) if lines else kind
    return f"{begin}It ended with an error in a hidden check:\n\n{told}"


def _is_visible(how: re.Match[str], words: str, visible: str, hidden: str) -> bool:
    passed, checks = int(how["passed"] or 0), count_checks(visible)
    if passed < checks.least or passed >= checks.most:
        return passed < checks.least
    # The source does not say how often it checks. Then the words of the check can be looked for.
    called = re.search(r"^(?:Checked|Called): +(.+)$", words, re.MULTILINE)
    return bool(called and called[1] in visible and called[1] not in hidden)


def _other(words: str, visible: str, hidden: str) -> str:
    """Tell what a test without checks said, unless it may speak of the hidden part."""
    found = _ERROR.match(words.strip())
    message = words.strip()[found.end() :] if found else words.strip()
    of_hidden = _is_one_of(_messages(hidden), message)
    of_visible = _is_one_of(_messages(visible), message)
    if not of_hidden and (of_visible or not _names_a_value_of(hidden, visible, words)):
        return words
    return f"A hidden check failed: {found['name']}" if found else "A hidden check failed."


def _messages(source: str) -> list[str] | None:
    """Return patterns of what the asserts of a source say; None where it cannot be read."""
    try:
        tree = ast.parse(dedent(source))
    except (SyntaxError, ValueError):
        return None
    asserts = [node.msg for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    return [_pattern(said) for said in asserts if said is not None]


def _is_one_of(patterns: list[str] | None, message: str) -> bool:
    if patterns is None:
        return True
    return any(re.fullmatch(pattern, message, re.DOTALL) for pattern in patterns)


def _names_a_value_of(hidden: str, visible: str, words: str) -> bool:
    known = set(_VALUE.findall(visible))
    return any(value in words for value in _VALUE.findall(hidden) if value not in known)


def _pattern(said: ast.expr) -> str:
    match said:
        case ast.Constant(value=str(text)):
            return re.escape(text)
        case ast.JoinedStr(values=parts):
            return "".join(_pattern(part) for part in parts)
    return ".*"
