"""What can be asked of a served world, by name: for drivers, for people who drive it, for whoever looks on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from edge.core.errors import BadInput, LinkDown
from edge.core.words import PulseOutcome
from hal.sim.phone import Light, Pose
from hal.sim.wire import Request
from hal.sim.world import ONLY_BOARD, World

__all__ = ["SILENCE", "Later", "Operations"]


class Later(msgspec.Struct, frozen=True):
    """An answer that comes after `after_s`; `silent`: never."""

    result: Any = None
    after_s: float = 0.0
    silent: bool = False


SILENCE: Final = Later(silent=True)


class Operations:
    """`answer(request)` does it now and says what to answer, and when."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._ops: dict[str, Callable[[Request], Any]] = {
            "unlock": self._unlock,
            "read": self._read,
            "contents": self._contents,
            "rail": lambda _: world.rail_ok(),
            "light": lambda ask: world.light(ask.door, ask.on),
            "beep": lambda ask: world.beep(ask.tone),
            "do": self._do,
            "set_fault": self._set_fault,
            "clear_fault": lambda ask: world.faults.clear(ask.name, ask.door, board=ask.board),
            "faults": lambda _: world.faults.now(),
            "parcel": self._parcel,
            "inside": lambda ask: [parcel.name for parcel in world.inside(ask.door)],
            "where": lambda ask: world.where(ask.parcel),
            "doors": self._doors,
            "scans": lambda _: world.sight.scans(),
            "chronicle": self._chronicle,
        }
        person = world.person
        self._verbs: dict[str, Callable[[Request], Any]] = {
            "pull": lambda ask: person.pull(ask.door, after_s=ask.after_s),
            "push": lambda ask: person.push(ask.door, after_s=ask.after_s),
            "shut": lambda ask: person.shut(ask.door, after_s=ask.after_s),
            "put": lambda ask: person.put(ask.parcel, ask.door, after_s=ask.after_s),
            "take": lambda ask: [p.name for p in person.take(ask.door, ask.parcel, after_s=ask.after_s)],
            "drop": lambda ask: person.drop(ask.parcel),
            "force": lambda ask: person.force(ask.door, after_s=ask.after_s),
            "open_by_key": lambda ask: person.open_by_key(ask.door, after_s=ask.after_s),
            "show_phone": self._show_phone,
            "show_label": self._show_label,
            "show_parcel": lambda ask: person.show_parcel(ask.parcel),
            "hide_phone": lambda _: person.hide_phone(),
            "hide_label": lambda _: person.hide_label(),
            "collects": lambda ask: person.collects(ask.door, shuts=ask.shuts),
            "deposits": lambda ask: person.deposits(ask.parcel, ask.door, shuts=ask.shuts),
            "shuts": lambda ask: person.shuts(ask.door),
            "forget": lambda ask: person.forget(ask.door),
        }

    def answer(self, ask: Request) -> Later:
        """Do it.  LockerError when it cannot be done."""
        op = self._ops.get(ask.op)
        if op is None:
            raise BadInput(f"world: no operation {ask.op!r}; there are frame, {', '.join(self._ops)}")
        self._world.catch_up()
        found = op(ask)
        return found if isinstance(found, Later) else Later(found)

    def _unlock(self, ask: Request) -> Later:
        answer = self._world.board(ask.board or ONLY_BOARD).pulse(ask.door, ask.ms, ask.opening, ask.attempt)
        if answer.outcome is PulseOutcome.BROKEN:
            raise LinkDown(f"board {ask.board}: dead")
        return SILENCE if answer.silent else Later(answer.outcome, answer.after_s)

    def _read(self, ask: Request) -> Later:
        board = self._world.board(ask.board or ONLY_BOARD)
        levels = board.levels()
        if levels is None:
            return SILENCE
        return Later({str(door): levels[door] for door in levels}, board.late_s())

    def _contents(self, ask: Request) -> Any:
        return {str(door): self._world.content(door) for door in ask.doors if door in self._world.doors}

    def _set_fault(self, ask: Request) -> Any:
        return self._world.faults.set(
            ask.name, ask.door, board=ask.board, other=ask.other, seconds=ask.seconds, grams=ask.grams
        )

    def _parcel(self, ask: Request) -> Any:
        self._world.parcels.make(
            ask.parcel, weight_g=ask.weight_g, size=ask.size, text=ask.text, symbology=ask.symbology, flat=ask.flat
        )

    def _doors(self, _: Request) -> Any:
        return {
            str(door): {
                "position": self._world.position(door),
                "inside": [parcel.name for parcel in self._world.inside(door)],
                "light": self._world.compartment(door).light,
            }
            for door in self._world.doors
        }

    def _chronicle(self, ask: Request) -> Any:
        chronicle = self._world.chronicle
        return {
            "entries": chronicle.since(ask.since, ask.limit),
            "written": chronicle.written,
            "dropped": chronicle.dropped,
            "now_s": self._world.now_s,
        }

    def _do(self, ask: Request) -> Any:
        verb = self._verbs.get(ask.verb)
        if verb is None:
            raise BadInput(f"world: people cannot {ask.verb!r}; they can {', '.join(self._verbs)}")
        return verb(ask)

    def _show_phone(self, ask: Request) -> None:
        self._world.person.show_phone(
            ask.text, dark_mode=ask.dark_mode, pose=_as(Pose, ask.pose), light=_as(Light, ask.light)
        )

    def _show_label(self, ask: Request) -> None:
        self._world.person.show_label(ask.text, ask.symbology, pose=_as(Pose, ask.pose), light=_as(Light, ask.light))


def _as(kind: type, figures: dict[str, float]) -> Any:
    """Pose or Light from its figures; BadInput for one that it does not have."""
    try:
        return kind(**figures)
    except TypeError as why:
        raise BadInput(f"{kind.__name__}: {why}") from why
