"""I1: no pulse without a durable authority of its own, and no authority that nobody gave."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, ClassVar, Final

from tests.sim.checks.family import Family

if TYPE_CHECKING:
    from tests.sim.card import Row
    from tests.sim.checks.seen import Deed, Seen

DEADLINE_S: Final = 5.0
ROUNDING_S: Final = 0.05
MOST_LIVE: Final = 4
MOST_PULSES: Final = 2
SILENT: Final = ("board_dead", "board_mute", "board_deaf")
SILENT_S: Final = 5.0  # less than from a pulse to the judgement of its status


class Authority(Family):
    CHECKS: ClassVar[dict[str, str]] = {
        "i1_authority_durable_before_the_pulse": "When a coil goes on, the card holds the row that authorises it.",
        "i1_each_pulse_its_own_authority": "No attempt of an opening is driven twice.",
        "i1_one_opening_a_door": "A door has at most one live opening.",
        "i1_four_live_at_once": "At most four openings are live at once.",
        "i1_a_number_is_used_once": "No two openings of a journal have one number.",
        "i1_two_pulses_at_most": "An opening is pulsed twice at most, and only while it is live.",
        "i1_authority_was_presented": "Whoever an opening names was at the reader, at the keys or in the shell.",
        "start_up_never_pulses": "No pulse rests on an authority of an earlier boot.",
        "unlock_has_a_deadline": "No pulse comes later than five seconds after the input that asked for it.",
        "a_second_pulse_needs_a_status": "No second pulse while the board has been silent since before the first.",
    }

    def __init__(self, seen: Seen) -> None:
        super().__init__(seen)
        self.pulsed_s: deque[float] = deque(maxlen=64)  # when a coil went on
        self._driven: set[tuple[int, int]] = set()

    def card_changed(self, lost: list[Row]) -> None:
        self._driven.clear()  # a card of an earlier day gives the numbers of its openings again

    def deed(self, deed: Deed) -> None:
        if deed.deed != "pulse_began":
            return
        self.pulsed_s.append(deed.at_s)
        which = f"pulse {deed.attempt} of opening {deed.opening} at door {deed.ordered}"
        opening = self.ledger.opening(deed.opening)
        if opening is None or opening.door != deed.ordered or deed.attempt not in opening.at_s:
            self.find("i1_authority_durable_before_the_pulse", f"{which}: nothing durable authorises it")
            return
        if (deed.opening, deed.attempt) in self._driven:
            self.find("i1_each_pulse_its_own_authority", f"{which} was driven twice")
        self._driven.add((deed.opening, deed.attempt))
        if opening.boot != self.ledger.boot:
            boot = self.ledger.boot
            self.find("start_up_never_pulses", f"{which} was authorised in boot {opening.boot}, this is {boot}")
        granted_s = opening.at_s[deed.attempt]
        if granted_s is not None and deed.at_s - granted_s > DEADLINE_S + ROUNDING_S:
            self.find("unlock_has_a_deadline", f"{which} came {deed.at_s - granted_s:.2f} s after its input")

    def on_opening_authorised(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        door, number = event["door"], event["opening"]
        if self.ledger.live(door) is not None:
            self.find("i1_one_opening_a_door", f"row {row.seq}: door {door} has a live opening already")
        if self.ledger.opening(number) is not None:
            self.find("i1_a_number_is_used_once", f"row {row.seq}: opening {number} was there before")
        if len(self.ledger.openings) >= MOST_LIVE:
            self.find("i1_four_live_at_once", f"row {row.seq}: beside {sorted(self.ledger.openings)}")
        if not self._presented(event["authority"], event["purpose"], door, row.boot, at_s):
            self.find("i1_authority_was_presented", f"row {row.seq}: nobody presented {event['authority']}")

    def on_opening_retried(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        opening = self.ledger.openings.get(event["opening"])
        if opening is None or event["attempt"] > MOST_PULSES:
            self.find("i1_two_pulses_at_most", f"row {row.seq}: attempt {event['attempt']} of {event['opening']}")
            return
        mute = [name for name in SILENT if self.doors.board_has_had_for(name, opening.door, SILENT_S, self.seen.now_s)]
        if mute:
            self.find("a_second_pulse_needs_a_status", f"row {row.seq}: door {opening.door} with {mute}")

    # -- who was there

    def _presented(self, authority: dict[str, Any], purpose: str, door: int, boot: int, at_s: float | None) -> bool:
        kind, ref = authority["kind"], authority["ref"]
        if kind == "command":
            return int(ref) in self.truth.opened_orders
        began_s, until_s = self.seen.began_s(boot), (self.seen.now_s if at_s is None else at_s) + ROUNDING_S
        acts = self.seen.acts(began_s or 0.0, until_s)
        texts = {act.text for act in acts if act.what in ("Scan", "Typed")}
        if kind == "code":
            theirs = [sent for sent in self.truth.parcels.values() if sent.reservation == ref]
            labels = {sent.label for sent in self.truth.parcels.values() if ref in (sent.parcel, sent.reservation)}
            if purpose == "drop_off" and labels & texts:
                return True  # a parcel that is brought has its label, and needs no other code
            return any(code in texts for sent in theirs for code in sent.codes)
        if kind == "pin":
            return any(sent.reservation == ref and sent.pins & texts for sent in self.truth.parcels.values())
        if kind == "badge":
            return bool(texts & self.truth.badge_pins)
        done = (("Technical", "open", door, ref), kind)
        return any(((act.what, act.text, act.door, act.user), "technician") == done for act in acts)
