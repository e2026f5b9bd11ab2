"""What the durable rows add up to, as far as the checks need it: a fold of the observer's own, from the JSON alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import Any, Final

from tests.sim.card import Row

HERE: Final = ("standing", "uncertain")


@dataclass
class Live:
    """An opening as the rows tell it."""

    number: int
    door: int
    purpose: str
    kind: str
    ref: str
    boot: int
    parcels: tuple[str, ...]
    at_s: dict[int, float | None]  # attempt → when it was authorised
    grace: bool = False
    opened: bool = False
    closed: bool = False
    adopted: bool = False


@dataclass
class Taken:
    """A collected parcel, for grace."""

    door: int
    boot: int
    at_s: float | None
    reopened: int = 0
    let_again: bool = False


@dataclass
class Lot:
    """A parcel in the books.  `state`: announced, standing, uncertain, collected or gone."""

    reservation: str
    state: str = "announced"
    door: int = 0
    hold_s: int = 0
    since_s: float | None = None  # since when its hold can have run; None: not known
    stood_s: float = 0.0  # of its hold, before it was in doubt for a while
    ended_ms: int = -1  # running time
    erased_ms: int = -1
    withheld: bool = False
    going_back: bool = False

    def stands_until(self, at_s: float | None) -> None:
        """Its hold may have run until now; in doubt it stands still."""
        if self.state == "uncertain":
            return
        known = at_s is not None and self.since_s is not None
        self.stood_s += at_s - self.since_s if known else inf  # type: ignore[operator]  # both are known


@dataclass
class Ledger:
    openings: dict[int, Live] = field(default_factory=dict)
    past: dict[int, Live] = field(default_factory=dict)
    free: set[int] = field(default_factory=set)
    review: dict[int, str] = field(default_factory=dict)  # door → why
    out: set[int] = field(default_factory=set)  # of service
    inside: dict[int, set[str]] = field(default_factory=dict)
    collected: dict[str, Taken] = field(default_factory=dict)
    lots: dict[str, Lot] = field(default_factory=dict)
    emptied: dict[int, int] = field(default_factory=dict)  # door → boot of its last pickup
    revoked: dict[str, int] = field(default_factory=dict)  # reservation → up to and with this generation
    generation: dict[str, int] = field(default_factory=dict)  # the highest that was heard of
    order: int = 0  # the last one handled
    brake_ms: list[int] = field(default_factory=list)  # running times of openings by command
    forks: int = 0
    restoring: bool = True  # a new or forked card waits for the standing list
    partial: bool = False  # made from a card on which room had been made: its first rows are not there to be read
    boot: int = 0
    before_ms: int = 0  # running time before this boot
    mono_ms: int = 0  # of the last row

    def live(self, door: int) -> Live | None:
        return next((one for one in self.openings.values() if one.door == door), None)

    def opening(self, number: int) -> Live | None:
        return self.openings.get(number) or self.past.get(number)

    def running_ms(self, row: Row) -> int:
        """Time that the site has been running, summed over its boots, at this row."""
        if row.boot == self.boot:
            return self.before_ms + row.mono_ms
        return self.before_ms + self.mono_ms + row.mono_ms

    def take(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        """One more row."""
        if row.boot != self.boot:
            self.before_ms += self.mono_ms
            self.boot = row.boot
        self.mono_ms = row.mono_ms
        fold = getattr(self, f"_{row.kind}", None)
        if fold is not None:
            fold(event, row, at_s)

    # -- openings

    def _opening_authorised(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        authority, number = event["authority"], event["opening"]
        self.openings[number] = Live(
            number,
            event["door"],
            event["purpose"],
            authority["kind"],
            authority["ref"],
            row.boot,
            tuple(event.get("parcels", ())),
            {1: at_s},
            bool(event.get("grace")),
        )
        if authority["kind"] == "command":
            self.brake_ms.append(self.running_ms(row))
        if authority["kind"] == "code":
            self._heard_generation(authority["ref"], authority.get("generation", 0))
        for parcel in event.get("parcels", ()):
            if event.get("grace") and parcel in self.collected:
                self.collected[parcel].reopened += 1

    def _opening_retried(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        opening = self.openings.get(event["opening"])
        if opening is not None:
            opening.at_s[event["attempt"]] = at_s
            opening.boot = row.boot

    def _end(self, number: int) -> None:
        gone = self.openings.pop(number, None)
        if gone is not None:
            self.past[number] = gone

    def _opening_lapsed(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        self._end(event.get("opening", 0))

    _opening_ended = _opening_lapsed

    def _door_opened(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        opening = self.openings.get(event["opening"])
        if opening is not None:
            opening.opened, opening.closed = True, False

    def _door_adopted(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        self._door_opened(event, row, at_s)
        opening = self.openings.get(event["opening"])
        if opening is not None:
            opening.adopted = True

    def _door_closed(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        opening = self.openings.get(event["opening"])
        if opening is not None:
            opening.closed = True

    def _door_jammed(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        self._end(event["opening"])
        self._compartment_out_of_service(event, row, at_s)

    # -- compartments

    def _door_forced(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        self._doubt(event["door"], "forced", at_s)

    def _compartment_let(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        self.free.discard(event["door"])
        self.review.pop(event["door"], None)
        for taken in self.collected.values():
            if taken.door == event["door"]:
                taken.let_again = True
        lot = self.lots.setdefault(event["parcel"], Lot(event["reservation"]))
        if lot.state in ("collected", "gone"):
            lot.state, lot.ended_ms, lot.erased_ms = "announced", -1, -1

    def _compartment_freed(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        door = event["door"]
        self._not_found(self.inside.pop(door, set()), row)
        self.free.add(door)
        self.review.pop(door, None)

    def _compartment_to_review(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        door = event["door"]
        self._end(event.get("opening", 0))
        for parcel in event.get("maybe", ()):
            before = [other for other, inside in self.inside.items() if parcel in inside]
            self._comes(parcel, door, at_s)
            for other in before:  # it may be behind any of them
                self.inside[other].add(parcel)
        self._doubt(door, event["reason"], at_s)

    def _doubt(self, door: int, reason: str, at_s: float | None) -> None:
        self.free.discard(door)
        if door not in self.out:
            self.review[door] = reason
        for parcel in self.inside.get(door, set()):
            lot = self.lots.setdefault(parcel, Lot(""))
            lot.stands_until(at_s)
            lot.state, lot.since_s = "uncertain", at_s

    def _parcel_uncertain(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        self._end(event.get("opening", 0))
        self._comes(event["parcel"], event["door"], at_s)
        self._doubt(event["door"], event["reason"], at_s)

    def _compartment_out_of_service(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        door = event["door"]
        self.free.discard(door)
        self.review.pop(door, None)
        self.out.add(door)

    def _compartment_in_service(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        door = event["door"]
        self.out.discard(door)
        if not self.inside.get(door) or any(self.lots[p].state != "standing" for p in self.inside[door]):
            self.review[door] = "back_in_service"

    # -- parcels

    def _parcel_announced(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        lot = self.lots.setdefault(event["parcel"], Lot(event["reservation"]))
        lot.reservation = event["reservation"]
        lot.withheld = False
        if lot.state in ("collected", "gone"):
            lot.state, lot.ended_ms, lot.erased_ms = "announced", -1, -1
        self._heard_generation(event["reservation"], event.get("generation", 0))

    def _comes(self, parcel: str, door: int, at_s: float | None, reservation: str = "") -> None:
        self.collected.pop(parcel, None)
        lot = self.lots.setdefault(parcel, Lot(reservation or parcel))
        lot.reservation = reservation or lot.reservation
        lot.stands_until(at_s)
        for other in self.inside.values():
            other.discard(parcel)
        lot.state, lot.door, lot.since_s, lot.ended_ms, lot.erased_ms = "standing", door, at_s, -1, -1
        self.inside.setdefault(door, set()).add(parcel)

    def _parcel_deposited(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        door, parcel = event["door"], event["parcel"]
        self.free.discard(door)
        self.review.pop(door, None)
        called_off = parcel in self.lots and self.lots[parcel].going_back
        self._comes(parcel, door, at_s, event.get("reservation", ""))
        lot = self.lots[parcel]
        lot.hold_s, lot.stood_s, lot.withheld = event.get("hold_s", 0), 0.0, bool(event.get("withheld"))
        lot.going_back = called_off or event.get("purpose", "deposit") == "drop_off" or bool(event.get("returning"))

    def _standing_adopted(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        self._parcel_deposited(event, row, at_s)

    def _compartment_reviewed(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        door = event["door"]
        self.free.discard(door)
        self.review.pop(door, None)
        self._not_found(self.inside.pop(door, set()) - set(event["parcels"]), row)
        for parcel in event["parcels"]:
            self._comes(parcel, door, at_s)

    def _deposit_abandoned(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        self._leaves(event["parcel"], event["door"], "announced" if event["door"] else "gone", row)

    def _parcel_gone(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        self._leaves(event["parcel"], event["door"], "gone", row)

    def _parcel_cancelled(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        lot = self.lots.setdefault(event["parcel"], Lot(event["parcel"]))
        lot.going_back = True
        if lot.state == "announced":
            self._ends(event["parcel"], "gone", row)

    def _parcel_declined(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        self.lots.setdefault(event["parcel"], Lot(event["reservation"])).going_back = True

    def _parcel_collected(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        parcel, door = event["parcel"], event["door"]
        self.collected[parcel] = Taken(door, row.boot, at_s)
        self.emptied[door] = row.boot
        self._leaves(parcel, door, "collected", row)
        if not self.inside.get(door) and door not in self.out:
            if event["evidence"] == "sensor":
                self.free.add(door)
                self.review.pop(door, None)
            else:
                self.review.setdefault(door, "grace" if event["evidence"] == "inferred" else "answered")

    def _leaves(self, parcel: str, door: int, state: str, row: Row) -> None:
        self.inside.setdefault(door, set()).discard(parcel)
        if parcel in self.lots:
            self._ends(parcel, state, row)

    def _not_found(self, parcels: set[str], row: Row) -> None:
        """Not behind the door that somebody looked behind: gone are those that cannot be behind another."""
        for parcel in parcels:
            other = next((other for other, inside in self.inside.items() if parcel in inside), 0)
            if other:
                self.lots[parcel].door = other
            else:
                self._ends(parcel, "gone", row)

    def _ends(self, parcel: str, state: str, row: Row) -> None:
        for inside in self.inside.values():
            inside.discard(parcel)
        lot = self.lots.setdefault(parcel, Lot(parcel))
        lot.state, lot.door = state, 0
        lot.ended_ms = self.running_ms(row) if state in ("collected", "gone") else -1

    def _hold_extended(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        lot = self.lots.get(event["parcel"])
        if lot is not None:
            lot.since_s, lot.stood_s, lot.hold_s = at_s, 0.0, event["by_s"]  # at least so long from now

    def _particulars_erased(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        for parcel in event["subjects"]:
            if parcel in self.lots:
                self.lots[parcel].erased_ms = self.running_ms(row)

    # -- rights, orders, cards

    def _heard_generation(self, reservation: str, generation: int) -> None:
        self.generation[reservation] = max(generation, self.generation.get(reservation, 0))

    def _credential_superseded(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        self._heard_generation(event["reservation"], event["generation"])

    def _credential_revoked(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        known = self.revoked.get(event["reservation"], -1)
        self.revoked[event["reservation"]] = max(known, event["generation"])

    def _order_handled(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        self.order = max(self.order, event["number"])

    def _document_received(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        self.order = max(self.order, event.get("after_order", 0))
        if event["name"] == "standing":
            self.restoring = False

    def _epoch_begun(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        for number in tuple(self.openings):
            self._end(number)
        for door in {*self.inside, *self.free, *self.review}:
            self._doubt(door, "fork", at_s)
        self.forks += 1
        self.restoring = True
