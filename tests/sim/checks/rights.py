"""I3: no fault uses a credential up or lets it lapse: consumed only by a whole pickup, overdue only after its hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from tests.sim.checks.family import Family
from tests.sim.checks.motions import SEEN_WITHIN_S

if TYPE_CHECKING:
    from tests.sim.card import Row
    from tests.sim.checks.ledger import Live, Lot

SHORTEST_OPEN_S: Final = 2.0
ROUNDING_S: Final = 0.4  # a live door is polled every 250 ms
ANSWERS_WITHIN_S: Final = 60.0


class Rights(Family):
    CHECKS: ClassVar[dict[str, str]] = {
        "i3_collected_is_gone": "What is written down as collected is not inside any more.",
        "i3_only_a_whole_pickup_consumes": "Collected needs a live pickup of it whose door was seen open and shut.",
        "i3_nothing_is_inferred_after_a_cut": "An opening that a cut or a restart came between infers no pickup.",
        "i3_too_short_is_no_pickup": "A door open for less than two seconds infers no pickup.",
        "i3_a_person_said_so": "Collected on a person's word needs that somebody tapped it.",
        "i3_no_hold_ends_early": "A parcel is overdue only after all the time that it was given, with the power on.",
        "i3_a_parcel_inside_is_known": "At the end every parcel that is inside is in the books, behind its door.",
        "i3_a_parcel_inside_is_not_used_up": "At the end no parcel that is inside counts as collected.",
    }

    def on_parcel_collected(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        which = f"row {row.seq}: {event['parcel']} of door {event['door']}"
        opening = self.ledger.openings.get(event["opening"])
        if opening is None or not self._whole(opening, event):
            self.find("i3_only_a_whole_pickup_consumes", f"{which}: {opening}")
            return
        if event["evidence"] == "inferred":
            if opening.adopted or opening.boot != row.boot:
                self.find("i3_nothing_is_inferred_after_a_cut", f"{which}: {opening}")
            if self._open_s(opening, at_s) < SHORTEST_OPEN_S - ROUNDING_S:
                self.find("i3_too_short_is_no_pickup", f"{which}: open for {self._open_s(opening, at_s):.2f} s")
        elif event["evidence"] == "person" and not self._answered("yes", at_s):
            self.find("i3_a_person_said_so", f"{which}: nobody did")
        self._gone(event, row, at_s)

    def _whole(self, opening: Live, event: dict[str, Any]) -> bool:
        own = event["parcel"] in opening.parcels and opening.door == event["door"] and opening.purpose == "pickup"
        return own and opening.opened and opening.closed and opening.kind in ("code", "pin")

    def _open_s(self, opening: Live, at_s: float | None) -> float:
        """For how long the door stood open since its pulse; stuck contacts may have said so longer."""
        since_s, until_s = opening.at_s[1], self.seen.now_s if at_s is None else at_s
        if since_s is None or self.doors.had("stuck_open", opening.door, since_s, until_s):
            return SHORTEST_OPEN_S
        return self.doors.open_for(opening.door, since_s, until_s)

    def _answered(self, choice: str, at_s: float | None) -> bool:
        since_s = (self.seen.now_s if at_s is None else at_s) - ANSWERS_WITHIN_S
        return any(act.what == "Chosen" and act.text == choice for act in self.seen.acts(since_s))

    def _gone(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        known, door = self.truth.of_parcel(event["parcel"]), event["door"]
        if known is None or self.site.world.where(known.label) != door:
            return
        opening = self.ledger.openings.get(event["opening"])
        since_s = (opening.at_s[1] if opening is not None else None) or 0.0
        excuse = self._cannot_know(known.label, door, event["evidence"], since_s, at_s)
        if not excuse:
            self.find("i3_collected_is_gone", f"row {row.seq}: {known.label} is still behind door {door}")
        self.truth.hidden.add(known.label)

    def _cannot_know(self, label: str, door: int, evidence: str, since_s: float, at_s: float | None) -> str:
        """Why nothing in the wall tells that the parcel is still inside; empty when something does.

        since_s: when the pulse of its opening began.
        """
        now_s = self.seen.now_s if at_s is None else at_s
        if evidence == "sensor":
            drifts = self.doors.had("scale_drift", door, 0.0, now_s)
            flat = any(p.name == label and p.flat for p in self.site.world.inside(door))
            return "its scale drifts" if drifts else "it lies below the beam" if flat else ""
        if label in self.truth.hidden:
            return "somebody left it there, and nothing senses it"
        # The contact said that the door was open, and then shut, and it was shut all the time.
        if self.doors.had("stuck_open", door, since_s, now_s) and not self.doors.was(door, False, since_s, now_s):
            return "its contact was stuck"
        # The contact said that the door was shut after a pickup, and it was open all the time.
        stuck = self.doors.had("stuck_closed", door, now_s - SEEN_WITHIN_S, now_s)
        return "its contact is stuck" if stuck and not self.doors.was(door, True, now_s - SEEN_WITHIN_S, now_s) else ""

    def on_parcel_overdue(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        lot = self.ledger.lots.get(event["parcel"])
        if lot is None or lot.since_s is None or at_s is None or lot.state != "standing":
            if lot is not None and lot.state != "standing" and not self._unread(lot):
                self.find("i3_no_hold_ends_early", f"row {row.seq}: {event['parcel']} is {lot.state}")
            return
        stood_s = lot.stood_s + at_s - lot.since_s
        if stood_s < lot.hold_s - 1:
            self.find(
                "i3_no_hold_ends_early", f"row {row.seq}: {event['parcel']} after {stood_s:.0f} of {lot.hold_s} s"
            )

    def end(self) -> None:
        for known in self.truth.parcels.values():
            door = self.site.world.where(known.label)
            if not isinstance(door, int) or known.label in self.truth.hidden:
                continue
            lot = self.ledger.lots.get(known.parcel)
            names = {known.parcel, *known.namesakes}  # another carrier's courier may have put it in as one of theirs
            booked = bool(names & self.ledger.inside.get(door, set()))
            if not booked and lot is not None and lot.state == "collected":
                if self.seen.is_stale(door, *names) and self.site.site.plan(door).content == "none":
                    continue  # put in once more: lost with a card, told to nobody, and nothing here senses it
                self.find("i3_a_parcel_inside_is_not_used_up", f"{known.label} is behind door {door}")
            elif not booked and not self.seen.is_stale(door, *names) and not self._unread(lot):
                self.find("i3_a_parcel_inside_is_known", f"{known.label} is behind door {door}: {lot}")

    def _unread(self, lot: Lot | None) -> bool:
        """Whether it may have come before the first row that is left on the card that was put in."""
        return self.ledger.partial and (lot is None or lot.state == "announced")
