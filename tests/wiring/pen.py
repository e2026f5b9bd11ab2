"""A pen for wiring pictures: boxes, terminals, wires and the few symbols that are needed, in one style.

Everything is written with fixed coordinates and in a fixed order, so the same picture is the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

PAPER, INK, QUIET, RULE, CARD = "#f6f4ee", "#14212b", "#5c6b75", "#d8d3c6", "#fffdf8"
PLUS, MINUS, LINE_A, LINE_B, SIGNAL = "#b3261e", "#14212b", "#0b7a53", "#a35200", "#4a5f8a"
FONT = "'Atkinson Hyperlegible', 'DejaVu Sans', Verdana, Arial, sans-serif"

Point = tuple[float, float]


class Pen:
    """One picture, `width` by `height` units."""

    def __init__(self, title: str, told: str, width: int = 1040, height: int = 584) -> None:
        self.width, self.height = width, height
        self._boxes: list[str] = []  # at the bottom, then wires, then everything else
        self._wires: list[str] = []
        self._above: list[str] = []
        self._title, self._told = title, told
        self.text(32, 44, title, 22, bold=True)
        self.text(32, 68, told, 14, QUIET)

    def svg(self) -> str:
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" '
            f'width="{self.width}" height="{self.height}" role="img" font-family="{escape(FONT)}">'
        )
        about = f"<title>{escape(self._title)}</title><desc>{escape(self._told)}</desc>"
        ground = f'<rect width="{self.width}" height="{self.height}" rx="10" fill="{PAPER}"/>'
        return "\n".join([head, about, ground, *self._boxes, *self._wires, *self._above, "</svg>", ""])

    # -- words --------------------------------------------------------------------------------------------------------

    def text(
        self,
        x: float,
        y: float,
        said: str,
        size: int = 13,
        colour: str = INK,
        anchor: str = "start",
        bold: bool = False,
    ) -> None:
        weight = ' font-weight="700"' if bold else ""
        self._above.append(
            f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{colour}" text-anchor="{anchor}"{weight}>'
            f"{escape(said)}</text>"
        )

    def lines(self, x: float, y: float, said: Sequence[str], size: int = 13, colour: str = INK) -> None:
        for number, line in enumerate(said):
            self.text(x, y + number * (size + 7), line, size, colour)

    # -- things -------------------------------------------------------------------------------------------------------

    def box(
        self, x: float, y: float, width: float, height: float, title: str, *told: str, dashed: bool = False
    ) -> None:
        dash = ' stroke-dasharray="6 5"' if dashed else ""
        self._boxes.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="8" fill="{CARD}" '
            f'stroke="{INK}" stroke-width="1.5"{dash}/>'
        )
        self.text(x + width / 2, y + 24, title, 15, anchor="middle", bold=True)
        for number, line in enumerate(told):
            self.text(x + width / 2, y + 44 + 17 * number, line, 12, QUIET, "middle")

    def terminal(self, x: float, y: float, name: str, left: bool, colour: str = INK) -> Point:
        """A screw at the edge of a box, its name inside: to its right where it is at the left edge."""
        self._above.append(f'<circle cx="{x:g}" cy="{y:g}" r="5" fill="{CARD}" stroke="{colour}" stroke-width="2"/>')
        self.text(x + (11 if left else -11), y + 4.5, name, 12, anchor="start" if left else "end")
        return x, y

    def wire(self, colour: str, *points: Point, thick: float = 2.5, dashed: bool = False) -> None:
        dash = ' stroke-dasharray="7 5"' if dashed else ""
        path = " ".join(f"{x:g},{y:g}" for x, y in points)
        self._wires.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{thick:g}" '
            f'stroke-linejoin="round" stroke-linecap="round"{dash}/>'
        )

    def dot(self, x: float, y: float, colour: str) -> None:
        self._above.append(f'<circle cx="{x:g}" cy="{y:g}" r="4" fill="{colour}"/>')

    # -- symbols ------------------------------------------------------------------------------------------------------

    def upright_resistor(self, x: float, top: float, bottom: float, colour: str = INK) -> None:
        """Between two wires, from `top` to `bottom`."""
        middle = (top + bottom) / 2
        self._symbol(f'<path d="M{x:g} {top:g} V{middle - 13:g} M{x:g} {middle + 13:g} V{bottom:g}"/>', colour)
        self._symbol(f'<rect x="{x - 6:g}" y="{middle - 13:g}" width="12" height="26" fill="{CARD}"/>', colour)

    def resistor(self, x: float, y: float, colour: str = INK) -> None:
        """In a level wire, its middle at x."""
        self._symbol(f'<rect x="{x - 16:g}" y="{y - 6:g}" width="32" height="12" fill="{CARD}"/>', colour)

    def fuse(self, x: float, y: float, name: str) -> None:
        """In a level wire, its middle at x."""
        self._symbol(f'<rect x="{x - 20:g}" y="{y - 8:g}" width="40" height="16" rx="3" fill="{CARD}"/>', PLUS)
        self._symbol(f'<path d="M{x - 20:g} {y:g} H{x + 20:g}"/>', PLUS)
        self.text(x, y - 15, name, 12, anchor="middle")

    def coil(self, x: float, top: float, bottom: float) -> None:
        """An upright coil between two wires."""
        turns = (bottom - top) / 4
        arcs = "".join(f"a{turns / 2:g} {turns / 2:g} 0 0 1 0 {turns:g} " for _ in range(4))
        self._symbol(f'<path d="M{x:g} {top:g} {arcs}"/>', INK)

    def diode_up(self, x: float, top: float, bottom: float) -> None:
        """Its line at the upper end: no current flows from there while the coil is driven."""
        middle = (top + bottom) / 2
        self._symbol(f'<path d="M{x:g} {top:g} V{middle - 9:g} M{x:g} {middle + 9:g} V{bottom:g}"/>', INK)
        self._above.append(f'<path d="M{x - 9:g} {middle + 9:g} H{x + 9:g} L{x:g} {middle - 9:g} Z" fill="{INK}"/>')
        self._symbol(f'<path d="M{x - 9:g} {middle - 9:g} H{x + 9:g}"/>', INK)

    def contact(self, x: float, top: float, bottom: float, colour: str = SIGNAL) -> None:
        """An upright switch, drawn open."""
        self._symbol(f'<path d="M{x:g} {top:g} V{top + 12:g} M{x:g} {bottom - 12:g} V{bottom:g}"/>', colour)
        self._symbol(f'<path d="M{x:g} {bottom - 12:g} L{x - 13:g} {top + 12:g}"/>', colour)
        for y in (top + 12, bottom - 12):
            self._above.append(f'<circle cx="{x:g}" cy="{y:g}" r="3" fill="{colour}"/>')

    def mosfet(self, x: float, y: float) -> None:
        """N-channel, its gate at (x, y) from the left, drain at (x + 30, y - 28), source at (x + 30, y + 28)."""
        self._symbol(f'<path d="M{x:g} {y:g} H{x + 8:g} M{x + 8:g} {y - 18:g} V{y + 18:g}"/>', INK)
        self._symbol(
            f'<path d="M{x + 15:g} {y - 20:g} V{y - 8:g} M{x + 15:g} {y - 5:g} V{y + 5:g} '
            f'M{x + 15:g} {y + 8:g} V{y + 20:g}"/>',
            INK,
        )
        self._symbol(
            f'<path d="M{x + 15:g} {y - 14:g} H{x + 30:g} V{y - 28:g} M{x + 15:g} {y + 14:g} H{x + 30:g} '
            f'V{y + 28:g} M{x + 15:g} {y:g} H{x + 30:g} V{y + 14:g}"/>',
            INK,
        )

    def ground(self, x: float, y: float) -> None:
        """The common 0 V."""
        self._symbol(
            f'<path d="M{x - 12:g} {y:g} H{x + 12:g} M{x - 8:g} {y + 5:g} H{x + 8:g} '
            f'M{x - 4:g} {y + 10:g} H{x + 4:g}"/>',
            MINUS,
        )

    def _symbol(self, shape: str, colour: str) -> None:
        pen = f'fill="none" stroke="{colour}" stroke-width="2" stroke-linejoin="round" stroke-linecap="round"'
        self._above.append(f"<g {pen}>{shape}</g>")
