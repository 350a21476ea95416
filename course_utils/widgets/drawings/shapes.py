"""What every drawing is made of: filled boxes with words, lines, and the page they stand on.

Every word stands inside a filled shape and lines are a middle grey, so that the picture reads on a
light page and on a dark one without knowing which it is on: GitHub and JupyterLab show it as an
image, which no style of the page reaches.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from course_utils.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

Point = tuple[float, float]

PLAIN, END, PAUSED, CRASHED, LINE = "#2f5d8a", "#5f6b7a", "#b45309", "#b3261e", "#8a94a3"
TOOL, HAND, PRESENT = "#2e6b4f", "#6d4a8c", "#00695c"
MARGIN = 14
ROW = 16
WIDEST = 812  # what JupyterLab leaves of a page of 1,280 pixels, with its file browser open
_LETTER, _AROUND, _FEWEST = 7, 60, 16


def line(points: Sequence[Point], *, dashed: bool = False, tip: bool = True) -> str:
    """Draw a line through some points, with an arrow's tip at its end.

    Args:
        points: where it goes.
        dashed: whether it is broken.
        tip: whether it ends in a tip.
    """
    path = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    end = ' marker-end="url(#tip)"' if tip else ""
    return (
        f'<polyline points="{path}" fill="none" stroke="{LINE}" stroke-width="2"{dash} '
        f'stroke-linejoin="round"{end}/>'
    )


def rectangle(
    left: float, top: float, width: float, height: float, *, fill: str, radius: float = 8
) -> str:
    """Draw a filled box."""
    return (
        f'<rect x="{left:.0f}" y="{top:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" rx="{radius:.0f}" fill="{fill}"/>'
    )


def words(centre: float, first: float, lines: Sequence[str]) -> str:
    """Write lines below each other, the first one larger.

    Args:
        centre: their middle.
        first: where the first line stands.
        lines: what to write, from anyone.
    """
    return "".join(
        f'<text x="{centre:.0f}" y="{first + ROW * row:.0f}" text-anchor="middle" fill="#ffffff" '
        f'font-size="{12 if row else 14}" font-weight="{400 if row else 600}">'
        f"{escape(printable(text))}</text>"
        for row, text in enumerate(lines)
    )


def cut(lines: Sequence[str], lanes: int) -> list[str]:
    """Cut lines so that as many boxes as there are lanes find room beside each other.

    Args:
        lines: the words of one box.
        lanes: how many boxes there are.
    """
    most = max(_FEWEST, int(WIDEST / max(1, lanes) - _AROUND) // _LETTER)
    return [one if len(one) <= most else f"{one[: most - 1].rstrip()}…" for one in lines]


def box(centre: Point, size: Point, lines: Sequence[str], colour: str, *, radius: float = 8) -> str:
    """Draw a filled box with lines of words in its middle."""
    (x, y), (width, height) = centre, size
    shape = rectangle(x - width / 2, y - height / 2, width, height, fill=colour, radius=radius)
    return shape + words(x, y + 5 - ROW / 2 * (len(lines) - 1), lines)


def canvas(bounds: tuple[float, float, float, float], drawing: str, description: str) -> str:
    """Put a drawing on a page of its own, with its description for those who do not see it.

    Args:
        bounds: left, top, right and bottom of the drawing; a wide one is made smaller.
        drawing: SVG.
        description: the same as text.
    """
    left, top, right, bottom = bounds
    width, height = right - left + 2 * MARGIN, bottom - top + 2 * MARGIN
    scale = min(1.0, (WIDEST + 2 * MARGIN) / width)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width * scale:.0f}" '
        f'height="{height * scale:.0f}" viewBox="{left - MARGIN:.0f} {top - MARGIN:.0f} '
        f'{width:.0f} {height:.0f}" font-family="system-ui, sans-serif">'
        f"<title>{escape(printable(description))}</title>"
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" '
        f'markerHeight="6" orient="auto"><path d="M0 0 8 4 0 8z" fill="{LINE}"/></marker></defs>'
        f"{drawing}</svg>"
    )


class Picture:
    """What a notebook shows as SVG, and as text where no pictures are shown."""

    def __repr__(self) -> str:
        raise NotImplementedError

    def svg(self) -> str:
        """Draw it."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"image/svg+xml": self.svg(), "text/plain": repr(self)}
