"""A bank of bare lines, for a wall whose board does not time the pulses: the host switches each coil on and off.

Behind each line sits a monostable that lets go after half a second, whatever the host does or can no longer do.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from edge.core.errors import HardwareFault
from edge.core.ports import UnlockOrder
from edge.core.words import Cutoff, PulseOutcome
from hal.coil import CoilGuard
from hal.sim.drivers import SimBank
from hal.sim.world import World

MONOSTABLE_S: Final = 0.5
PULSE_MS: Final = 300
DEAD: Final = ("board_dead", "board_deaf")  # nothing that is written arrives


class LineBank(SimBank):
    """Use as SimBank.  `stuck`: the boards of which no line can be switched off by the host."""

    def __init__(
        self, world: World, clock: Callable[[], float], *, board: str, guard: CoilGuard, stuck: Collection[str] = ()
    ) -> None:
        self._world, self._clock, self._board, self.guard = world, clock, world.board(board), guard
        self._stuck = stuck
        self._order: UnlockOrder | None = None
        self._pulses: dict[int, int] = {}  # channel → number of the pulse that is on
        self._coils = guard.host_timed(f"lines {board}", self, self.doors, Cutoff.MONOSTABLE, PULSE_MS)

    @property
    def is_stuck(self) -> bool:
        """The guard drives nothing here any more, until the process is started again."""
        return bool(self._coils.stuck)

    def unlock(self, order: UnlockOrder) -> PulseOutcome:
        self._order = order
        return super().unlock(order)

    def drive(self, channel: int, on: bool) -> None:
        """The guard's side: switch the line, when anything arrives there."""
        with self._world.nature.lock:
            self._world.advance(self._clock())
            faults = self._world.faults
            broken = [name for name in DEAD if faults.has(name, board=self._board.name)]
            if not on and self._board.name in self._stuck:
                broken.append("it cannot be switched off")
            if broken:
                raise HardwareFault(f"line {channel}: {broken[0]}")
            door = self._world.compartment(faults.crossed(channel)).door
            if not on:
                door.coil_off(self._pulses.pop(channel, 0))
            elif self._order is not None:
                pulse = door.coil_on(channel, self._order.opening, self._order.attempt, PULSE_MS)
                self._pulses[channel] = pulse
                agenda = self._world.nature.agenda
                agenda.at(self._world.nature.now_s + MONOSTABLE_S, lambda: door.coil_off(pulse))
