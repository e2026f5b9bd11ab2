"""A bench for load cells: chips, a bus, and a time that passes only while somebody waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from edge.core.ports import ContentReading
from edge.core.words import Content
from hal.i2c import I2cBus
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
            plans = [plan(door, mux=mux, branch=branch, **told) for door, (mux, branch) in places.items()]
        else:
            self.bus = SimI2c({0x2A: self.chips[doors[0]]})
            plans = [plan(doors[0], **told)]
        self.cells = self.opened(plans)

    def opened(self, plans: Sequence[LoadCell]) -> LoadCells:
        def bus(_path: str) -> I2cBus:
            return self.bus

        return open_cells(plans, clock=self.clock, pause=self.pause, bus=bus)

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
