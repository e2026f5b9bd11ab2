"""A bench for load cells: chips, a bus, and a time that passes only while somebody waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from edge.core.ports import ContentReading
from edge.core.words import Content
from hal.i2c import I2cBus
from hal.loadcell.memory import Remembered
from hal.loadcell.options import LoadCell, Nau7802Cell
from hal.loadcell.sensors import LoadCells
from hal.loadcell.wiring import open_cells
from hal.sim.branches import BranchedI2c
from hal.sim.chips import SimI2c
from hal.sim.nau7802 import SimNau7802

TARE, PER_GRAM = 12_000, 40.0


class Hands:
    """The time."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def clock(self) -> float:
        return self.now_s

    def pause(self, for_s: float) -> None:
        self.now_s += for_s


def plan(door: int = 1, **told: object) -> Nau7802Cell:
    given = {"limit_g": 20_000, "tare_counts": TARE, "counts_per_gram": PER_GRAM} | told
    return Nau7802Cell(door=door, **given)  # type: ignore[arg-type]


def iio_cell(door: int) -> str:
    """The table of a cell behind the kernel's driver, in a folder that has yet to be put in."""
    return f"""
[[load_cell]]
door = {door}
kind = "hx711_iio"
directory = "{{folder}}/iio-{door}"
scale = "0.000000476"
tare_counts = {TARE}
counts_per_gram = {PER_GRAM}
limit_g = 20000
"""


class Bench(Hands):
    """One NAU7802 behind each door, without or with multiplexers (two of eight branches)."""

    def __init__(self, doors: Sequence[int] = (1,), *, muxed: bool = False, **told: object) -> None:
        super().__init__()
        self.chips = {door: SimNau7802(self.clock, TARE, PER_GRAM) for door in doors}
        places = {door: (0x70 + (door - 1) // 8, (door - 1) % 8) for door in doors}
        if muxed:
            muxes: dict[int, dict[int, dict[int, SimNau7802]]] = {}
            for door, (mux, branch) in places.items():
                muxes.setdefault(mux, {})[branch] = {0x2A: self.chips[door]}
            self.bus: SimI2c | BranchedI2c = BranchedI2c(muxes)
            plans: list[LoadCell] = [
                plan(door, mux=mux, branch=branch, **told) for door, (mux, branch) in places.items()
            ]
        else:
            self.bus = SimI2c({0x2A: self.chips[doors[0]]})
            plans = [plan(doors[0], **told)]
        self.plans, self.kept, self.writes = plans, (), 0
        self.cells = self.opened(plans)

    kept: tuple[Remembered, ...]  # what the cells had kept last
    full = False  # nothing more can be kept

    def opened(self, plans: Sequence[LoadCell]) -> LoadCells:
        def bus(_path: str) -> I2cBus:
            return self.bus

        return open_cells(plans, clock=self.clock, pause=self.pause, bus=bus, before=self.kept, keep=self._keep)

    def killed(self, for_s: float = 60.0, **told: object) -> None:
        """The process is killed and starts anew, perhaps with other options of its cells."""
        self.now_s += for_s
        self.plans = [msgspec.structs.replace(one, **told) for one in self.plans]
        self.cells = self.opened(self.plans)

    def _keep(self, remembered: Sequence[Remembered]) -> str:
        if self.full:
            return "no space left"
        self.kept, self.writes = tuple(remembered), self.writes + 1
        return ""

    def read(self, *doors: int) -> Mapping[int, ContentReading]:
        return self.cells.read(doors or tuple(self.chips))

    def content(self, door: int = 1) -> Content:
        return self.read(door)[door].content

    def weighs(self, door: int = 1) -> int | None:
        return self.read(door)[door].weight_g

    def why(self, door: int = 1) -> str:
        self.read(door)
        return self.cells.states()[door].weighed.why

    def drift(self, to_g: float, over_s: float, door: int = 1) -> None:
        """The zero creeps, while somebody looks every half minute."""
        chip, looks = self.chips[door], max(1, round(over_s / 30))
        by_g = (to_g - chip.load_g) / looks
        for _ in range(looks):
            chip.load_g += by_g
            self.now_s += 30
            self.read(door)
