"""What goes wrong: hardware, power, cards, clocks, the line, the hub.  Drawn by the seed, at random and aimed."""

from __future__ import annotations

import asyncio
from typing import Final

from edge.core.words import ClockTrust
from hal.sim.chronicle import Deed, Entry
from hal.sim.faults import FAULTS
from tests.credentials.known_keys import NOW_S, YEAR_S
from tests.sim.line import Hub
from tests.sim.observer import Observer
from tests.sim.person import Person, Street

DEEDS: Final = (Deed.PULSE_BEGAN, Deed.PULSE_ENDED, Deed.DOOR_MOVED, Deed.LATCH_MOVED, Deed.PARCEL_MOVED)
NOT_NOW: Final = frozenset({"camera_gone", "double_scan", "forced", "mechanical_key", "scale_drift", "latch_only"})
CLOCKS: Final = (
    (0.0, ClockTrust.UNSYNCED),
    (float(NOW_S + 35 * YEAR_S), ClockTrust.NTP),
    (float(NOW_S + 35 * YEAR_S), ClockTrust.RTC),
    (float(NOW_S - 3600), ClockTrust.RTC),
    (float(NOW_S + 7200), ClockTrust.NTP),
    (float(NOW_S), ClockTrust.SAVED),
)


class Troubles(Person):
    """`one` arranges the next trouble.  Power cuts end the life; whoever keeps the street switches it on again."""

    who = "trouble:"

    def __init__(self, street: Street, hub: Hub, observer: Observer) -> None:
        super().__init__(street)
        self.hub, self.observer = hub, observer
        self.cuts = 0
        self._aim: tuple[Deed, int, float] | None = None  # which deed, how many more of it, and what happens then
        self.site.world.chronicle.watch(self._see)

    async def one(self) -> None:
        acts = {
            self._fault: 6,
            self._cut: 3,
            self._aimed_cut: 8,
            self._kill: 2,
            self._card: 3,
            self._at_the_next_scan: 4,
            self._clock: 1,
            self._alone: 3,
            self._line: 2,
            self._hub: 1,
        }
        act = self.chance.choices(list(acts), list(acts.values()))[0]
        await act()

    # -- hardware

    async def _fault(self) -> None:
        name = self.chance.choice([known for known in FAULTS if known not in NOT_NOW])
        doors = self.site.world.doors
        door = self.chance.choice(doors) if FAULTS[name] == "door" else 0
        other = self.chance.choice([d for d in doors if d != door]) if name == "crossed_wires" else 0
        self.do(f"{name} at {door or 'all'}{f' and {other}' if other else ''}")
        self.site.world.faults.set(name, door, other=other, seconds=self.chance.choice((0.3, 1.0, 3.0)))
        await asyncio.sleep(self.chance.expovariate(1 / 120))
        self.do(f"{name} is over")
        self.site.world.faults.clear(name, door)

    # -- power

    def cut(self, how: str) -> None:
        if not self.site.off:
            self.cuts += 1
            self.do(f"power cut {how}")
            self.site.cut()

    async def _cut(self) -> None:
        self.cut("")

    async def _aimed_cut(self) -> None:
        if self.likely(0.5):
            deed, nth = self.chance.choice(DEEDS), self.chance.randint(1, 3)
            self.do(f"will cut the power at the {nth}. {deed}")
            self._aim = (deed, nth, 0.0)
        else:
            nth = self.chance.randint(1, 6)
            self.do(f"will cut the power after fsync {nth}")
            self.site.disk.cut_after_sync(nth)

    def _see(self, entry: Entry) -> None:
        if self._aim is None or entry.deed is not self._aim[0]:
            return
        deed, left, _ = self._aim
        self._aim = (deed, left - 1, 0.0) if left > 1 else None
        if self._aim is None:
            self.cut(f"at {deed} of door {entry.door}")

    def in_recovery(self) -> None:
        """The next start is cut short as well."""
        nth = self.chance.randint(1, 60)
        self.do(f"will cut the power at operation {nth} of the recovery")
        self.site.disk.cut_at_operation(nth)

    async def _kill(self) -> None:
        if self.site.runtime is not None:
            self.do("the process is killed")
            self.site.kill()

    # -- card and clock

    async def _card(self) -> None:
        self.observer.troubled_s = self.site.loop.time() + 30
        if self.likely(0.25):
            self.truth.disk_troubles += 1
            self.do("an fsync will fail")
            self.site.disk.fail_sync(self.chance.randint(1, 3))
            return
        for nth in range(1, self.chance.randint(2, 6)):
            seconds = self.chance.choice((0.5, 2.0, 6.0, 14.0))
            self.do(f"fsync {nth} will take {seconds} s")
            self.site.disk.stall_sync(nth, seconds)

    async def _at_the_next_scan(self) -> None:
        """What follows the next scan meets a slow card, a board that fell silent, a latch that does not move."""
        what = self.chance.choice(("card", "card", "board_mute", "board_deaf", "jam", "loaded", "cut"))
        seconds = self.chance.choice((3.0, 8.0))

        def happen() -> None:
            self.observer.troubled_s = self.site.loop.time() + 60
            self.do(f"{what} for {seconds} s")
            if what == "card":
                self.site.disk.stall_sync(1, seconds)
            elif what == "cut":
                self.site.disk.cut_after_sync(1)
            else:
                self.site.world.faults.set(what)
                self.site.loop.call_later(
                    2 * seconds, self.site.world.faults.clear, what, context=self.site.loop.outside.copy()
                )

        self.street.at_next_scan = happen

    async def _alone(self) -> None:
        """No cloud, a clock that is wrong, and a start from there."""
        self.do("no cloud, and a wrong clock")
        self.hub.line.up = False
        self.site.wall.offset_s, self.site.wall.source = self.chance.choice(CLOCKS)
        self.cut("with the cloud gone")
        await asyncio.sleep(900)
        self.hub.line.up = True
        self.site.wall.offset_s, self.site.wall.source = float(NOW_S), ClockTrust.NTP

    async def _clock(self) -> None:
        wall_s, source = self.chance.choice(CLOCKS)
        self.do(f"the clock says {wall_s:.0f} ({source})")
        self.site.wall.offset_s, self.site.wall.source = wall_s, source
        await asyncio.sleep(self.chance.expovariate(1 / 900))
        self.site.wall.offset_s, self.site.wall.source = float(NOW_S), ClockTrust.NTP

    # -- line and hub

    async def _line(self) -> None:
        line = self.hub.line
        line.up, line.lose = self.likely(0.5), self.chance.choice((0.0, 0.1, 0.5))
        self.do(f"the line is {'up' if line.up else 'cut'} and loses {line.lose}")
        await asyncio.sleep(self.chance.expovariate(1 / 900))
        line.up, line.lose = True, 0.02
        self.do("the line is as usual")

    async def _hub(self) -> None:
        if self.likely(0.5):
            self.hub.back_up()
            self.do("the hub is backed up")
        elif self.hub.restore():
            self.do("the hub is restored from its backup")

    def calm(self) -> None:
        """All of it ends."""
        self._aim = self.street.at_next_scan = None
        self.site.world.faults.clear()
        self.site.wall.offset_s, self.site.wall.source = float(NOW_S), ClockTrust.NTP
        self.hub.line.up, self.hub.line.lose = True, 0.0
