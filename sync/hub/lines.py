"""The line of a site: its present epoch, below the first row of that the epoch that it left at its fork, and so on."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from sync.hub.store import HubStore

__all__ = ["Life", "line"]

_MOST_LIVES: Final = 1000


class Life(Struct, frozen=True):
    """One epoch (`number` of the hub's), with the last of its rows that belongs to the line."""

    number: int
    until: int


def line(store: HubStore, site: int, number: int, until: int) -> list[Life]:
    """The epochs of the line that ends with row `until` of epoch `number`, oldest first."""
    lives: list[Life] = []
    found = store.one("SELECT * FROM epochs WHERE number = ?", number)
    while found is not None and len(lives) < _MOST_LIVES:
        lives.append(Life(found["number"], until))
        until = min(until, found["fork_seq"] or 0)
        found = store.one("SELECT * FROM epochs WHERE site = ? AND epoch = ?", site, found["fork_epoch"] or b"")
    return lives[::-1]
