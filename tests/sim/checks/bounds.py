"""Bounds that hold across boots: tries at the keypad, openings of one credential, numbers of boots, rows of the crash
table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from tests.sim.checks.family import Family

if TYPE_CHECKING:
    from tests.sim.card import Row
    from tests.sim.checks.seen import Deed, Seen

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
DAY_MS: Final = 24 * HOUR_MS
TRIES: Final = 5
WAITS_MS: Final = tuple(minutes * MINUTE_MS for minutes in (1, 2, 4, 8, 15))
DISOBEYS: Final = ("line_stuck", "board_dead", "board_deaf")
MONOSTABLE_MS: Final = 500
LONGEST_MS: Final = 300  # the simulated supply has the limit that is the product's default
BY_RIGHT: Final = frozenset({"code", "pin"})


class Bounds(Family):
    CHECKS: ClassVar[dict[str, str]] = {
        "pin_entry_is_limited": "From the fifth wrong PIN in a row on each brings a wait, and no reboot shortens it.",
        "five_openings_an_hour": "A credential has at most five openings in an hour of running time.",
        "i8_pulse_within_its_supply": "No pulse is longer than the limit of its supply.",
        "a_boot_has_its_own_number": "No two starts have one number.",
        "i4_a_moved_card_begins_an_epoch": "A card that starts in another machine begins a new epoch first.",
        "i6_a_cut_ends_in_review": "An opening that was cut off behind a door without a sensor ends in review.",
    }

    def __init__(self, seen: Seen) -> None:
        super().__init__(seen)
        self._failures = self._waits = self._day_failures = 0
        self._until_ms = self._day_ms = 0
        self._openings: dict[str, list[int]] = {}
        self._boot = 0  # the last one that started
        self._machine, self._moved = seen.site.machine_id, False

    def started(self) -> None:
        self._moved = self._moved or self._machine != self.site.machine_id
        self._machine = self.site.machine_id

    def card_changed(self, lost: list[Row]) -> None:
        """An earlier card knows fewer failures and openings; what it forgot nobody can count."""
        self._failures = self._waits = self._day_failures = self._until_ms = self._day_ms = 0
        self._openings.clear()
        self._boot = 0
        self._machine, self._moved = self.site.machine_id, False  # on which machine a copy was made it says itself

    def deed(self, deed: Deed) -> None:
        if deed.deed != "pulse_ended" or deed.ms <= LONGEST_MS:
            return
        # A bare line that obeys its host no more is let go by the monostable behind it.
        since_s = deed.at_s - deed.ms / 1000
        deaf = any(self.seen.doors.had(name, 0, since_s, deed.at_s) for name in DISOBEYS)
        if not (self.site.lines and deaf) or deed.ms > MONOSTABLE_MS:
            self.find("i8_pulse_within_its_supply", f"the coil of door {deed.door} was on for {deed.ms} ms")

    # -- the keypad

    def on_pin_failed(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        now_ms = self._tried(row)
        if not self._day_failures or now_ms - self._day_ms >= DAY_MS:
            self._failures = self._waits = self._day_failures = self._until_ms = 0
            self._day_ms = now_ms
        self._failures += 1
        self._day_failures += 1
        if self._failures >= event.get("tries", TRIES):
            self._until_ms = now_ms + WAITS_MS[min(self._waits, len(WAITS_MS) - 1)]
            self._waits += 1

    def on_pin_accepted(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        self._tried(row)
        self._failures = self._waits = self._until_ms = 0

    def _tried(self, row: Row) -> int:
        now_ms = self.ledger.running_ms(row)
        if now_ms < self._until_ms:
            self.find("pin_entry_is_limited", f"row {row.seq}: tried {self._until_ms - now_ms} ms before its time")
        return now_ms

    # -- openings

    def on_opening_authorised(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        authority, now_ms = event["authority"], self.ledger.running_ms(row)
        if authority["kind"] not in BY_RIGHT:
            return
        recent = [at for at in self._openings.get(authority["ref"], []) if now_ms - at < HOUR_MS]
        self._openings[authority["ref"]] = [*recent, now_ms]
        most = self.site.site.policy.openings_an_hour
        if len(recent) >= most:
            self.find("five_openings_an_hour", f"row {row.seq}: the {len(recent) + 1}. of {authority['ref']}")

    def on_opening_lapsed(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        opening = self.ledger.openings.get(event["opening"])
        if opening is None or opening.boot == row.boot or event["reason"] != "interrupted":
            return
        if self.site.site.plan(event["door"]).content == "none":
            self.find("i6_a_cut_ends_in_review", f"row {row.seq}: opening {event['opening']} of door {event['door']}")

    # -- boots

    def on_epoch_begun(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        self._moved = False

    def on_started(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        if row.boot <= self._boot:
            self.find("a_boot_has_its_own_number", f"row {row.seq}: boot {row.boot}, {self._boot} was before")
        self._boot = row.boot  # a fork is written before it, within the same boot
        if self._moved and row.seq > 1:  # else it is new there
            self.find("i4_a_moved_card_begins_an_epoch", f"row {row.seq}: it goes on as before")
        self._moved = False
