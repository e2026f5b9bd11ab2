"""What a visitor does with two hands: each act is one thing in the world, and what cannot be done is said in words."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final

from edge.app.demo.street.cargo import Street
from edge.app.demo.street.scene import Held
from edge.core.errors import BadInput, NotAllowed
from hal.sim.client import WorldClient

__all__ = ["BADGE", "ELSEWHERE", "MANNERS", "Hands"]

HOLD_S: Final = 8.0  # then the arm is tired
BADGE, ELSEWHERE = "badge", "elsewhere"  # messages that belong to no parcel here
# How a thing is held before the camera: pose and light.
MANNERS: Final[dict[str, dict[str, Any]]] = {
    "steady": {},
    "tilted": {"pose": {"yaw_deg": 28.0, "pitch_deg": 18.0, "roll_deg": 35.0}},
    "far": {"pose": {"distance_m": 0.9}},
    "shaky": {"light": {"motion_px": 26.0, "motion_deg": 20.0}},
    "sun": {"light": {"glare": 1.0}},
}


class Hands:
    """One visitor.  `texts`: by message id, the codes on the telephone."""

    def __init__(self, world: WorldClient, street: Street, now_s: Callable[[], float]) -> None:
        self._world, self._street, self._now_s = world, street, now_s
        self._lock = threading.Lock()
        self._held: tuple[Held, float] | None = None
        self.texts: dict[str, str] = {}
        self._acts: dict[str, Callable[[str, int, str], None]] = {
            "hold": lambda what, _, how: self._hold(what, how),
            "hide": lambda *_: self.hide(),
            "turn": lambda _what, door, _how: self._turn(door),
            "put": lambda what, door, _: self._put(what, door),
            "take": lambda what, door, _: self._take(what, door),
            "drop": lambda what, *_: self._world.do("drop", parcel=self._street.named(what).label),
        }

    @property
    def verbs(self) -> frozenset[str]:
        return frozenset(self._acts)

    @property
    def held(self) -> Held | None:
        """What is before the camera."""
        with self._lock:
            return self._held[0] if self._held else None

    def act(self, verb: str, what: str, door: int, how: str) -> None:
        """Do it.  An error of the tree, in words, when it cannot be done."""
        act = self._acts.get(verb)
        if act is None:
            raise BadInput(f"Nobody can {verb[:20]!r}.")
        act(what, door, how)

    def rest(self) -> None:
        """An arm that has held something up for too long comes down."""
        with self._lock:
            tired = self._held is not None and self._now_s() - self._held[1] >= HOLD_S
        if tired:
            self.hide()

    def hide(self) -> None:
        with self._lock:
            self._held = None
        self._world.do("hide_phone")

    def _hold(self, what: str, how: str) -> None:
        if how not in MANNERS:
            raise BadInput(f"Nothing can be held {how[:20]!r}.")
        code = self.texts.get(what)
        if code is not None:
            self._world.do("show_phone", text=code, **MANNERS[how])
        else:
            self._world.do("show_label", text=self._street.named(what).label, **MANNERS[how])
        with self._lock:
            self._held = Held(what, "phone" if code is not None else "label", how), self._now_s()

    def _turn(self, door: int) -> None:
        """Pull a door, or push one shut that stands wide: judged here, since a page is always a little late."""
        if self._position(door) == "wide":
            self._world.do("shut", door=door)
        elif not self._world.do("pull", door=door):
            raise NotAllowed(f"Door {door} is shut: its latch holds.")

    def _put(self, what: str, door: int) -> None:
        cargo = self._street.named(what)
        if self._position(door) == "shut":
            raise NotAllowed(f"Door {door} is shut: nothing goes in.")
        if self.held is not None:
            self.hide()
        try:
            self._world.do("put", parcel=cargo.label, door=door)
        except NotAllowed as why:
            raise NotAllowed(_plainly(cargo.label, str(cargo.item.size), door, str(why))) from None

    def _take(self, what: str, door: int) -> None:
        if self._position(door) == "shut":
            raise NotAllowed(f"Door {door} is shut: nothing comes out.")
        self._world.do("take", door=door, parcel=self._street.named(what).label)

    def _position(self, door: int) -> str:
        doors = self._world.doors()
        if door not in doors:
            raise BadInput(f"This wall has no door {door}.")
        return str(doors[door]["position"])


def _plainly(label: str, size: str, door: int, why: str) -> str:
    if "does not fit" in why:
        return f"{label} does not fit into compartment {door}: it is size {size}. Say so on the screen."
    return why
