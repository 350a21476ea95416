"""Boxes in boxes, below and beside each other, as a page of text is laid out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from course_utils.widgets.drawings.shapes import LINE, ROW, line, rectangle, words

if TYPE_CHECKING:
    from collections.abc import Sequence

LARGE, SMALL = 9.3, 7.1  # the width of a character, of a first line and of the others
PADDING = 12
NARROWEST = 108
BETWEEN = 26
_ASIDE = 24  # where a link leaves and arrives, from the right border
INDENT = 22  # where arrows leave and arrive, from the left border
RADIUS = 8
_PILL = 15

# Left, top, width and height, and the key of the box around it.
_Spot = tuple[float, float, float, float, Any]


@dataclass(frozen=True)
class Block:
    """A part of a drawing whose size is known and whose place is not.

    Attributes:
        width: in pixels.
        height: in pixels.
        parts: what is inside, each with its place from the left and from the top.
        lines: the words at the top.
        colour: of the box; empty where there is none.
        radius: of the box's corners.
        frame: whether a broken line goes around it.
        arrows: between which of the parts an arrow goes: pairs of positions.
        key: the same for boxes that show the same thing a second time.
    """

    width: float
    height: float
    parts: tuple[tuple[float, float, Block], ...] = ()
    lines: tuple[str, ...] = ()
    colour: str = ""
    radius: float = RADIUS
    frame: bool = False
    arrows: tuple[tuple[int, int], ...] = ()
    key: Any = None


def filled(
    lines: Sequence[str],
    colour: str,
    inside: Block | None = None,
    *,
    pill: bool = False,
    key: Any = None,
    least: float = NARROWEST,
) -> Block:
    """Return a filled box with words, and with other blocks below the words.

    Args:
        lines: the words, the first line larger.
        colour: of the box.
        inside: what stands below the words.
        pill: whether its ends are round.
        key: the same for boxes that show the same thing a second time.
        least: how wide the box is at least.
    """
    text = [len(one) * (SMALL if row else LARGE) + 2 * PADDING for row, one in enumerate(lines)]
    width, height = max(least, *text), ROW * len(lines) + 14.0
    radius = _PILL if pill else RADIUS
    if inside is None:
        return Block(width, height, (), tuple(lines), colour, radius, key=key)
    parts = ((float(PADDING), height, inside),)
    width, height = max(width, inside.width + 2 * PADDING), height + inside.height + PADDING
    return Block(width, height, parts, tuple(lines), colour, radius, key=key)


def stacked(blocks: Sequence[Block], *, arrows: bool = True, between: float = BETWEEN) -> Block:
    """Return blocks below each other, with their left borders in one line."""
    parts, top = [], 0.0
    for block in blocks:
        parts.append((0.0, top, block))
        top += block.height + between
    pairs = tuple(pairwise(range(len(blocks)))) if arrows else ()
    width = max((block.width for block in blocks), default=0)
    return Block(width, max(0.0, top - between), tuple(parts), arrows=pairs)


def beside(blocks: Sequence[Block], *, frame: bool = False) -> Block:
    """Return blocks beside each other; framed, so that they are seen to be parallel."""
    if len(blocks) == 1:
        return blocks[0]
    parts, left, edge = [], 0.0, PADDING if frame else 0
    for block in blocks:
        parts.append((left + edge, float(edge), block))
        left += block.width + BETWEEN
    height = max(block.height for block in blocks) + 2 * edge
    return Block(left - BETWEEN + 2 * edge, height, tuple(parts), frame=frame)


def drawn(block: Block) -> str:
    """Draw a block with its upper left corner at 0, 0, and link what it shows twice.

    Boxes inside of two that are linked are not: their link would run behind their neighbours.
    """
    spots: dict[Any, list[_Spot]] = {}
    boxes = _draw(block, 0, 0, spots)
    pairs = [pair for same in spots.values() for pair in pairwise(same)]
    links = [_link(one, two) for one, two in pairs if one[-1] is None or one[-1] != two[-1]]
    return "".join(links) + boxes


def _draw(
    block: Block, left: float, top: float, spots: dict[Any, list[_Spot]], around: Any = None
) -> str:
    if block.key is not None:
        spots.setdefault(block.key, []).append((left, top, block.width, block.height, around))
        around = block.key
    drawing = _own(block, left, top)
    places = [(left + x, top + y, part) for x, y, part in block.parts]
    for one, two in block.arrows:
        (x, y, upper), (_, lower, _) = places[one], places[two]
        drawing += line([(x + INDENT, y + upper.height), (x + INDENT, lower - 2)])
    return drawing + "".join(_draw(part, x, y, spots, around) for x, y, part in places)


def _own(block: Block, left: float, top: float) -> str:
    if block.frame:
        return (
            f'<rect x="{left:.0f}" y="{top:.0f}" width="{block.width:.0f}" '
            f'height="{block.height:.0f}" rx="{RADIUS}" fill="none" stroke="{LINE}" '
            'stroke-width="1.5" stroke-dasharray="2 4"/>'
        )
    if not block.colour:
        return ""
    size = (block.width, block.height)
    shape = rectangle(left, top, *size, fill=block.colour, radius=block.radius)
    return shape + words(left + block.width / 2, top + ROW + 3, block.lines)


def _link(one: _Spot, two: _Spot) -> str:
    (x, y, width, height, _), (to_x, to_y, to_width, _, _) = one, two
    if to_y < y + height:
        return line([(x + width, y + ROW), (to_x - 2, to_y + ROW)], dashed=True)
    ends = [(x + width - _ASIDE, y + height), (to_x + to_width - _ASIDE, to_y - 2)]
    return line(ends, dashed=True)
