"""The observer: sees the world, the raw card and the hub, and holds what the site writes against what was true.

It imports nothing of the product but what reads rows, and decodes their payloads by itself.  Each check has a name;
what it finds is kept in `violations`, the first one ends the life.
"""

from __future__ import annotations

import json
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any, Final

from hal.sim.chronicle import Deed, Entry
from hal.sim.doors import Position
from tests.sim.card import PATH, CardReader, Row
from tests.sim.site import SimSite
from tests.sim.truth import Truth

DEADLINE_S: Final = 5.0
GRACE_S: Final = 180.0
ON_MS: Final = 1000
PULSES_A_MINUTE: Final = 6
SEEN_WITHIN_S: Final = 8.0  # two polls of an idle bank, a board that answers late, and a card that is slow
ALARM_WITHIN_S: Final = 20.0
LIES: Final = ("stuck_open", "stuck_closed", "latch_only", "crossed_wires")
SILENT: Final = ("board_dead", "board_mute", "board_deaf")
SILENT_S: Final = 5.0  # less than from a pulse to the judgement of its status
OF_TIME: Final = ("expired", "not_yet_valid", "key_expired", "key_not_valid_yet", "badge_ended", "roster_too_old")
BLIND: Final = (*LIES, "board_dead", "board_mute", "board_deaf", "board_slow")
EVIDENCE_OF_DOORS: Final = ("switch", "latch")
EVIDENCE_OF_FREE: Final = ("sensor", "person", "inferred")


@dataclass(frozen=True)
class Violation:
    check: str
    text: str


@dataclass
class Live:
    """An opening as the rows tell it."""

    door: int
    purpose: str
    kind: str
    ref: str
    boot: int
    parcels: tuple[str, ...]
    at_s: dict[int, float | None]  # attempt → when it was authorised
    opened: bool = False
    closed: bool = False


@dataclass
class Taken:
    """A collected parcel, for grace."""

    door: int
    boot: int
    at_s: float | None
    reopened: int = 0
    let_again: bool = False


@dataclass
class Motion:
    at_s: float
    shut: bool
    by: str


@dataclass
class Books:
    """What the rows add up to, as far as the checks need it."""

    openings: dict[int, Live] = field(default_factory=dict)
    past: dict[int, Live] = field(default_factory=dict)
    free: set[int] = field(default_factory=set)
    inside: dict[int, set[str]] = field(default_factory=dict)
    collected: dict[str, Taken] = field(default_factory=dict)
    order: int = 0  # the last one handled
    emptied: dict[int, int] = field(default_factory=dict)  # door → boot of its last pickup
    revoked: dict[str, int] = field(default_factory=dict)
    untimely: Counter[str] = field(default_factory=Counter)  # refused for its time, by reason

    def live(self, door: int) -> bool:
        return any(one.door == door for one in self.openings.values())

    def end(self, opening: int) -> None:
        gone = self.openings.pop(opening, None)
        if gone is not None:
            self.past[opening] = gone


