"""A lock board: takes "pulse that channel", times the pulse itself, answers what its contacts say. Or does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from edge.core.errors import BadInput
from edge.core.words import Evidence, Level, PulseOutcome
from hal.duty import ABSOLUTE_ON_MS
from hal.sim.compartments import Compartment
from hal.sim.doors import Door
from hal.sim.nature import Nature

__all__ = ["Answer", "Board"]

_SILENT: Final = ("board_dead", "board_deaf", "board_mute")


class Answer(Struct, frozen=True):
    """What a driver gets to see.  `after_s` from the request; `silent`: it waits for ever."""

    outcome: PulseOutcome
    after_s: float = 0.0

    @property
    def silent(self) -> bool:
        return self.outcome is PulseOutcome.UNKNOWN


class Board:
    """One board.  A channel has the number of the door that it should open; crossed wires make that untrue."""

    def __init__(
        self, name: str, doors: Sequence[int], compartments: Mapping[int, Compartment], nature: Nature
    ) -> None:
        self.name, self.doors = name, tuple(doors)
        self._compartments, self._nature = compartments, nature
        self._driven: dict[int, Door] = {}  # by channel: whose coil a bare line has switched on

    def pulse(self, channel: int, ms: int, opening: int, attempt: int) -> Answer:
        """Pulse the coil on that channel for `ms`; it ends by itself, whoever asked."""
        if channel not in self.doors or not 1 <= ms <= ABSOLUTE_ON_MS:
            raise BadInput(f"board {self.name}: pulse channel {channel} for {ms} ms, limits 1 to {ABSOLUTE_ON_MS} ms")
        if self._has("board_dead"):
            return Answer(PulseOutcome.BROKEN)
        if self._has("board_deaf"):
            return Answer(PulseOutcome.UNKNOWN)
        door = self._compartments[self._nature.faults.crossed(channel)].door
        pulse = door.coil_on(channel, opening, attempt, ms)
        self._nature.agenda.at(self._nature.now_s + ms / 1000, lambda: door.coil_off(pulse))
        if self._has("board_mute"):
            return Answer(PulseOutcome.UNKNOWN)
        return Answer(PulseOutcome.DONE, ms / 1000 + self.late_s())

    def drive(self, channel: int, on: bool) -> None:
        """Switch the coil and leave it so: a bare line without a board's timer."""
        door = self._compartments[self._nature.faults.crossed(channel)].door
        if on:
            self._driven[channel] = door
            door.coil_on(channel, 0, 0)
        else:
            self._driven.pop(channel, door).coil_off()  # whichever is on: its wires may be right by now

    def levels(self) -> Mapping[int, tuple[Level, Evidence]] | None:
        """What the contacts say now; None when no answer comes."""
        if self._nature.faults.any and any(self._has(fault) for fault in _SILENT):
            return None
        return {number: self._compartments[number].feedback() for number in self.doors}

    def late_s(self) -> float:
        """How late its answers are."""
        fault = self._nature.faults.find("board_slow", board=self.name)
        return fault.seconds if fault else 0.0

    def _has(self, fault: str) -> bool:
        return self._nature.faults.has(fault, board=self.name)
