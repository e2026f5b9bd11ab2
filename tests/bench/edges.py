"""A door moves → the event is in the journal: the real runtime before a served world, by its own driver and by a board.

The world says when its door moved, and the journal when the row was committed; both by the machine's monotonic clock.
A contact bounces for 5 to 25 ms, and boards believe it after 30 ms more: that is in it, as on a real wall.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct, field

from edge.core.rows import Entry
from edge.runtime import Bank
from edge.runtime.hardware import BUSY_POLL_S
from hal.bench.bench import Plugged
from hal.boards.bank import BoardBank
from hal.coil import CoilGuard
from hal.sim.chronicle import Deed
from hal.sim.chronicle import Entry as Seen
from hal.sim.remote import RemoteBank, SimOptions
from tests.bench.fakes import Served, guard, layout, options_of, served
from tests.bench.figures import Effort, Figure, Table, figure
from tests.bench.wall import DOORS, PATIENCE_S, TimedJournal, Wall, running_wall, scan

BOARD = "cu48"
SIM_PULSE_MS = 300  # as it is by default
MOST_ROUNDS = 8  # a second each, and each by two ways

Hung = Callable[[Served, CoilGuard], Bank]


class Commits:
    """When the next row of a kind is committed."""

    def __init__(self, journal: TimedJournal) -> None:
        self._loop = asyncio.get_running_loop()
        self._awaited: dict[str, asyncio.Future[float]] = {}
        journal.told = self._told

    def next(self, kind: str) -> asyncio.Future[float]:
        self._awaited[kind] = self._loop.create_future()
        return self._awaited[kind]

    def _told(self, entries: Sequence[Entry], at_s: float) -> None:
        self._loop.call_soon_threadsafe(self._found, [entry.kind for entry in entries], at_s)

    def _found(self, kinds: Sequence[str], at_s: float) -> None:
        for kind in kinds:
            if awaited := self._awaited.pop(kind, None):
                awaited.set_result(at_s)


class Edges(Struct):
    """ms, of each opening."""

    opened: list[float] = field(default_factory=list)
    pulse: list[float] = field(default_factory=list)  # which was on for so long after the door had sprung open
    shut: list[float] = field(default_factory=list)


def door_to_journal(effort: Effort) -> list[Table]:
    return [by_driver_sim(effort), by_board(effort)]


def by_driver_sim(effort: Effort) -> Table:
    return _table(effort, "driver sim", lambda _: [], _on_world)


def by_board(effort: Effort) -> Table:
    return _table(effort, f"a {BOARD} board on its line", layout(BOARD, (1,)), _on_board)


def _on_world(world: Served, coils: CoilGuard) -> Bank:
    return RemoteBank(SimOptions(str(world.socket), pulse_ms=SIM_PULSE_MS), DOORS, coils)


def _on_board(world: Served, coils: CoilGuard) -> Bank:
    (board,) = world.plugged
    return BoardBank(board.name, options_of(board), board.doors, coils)


def _table(effort: Effort, way: str, boards: Callable[[Path], list[Plugged]], hung: Hung) -> Table:
    where = effort.fresh(f"edges of {way}")
    with served(boards) as world:
        edges = asyncio.run(_measured(world, hung, where, min(effort.openings, MOST_ROUNDS)))
    figures = (
        figure("the door falls shut → door_closed committed", edges.shut, "ms"),
        Figure("   floor: half of the time between two looks", BUSY_POLL_S / 2 * 1000, "ms", 1),
        figure("the door springs open → door_opened committed", edges.opened, "ms"),
        figure("   floor: until the pulse is over, which holds the lane", edges.pulse, "ms"),
    )
    return Table(f"door → journal, by {way}", figures)


async def _measured(world: Served, hung: Hung, where: Path, rounds: int) -> Edges:
    edges, chance = Edges(), random.Random(1)

    def wired(coils: CoilGuard) -> Mapping[str, Bank]:
        return {"only": hung(world, coils)}

    async with running_wall(where, coils=guard(), wired=wired) as wall:
        commits = Commits(wall.journal)
        for turn in range(-1, rounds):
            into = edges if turn >= 0 else Edges()
            await _customer(wall, world, commits, DOORS[turn], chance.uniform(0, BUSY_POLL_S), into)
    return edges


async def _customer(wall: Wall, world: Served, commits: Commits, door: int, waits_s: float, into: Edges) -> None:
    """The door opens, and at any moment between two looks the customer shuts it again."""
    seen = world.client.chronicle()[-1:]
    since = seen[0].n if seen else 0
    opened, shut = commits.next("door_opened"), commits.next("door_closed")
    wall.runtime.tell(scan(door)())
    opened_in_journal_s = await _soon(opened, "door_opened")
    await asyncio.to_thread(world.client.do, "shut", door=door, after_s=waits_s)
    shut_in_journal_s = await _soon(shut, "door_closed")
    deeds = [entry for entry in world.client.chronicle(since) if entry.door == door]
    opened_s, shut_s = (_moved(deeds, to) for to in ("ajar", "shut"))
    off_s = next(entry.at_s for entry in deeds if entry.deed is Deed.PULSE_ENDED)
    into.opened.append((opened_in_journal_s - opened_s) * 1000)
    into.pulse.append((off_s - opened_s) * 1000)
    into.shut.append((shut_in_journal_s - shut_s) * 1000)
    await wall.answer_no()


def _moved(deeds: list[Seen], to: str) -> float:
    return next(entry.at_s for entry in deeds if entry.deed is Deed.DOOR_MOVED and entry.to == to)


async def _soon(committed: asyncio.Future[float], kind: str) -> float:
    try:
        return await asyncio.wait_for(committed, PATIENCE_S)
    except TimeoutError:
        raise AssertionError(f"no {kind} was committed within {PATIENCE_S:g} s") from None
