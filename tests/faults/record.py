"""What must be true whenever a life has been killed: the journal at rest, held against the world and what was said."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from edge.core import events
from edge.core.events import Event, decode
from edge.core.state import State
from edge.core.words import CompartmentState, CredentialState, ParcelState
from edge.journal.show import show
from hal.sim.chronicle import Deed, Entry
from tests.core.desk import sent
from tests.faults.life import Life

# A dead life's order may still lie in the world's socket, and the world looks at it within a tick of its own.
IN_FLIGHT_S: Final = 0.1


@dataclass(frozen=True)
class Said:
    """One row as it was read from the file."""

    seq: int
    boot: int
    wall_s: float
    hash: str
    size: int
    event: Event


@dataclass
class Record:
    """All lives of one street, one after the other."""

    path: Path
    said: list[Said] = field(default_factory=list)
    lives: list[Life] = field(default_factory=list)
    acknowledged: int = 0

    def read(self, life: Life) -> None:
        """`life` is dead: read what it left, and hold it against everything before."""
        rows = self.read_now()
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1)), "I4: a row is missing"
        assert rows[: len(self.said)] == self.said, "I4: what was durable has changed"
        for seq, size in life.told.items():
            assert seq <= len(rows), f"I4: row {seq} was acknowledged, the journal ends at {len(rows)}"
            assert rows[seq - 1].size == size, f"I4: row {seq} was acknowledged with {size} bytes"
        self.acknowledged += len(life.told)
        self.lives.append(life)
        self._only_own(rows[len(self.said) :], len(self.lives))
        self.said = rows

    def read_now(self) -> list[Said]:
        return [_said(row) for row in show(str(self.path), _with_size)]

    def check_pulses(self, entries: list[Entry], now: Life) -> None:
        """I1: every pulse has its own row, which names its door, and was driven in the life that wrote it.

        `now` lives, and whatever it has pulsed itself is read when it is dead.
        """
        granted = self._granted()
        pulses = [entry for entry in entries if entry.deed is Deed.PULSE_BEGAN]
        assert len({(p.opening, p.attempt) for p in pulses}) == len(pulses), "I1: a pulse was driven twice"
        for pulse in pulses:
            row = granted.get((pulse.opening, pulse.attempt))
            assert row is not None, f"I1: no durable row authorises {pulse}"
            assert row.event.door == pulse.ordered == pulse.door, f"I7: {row} and {pulse}"  # type: ignore[attr-defined]
            life = (*self.lives, now)[row.boot - 1]
            assert pulse.at_s >= life.asked_s, f"start-up pulsed by itself: {row} and {pulse}"
            late_s = pulse.at_s - life.dead_s if life.dead_s else 0.0
            assert late_s < IN_FLIGHT_S, f"pulsed {late_s:.3f} s after the death of the life that authorised it"

    def collected(self) -> list[str]:
        """I2: the parcels that left, each once."""
        left = [row.event.parcel for row in self.said if isinstance(row.event, events.ParcelCollected)]
        assert len(set(left)) == len(left), "I2: a parcel left twice"
        return left

    def last_kind(self) -> str:
        return self.said[-1].event.kind

    def _granted(self) -> dict[tuple[int, int], Said]:
        first = {(r.event.opening, 1): r for r in self.said if isinstance(r.event, events.OpeningAuthorised)}
        again = {(r.event.opening, r.event.attempt): r for r in self.said if isinstance(r.event, events.OpeningRetried)}
        return first | again

    def _only_own(self, rows: list[Said], boot: int) -> None:
        """What another life authorised, a life does not pulse again."""
        mine = {row.event.opening for row in rows if isinstance(row.event, events.OpeningAuthorised)}
        again = {row.event.opening for row in rows if isinstance(row.event, events.OpeningRetried)}
        assert again <= mine, f"boot {boot}: a second pulse for an opening of another life: {again - mine}"


def check_books(books: State, inside: dict[int, list[str]], label_of: dict[str, str]) -> None:
    """At rest: each parcel in one place, each compartment as it is, each code as good as its parcel is inside."""
    assert not books.openings, f"at rest, and openings are under way: {books.openings}"
    behind = {label: door for door, labels in inside.items() for label in labels}
    booked = [parcel for record in books.compartments.values() for parcel in record.parcels]
    assert len(booked) == len(set(booked)), f"a parcel is booked in two places: {booked}"
    for door, record in books.compartments.items():
        if record.state is CompartmentState.FREE:
            assert not inside[door], f"I6: compartment {door} is free and holds {inside[door]}"
    for parcel, label in label_of.items():
        known, door = books.parcels.get(parcel), behind.get(label, 0)
        assert known is not None or not door, f"I1: {label} is behind {door}, and nobody knows of it"
        if known is None:
            continue
        if known.state is ParcelState.STANDING:
            assert door == known.door, f"{label} is booked behind {known.door} and is behind {door}"
        if known.state is ParcelState.COLLECTED:
            assert not door, f"I5: {label} counts as collected and is behind {door}"
        elif door:
            right = books.reservations[sent(label).reservation]
            assert known.door == door, f"{label} may be behind {known.door} and is behind {door}"
            assert right.state is CredentialState.GOOD, (
                f"I3: the code of {label} is {right.state}, and it is behind {door}"
            )


def _said(row: dict[str, Any]) -> Said:
    size, event = row["event"]
    return Said(row["seq"], row["boot"], row["wall_ms"] / 1000, row["hash"], size, event)


def _with_size(kind: str, payload: bytes) -> tuple[int, Event]:
    return len(payload), decode(kind, payload)
