"""A desk: one site on a table, its doors moved by hand.  The real core, real keys and codes, time as it is told.

    desk = Desk(stands={3: sent("JD0003")})
    desk.scan(desk.code(sent("JD0003")))
    desk.door_opens(3)
    desk.wait(5)
    desk.door_closes(3)
    assert desk.screen().name == "thanks"

Every input is held against what must always be true (see `_check`); a reboot folds the encoded rows from the first.
"""

from __future__ import annotations

import functools
import hashlib
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

from msgspec import Struct

from edge.core import effects, events, inputs, shelf
from edge.core.claims import Claims, Permission
from edge.core.clocks import judged
from edge.core.credential import parcel_id
from edge.core.events.base import Event, decode, encode
from edge.core.fold import fold, freeze, thaw
from edge.core.inputs import Input, Moment
from edge.core.judgement import JudgementTime
from edge.core.memory import Memory
from edge.core.orders import Announce, Open, Particulars, What
from edge.core.pin import pin_verifier
from edge.core.ports import ContentReading, DoorReading
from edge.core.roster import Badge, Roster, Verifier, derive
from edge.core.rows import Beside, Stamp
from edge.core.screens import MAX_CHOICES, Screen, screen
from edge.core.site import CompartmentPlan, Neighbour, Policy, Site
from edge.core.standing import Standing, StandingList
from edge.core.state import Compartment, Opening, Parcel, Reservation, State
from edge.core.turn import Books, Decision
from edge.core.words import (
    ClockTrust,
    CompartmentState,
    Content,
    ContentSensor,
    Evidence,
    Feedback,
    Level,
    PulseOutcome,
    Purpose,
    Role,
    Size,
)
from sync.hub.issue import Issuer, mint_code, public_bytes, sign_keys, sign_order, sign_roster, sign_standing
from tests.core.again import Again
from tests.credentials.known_keys import BUNDLE, COMMAND, COURIER, GROUP, NOW_S, OPENING, PICKUP, PIN_KEY, ROOT, SITE
from tests.credentials.known_keys import SERVICE as SERVICE_KEY

DAY_S: Final = 86_400
TICK_S: Final = 0.01  # between one input and the next
SIZES: Final = (Size.S, Size.S, Size.M, Size.M, Size.L, Size.L, Size.XL, Size.XL)
OTHER_SITE: Final = 0x00BC6150

COURIER_BADGE: Final = "c0c0c0c0c0c0c0c0"
COURIER_NUMBER: Final = "47110815"
COURIER_PIN: Final = "13572468"
TECHNICIAN_BADGE: Final = "7ec4000000000001"
TECHNICIAN_PIN: Final = "86427531"

E = TypeVar("E", bound=Event)


class Sent(Struct, frozen=True):
    """A parcel as its sender knows it."""

    tracking: str
    carrier: str
    reservation: str
    pin: str = ""

    @property
    def parcel(self) -> str:
        return parcel_id(self.carrier, self.tracking).hex()


def sent(tracking: str, *, carrier: str = "dpd", reservation: str = "", pin: str = "") -> Sent:
    """A parcel; without `reservation` it has the right that the hash of its label gives."""
    return Sent(tracking, carrier, reservation or parcel_id(carrier, tracking).hex(), pin)


def wall(
    content: ContentSensor = ContentSensor.NONE, feedback: Feedback = Feedback.SWITCH, sizes: Sequence[Size] = SIZES
) -> tuple[CompartmentPlan, ...]:
    """Doors 1, 2, …: two of each size; the even ones hang high and cannot be reached from a wheelchair."""
    return tuple(
        CompartmentPlan(door, size, feedback, content, reachable=door % 2 == 1, bottom_mm=400 if door % 2 else 1300)
        for door, size in enumerate(sizes, start=1)
    )


