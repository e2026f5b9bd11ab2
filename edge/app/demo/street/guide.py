"""What there is to try, in order, and what was done of it: judged by the events that the cloud has heard."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from edge.app.demo.cast import COURIER_PIN
from edge.app.demo.street.hearing import Heard
from edge.app.demo.street.scene import Step

__all__ = ["STEPS", "Guide"]

STEPS: Final = (
    Step(
        "collect",
        "Collect a parcel",
        (
            "Hold a code from the phone to the camera.",
            "A door springs open: pull it, take the parcel.",
            "Push the door shut.",
        ),
    ),
    Step(
        "deposit",
        "Be the courier",
        (
            f"Hold the badge to the camera; type its PIN {COURIER_PIN} on the screen.",
            "Hold a parcel's label to the camera, put it into the open door, push it shut.",
        ),
    ),
    Step(
        "offline",
        "Pull the network cable",
        (
            "Collect or deposit another one: it works, and the cloud hears nothing.",
            "Plug the cable in again: the cloud hears all of it, in order.",
        ),
    ),
    Step(
        "jam",
        "Jam a door",
        (
            "Jam the door of a waiting parcel, then hold its code to the camera.",
            "It stays shut, the code stays good. Repair it and try again.",
        ),
    ),
    Step(
        "kill",
        "Kill the locker",
        (
            "Open a door with a code, then kill -9 while it stands open.",
            "Take the parcel, shut the door, start the locker: it finds out.",
        ),
    ),
    Step(
        "return",
        "Send something back",
        (
            "Hold the return's code to the camera, choose its size, put it in, shut the door.",
            "A courier then finds it under “Collect” on the screen.",
        ),
    ),
    Step(
        "card",
        "Change the card",
        ("Put an empty memory card in.", "What stands in the wall is known again; its codes still open."),
    ),
)


class Guide:
    """Remembers which steps were done.  What happened before `begin` counts for nothing."""

    def __init__(self) -> None:
        self._done: set[str] = set()
        self._begun_ms: int | None = None

    def begin(self, now_s: float) -> None:
        """The visitor may act.  now_s: by the wall clock, as the events tell it."""
        self._begun_ms = round(now_s * 1000)

    def hear(self, rows: Iterable[Heard], cable_out: Sequence[tuple[int, int]]) -> None:
        """New rows of the hub.  cable_out: from when to when the cable was out, seconds of the wall clock."""
        for row in rows:
            if self._begun_ms is not None and (row["wall_ms"] or 0) >= self._begun_ms:
                self._done.update(_shown_by(row, cable_out))

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(msgspec.structs.replace(step, done=step.name in self._done) for step in STEPS)


def _shown_by(row: Heard, cable_out: Sequence[tuple[int, int]]) -> Iterable[str]:
    kind = row["kind"]
    meanwhile = any(start_s <= (row["wall_ms"] or 0) / 1000 <= end_s for start_s, end_s in cable_out)
    if meanwhile and kind in ("parcel_collected", "parcel_deposited"):
        yield "offline"
    if kind == "parcel_deposited":
        fields: dict[str, Any] = msgspec.json.decode(row["payload"])
        yield "return" if fields.get("purpose") == "drop_off" else "deposit"
    elif kind == "started" and row["boot"] > 1:
        yield "kill"
    elif kind in _SHOWS:
        yield _SHOWS[kind]


_SHOWS: Final = {
    "parcel_collected": "collect",
    "door_jammed": "jam",
    "epoch_begun": "card",
    "standing_adopted": "card",
}
