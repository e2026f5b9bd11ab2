"""The terminals of a fake board: its outputs on the coils, its inputs on the contacts of a world's board."""

from __future__ import annotations

from typing import Final

from edge.core.words import Content, ContentSensor, Level
from hal.bench.make import Contact
from hal.sim.world import World

__all__ = ["DoorTerminals"]

_SILENT: Final = ("board_dead", "board_deaf", "board_mute")


class DoorTerminals:
    """One board of a world; channel 1 is its first door, and so on.  Channels beyond its doors are not wired.

    The world's faults of that board are this board's: dead, deaf, mute, slow, crossed wires.
    """

    def __init__(self, world: World, board: str, address: int, channels: int, contact: Contact) -> None:
        self.address, self.channels, self.contact = address, channels, contact
        self._world, self._board = world, world.board(board)
        self._doors = dict(enumerate(self._board.doors, 1))
        self.memory: dict[int, int] = {}
        self._on: dict[int, bool] = {}
        self._turn: dict[int, int] = {}  # of each output: the last thing that it was told

    @property
    def name(self) -> str:
        return self._board.name

    @property
    def hears(self) -> bool:
        return not (self._has("board_dead") or self._has("board_deaf"))

    @property
    def speaks(self) -> bool:
        return not any(self._has(fault) for fault in _SILENT)

    @property
    def late_s(self) -> float:
        return self._board.late_s()

    def door(self, channel: int) -> int | None:
        return self._doors.get(channel)

    def pulse(self, channel: int, ms: int, after_s: float = 0.0) -> None:
        door = self.door(channel)
        if door is None:
            return

        def begin() -> None:
            self._board.pulse(door, ms, 0, 0)

        if after_s:
            self._world.nature.agenda.at(self._world.now_s + after_s, begin)
        else:
            begin()

    def switch(self, channel: int, on: bool) -> None:
        self._turn[channel] = self._turn.get(channel, 0) + 1
        self._on[channel] = on
        door = self.door(channel)
        if door is not None:
            self._board.drive(door, on)

    def flash(self, channel: int, ms: int, *, on: bool = True) -> None:
        self.switch(channel, on)
        turn = self._turn[channel]

        def over() -> None:
            if self._turn[channel] == turn:
                self.switch(channel, not on)

        self._world.nature.agenda.at(self._world.now_s + ms / 1000, over)

    def energised(self, channel: int) -> bool:
        return self._on.get(channel, False)

    def closed(self, channel: int) -> bool:
        door = self.door(channel)
        if door is None:
            return False
        level, _ = self._world.compartment(door).feedback()
        return level is (Level.CLOSED if self.contact is Contact.CLOSED_WHEN_SHUT else Level.OPEN)

    def present(self, channel: int) -> bool:
        door = self.door(channel)
        if door is None or self._world.compartment(door).plan.content is not ContentSensor.INFRARED:
            return False
        return self._world.content(door)[0] is Content.PRESENT

    def _has(self, fault: str) -> bool:
        return self._world.faults.has(fault, board=self.name)