class Desk:
    """One site, its doors in the hands of the test.

    compartments: the wall, else eight doors with `content` and `feedback`.  stands: what the standing list says is
    behind which doors.  restored: the standing list has come.  looked: a technician has looked into all other
    compartments and found them empty.  roster: the roster has come.
    """

    def __init__(
        self,
        *,
        compartments: tuple[CompartmentPlan, ...] | None = None,
        content: ContentSensor = ContentSensor.NONE,
        feedback: Feedback = Feedback.SWITCH,
        policy: Policy | None = None,
        stands: Mapping[int, Sent | tuple[Sent, ...]] | None = None,
        restored: bool = True,
        looked: bool = True,
        roster: bool = True,
        wall_s: int = NOW_S,
        trust: ClockTrust = ClockTrust.NTP,
        release_s: int = 0,
    ) -> None:
        self.site = Site(
            number=SITE,
            compartments=compartments or wall(content, feedback),
            name="Old Brewery",
            groups=frozenset({GROUP}),
            neighbours=(Neighbour(OTHER_SITE, "Railway Station", "Platform 1"),),
            policy=policy or Policy(telephone="0800 123"),
            root_public=public_bytes(ROOT),
            pin_key=PIN_KEY,
        )
        self.books = Books(State(), shelf.EMPTY)
        self.memory = Memory()
        self.again = Again()
        self.boot = 1
        self.mono_s = 1.0
        self.trust = trust
        self.release_s = release_s
        self._wall_offset_s = wall_s - self.mono_s
        self._dice = 0
        self._order = 0
        self.timers: dict[tuple[str, ...], float] = {}
        self.level = {plan.door: Level.CLOSED for plan in self.site.compartments}
        self.inside = {plan.door: Content.EMPTY for plan in self.site.compartments}
        self.doors_answer = True
        self.sensors_answer = True
        self.pulses_answer = True  # else unlocks wait in `unlocks` for `pulse`
        self.outcomes: deque[PulseOutcome] = deque()  # of the next pulses; then DONE
        self.unlocks: deque[effects.Unlock] = deque()
        self.rows: list[tuple[str, bytes, Stamp]] = []
        self.besides: dict[tuple[str, str], Beside] = {}
        self.events: list[Event] = []
        self.effects: list[effects.Effect] = []
        self.decision: Decision | None = None
        self._start()
        self.provide(roster=roster)
        if restored:
            self.restore(stands or {})
        if restored and looked:
            self.look_into_all()

    # -- telling ----------------------------------------------------------------------------------------------------

    def tell(self, told: Input) -> Decision:
        """One input, and at once whatever its effects bring back."""
        self.mono_s += TICK_S
        before = self.books.state
        decision = self.again.decide(self.site, self.books, self.memory, told, self.moment())
        _check(before, decision, self.moment().stamp)
        self.books, self.memory, self.decision = decision.books, decision.memory, decision
        for recorded in decision.recorded:
            self.rows.append((recorded.event.kind, encode(recorded.event), self.moment().stamp))
            self.events.append(recorded.event)
            self._lay_beside(recorded.beside, recorded.erase)
        for timer in decision.timers:
            self.timers[timer.key] = timer.at_s
        shown = self.screen()
        assert len(shown.choices) <= MAX_CHOICES, f"{shown.name}: {shown.choices}"
        for effect in decision.effects:
            self.effects.append(effect)
            self._run(effect)
        return decision

    def moment(self) -> Moment:
        self._dice += 1
        return Moment(
            self.mono_s,
            Stamp(self.boot, round(self.mono_s * 1000), round(self.wall_s * 1000), self.trust),
            self.time(),
            hashlib.sha256(self._dice.to_bytes(8, "big")).digest()[:16],
        )

    @property
    def wall_s(self) -> float:
        return self._wall_offset_s + self.mono_s

    def time(self) -> JudgementTime:
        """How far the machine's clock is believed."""
        at = Stamp(self.boot, round(self.mono_s * 1000), 0, self.trust)
        return judged(self.state, at, self.wall_s, self.trust)[0]

    def clock(self, wall_s: int, trust: ClockTrust = ClockTrust.NTP) -> None:
        """The machine's clock is set."""
        self._wall_offset_s = wall_s - self.mono_s
        self.trust = trust

    def running_ms(self) -> int:
        return self.state.running_ms(round(self.mono_s * 1000))

    def _run(self, effect: effects.Effect) -> None:
        if isinstance(effect, effects.Unlock):
            self.unlocks.append(effect)
            if self.pulses_answer:
                self.pulse(self.outcomes.popleft() if self.outcomes else PulseOutcome.DONE)
        elif isinstance(effect, effects.ReadDoors) and self.doors_answer:
            self.read_doors(*effect.doors)
        elif isinstance(effect, effects.ReadContent) and self.sensors_answer:
            self.read_contents(*effect.doors)

    def _lay_beside(self, beside: Sequence[Beside], erase: Sequence[str]) -> None:
        for subject in erase:
            self.besides = {key: item for key, item in self.besides.items() if key[0] != subject}
        for item in beside:
            self.besides[item.subject, item.name] = item

    # -- doors ------------------------------------------------------------------------------------------------------

    def pulse(self, outcome: PulseOutcome = PulseOutcome.DONE, detail: str = "") -> effects.Unlock:
        """The owner of the bus does the oldest waiting unlock; this becomes of its coil."""
        unlock = self.unlocks.popleft()
        if outcome in (PulseOutcome.DONE, PulseOutcome.UNKNOWN):
            self.pulse_begins(unlock)
        self.tell(inputs.PulseEnded(unlock.door, unlock.opening, unlock.attempt, outcome, detail))
        return unlock

    def pulse_begins(self, unlock: effects.Unlock) -> None:
        at_s = self.mono_s + TICK_S
        self.tell(inputs.PulseBegan(unlock.door, unlock.opening, unlock.attempt, at_s))

    def reading(self, door: int, at_s: float | None = None) -> DoorReading:
        latch = self.site.plan(door).feedback is Feedback.LATCH
        evidence = Evidence.LATCH if latch else Evidence.SWITCH
        return DoorReading(self.level[door], evidence, self.mono_s + TICK_S if at_s is None else at_s)

    def read_doors(self, *doors: int) -> None:
        self.tell(inputs.Levels({door: self.reading(door) for door in doors}))

    def read_contents(self, *doors: int) -> None:
        self.tell(inputs.Contents({door: ContentReading(self.inside[door], self.mono_s + TICK_S) for door in doors}))

    def door_opens(self, door: int, *, at_s: float | None = None) -> None:
        """The feedback says open; a latch is held for its second."""
        self._door_moves(door, Level.OPEN, at_s)
        if self.site.plan(door).feedback is Feedback.LATCH:
            self.wait(self.site.policy.timers.latch_s + 0.1)

    def door_closes(self, door: int, *, at_s: float | None = None) -> None:
        self._door_moves(door, Level.CLOSED, at_s)
        if self.site.plan(door).feedback is Feedback.LATCH:
            self.wait(self.site.policy.timers.latch_s + 0.1)

    def blink(self, door: int) -> None:
        """The latch is retracted and springs back at once."""
        self._door_moves(door, Level.OPEN, None)
        self.wait(0.2)
        self._door_moves(door, Level.CLOSED, None)

    def door_silent(self, door: int) -> None:
        """The board gives no valid answer for this door."""
        self._door_moves(door, Level.UNKNOWN, None)

    def _door_moves(self, door: int, level: Level, at_s: float | None) -> None:
        self.level[door] = level
        self.tell(inputs.Levels({door: self.reading(door, at_s)}))

    def holds(self, door: int, content: Content) -> None:
        """What lies inside changes; the sensor will say so when it is asked."""
        self.inside[door] = content

    def content(self, door: int, content: Content) -> None:
        """What lies inside changes, and the sensor, where there is one, says so now."""
        self.holds(door, content)
        if self.site.plan(door).content is not ContentSensor.NONE:
            self.read_contents(door)

    def take(self, door: int, seconds: float = 5) -> None:
        """Somebody opens, takes everything out, and shuts."""
        self.door_opens(door)
        self.wait(seconds)
        self.holds(door, Content.EMPTY)
        self.door_closes(door)

    def put(self, door: int, seconds: float = 5) -> None:
        """Somebody opens, puts something in, and shuts."""
        self.door_opens(door)
        self.wait(seconds)
        self.holds(door, Content.PRESENT)
        self.door_closes(door)

    # -- the person at the screen -----------------------------------------------------------------------------------

    def scan(self, code: str) -> Screen:
        self.tell(inputs.Scan(code))
        return self.screen()

    def enter(self, text: str) -> Screen:
        """Digits or letters, typed where the screen takes some."""
        shown = self.screen()
        assert shown.entry, f"nothing can be typed at {shown.name}"
        self.tell(inputs.Typed(text, shown.number))
        return self.screen()

    def pin(self, digits: str) -> Screen:
        return self.enter(digits)

    def tap(self, choice: str) -> Screen:
        """A tap on a choice that stands on the screen."""
        shown = self.screen()
        assert choice in shown.choices, f"{choice!r} is not on {shown.name}, only {shown.choices}"
        self.tell(inputs.Chosen(choice, shown.number))
        return self.screen()

    def tap_late(self, choice: str, number: int) -> Screen:
        """A tap meant for the choice set `number`."""
        self.tell(inputs.Chosen(choice, number))
        return self.screen()

    def screen(self) -> Screen:
        return screen(self.site, self.state, self.memory)

    # -- time -------------------------------------------------------------------------------------------------------

    def wait(self, seconds: float) -> None:
        """Time passes; every timer fires when it is due, in order."""
        until = self.mono_s + seconds
        while True:
            due = min(self.timers.items(), key=lambda item: item[1], default=None)
            if due is None or due[1] > until:
                break
            self._fire(*due)
        self.mono_s = max(self.mono_s, until)

    def skip(self, seconds: float) -> None:
        """A long time passes at once; every timer that became due fires, late and only once."""
        self.mono_s += seconds
        for key, at_s in sorted(self.timers.items(), key=lambda item: item[1]):
            if at_s <= self.mono_s and self.timers.get(key) == at_s:
                self._fire(key, at_s)

    def _fire(self, key: tuple[str, ...], at_s: float) -> None:
        del self.timers[key]
        self.mono_s = max(self.mono_s, at_s)
        self.tell(inputs.Timer(key))

    def reboot(self, *, off_s: float = 10, new_card: bool = False) -> None:
        """The power goes and comes back: memory is lost, the rows are read and folded from the first.

        new_card: the rows are lost too; what the configuration holds is there.
        """
        wall_s = self.wall_s + off_s
        if new_card:
            self.rows, self.besides, self.boot = [], {}, 0
        state = self.refolded()
        assert new_card or state == self.state, "the rows do not add up to the state"
        assert thaw(freeze(state)) == state
        self.books = Books(state, shelf.EMPTY.changed(self.besides.values(), ()))
        self.memory, self.timers = Memory(), {}
        self.unlocks.clear()
        self.boot += 1
        self.mono_s = 1.0
        self._wall_offset_s = wall_s - self.mono_s
        self._start()

    def refolded(self) -> State:
        """What the encoded rows add up to."""
        state = State()
        for seq, (kind, payload, stamp) in enumerate(self.rows, start=1):
            state = fold(state, decode(kind, payload), seq, stamp)
        return state

    def _start(self) -> None:
        at_s = self.mono_s
        sensed = [plan.door for plan in self.site.compartments if plan.content is not ContentSensor.NONE]
        self.tell(
            inputs.Boot(
                "1.0.0",
                {door: self.reading(door, at_s) for door in self.level},
                {door: ContentReading(self.inside[door], at_s) for door in sensed},
                self.release_s,
            )
        )

    # -- the cloud --------------------------------------------------------------------------------------------------

    def order(self, what: What, *, issuer: Issuer | None = None, number: int = 0, issued_s: int | None = None) -> str:
        """A signed order comes; returns what the site says that it came to ("" when it says nothing)."""
        self._order = number or max(self._order, self.state.order) + 1
        key = issuer or (OPENING if isinstance(what, Open) else COMMAND)
        issued = int(self.wall_s) if issued_s is None else issued_s
        decision = self.tell(inputs.Order(sign_order(SITE, self._order, what, issued, key)))
        handled = [r.event for r in decision.recorded if isinstance(r.event, events.OrderHandled)]
        return handled[-1].result if handled else ""

    def open_by_order(self, door: int, nonce: bytes | None = None) -> str:
        """An order to open, answering the newest nonce of the site."""
        return self.order(
            Open(door, nonce if nonce is not None else self.memory.nonces[-1][0], "asked for on the telephone")
        )

    def announce(self, parcel: Sent, **more: Any) -> str:
        """The cloud tells of a parcel."""
        verifier = pin_verifier(PIN_KEY, parcel.pin) if parcel.pin else None
        particulars = Particulars(tracking=parcel.tracking, recipient="A. B.", pin=verifier)
        more = {"particulars": particulars, **more}
        return self.order(Announce(parcel.parcel, parcel.reservation, parcel.carrier, **more))

    def provide(self, *, roster: bool = True) -> None:
        """Keys and, unless it is late, the roster come, as at enrolment."""
        self.tell(inputs.Document("keys", sign_keys(BUNDLE, ROOT)))
        if roster:
            self.tell(inputs.Document("roster", sign_roster(make_roster(), COMMAND)))

    def restore(
        self,
        stands: Mapping[int, Sent | tuple[Sent, ...]],
        *,
        version: int = 1,
        after_order: int = 0,
        there: bool = True,
    ) -> None:
        """The standing list comes; unless it is wrong, what it says lies behind the doors is put there."""
        listed = [(door, p) for door, some in stands.items() for p in (some if isinstance(some, tuple) else (some,))]
        for door, _ in listed:
            self.holds(door, Content.PRESENT if there else Content.EMPTY)
        sensed = [plan.door for plan in self.site.compartments if plan.content is not ContentSensor.NONE]
        if sensed:
            self.read_contents(*sensed)
        standing = StandingList(
            site=SITE,
            issued_at=NOW_S,
            version=version,
            after_order=after_order,
            parcels=tuple(
                Standing(
                    door=door,
                    parcel=p.parcel,
                    reservation=p.reservation,
                    carrier=p.carrier,
                    hold_until=NOW_S + 7 * DAY_S,
                    pin=pin_verifier(PIN_KEY, p.pin) if p.pin else None,
                )
                for door, p in listed
            ),
        )
        self.tell(inputs.Document("standing", sign_standing(standing, COMMAND)))

    def look_into_all(self) -> None:
        """A technician looks into every compartment in review that holds nothing in the books: all are empty."""
        for door, record in sorted(self.state.compartments.items()):
            if record.state is CompartmentState.REVIEW and not record.parcels:
                self.technical("empty", door, "looked into it")

    def technical(self, act: str, door: int = 0, reason: str = "asked to", **detail: Any) -> effects.Answer | None:
        """An act on the control socket; returns the answer, when it has come."""
        told = inputs.Technical(act, "ada", reason, door, request=1, detail=detail)
        seen = len(self.effects)
        self.tell(told)
        answers = [effect for effect in self.effects[seen:] if isinstance(effect, effects.Answer)]
        return answers[-1] if answers else None

    def signed_time(self, time_s: int | None = None, source: str = "watermark") -> None:
        """Signed time comes from the cloud; without `time_s` the true one."""
        self.tell(inputs.SignedTime(int(self.wall_s) if time_s is None else time_s, source))

    def health(self, what: str, which: str, *, ok: bool) -> None:
        self.tell(inputs.Health(what, which, ok))

    def link(self, up: bool) -> None:
        self.tell(inputs.Link(up))

    # -- codes and badges -------------------------------------------------------------------------------------------

    def code(self, parcel: Sent | str, *, issuer: Issuer = PICKUP, site: int = SITE, **more: Any) -> str:
        """The code of a parcel, or of a reservation in hexadecimal."""
        reservation = parcel.reservation if isinstance(parcel, Sent) else parcel
        more.setdefault("expires_s", NOW_S + 40 * DAY_S)
        return mint_code(Claims(id=bytes.fromhex(reservation), site=site, **more), issuer)

    def courier_code(self, *, purpose: Purpose = Purpose.DEPOSIT, **more: Any) -> str:
        """The courier's badge.  It lives for two days."""
        more = {"expires_s": int(self.wall_s) + 2 * DAY_S, "carrier": "dpd", **more}
        return mint_code(Claims(id=bytes.fromhex(COURIER_BADGE), site=SITE, purpose=purpose, **more), COURIER)

    def technician_code(self) -> str:
        claims = Claims(
            id=bytes.fromhex(TECHNICIAN_BADGE),
            site=SITE,
            purpose=Purpose.SERVICE,
            expires_s=NOW_S + 40 * DAY_S,
        )
        return mint_code(claims, SERVICE_KEY)

    def courier_comes(self, *, purpose: Purpose = Purpose.DEPOSIT, look: bool = False, **more: Any) -> Screen:
        """The courier shows the badge and types the PIN; asked to look into a compartment he says "not now"."""
        self.scan(self.courier_code(purpose=purpose, **more))
        shown = self.pin(COURIER_PIN)
        if shown.name == "look" and not look:
            shown = self.tap("not_now")
        return shown

    def number_comes(self) -> Screen:
        """A courier without a badge, with every permission of the roster."""
        self.tap("courier")
        self.enter(COURIER_NUMBER)
        shown = self.pin(COURIER_PIN)
        return self.tap("not_now") if shown.name == "look" else shown

    def deposit(self, parcel: Sent) -> int:
        """An ordinary deposit by the courier who is at the screen: scan, put, shut.  Returns the door."""
        shown = self.scan(parcel.tracking)
        assert shown.door, f"{parcel.tracking} got no door: {shown.name} {shown.params}"
        self.put(shown.door)
        return shown.door

    # -- the books --------------------------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        return self.books.state

    def compartment(self, door: int) -> Compartment:
        return self.state.compartments[door]

    def parcel(self, parcel: Sent) -> Parcel:
        return self.state.parcels[parcel.parcel]

    def right(self, parcel: Sent) -> Reservation:
        return self.state.reservations[parcel.reservation]

    def opening(self, door: int) -> Opening | None:
        return self.state.live(door)

    def of(self, kind: type[E]) -> list[E]:
        """Every event of that kind, oldest first."""
        return [event for event in self.events if isinstance(event, kind)]

    def last(self, kind: type[E]) -> E:
        found = self.of(kind)
        assert found, f"no {kind.kind} among {self.kinds()}"
        return found[-1]

    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]

    def pulsed(self) -> list[effects.Unlock]:
        """Every unlock so far."""
        return [effect for effect in self.effects if isinstance(effect, effects.Unlock)]


