"""Hardware: every fault of the simulated wall, alone, together, for hours, and for less than a pulse."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from edge.core import inputs
from hal.sim.chronicle import Deed, Entry
from hal.sim.faults import BOARD, DOOR, FAULTS
from tests.sim.checks import Observer
from tests.sim.lines import LineBank
from tests.sim.person import Street
from tests.sim.troubles.family import Act, Family

SECONDS: Final = (0.3, 1.0, 3.0)  # how late a slow board answers: within its time, at it, beyond it
GRAMS: Final = (0, 0, 200, 2500, -150, -600)  # 0: it creeps
# What may come and go while a coil is on.
FLICKERS: Final = ("jam", "loaded", "weak_spring", "stuck_open", "stuck_closed", "latch_only", *(
    "board_dead", "board_mute", "board_deaf", "board_slow", "brown_out", "no_content_sensor"
))  # fmt: skip
STUCK: Final = "line_stuck"  # of bare lines only, so it is not one of the world's own
ONSETS_S: Final = (0.0, 0.03, 0.1, 0.29, 0.5)
LASTS_S: Final = (0.02, 0.2, 1.0, 6.0)
WHILE_PUSHING_S: Final = 7.0  # after a scan whose first pulse opened nothing: the second one comes soon
SLOW_S: Final = 8.0


@dataclass(frozen=True)
class Where:
    """A fault with its place."""

    name: str
    door: int = 0
    board: str = ""
    other: int = 0
    grams: int = 0

    def __str__(self) -> str:
        place = f" at {self.door or self.board or 'all'}{f' and {self.other}' if self.other else ''}"
        return f"{self.name}{place}{f' by {self.grams} g' if self.grams else ''}"


class Hardware(Family):
    def __init__(self, street: Street, observer: Observer) -> None:
        super().__init__(street)
        self.observer = observer
        self._at_pulse: Callable[[Entry], None] | None = None
        self.site.world.chronicle.watch(self._see)

    def acts(self) -> Mapping[Act, float]:
        return {
            self._one: 6,
            self._several: 2,
            self._within_a_pulse: 3,
            self._a_board: 2 if len(self.site.world.boards) > 1 else 0,
            self._at_the_next_scan: 3,
            self._line_sticks: 2 if self.site.lines else 0,
        }

    def calm(self) -> None:
        self._at_pulse = self.street.at_next_scan = None
        for fault in self.site.world.faults.now():
            self._clear(Where(fault.name, fault.door, fault.board))
        for board in sorted(self.site.stuck_lines):
            self._obeys(board)
        if any(isinstance(bank, LineBank) and bank.is_stuck for bank in self.site.banks.values()):
            self.do("the locker is started again: a coil could not be switched off")
            self.site.kill()

    # -- a fault, and its end -------------------------------------------------------------------------------------

    def _draw(self, names: tuple[str, ...] = tuple(FAULTS)) -> Where:
        name, doors = self.chance.choice(names), self.site.world.doors
        door = self.chance.choice(doors) if FAULTS[name] == DOOR and not self.likely(0.05) else 0
        if name == "crossed_wires":
            door = self.chance.choice(doors)
            return Where(name, door, other=self.chance.choice([d for d in doors if d != door]))
        if name in ("forced", "mechanical_key", "scale_drift"):  # acts of one hand at one door
            door = door or self.chance.choice(doors)
        board = self.chance.choice(("", *self.site.world.boards)) if FAULTS[name] == BOARD else ""
        return Where(name, door, board, grams=self.chance.choice(GRAMS) if name == "scale_drift" else 0)

    def _set(self, where: Where) -> None:
        seconds = self.chance.choice(SECONDS)
        self.do(f"{where}")
        self.site.world.faults.set(
            where.name, where.door, board=where.board, other=where.other, seconds=seconds, grams=where.grams
        )
        if where.name == "camera_gone":
            self.site.tell(inputs.Health("camera", "main", ok=False, detail="no frames"))
        self.street.moved()

    def _clear(self, where: Where) -> None:
        gone = self.site.world.faults.clear(where.name, where.door, board=where.board)
        if not gone:
            return  # somebody has mended it before
        self.do(f"{where} is over")
        if where.name == "camera_gone":
            self.site.tell(inputs.Health("camera", "main", ok=True))

    async def _one(self) -> None:
        where = self._draw()
        self._set(where)
        await asyncio.sleep(self.a_while_s(600 if self.likely(0.1) else 120))
        self._clear(where)

    async def _several(self) -> None:
        """They come one by one, are all there, and go one by one."""
        found = [self._draw() for _ in range(self.chance.randint(2, 4))]
        self.begins("several faults", ", ".join(map(str, found)))
        for where in found:
            self._set(where)
            await asyncio.sleep(self.chance.uniform(0, 20))
        await asyncio.sleep(self.a_while_s(90))
        for where in self.chance.sample(found, len(found)):
            self._clear(where)
            await asyncio.sleep(self.chance.uniform(0, 20))

    async def _a_board(self) -> None:
        """One board of the wall is dying, the other goes on."""
        board = self.chance.choice(list(self.site.world.boards))
        self.begins("one board dies", board)
        for _ in range(self.chance.randint(1, 6)):
            where = Where(self.chance.choice(("board_dead", "board_mute", "board_deaf", "board_slow")), board=board)
            self._set(where)
            await asyncio.sleep(self.chance.choice((0.5, 3.0, 20.0, 90.0)))
            self._clear(where)
            await asyncio.sleep(self.chance.choice((0.5, 3.0, 20.0)))

    # -- aimed ----------------------------------------------------------------------------------------------------

    def _see(self, entry: Entry) -> None:
        if entry.deed is Deed.PULSE_BEGAN and self._at_pulse is not None:
            act, self._at_pulse = self._at_pulse, None
            act(entry)

    async def _within_a_pulse(self) -> None:
        """At the next pulse, at its own door: it comes and goes before anybody has looked twice."""
        name = self.chance.choice(FLICKERS)
        begins_s, lasts_s = self.chance.choice(ONSETS_S), self.chance.choice(LASTS_S)
        self.do(f"{name} will come {begins_s} s after the next pulse began, for {lasts_s} s")

        def arrange(entry: Entry) -> None:
            door = entry.door if FAULTS[name] == DOOR else 0
            where = Where(name, door)
            self.later(begins_s, lambda: self._set(where))
            self.later(begins_s + lasts_s, lambda: self._clear(where))
            self.street.mark(f"trouble: {'brown-out at a pulse' if name == 'brown_out' else 'a fault within a pulse'}")

        self._at_pulse = arrange

    async def _line_sticks(self) -> None:
        """While a coil is on that the host has to switch off, it cannot: for less than its tries, or for long."""
        board, lasts_s = self.chance.choice(sorted(self.site.lines)), self.chance.choice((0.4, 0.9, 3.0, 60.0))
        self.do(f"the lines of {board} will stick at the next pulse, for {lasts_s} s")

        def arrange(_entry: Entry) -> None:
            self.begins("line stuck on", f"{board} for {lasts_s} s")
            self.site.stuck_lines.add(board)
            self.site.world.chronicle.write(Deed.FAULT_SET, of=board, note=STUCK)
            self.later(lasts_s, lambda: self._obeys(board))

        self._at_pulse = arrange

    def _obeys(self, board: str) -> None:
        if board in self.site.stuck_lines:
            self.do(f"the lines of {board} obey again")
            self.site.stuck_lines.discard(board)
            self.site.world.chronicle.write(Deed.FAULT_CLEARED, of=board, note=STUCK)

    async def _at_the_next_scan(self) -> None:
        """What follows the next scan meets a slow card, a board that fell silent, a latch that does not move."""
        what = self.chance.choice(("card", "card", "board_mute", "board_deaf", "jam", "loaded", "push", "push"))
        seconds = self.chance.choice((3.0, 8.0))

        def happen() -> None:
            self.observer.troubled_s = self.site.loop.time() + 60
            if what == "card":
                self.begins("slow card at a scan", f"{seconds} s")
                self.site.disk.stall_sync(1, seconds)
            elif what == "push":
                self._before_the_second_pulse()
            else:
                self.begins("a fault at a scan", what)
                self._set(Where(what))
                self.later(2 * seconds, lambda: self._clear(Where(what)))

        self.street.at_next_scan = happen

    def _before_the_second_pulse(self) -> None:
        """The latch does not move; while somebody is asked to push, the supply sags or the card becomes slow."""
        what = self.chance.choice(("brown_out", "card"))
        self.begins("a fault before a second pulse", what)
        self._set(Where("jam"))
        self.later(12.0, lambda: self._clear(Where("jam")))
        if what == "card":
            self.later(WHILE_PUSHING_S, lambda: self.site.disk.stall_sync(1, SLOW_S))
        else:
            self.later(WHILE_PUSHING_S, lambda: self._set(Where(what)))
            self.later(WHILE_PUSHING_S + SLOW_S, lambda: self._clear(Where(what)))
