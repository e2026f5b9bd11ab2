"""What the cloud hears: its newest events as sentences, in which parcels are called by their labels."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from edge.app.demo.street.scene import Told
from edge.core import events

__all__ = ["MOST_TOLD", "Ear", "Heard"]

MOST_TOLD: Final = 120  # events that the page shows, the newest; the cloud keeps all
_ID: Final = re.compile(r"\b[0-9a-f]{16,32}\b")

Heard = dict[str, Any]  # one row as the hub gives it: seq, kind, payload, wall_ms


class Ear:
    """Keeps the newest rows of the hub.  after: the number of the last one, of the present epoch."""

    def __init__(self) -> None:
        self.epoch, self.after = "", 0
        self._rows: tuple[Heard, ...] = ()

    def turn_to(self, epoch: str) -> None:
        """The locker writes another epoch now: its numbers begin anew."""
        if epoch != self.epoch:
            self.epoch, self.after = epoch, 0

    def hear(self, rows: Sequence[Heard]) -> None:
        if rows:
            self.after = rows[-1]["seq"]
            self._rows = (*self._rows, *rows)[-MOST_TOLD:]

    def told(self, names: Mapping[str, str]) -> tuple[Told, ...]:
        """Newest first.  names: by id, what a parcel, a reservation or a badge is called here."""
        return tuple(Told(row["seq"], row["kind"], _sentence(row, names)) for row in reversed(self._rows))


def _sentence(row: Heard, names: Mapping[str, str]) -> str:
    said = events.decode(row["kind"], row["payload"].encode()).sentence()
    return _ID.sub(lambda found: names.get(found[0], f"{found[0][:6]}…"), said)
