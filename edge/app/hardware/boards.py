"""The boards that `locker config new` writes a configuration for: how many doors each has, and what its bank says.

What is said of a board's protocol, and how sure it is, stands with its driver.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from edge.core.errors import BadInput
from edge.core.words import Feedback

__all__ = ["BOARDS", "FILL_IN", "Board", "bank_tables"]

FILL_IN: Final = "# <<<"  # marks a line that a person must look at
DOORS_OF_YS: Final = (8, 12, 18, 24, 36, 50)
_CONTACT: Final = f'contact = "closed_when_shut"  {FILL_IN} or "closed_when_open": locker hardware learn finds it out'
_CLOSED: Final = [
    f"# closed: the pin's level while the door is shut, low or high.  {FILL_IN[2:]} locker hardware learn finds it out",
    "# evidence: switch (at the door) or latch (at the lock); as `feedback` of the column says.",
]


@dataclass(frozen=True)
class Board:
    """One make.  doors: of one board, at most; addresses: how many boards one port or bus can have, from `first`."""

    title: str
    doors: int
    first: int
    addresses: int
    feedback: Feedback
    serial: bool = True
    pulse_ms: int = 500  # where the firmware fixes it and nobody says how long, half a second is reckoned with


BOARDS: Final = {
    "ys": Board("YS / ShuoMing boards on RS-485", 24, 1, 32, Feedback.LATCH),
    "cu16": Board("Kerong CU16 (or CU12) boards on RS-485", 16, 0, 16, Feedback.LATCH),
    "cu48": Board("Kerong CU48 (or CU24) boards on RS-485", 48, 0, 32, Feedback.LATCH),
    "waveshare": Board("Waveshare Modbus RTU Relay (D) boards", 8, 1, 63, Feedback.SWITCH, pulse_ms=300),
    "wkly": Board("WKLY boards on RS-485", 24, 0, 32, Feedback.LATCH),
    "winnsen": Board("Winnsen-style boards on RS-485 (experimental)", 16, 1, 4, Feedback.LATCH),
    "gpio": Board("the Pi's own pins", 14, 0, 1, Feedback.SWITCH, serial=False, pulse_ms=300),
    "mcp23017": Board("MCP23017 port expanders on I²C", 8, 0x20, 8, Feedback.SWITCH, serial=False, pulse_ms=300),
    "sim": Board("a simulated wall", 1000, 0, 1, Feedback.SWITCH, serial=False, pulse_ms=300),
}

# Lock pins rest low from power-on; contacts take what is left, those without a second use first.
LOCK_PINS: Final = (17, 27, 22, 23, 24, 25, 16, 26, 12, 13, 18, 19, 20, 21)
CONTACT_PINS: Final = (4, 5, 6, 7, 8, 9, 10, 11, 2, 3, 14, 15, 0, 1)
# A7 and B7 are outputs only by the data sheet, so locks hang there.
EXPANDER_PINS: Final = (
    ("A0", "B0"), ("A1", "B1"), ("A2", "B2"), ("A3", "B3"), ("A4", "B4"), ("A5", "B5"), ("A7", "B6"), ("B7", "A6"),
)  # fmt: skip


def bank_tables(make: str, doors: int, port: str) -> list[str]:
    """The [[bank]] tables for doors 1 to `doors`.  BadInput when one port has not that many."""
    board = BOARDS[make]
    most = board.doors * board.addresses
    if not 1 <= doors <= most:
        raise BadInput(f"--doors {doors}: {board.title} on one port or bus have 1 to {most}")
    lines: list[str] = []
    for number, first in enumerate(range(1, doors + 1, board.doors)):
        some = range(first, min(first + board.doors, doors + 1))
        lines += ["", "[[bank]]", f'name = "{_name(number)}"', f'driver = "{make}"']
        if board.serial:
            lines += _serial(make, board.first + number, some, port)
        elif make == "gpio":
            lines += _gpio(some)
        elif make == "mcp23017":
            lines += _expander(board.first + number, some)
        else:
            lines += ['socket = "/run/locker/world.sock"', f'doors = "{_range(some)}"', "pulse_ms = 300"]
    return lines


def _serial(make: str, address: int, doors: Sequence[int], port: str) -> list[str]:
    lines = [
        f'port = "{port}"  {FILL_IN} best the name under /dev/serial/by-id that locker hardware scan shows',
        f"address = {address}  {FILL_IN} as set on the board; locker hardware scan --ask finds it",
        f'doors = "{_range(doors)}"  # in the order of the board\'s channels, from the first',
        _CONTACT,
        'evidence = "switch"  # a contact at the door' if BOARDS[make].feedback is Feedback.SWITCH else _LATCH,
    ]
    if make == "ys":
        size = next(size for size in DOORS_OF_YS if size >= len(doors))
        lines.append(f"size = {size}  {FILL_IN} locks that the board has, used or not: 8, 12, 18, 24, 36 or 50")
    if make == "wkly":
        lines.append(f"first_id = 1  {FILL_IN} or 0: what this board calls its first lock")
    if make == "waveshare":
        lines.append("pulse_ms = 300  # in steps of 100; the board itself ends the pulse")
    else:
        lines.append(
            f"pulse_ms = {BOARDS[make].pulse_ms}  # the firmware times it, and no page says how long: reckoned long"
        )
    return lines


_LATCH: Final = 'evidence = "latch"  # the lock\'s own contact; "switch", here and in the columns, for one at the door'


def _gpio(doors: Sequence[int]) -> list[str]:
    pins = zip(doors, LOCK_PINS, CONTACT_PINS, strict=False)
    rows = [
        f'  {{ door = {door}, lock_pin = {lock}, feedback_pin = {contact}, closed = "low" }},'
        for door, lock, contact in pins
    ]
    return [
        'factory = "lgpio"  # any Pi; "rpigpio" up to Pi 4',
        f'cutoff = "kernel"  {FILL_IN} "monostable" where each driver stage has one; kernel needs dtparam=strict_gpiod',
        "pulse_ms = 300",
        "# GPIO numbers.  lock_pin: active high, with a pull-down at the gate of its driver stage.",
        *_CLOSED,
        "doors = [",
        *rows,
        "]",
    ]


def _expander(address: int, doors: Sequence[int]) -> list[str]:
    pins = zip(doors, EXPANDER_PINS, strict=False)
    rows = [
        f'  {{ door = {door}, lock_pin = "{lock}", feedback_pin = "{contact}", closed = "low" }},'
        for door, (lock, contact) in pins
    ]
    return [
        f'bus = "/dev/i2c-1"  {FILL_IN}',
        f"address = 0x{address:02x}  {FILL_IN} as its three address pins are wired",
        f'cutoff = "monostable"  {FILL_IN} nothing else ends a pulse when this program dies',
        "pulse_ms = 300",
        "# lock_pin: active high, with a pull-down at the gate of its driver stage.",
        *_CLOSED,
        "doors = [",
        *rows,
        "]",
    ]


def _range(doors: Sequence[int]) -> str:
    return str(doors[0]) if len(doors) == 1 else f"{doors[0]}-{doors[-1]}"


def _name(number: int) -> str:
    """a … z, then aa, ab …"""
    return chr(ord("a") + number) if number < 26 else _name(number // 26 - 1) + _name(number % 26)
