"""What a visitor may break, and mend again: a door, the network cable, the power, the camera, the memory card."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from msgspec import structs

from edge.app.demo.cast import Cast
from edge.app.demo.street.scene import Switches
from edge.core.errors import BadInput, Busy, NotAllowed

__all__ = ["DOOR_FAULTS", "SwitchBoard"]

DOOR_FAULTS: Final = ("jam", "forced")


class SwitchBoard:
    """One act at a time; while one is under way (a start takes seconds) the next is refused."""

    def __init__(self, cast: Cast) -> None:
        self._cast, self._stage = cast, cast.stage
        self._turn = threading.Lock()
        self._now = Switches()
        self._out_since_s = 0
        self._out: tuple[tuple[int, int], ...] = ()
        # verb → what is said while it is under way, the act
        self._acts: dict[str, tuple[str, Callable[[int], None]]] = {
            "jam": ("", lambda door: self._stage.world.set_fault("jam", door)),
            "force": ("", lambda door: self._stage.world.do("force", door=door)),
            "repair": ("a technician is at the door", self._repair),
            "unplug": ("", lambda _: self._unplug()),
            "plug": ("", lambda _: self._plug()),
            "kill": ("", lambda _: self._kill()),
            "start": ("the locker starts", lambda _: self._start()),
            "new_card": ("a technician puts another card in", lambda _: self._new_card()),
            "sag": ("", lambda _: self._supply(sound=False)),
            "recover": ("", lambda _: self._supply(sound=True)),
            "blind": ("", lambda _: self._camera(there=False)),
            "see": ("", lambda _: self._camera(there=True)),
        }

    @property
    def verbs(self) -> frozenset[str]:
        return frozenset(self._acts)

    @property
    def now(self) -> Switches:
        return self._now

    @property
    def cable_out(self) -> tuple[tuple[int, int], ...]:
        """From when to when the cable was out, seconds of the wall clock; the last two times of this sitting."""
        return self._out

    def act(self, verb: str, door: int = 0) -> None:
        """Do it, to its end.  Busy while another act is under way; else an error of the tree, in words."""
        if verb not in self._acts:
            raise BadInput(f"There is no switch {verb[:20]!r}.")
        busy, act = self._acts[verb]
        if not self._turn.acquire(blocking=False):
            raise Busy(f"One moment: {self._now.busy or 'another switch is being turned'}.")
        try:
            self._set(busy=busy)
            act(door)
        finally:
            self._set(busy="")
            self._turn.release()

    def _set(self, **changes: object) -> None:
        self._now = structs.replace(self._now, **changes)

    def _supply(self, *, sound: bool) -> None:
        self._fault("brown_out", there=not sound)
        self._set(brown_out=not sound)

    def _camera(self, *, there: bool) -> None:
        self._fault("camera_gone", there=not there)
        self._set(camera=there)

    def _fault(self, name: str, *, there: bool) -> None:
        if there:
            self._stage.world.set_fault(name)
        else:
            self._stage.world.clear_fault(name)

    def _unplug(self) -> None:
        self._stage.wire.cut()
        if self._now.cable:
            self._out_since_s = self._stage.now_s()
        self._set(cable=False)

    def _plug(self) -> None:
        self._stage.wire.mend()
        if not self._now.cable:
            self._out = (*self._out[-1:], (self._out_since_s, self._stage.now_s()))
        self._set(cable=True)

    def _kill(self) -> None:
        if not self._now.power:
            raise NotAllowed("The locker is dead already.")
        self._stage.kill_site()
        self._set(power=False)

    def _start(self) -> None:
        if self._now.power:
            raise NotAllowed("The locker runs already.")
        self._stage.start_site()
        self._set(power=True)

    def _new_card(self) -> None:
        """By a technician, with a claim code and a line of their own: the cable may be out."""
        if self._now.power:
            self._stage.stop_site()
            self._set(power=False)
        self._stage.new_card()
        self._stage.enrol(replace=True)
        self._start()

    def _repair(self, door: int) -> None:
        """The door is whole and shut, and the locker is told so when it has taken it out of service."""
        world = self._stage.world
        for fault in DOOR_FAULTS:
            world.clear_fault(fault, door)
        if world.doors()[door]["position"] != "shut":
            world.do("shut", door=door)
        if self._now.power and self._cast.door_state(door) == "out_of_service":
            self._stage.ask("in_service", door=door, reason="latch oiled")
