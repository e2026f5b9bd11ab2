"""What a simulated scale says: for each protocol of the table, a weight and how it stands as bytes on the wire."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from msgspec import Struct

from hal.scales.units import UNITS

__all__ = ["UTTERANCES", "Shown"]


class Shown(Struct, frozen=True):
    """What stands on its display.  over, under: no number does."""

    weight_g: int = 0
    moving: bool = False
    over: bool = False
    under: bool = False
    net: bool = False

    def pounds(self) -> Decimal:
        """In pounds, to the hundredth."""
        return (Decimal(self.weight_g) / UNITS["lb"]).quantize(Decimal("0.01"))

    def kilograms(self, places: int) -> Decimal:
        return (Decimal(self.weight_g) / 1000).quantize(Decimal(1).scaleb(-places))


def _mt_sics(shown: Shown) -> bytes:
    if shown.over or shown.under:
        return b"S +\r\n" if shown.over else b"S -\r\n"
    return f"S {'D' if shown.moving else 'S'} {shown.weight_g:10d} g\r\n".encode()


def _8217(shown: Shown) -> bytes:
    if shown.moving or shown.over or shown.weight_g < 0 or shown.under:
        status = 0x40 | shown.moving | shown.over << 1 | (shown.under or shown.weight_g < 0) << 2 | shown.net << 5
        return b"\x02?" + bytes([status]) + b"\r"
    return f"\x02{shown.pounds():06.2f}\r".encode()


def _continuous(shown: Shown) -> bytes:
    """With its checksum; in kilograms, to the hundredth."""
    out = shown.over or shown.under
    status = 0x30 | shown.net | (shown.weight_g < 0) << 1 | out << 2 | shown.moving << 3
    digits = " " * 6 if out else f"{abs(int(shown.kilograms(2) * 100)):06d}"
    frame = bytes([0x02, 0x2C, status, 0x20]) + digits.encode() + b"000000\r"
    return frame + bytes([-sum(frame) & 0x7F])


def _nci(shown: Shown) -> bytes:
    text = "^^^^^^^" if shown.over else "_______" if shown.under else f"{shown.pounds():07.2f}"
    one = 0x30 | shown.moving | (shown.weight_g == 0) << 1
    two = 0x30 | shown.under | shown.over << 1
    return f"\n{text}lb\r\n".encode() + bytes([one, two]) + b"\r\x03"


def _sma(shown: Shown) -> bytes:
    status = "O" if shown.over else "U" if shown.under else "Z" if shown.weight_g == 0 else " "
    text = "-" * 10 if shown.over or shown.under else f"{shown.kilograms(3):10.3f}"
    return f"\n{status}1{'N' if shown.net else 'G'}{'M' if shown.moving else ' '} {text}kg \r".encode()


def _a_and_d(shown: Shown) -> bytes:
    if shown.over or shown.under:
        return f"OL,{'+' if shown.over else '-'}9999999E+19\r\n".encode()
    return f"{'US' if shown.moving else 'ST'},{Decimal(shown.weight_g).quantize(Decimal('0.1')):+09.1f}  g\r\n".encode()


def _ohaus(shown: Shown) -> bytes:
    if shown.over or shown.under:
        return b"ES\r\n"
    sign = "-" if shown.weight_g < 0 else " "
    text = f"{abs(shown.kilograms(3)):7.3f}"
    return f"{sign} {text} kg   {'?' if shown.moving else ' '}{'NET' if shown.net else '   '}\r\n".encode()


def _cas(shown: Shown) -> bytes:
    out = shown.over or shown.under
    head = "OL" if out else "US" if shown.moving else "ST"
    lamps = 0x80 | (not shown.moving and not out) << 6 | (not shown.net) << 2 | shown.net << 1 | (shown.weight_g == 0)
    text = " " * 8 if out else f"{shown.kilograms(3):8.3f}"
    return f"{head},{'NT' if shown.net else 'GS'},\x01".encode() + bytes([lamps]) + f",{text} kg\r\n".encode()


def _sbi(shown: Shown) -> bytes:
    if shown.over or shown.under:
        return f"Stat     {'H' if shown.over else 'L'}    \r\n".encode()
    sign = "-" if shown.weight_g < 0 else "+"
    return f"{sign} {abs(shown.weight_g):8d} {'   ' if shown.moving else 'g  '}\r\n".encode()


UTTERANCES: Final[dict[str, Callable[[Shown], bytes]]] = {
    "mt-sics": _mt_sics,
    "toledo-8217": _8217,
    "toledo-continuous": _continuous,
    "toledo-continuous-plain": lambda shown: _continuous(shown)[:-1],
    "nci": _nci,
    "sma": _sma,
    "a-and-d": _a_and_d,
    "ohaus": _ohaus,
    "cas": _cas,
    "sbi": _sbi,
}
