"""Plots: bars beside each other, with a line where the promise is."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

LABELS, WIDTH, HEIGHT = 400, 420, 22
"""How wide the labels and the longest bar are, and how high a bar with its distance is."""
DARK, LIGHT = "#14532d", "#86efac"
GREY, PALE = "#374151", "#d1d5db"


@dataclass(frozen=True)
class Bar:
    """A bar: its label, its parts one after the other with their colours, and what stands after it."""

    label: str
    parts: Sequence[tuple[float, str]]
    told: str


def bars(title: str, shown: Sequence[Bar], most: float, line: float | None = None) -> str:
    """The bars as SVG. Those longer than `most` are cut; a line stands at `line`."""
    height = 34 + HEIGHT * len(shown)
    lines = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{LABELS + WIDTH + 100}" height="{height}" '
            'font-family="sans-serif" font-size="12">'
        ),
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="10" y="18" font-weight="bold">{escape(title)}</text>',
    ]
    for index, bar in enumerate(shown):
        y, at = 30 + HEIGHT * index, 0.0
        lines.append(f'<text x="10" y="{y + 13}">{escape(bar.label)}</text>')
        for value, colour in bar.parts:
            width = min(value / most * WIDTH, WIDTH - at)
            lines.append(f'<rect x="{LABELS + at:.1f}" y="{y}" width="{width:.1f}" height="17" fill="{colour}"/>')
            at += width
        lines.append(f'<text x="{LABELS + at + 5:.1f}" y="{y + 13}">{escape(bar.told)}</text>')
    if line is not None:
        x = LABELS + line / most * WIDTH
        lines.append(f'<line x1="{x:.1f}" y1="26" x2="{x:.1f}" y2="{height}" stroke="#b91c1c" stroke-dasharray="4 3"/>')
    return "\n".join([*lines, "</svg>", ""])
