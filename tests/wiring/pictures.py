"""The wiring pictures of docs/hardware, one for each driver.  `python -m tests.wiring` writes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.wiring.pen import INK, LINE_A, LINE_B, MINUS, PLUS, QUIET, SIGNAL, Pen

__all__ = ["PICTURES"]


@dataclass(frozen=True)
class SerialBoard:
    """A board that takes orders on RS-485.  Names are those of its terminals; a star: follow the print on the board."""

    title: str
    told: str
    name: str
    about: tuple[str, ...]
    power: tuple[str, str] = ("+12 V *", "0 V *")
    bus: tuple[str, str, str] = ("A *", "B *", "GND *")
    lock: tuple[str, str] = ("lock + *", "lock − *")
    feedback: tuple[str, str] = ("contact *", "contact *")
    notes: tuple[str, ...] = ()


COMMON = (
    "One line from board to board, no star; 120 Ω at its two ends only. A and B swapped: no answer, nothing breaks.",
    "Supply and fuse by the locks: all coils that [coils] allows at once, and the inrush of one more.",
)
STAR = "* Go by the print on your board and by its paper: names and voltages differ."

YS = SerialBoard(
    "YS / ShuoMing board",
    'driver = "ys" · 9600 baud, 8N1 · address 1 to 32 by switch · not tried on hardware',
    "YS board",
    ("8 to 50 locks · 12 to 24 V",),
    power=("+12V", "GND"),
    bus=("485A", "485B", "485GND"),
    lock=("out +", "out −"),
    feedback=("feedback", "common"),
    notes=(*COMMON, "Terminal names: a seller's page. The board times the pulse itself."),
)
CU16 = SerialBoard(
    "Kerong KR-CU16, KR-CU12",
    'driver = "cu16" · 19200 baud, 8N1 · address 0 to 15 · not tried on hardware',
    "CU16",
    ("16 locks · 12 V",),
    notes=(*COMMON, f"{STAR} The board times the pulse itself."),
)
CU48 = SerialBoard(
    "Kerong KR-CU48, KR-CU24",
    'driver = "cu48" · 19200 baud, 8N1 · address 0 to 31 · not tried on hardware',
    "CU48",
    ("48 locks · 12 V",),
    notes=(*COMMON, f"{STAR} The board times the pulse itself."),
)
WKLY = SerialBoard(
    "WKLY board",
    'driver = "wkly" · 9600 baud, 8N1 · address 0 to 31 · not tried on hardware',
    "WKLY board",
    ("up to 50 locks · 12 V *",),
    notes=(*COMMON, f"{STAR} The board times the pulse itself."),
)
WINNSEN = SerialBoard(
    "Winnsen-style board (experimental)",
    'driver = "winnsen" · 9600 baud, 8N1 · station 1 to 4 by switch · not tried on hardware',
    "Winnsen-style board",
    ("16 locks · 12 V *",),
    notes=(*COMMON, f"{STAR} No checksum here: keep the line short."),
)


def serial(board: SerialBoard) -> Pen:
    pen = Pen(board.title, board.told)
    _pi_and_adapter(pen)
    pen.box(540, 96, 190, 350, board.name, *board.about)
    _bus(pen, board.bus)
    _supply(pen, 322, 372)
    pen.wire(PLUS, (226, 322), (540, 322))
    pen.wire(MINUS, (226, 372), (540, 372))
    pen.fuse(400, 322, "fuse")
    pen.terminal(540, 322, board.power[0], True, PLUS)
    pen.terminal(540, 372, board.power[1], True, MINUS)
    _lock_and_contact(pen, board.lock, board.feedback)
    pen.text(635, 424, "one channel is drawn", 11, QUIET, "middle")
    _notes(pen, *board.notes)
    return pen


def waveshare() -> Pen:
    told = 'driver = "waveshare" · 9600 baud, 8N1 · address 1 to 247 · not tried on hardware'
    pen = Pen("Waveshare Modbus RTU Relay (D)", told)
    _pi_and_adapter(pen)
    pen.box(540, 96, 190, 350, "Relay (D)", "8 relays, 8 inputs · 7–36 V")
    _bus(pen, ("485 A+", "485 B−", "GND *"))
    _supply(pen, 322, 372)
    pen.wire(PLUS, (226, 322), (540, 322))
    pen.wire(MINUS, (226, 372), (540, 372))
    pen.fuse(400, 322, "fuse")
    pen.terminal(540, 322, "7~36V", True, PLUS)
    pen.terminal(540, 372, "GND", True, MINUS)
    # The relay is a bare contact: it switches the plus of the lock, the minus goes straight to the supply.
    _lock(pen, 164, 222)
    pen.wire(PLUS, (470, 322), (470, 462), (768, 462), (768, 196), (730, 196))
    pen.dot(470, 322, PLUS)
    pen.terminal(730, 164, "NO 1", False, PLUS)
    pen.terminal(730, 196, "COM 1", False, PLUS)
    pen.wire(PLUS, (730, 164), (890, 164))
    pen.wire(MINUS, (890, 222), (790, 222), (790, 482), (440, 482), (440, 372))
    pen.dot(440, 372, MINUS)
    _contact(pen, 300, 364)
    pen.terminal(730, 300, "DI 1", False, SIGNAL)
    pen.terminal(730, 364, "DI COM *", False, SIGNAL)
    pen.wire(SIGNAL, (730, 300), (890, 300))
    pen.wire(SIGNAL, (730, 364), (890, 364))
    pen.text(635, 424, "one channel is drawn", 11, QUIET, "middle")
    _crossings(pen)
    _notes(
        pen,
        *COMMON,
        "* By the print: signal ground where there is one; inputs as the maker draws them for dry contacts.",
    )
    return pen


def gpio() -> Pen:
    told = 'driver = "gpio" · one transistor for each lock · not tried on hardware'
    pen = Pen("Locks on the Pi's own pins", told)
    pen.box(32, 96, 180, 350, "Raspberry Pi", "lock pins 9–13, 16–27", "active high")
    gate = pen.terminal(212, 214, "GPIO 17", False, LINE_A)
    ground = pen.terminal(212, 300, "GND", False, MINUS)
    sense = pen.terminal(212, 432, "GPIO 4, pulled up", False, SIGNAL)
    _driver_stage(pen, gate, ground, sense)
    _notes(
        pen,
        "The 10 kΩ hold the gate off while nobody drives the pin: at power-on, at reset, after the program has died.",
        'Dashed: a one-shot ends every pulse (cutoff = "monostable"). Without it: dtparam=strict_gpiod and "kernel".',
        "Logic-level MOSFET, fully on at 3.3 V; the diode bears the coil's current. One 0 V for Pi and locks.",
    )
    return pen


def mcp23017() -> Pen:
    told = 'driver = "mcp23017" · 8 doors on each chip, up to 8 chips on a bus · not tried on hardware'
    pen = Pen("Locks on an MCP23017 port expander", told)
    pen.box(32, 96, 110, 350, "Pi")
    names = ("3V3", "SDA", "SCL", "GND")
    colours = (PLUS, LINE_A, LINE_B, MINUS)
    pen.box(196, 96, 170, 350, "MCP23017", "0x20: its three", "address pins at GND")
    for number, (name, colour) in enumerate(zip(names, colours, strict=True)):
        y = 180 + 40 * number
        left = pen.terminal(142, y, name, False, colour)
        right = pen.terminal(196, y, ("VDD", "SDA", "SCL", "VSS")[number], True, colour)
        pen.wire(colour, left, right)
    pen.terminal(196, 340, "RESET", True, PLUS)
    pen.wire(PLUS, (196, 340), (169, 340), (169, 180))
    pen.dot(169, 180, PLUS)
    gate = pen.terminal(366, 214, "A0", False, LINE_A)
    sense = pen.terminal(366, 432, "B0, pulled up", False, SIGNAL)
    ground = pen.terminal(366, 300, "VSS", False, MINUS)
    _driver_stage(pen, gate, ground, sense, left=366, optional=False)
    _crossings(pen)
    _notes(
        pen,
        'The one-shot is not optional: nobody ends what the chip was told to drive. Without: cutoff = "none", and why.',
        "Its supply dips when coils pull: keep it apart from the locks', with 100 nF at the chip.",
        "Locks on A7 and B7 are good, contacts there are not: by the data sheet these two are outputs only.",
    )
    return pen


# -- parts of pictures ------------------------------------------------------------------------------------------------


def _pi_and_adapter(pen: Pen) -> None:
    pen.box(32, 96, 150, 110, "Raspberry Pi", "its own 5 V supply")
    pen.box(226, 96, 150, 190, "Adapter", "USB to RS-485")
    pen.wire(QUIET, (182, 176), (226, 176), thick=6)
    pen.text(204, 166, "USB", 11, QUIET, "middle")


def _bus(pen: Pen, names: tuple[str, str, str]) -> None:
    for y, near, far, colour in zip((176, 216, 256), ("A", "B", "GND"), names, (LINE_A, LINE_B, MINUS), strict=True):
        pen.wire(colour, pen.terminal(376, y, near, False, colour), pen.terminal(540, y, far, True, colour))
    for x in (408, 508):
        pen.upright_resistor(x, 176, 216)
        pen.dot(x, 176, LINE_A)
        pen.dot(x, 216, LINE_B)
    pen.text(458, 201, "2 × 120 Ω", 11, anchor="middle")
    pen.text(458, 128, "on to further boards,", 11, QUIET, "middle")
    pen.text(458, 143, "each with its own address", 11, QUIET, "middle")


def _supply(pen: Pen, plus: float, minus: float) -> None:
    pen.box(32, plus - 62, 150, 150, "Lock supply", "12 V, by the locks")
    pen.wire(PLUS, pen.terminal(182, plus, "+", False, PLUS), (226, plus))
    pen.wire(MINUS, pen.terminal(182, minus, "−", False, MINUS), (226, minus))


def _lock(pen: Pen, top: float, bottom: float) -> None:
    pen.box(840, top - 54, 168, bottom - top + 74, "Lock")
    pen.wire(INK, (890, top), (890, top + 4))
    pen.coil(890, top + 4, bottom - 4)
    pen.wire(INK, (890, bottom - 4), (890, bottom))
    pen.wire(INK, (890, top), (940, top))
    pen.wire(INK, (890, bottom), (940, bottom))
    pen.diode_up(940, top, bottom)
    pen.text(960, (top + bottom) / 2 - 4, "flyback", 11, QUIET)
    pen.text(960, (top + bottom) / 2 + 11, "diode", 11, QUIET)


def _contact(pen: Pen, top: float, bottom: float) -> None:
    pen.box(840, top - 42, 168, bottom - top + 76, "Contact")
    pen.contact(890, top, bottom)
    pen.lines(912, (top + bottom) / 2 - 6, ("at the latch", "or at the door"), 11, QUIET)


def _lock_and_contact(pen: Pen, lock: tuple[str, str], feedback: tuple[str, str]) -> None:
    _lock(pen, 164, 222)
    for y, name, colour in ((164, lock[0], PLUS), (222, lock[1], MINUS)):
        pen.wire(colour, pen.terminal(730, y, name, False, colour), (890, y))
    _contact(pen, 300, 364)
    for y, name in ((300, feedback[0]), (364, feedback[1])):
        pen.wire(SIGNAL, pen.terminal(730, y, name, False, SIGNAL), (890, y))


def _driver_stage(
    pen: Pen,
    gate: tuple[float, float],
    ground: tuple[float, float],
    sense: tuple[float, float],
    left: float = 212,
    optional: bool = True,
) -> None:
    """One-shot, gate resistor, pull-down, MOSFET; lock, diode and fused supply; the contact."""
    start = left + 24
    pen.box(start, 176, 96, 76, "one-shot", "74HC123,", "about 0.5 s", dashed=optional)
    pen.wire(LINE_A, gate, (start, 214))
    pen.wire(LINE_A, (start + 96, 214), (660, 214))
    pen.resistor(start + 130, 214, LINE_A)
    pen.text(start + 130, 237, "220 Ω", 11, anchor="middle")
    pen.dot(620, 214, LINE_A)
    pen.upright_resistor(620, 214, 300)
    pen.text(608, 262, "10 kΩ", 11, anchor="end")
    pen.mosfet(660, 214)
    pen.text(706, 228, "MOSFET, N-channel", 11)
    pen.wire(MINUS, (690, 242), (690, 300))
    pen.wire(MINUS, ground, (790, 300))
    pen.dot(620, 300, MINUS)
    pen.dot(690, 300, MINUS)
    pen.box(496, 92, 104, 92, "Supply")
    pen.wire(PLUS, pen.terminal(600, 134, "+12 V", False, PLUS), (890, 134))
    pen.fuse(720, 134, "fuse")
    pen.wire(MINUS, pen.terminal(600, 164, "0 V", False, MINUS), (630, 164), (630, 170))
    pen.ground(630, 170)
    _lock(pen, 134, 186)
    pen.wire(MINUS, (690, 186), (890, 186))
    pen.wire(MINUS, (790, 300), (790, 316))
    pen.ground(790, 316)
    pen.text(706, 322, "one 0 V", 11, QUIET)
    pen.wire(MINUS, (790, 300), (816, 300), (816, 380), (890, 380))
    pen.dot(790, 300, MINUS)
    _contact(pen, 380, 432)
    pen.wire(SIGNAL, sense, (890, 432))


def _crossings(pen: Pen) -> None:
    pen.text(1008, 496, "wires that cross without a dot are not joined", 11, QUIET, "end")


def _notes(pen: Pen, *lines: str) -> None:
    pen.lines(32, 524, lines, 13, INK)


PICTURES: dict[str, Callable[[], Pen]] = {
    "ys": lambda: serial(YS),
    "cu16": lambda: serial(CU16),
    "cu48": lambda: serial(CU48),
    "waveshare": waveshare,
    "wkly": lambda: serial(WKLY),
    "winnsen": lambda: serial(WINNSEN),
    "gpio": gpio,
    "mcp23017": mcp23017,
}
