"""HX711: 24 bits by a clock and a data line.  What a word means, and which words nobody should believe.

Vendor text: two's complement, most significant bit first; data low means ready; 25 pulses of the clock choose channel
A with ×128 for the next conversion; a pulse that stays high for more than 60 µs powers the chip down.  A word of ones
alone is the mark of a lost race with the clock, and the two ends are saturation (code-confirmed, by several drivers
that stumbled over it): all three are left out.
"""

from __future__ import annotations

from typing import Final

from hal.loadcell.cell import saturated, signed_24

__all__ = ["BITS", "LONGEST_HIGH_S", "PULSES", "believable", "from_bits", "from_offset_binary"]

BITS: Final = 24
PULSES: Final = 25
LONGEST_HIGH_S: Final = 60e-6


def from_bits(word: int) -> int:
    """24 bits as they came, as counts."""
    return signed_24(word >> 16 & 0xFF, word >> 8 & 0xFF, word & 0xFF)


def from_offset_binary(raw: int) -> int:
    """What the kernel's driver gives: it turns the highest bit over, so that nothing is negative (its source text)."""
    return from_bits(raw ^ 0x800000)


def believable(counts: int) -> bool:
    return counts != -1 and not saturated(counts)
