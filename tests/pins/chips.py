"""A simulated expander on a bus that remembers what was said on it, and the bank in front of them."""

from __future__ import annotations

from edge.core.errors import HardwareFault
from edge.core.words import Cutoff
from hal.coil import CoilGuard
from hal.mcp23017 import ExpanderBank, ExpanderDoor, ExpanderOptions
from hal.sim.chips import SimI2c
from hal.sim.mcp23017 import SimMcp23017
from hal.timer import SteppedTimer

AT = 0x20
IODIR, IOCON, GPPU, GPIO, OLAT = 0x00, 0x0A, 0x0C, 0x12, 0x14

TWO_DOORS = (
    ExpanderDoor(door=1, lock_pin="A0", feedback_pin="B0"),
    ExpanderDoor(door=2, lock_pin="A7", feedback_pin="B1", closed="high"),
)


class HeardBus(SimI2c):
    """A bus with one chip.  `written` has what was written, register by register.

    mute: so many transactions fail.  noise: so many readings of more than a byte come with their first bits turned.
    """

    def __init__(self, chip: SimMcp23017 | None = None) -> None:
        self.chip = chip or SimMcp23017()
        super().__init__({AT: self.chip})
        self.written: list[tuple[int, bytes]] = []
        self.mute = self.noise = 0
        self.closed = 0

    def read(self, address: int, register: int, size: int = 1) -> bytes:
        self._mute()
        said = super().read(address, register, size)
        if self.noise and size > 1:
            self.noise -= 1
            return bytes([said[0] ^ 0xFF]) + said[1:]
        return said

    def write(self, address: int, register: int, data: bytes) -> None:
        self._mute()
        self.written.append((register, data))
        super().write(address, register, data)

    def close(self) -> None:
        self.closed += 1

    def _mute(self) -> None:
        if self.mute:
            self.mute -= 1
            raise HardwareFault("bus: remote i/o error")

    def registers(self) -> list[int]:
        """What was written to, in order, once for each run of writes."""
        return [register for register, _ in self.written]


def options(*doors: ExpanderDoor, cutoff: Cutoff = Cutoff.MONOSTABLE, bus: str = "heard") -> ExpanderOptions:
    return ExpanderOptions(bus=bus, cutoff=cutoff, doors=doors or TWO_DOORS)


def bank_on(bus: HeardBus) -> tuple[ExpanderBank, SteppedTimer]:
    """A bank under a time that passes when somebody waits.  Its chip is set up at its first reading."""
    timer = SteppedTimer()
    bank = ExpanderBank(
        options(),
        CoilGuard(timer=timer),
        bus=bus,
        clock=timer.now_s,
        pause=lambda gap_s: timer.advance(timer.now_s() + gap_s),
    )
    return bank, timer