class Observer:
    def __init__(self, site: SimSite, truth: Truth) -> None:
        self.site, self.truth = site, truth
        self.violations: list[Violation] = []
        self.books = Books()
        self.rows: list[Row] = []
        self.boot = 0
        self.kinds: dict[str, int] = {}
        self.pulses = 0
        self._began: dict[int, float] = {}
        self._pulsed: set[tuple[int, int]] = set()
        self._recent: dict[int, deque[float]] = {}
        self._on: dict[int, float] = {}
        self._moves: dict[int, deque[Motion]] = {d: deque([Motion(0.0, True, "")], maxlen=64) for d in site.world.doors}
        self._faults: deque[tuple[float, str, int]] = deque(maxlen=512)
        self._reader = CardReader()
        self._card = (0, 0, 0)  # generation and fsyncs of the card when it was last read
        self._told: deque[tuple[str, int, float]] = deque(maxlen=256)  # kind, door, when
        self._owed_alarms: list[tuple[int, float, int]] = []
        self._command_openings: deque[float] = deque(maxlen=64)
        self._up_s = 0.0  # since when the present runtime has been ready; -1: none is
        self.troubled_s = -1e9  # when the card was last slow, full or broken
        site.world.chronicle.watch(self._see)

    # -- when to look ---------------------------------------------------------------------------------------------

    def started(self) -> None:
        """A process begins: its guard counts anew."""
        self._recent.clear()
        self._up_s = -1.0

    def look(self) -> None:
        """Everything that can be checked now."""
        began = self.site.boot_began_s
        if began is not None:
            self._began[began[0]] = began[1]
            if self._up_s < 0:
                self._up_s = self._now_s
        self._read()
        self._alarms()
        self._screen()

    def find(self, check: str, text: str) -> None:
        self.violations.append(Violation(check, f"at {self._now_s:.3f} s: {text}"))

    @property
    def _now_s(self) -> float:
        return self.site.loop.time()

    # -- the world ------------------------------------------------------------------------------------------------

    def _see(self, entry: Entry) -> None:
        if entry.deed is Deed.PULSE_BEGAN:
            self._pulse(entry)
        elif entry.deed is Deed.PULSE_ENDED:
            self._on.pop(entry.door, None)
            if entry.ms > ON_MS:
                self.find("i8_coil_within_its_limit", f"the coil of door {entry.door} was on for {entry.ms} ms")
        elif entry.deed is Deed.COIL_BURNT:
            self.find("i8_no_coil_burns", f"the coil of door {entry.door}: {entry.note}")
        elif entry.deed is Deed.DOOR_MOVED:
            self._moved(entry)
        elif entry.deed in (Deed.FAULT_SET, Deed.FAULT_CLEARED):
            self._faults.append((entry.at_s, entry.note, entry.door))

    def _pulse(self, entry: Entry) -> None:
        self.pulses += 1
        began = self.site.boot_began_s
        if began is not None:
            self._began[began[0]] = began[1]
        self._read()
        which = f"pulse {entry.attempt} of opening {entry.opening} at door {entry.ordered}"
        opening = self.books.openings.get(entry.opening) or self.books.past.get(entry.opening)
        if opening is None or opening.door != entry.ordered or entry.attempt not in opening.at_s:
            self.find("i1_authority_durable_before_the_pulse", f"{which}: nothing durable authorises it")
            return
        if (entry.opening, entry.attempt) in self._pulsed:
            self.find("i1_each_pulse_its_own_authority", f"{which} was driven twice")
        self._pulsed.add((entry.opening, entry.attempt))
        if opening.boot != self.boot:
            self.find("start_up_never_pulses", f"{which} was authorised in boot {opening.boot}, this is {self.boot}")
        granted_s = opening.at_s[entry.attempt]
        if granted_s is not None and entry.at_s - granted_s > DEADLINE_S + 0.05:
            self.find("unlock_has_a_deadline", f"{which} came {entry.at_s - granted_s:.2f} s after its input")
        if entry.door != entry.ordered and not self._fault_near("crossed_wires", 0):
            self.find("i7_pulse_moves_its_door", f"{which} drove door {entry.door}")
        self._duty(entry)

    def _duty(self, entry: Entry) -> None:
        if self._on:
            self.find("i8_one_coil_at_once", f"door {entry.door} while {sorted(self._on)} is on")
        self._on[entry.door] = entry.at_s
        recent = self._recent.setdefault(entry.door, deque(maxlen=PULSES_A_MINUTE + 1))
        recent.append(entry.at_s)
        if len(recent) > PULSES_A_MINUTE and recent[-1] - recent[0] < 60.0:
            self.find("i8_coil_within_its_duty", f"door {entry.door}: {len(recent)} pulses within a minute")

    def _moved(self, entry: Entry) -> None:
        door, moves = entry.door, self._moves[entry.door]
        shut = entry.to == Position.SHUT
        rested_s = entry.at_s - moves[-1].at_s
        was_shut = moves[-1].shut
        moves.append(Motion(entry.at_s, shut, entry.note))
        if was_shut and not shut and entry.note in ("force", "mechanical key") and rested_s > SEEN_WITHIN_S:
            awake = self._up_s >= 0 and entry.at_s - self._up_s > SEEN_WITHIN_S
            if awake and self.site.runtime is not None and not self._blind(door):
                self._read()
                if not self.books.live(door):
                    self._owed_alarms.append((door, entry.at_s, self.boot))

    def _blind(self, door: int) -> bool:
        return any(self.site.world.faults.has(name, door) for name in LIES) or any(
            self.site.world.faults.has(name) for name in BLIND
        )

    def _alarms(self) -> None:
        """I7: what went open by itself is an alarm, soon."""
        kept = []
        for door, at_s, boot in self._owed_alarms:
            seen = any(kind == "door_forced" and d == door and t >= at_s - 1 for kind, d, t in self._told)
            troubled = boot != self.boot or self.site.runtime is None or at_s - self.troubled_s < 120
            shut_soon = any(m.shut and at_s < m.at_s < at_s + SEEN_WITHIN_S for m in self._moves[door])
            if seen or troubled or shut_soon or self._fault_since(door, at_s):
                continue
            if self._now_s - at_s > ALARM_WITHIN_S:
                self.find("i7_open_without_an_opening_is_an_alarm", f"door {door} went open at {at_s:.1f} s, no alarm")
            else:
                kept.append((door, at_s, boot))
        self._owed_alarms = kept

    # -- the card -------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        disk = self.site.disk
        seen = (disk.generation, disk.syncs, disk.directory_syncs)
        image = disk.durable() if seen != self._card else {}
        self._card = seen
        if PATH not in image:
            return
        known = self.rows[-1].seq if self.rows else 0
        found = self._reader.rows_above(image, max(0, known - 1))
        if known and (not found or found[0].hash != self.rows[-1].hash):
            self.find("i4_no_durable_row_is_lost", f"row {known} is gone or another one")
            return
        for row in found[1:] if known else found:
            self.rows.append(row)
            self._row(row)
        durable = self.rows[-1].seq if self.rows else 0
        if self.site.committed > durable:
            self.find("i4_committed_is_durable", f"row {self.site.committed} was told of, durable is {durable}")

    def _row(self, row: Row) -> None:
        self.boot = max(self.boot, row.boot)
        self.kinds[row.kind] = self.kinds.get(row.kind, 0) + 1
        for secret in (*self.truth.secrets, *self.truth.parcels):
            if secret.encode() in row.payload:
                self.find("i11_no_secret_in_an_event", f"row {row.seq} ({row.kind}) holds {secret[:12]}")
        event = json.loads(row.payload)
        began_s = self._began.get(row.boot)
        at_s = began_s + row.mono_ms / 1000 if began_s is not None else None
        door = event.get("door", 0)
        if door and at_s is not None:
            self._told.append((row.kind, door, at_s))
        check = getattr(self, f"_on_{row.kind}", None)
        if check is not None:
            check(event, row, at_s)

    def _on_opening_authorised(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        authority = event["authority"]
        number, door, parcels = event["opening"], event["door"], tuple(event.get("parcels", ()))
        opening = Live(door, event["purpose"], authority["kind"], authority["ref"], row.boot, parcels, {1: at_s})
        if self.books.live(door):
            self.find("i1_one_opening_a_door", f"row {row.seq}: door {door} has a live opening already")
        self.books.openings[number] = opening
        if opening.kind == "command":
            self._brake(opening, at_s)
        if opening.kind in ("code", "pin") and opening.purpose == "pickup":
            self._pickup(event, opening, at_s)

    def _pickup(self, event: dict[str, Any], opening: Live, at_s: float | None) -> None:
        generation = event["authority"].get("generation", 0)
        if opening.kind == "code" and generation <= self.books.revoked.get(opening.ref, -1):
            self.find(
                "i2_revoked_opens_nothing", f"opening {event['opening']} on {opening.ref} generation {generation}"
            )
        for parcel in opening.parcels:
            taken = self.books.collected.get(parcel)
            if event.get("grace"):
                self._grace(event, opening, taken, at_s)
            elif taken is not None:
                self.find("i2_used_opens_nothing", f"opening {event['opening']} for {parcel}, collected before")
            else:
                self._right_door(parcel, opening.door)

    def _grace(self, event: dict[str, Any], opening: Live, taken: Taken | None, at_s: float | None) -> None:
        which = f"opening {event['opening']} of door {opening.door} in grace"
        if taken is None or taken.door != opening.door or taken.boot != opening.boot:
            self.find("i2_grace_is_its_own_door_and_boot", f"{which}: {taken}")
            return
        taken.reopened += 1
        late = at_s is not None and taken.at_s is not None and at_s - taken.at_s > GRACE_S + 0.1
        if late or taken.reopened > 2 or taken.let_again:
            self.find("i2_grace_has_limits", f"{which}: {taken}, now {at_s}")

    def _right_door(self, parcel: str, door: int) -> None:
        known = self.truth.of_parcel(parcel)
        if known is None or known.label in self.truth.hidden:
            return
        place = self.site.world.where(known.label)
        if isinstance(place, int) and place != door:
            self.find("i2_opens_where_the_parcel_is", f"{known.label} is behind {place}, opened was {door}")

    def _brake(self, opening: Live, at_s: float | None) -> None:
        number = int(opening.ref)
        order = self.truth.opened_orders.get(number)
        if order is None or order[0] != opening.door:
            self.find("i10_only_orders_of_ours_open", f"order {number} opened door {opening.door}: {order}")
        if at_s is None:
            return
        if order is not None and at_s - order[1] > 61:
            self.find("i10_an_order_to_open_has_a_minute", f"order {number} was given {at_s - order[1]:.0f} s before")
        self._command_openings.append(at_s)
        lately = sum(at_s - t < 600 for t in self._command_openings)
        today = sum(at_s - t < 86_400 for t in self._command_openings)
        if lately > 3 or today > 10:
            self.find("i10_brake", f"{lately} openings by command in ten minutes, {today} in a day")

    def _on_opening_retried(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        opening = self.books.openings.get(event["opening"])
        if opening is None or event["attempt"] > 2:
            self.find("i1_two_pulses_at_most", f"row {row.seq}: attempt {event['attempt']} of {event['opening']}")
        else:
            opening.at_s[event["attempt"]] = at_s
            opening.boot = row.boot
            mute = [
                f.name for f in self.site.world.faults.now() if f.name in SILENT and self._fault_older(f.name, SILENT_S)
            ]
            if mute:
                self.find("a_second_pulse_needs_a_status", f"row {row.seq}: door {opening.door} with {mute}")

    def _ended(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        self.books.end(event.get("opening", 0))

    _on_opening_lapsed = _ended

    def _on_opening_ended(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        opening = self.books.openings.get(event["opening"])
        if opening is None or not (opening.opened and opening.closed):
            self.find("i5_only_what_was_open_and_shut_ends", f"row {row.seq}: {event}, {opening}")
        self.books.end(event["opening"])

    def _on_door_jammed(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        self.books.end(event["opening"])
        self.books.free.discard(event["door"])

    def _on_epoch_begun(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        self.books.openings.clear()
        self.books.free.clear()

    # -- doors

    def _on_door_adopted(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        opening = self.books.openings.get(event["opening"])
        if opening is not None:
            opening.opened, opening.closed = True, False

    def _on_door_opened(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        door = event["door"]
        self._on_door_adopted(event, row, at_s)
        if event["evidence"] not in EVIDENCE_OF_DOORS:
            self.find("i5_opened_on_evidence", f"row {row.seq}: door {door} on {event['evidence']}")
        if not self._was(door, False, at_s) and not self._lied(door, at_s):
            self.find("i5_opened_is_open", f"row {row.seq}: door {door} was shut all the time")

    def _on_door_closed(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        door = event["door"]
        opening = self.books.openings.get(event["opening"])
        if opening is not None:
            opening.closed = True
        if event["evidence"] not in EVIDENCE_OF_DOORS:
            self.find("i5_closed_on_evidence", f"row {row.seq}: door {door} on {event['evidence']}")
        if not self._was(door, True, at_s) and not self._lied(door, at_s):
            self.find("i5_closed_is_closed", f"row {row.seq}: door {door} stood open all the time")

    def _on_door_forced(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        door = event["door"]
        self.books.free.discard(door)
        if at_s is None or self._lied(door, at_s) or self._fault_near("forced", door):
            return
        by = {m.by for m in self._moves[door] if not m.shut and at_s - SEEN_WITHIN_S <= m.at_s <= at_s + 0.01}
        if not by & {"force", "mechanical key"}:
            self.find("i7_no_alarm_that_nobody_caused", f"row {row.seq}: door {door} was moved by {by or 'nobody'}")

    def _was(self, door: int, shut: bool, at_s: float | None) -> bool:
        """Whether the door was so at some moment shortly before."""
        until_s = self._now_s if at_s is None else at_s + 0.01
        since_s = until_s - (60.0 if at_s is None else SEEN_WITHIN_S)
        moves = list(self._moves[door])
        for place, motion in enumerate(moves):
            ends_s = moves[place + 1].at_s if place + 1 < len(moves) else float("inf")
            if motion.shut is shut and motion.at_s <= until_s and ends_s >= since_s:
                return True
        return False

    def _lied(self, door: int, at_s: float | None) -> bool:
        """Whether the contact of this door was not to be believed lately."""
        now = any(self.site.world.faults.has(name, door) for name in LIES)
        since_s = (self._now_s if at_s is None else at_s) - 60
        return now or self._fault_near("crossed_wires", 0) or self._fault_since(door, since_s)

    def _fault_since(self, door: int, since_s: float) -> bool:
        return any(t >= since_s and name in BLIND and d in (0, door) for t, name, d in self._faults) or any(
            t >= since_s and name == "crossed_wires" for t, name, _ in self._faults
        )

    def _fault_older(self, name: str, seconds: float) -> bool:
        """Whether the fault has been there for so long already."""
        return not any(n == name and t > self._now_s - seconds for t, n, _ in self._faults)

    def _fault_near(self, name: str, door: int) -> bool:
        has = self.site.world.faults.has
        set_now = has(name, door) if door else any(f.name == name for f in self.site.world.faults.now())
        return set_now or any(n == name and d in (0, door or d) for t, n, d in self._faults if t > self._now_s - 60)

    # -- compartments and parcels

    def _on_compartment_let(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        door = event["door"]
        if door not in self.books.free:
            self.find("i6_let_only_what_is_free", f"row {row.seq}: compartment {door} was not free on evidence")
        self._empty("i6_let_is_empty", door, row)
        self.books.free.discard(door)
        for taken in self.books.collected.values():
            if taken.door == door:
                taken.let_again = True

    def _on_compartment_freed(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        door = event["door"]
        if event["evidence"] not in EVIDENCE_OF_FREE:
            self.find("i6_free_on_evidence", f"row {row.seq}: compartment {door} on {event['evidence']}")
        if event["evidence"] == "inferred" and self.books.emptied.get(door) != row.boot:
            self.find("i6_inferred_only_from_a_pickup", f"row {row.seq}: compartment {door}")
        if not self._was(door, True, at_s) and not self._lied(door, at_s):
            self.find("i6_free_is_closed", f"row {row.seq}: door {door} stands open")
        self._empty("i6_free_is_empty", door, row)
        self.books.free.add(door)
        self.books.inside[door] = set()

    def _empty(self, check: str, door: int, row: Row) -> None:
        inside = {p.name for p in self.site.world.inside(door)} - self.truth.hidden
        if inside and not self.site.world.faults.has("scale_drift", door):
            self.find(check, f"row {row.seq}: compartment {door} holds {sorted(inside)}")

    def _on_compartment_to_review(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        self.books.free.discard(event["door"])
        self.books.inside.setdefault(event["door"], set()).update(event.get("maybe", ()))
        for parcel in event.get("maybe", ()):
            self.books.collected.pop(parcel, None)
        self.books.end(event.get("opening", 0))

    def _on_parcel_uncertain(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        self.books.free.discard(event["door"])
        self.books.collected.pop(event["parcel"], None)
        self.books.inside.setdefault(event["door"], set()).add(event["parcel"])
        self.books.end(event.get("opening", 0))

    def _on_compartment_out_of_service(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        self.books.free.discard(event["door"])

    def _arrived(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        self.books.free.discard(event["door"])
        parcels = event.get("parcels") or (event["parcel"],)
        for parcel in parcels:
            self.books.collected.pop(parcel, None)
            self.books.inside.setdefault(event["door"], set()).add(parcel)

    _on_parcel_deposited = _on_compartment_reviewed = _on_standing_adopted = _arrived

    def _on_deposit_abandoned(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        self.books.inside.setdefault(event["door"], set()).discard(event["parcel"])

    _on_parcel_gone = _on_deposit_abandoned

    def _on_parcel_collected(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        parcel, door = event["parcel"], event["door"]
        if parcel in self.books.collected:
            self.find("i2_a_parcel_leaves_once", f"row {row.seq}: {parcel} was collected before")
        self.books.collected[parcel] = Taken(door, row.boot, at_s)
        self.books.emptied[door] = row.boot
        inside = self.books.inside.setdefault(door, set())
        inside.discard(parcel)
        if event["evidence"] == "sensor" and not inside:
            self.books.free.add(door)
        known = self.truth.of_parcel(parcel)
        still = known is not None and self.site.world.where(known.label) == door
        if known is not None and still and known.label not in self.truth.hidden and not self._sensor_lied(door):
            self.find("i3_collected_is_gone", f"row {row.seq}: {known.label} is still behind door {door}")

    def _sensor_lied(self, door: int) -> bool:
        return self._fault_near("scale_drift", door)

    # -- rights

    def _on_credential_revoked(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        known = self.books.revoked.get(event["reservation"], -1)
        self.books.revoked[event["reservation"]] = max(known, event["generation"])

    def _on_credential_refused(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        if event["reason"] in OF_TIME and event["source"] in ("code", "pin", "badge"):
            self.books.untimely[event["reason"]] += event.get("count", 1)
            if self.books.untimely[event["reason"]] <= self.truth.untimely[event["reason"]]:
                return  # somebody has shown what really is out of its time
            self.find("i9_no_good_code_is_expired", f"row {row.seq}: {event}")

    def _on_order_handled(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        if event["number"] not in self.truth.genuine_orders:
            self.find("i10_no_forged_order_is_handled", f"row {row.seq}: {event}")
        if event["number"] <= self.books.order:
            self.find("i10_an_order_is_handled_once", f"row {row.seq}: {event}, {self.books.order} was before")
        self.books.order = event["number"]

    # -- screens and card

    def _screen(self) -> None:
        runtime = self.site.runtime
        if runtime is None or not runtime.ready.is_set():
            return
        shown = runtime.screen()
        text = repr(shown.params)
        for pin in self.truth.secrets:
            if pin in text:
                self.find("i11_no_secret_on_a_screen", f"{shown.name} shows {pin[:12]}")
        if shown.name == "attract" and any(label in text for label in self.truth.parcels):
            self.find("i11_the_screen_forgets", f"{shown.name}: {text[:200]}")

    def search_card(self) -> None:
        """I11: nothing planted lies on the card, in whichever file and wherever in it."""
        for name, content in self.site.disk.copy_card().items():
            for secret in self.truth.secrets:
                if secret.encode() in content:
                    self.find("i11_no_secret_on_the_card", f"{name} holds {secret[:12]}")

    def hub_stands_at(self, seq: int, digest: bytes) -> None:
        """I4: the hub never has a row that is not durable here, nor another one in its place."""
        if seq and (seq > len(self.rows) or self.rows[seq - 1].hash != digest):
            self.find("i4_the_hub_has_only_durable_rows", f"the hub stands at row {seq}, durable are {len(self.rows)}")

    def at_hub(self, hashes: list[str]) -> None:
        """I4: what the hub has is what is durable, in order, nothing left out, nothing twice."""
        ours = [row.hash.hex() for row in self.rows]
        if hashes != ours:
            both = sum(a == b for a, b in zip(hashes, ours, strict=False))
            self.find("i4_the_hub_has_every_row_once", f"hub {len(hashes)}, card {len(ours)}, alike {both}")
