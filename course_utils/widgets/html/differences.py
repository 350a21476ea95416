"""What an edit changes, as HTML: signs and words tell it, and never a color alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from course_utils.review.forms.differences import differences, value_in_words
from course_utils.widgets.html.escaped import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from course_utils.review.forms.differences import Difference, Line

_KINDS = {"-": ("del", "was"), "+": ("ins", "now"), " ": ("span", ""), "...": ("i", "")}
LINES = "What changed, line by line"
_EMPTY_LINE = "(empty line)"


def differences_html(was: Mapping[str, Any], now: Mapping[str, Any], *, folded: bool = True) -> str:
    """Show which arguments differ, the old value and the new one; empty where none does.

    Args:
        was: the old arguments, by their names.
        now: the new ones.
        folded: whether what takes lines to show is folded behind its summary.
    """
    each = [difference_html(one, folded=folded) for one in differences(was, now)]
    return f"<div class='hitl-diff'>{''.join(each)}</div>" if each else ""


def difference_html(difference: Difference, *, folded: bool = True) -> str:
    """Show one argument's old and new value.

    Args:
        difference: of one argument.
        folded: whether what takes lines to show is folded behind its summary.
    """
    name = f"<strong>{shown(difference.name)}:</strong> " if difference.name else ""
    if not difference.long:
        was, now = (shown(value_in_words(one)) for one in (difference.was, difference.now))
        return f"<div>{name}<del>{was}</del> → <ins>{now}</ins></div>"
    block = lines_html(difference)
    if not folded:
        return f"<div>{name}{difference.summary}{block}</div>"
    return f"<details><summary>{name}{difference.summary}</summary>{block}</details>"


def lines_html(difference: Difference) -> str:
    """Show line by line what differs, each line with its sign.

    Args:
        difference: of one argument.
    """
    lines = "".join(_line_html(line) for line in difference.lines)
    # What can be scrolled has to be reached with the keyboard.
    return (
        f"<div class='hitl-diff-lines' tabindex='0' role='group' aria-label='{LINES}'>{lines}</div>"
    )


def _line_html(line: Line) -> str:
    tag, word = _KINDS[line.sign]
    label = f" role='img' aria-label='{word}'" if word else ""
    sign = f"<span{label}>{line.sign.strip()}</span>"
    text = shown(line.text) or (f"<i>{_EMPTY_LINE}</i>" if word else "")
    return f"<div>{sign}<{tag}>{text}</{tag}></div>"