def _check(before: State, decision: Decision, at: Stamp) -> None:
    """What must be true of every decision."""
    state = before
    for recorded in decision.recorded:
        event = recorded.event
        again = decode(event.kind, encode(event))
        assert again == event, f"{event} is read back as {again}"
        assert event.sentence()
        state = fold(state, again, state.head + 1, at)
    assert state == decision.books.state, "the rows of this decision do not add up to its state"
    granted = {
        (e.opening, e.door, e.attempt if isinstance(e, events.OpeningRetried) else 1)
        for e in (recorded.event for recorded in decision.recorded)
        if isinstance(e, events.OpeningAuthorised | events.OpeningRetried)
    }
    for effect in decision.effects:
        if isinstance(effect, effects.Unlock):
            assert (effect.opening, effect.door, effect.attempt) in granted, f"I1: {effect} without authority"
    live = [opening.door for opening in state.openings.values()]
    assert len(live) == len(set(live)), f"two live openings at one door: {state.openings}"
    for door, record in state.compartments.items():
        if record.state is CompartmentState.FREE:
            assert not record.parcels, f"I6: compartment {door} is free with {record.parcels} inside"


@functools.cache
def _verifier(pin: str) -> Verifier:
    salt = hashlib.sha256(pin.encode()).digest()[:16]
    return Verifier(salt=salt, hash=derive(pin, salt, 2**12), n=2**12)


@functools.cache
def make_roster(version: int = 1, issued_at: int = NOW_S) -> Roster:
    """One courier for dpd and gls with every right of a courier, one technician."""
    return Roster(
        site=SITE,
        issued_at=issued_at,
        version=version,
        badges=(
            Badge(
                badge=COURIER_BADGE,
                role=Role.COURIER,
                verifier=_verifier(COURIER_PIN),
                until=NOW_S + 300 * DAY_S,
                permissions=(
                    Permission.DEPOSIT,
                    Permission.COLLECT_OVERDUE,
                    Permission.COLLECT_RETURNS,
                    Permission.INSPECT,
                ),
                carriers=("dpd", "gls"),
                number=COURIER_NUMBER,
            ),
            Badge(
                badge=TECHNICIAN_BADGE,
                role=Role.TECHNICIAN,
                verifier=_verifier(TECHNICIAN_PIN),
                until=NOW_S + 300 * DAY_S,
                permissions=(Permission.SERVICE, Permission.INSPECT),
            ),
        ),
    )
