"""A desk that is watched: every decision is held against what was told before it, as somebody beside it would see it.

The books of the core are not asked what is true: doors, pulses, collections and signed time are followed here anew from
the inputs and the events alone.  Each check names the invariant that it guards.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from msgspec import Struct

from edge.core import cose, effects, events, inputs
from edge.core.inputs import Input
from edge.core.orders import Open
from edge.core.screens import Screen
from edge.core.state import State
from edge.core.turn import Decision
from edge.core.words import (
    AuthorityKind,
    CompartmentState,
    Content,
    ContentSensor,
    CredentialState,
    DoorState,
    Evidence,
    Feedback,
    Level,
)
from tests.core.desk import COURIER_NUMBER, COURIER_PIN, TICK_S, Desk

GRACE_S: Final = 180
GRACE_TIMES: Final = 2
SHORTEST_OPEN_S: Final = 2
# After these the parcel is here, or may be: it can leave (again).
_BACK: Final = (
    events.ParcelDeposited,
    events.ParcelUncertain,
    events.StandingAdopted,
    events.ParcelFound,
    events.ParcelAnnounced,
)
BY_RIGHT: Final = (AuthorityKind.CODE, AuthorityKind.PIN)


class Told(Struct):
    """What was last said of one door."""

    level: Level = Level.UNKNOWN
    since_s: float = 0.0
    content: Content = Content.UNKNOWN
    let: int = 0  # how often it was let


class Taken(Struct):
    """How a parcel left."""

    door: int
    boot: int
    at_s: float
    let: int
    reopened: int = 0


class Watched(Desk):
    """A Desk with a witness.  `holding`: effects wait for `let_go`, as those of a group wait for its commit."""

    def __init__(self, **more: Any) -> None:
        self.told: dict[int, Told] = {}
        self.taken: dict[str, Taken] = {}
        self.opened_s: dict[int, float] = {}  # opening → when its door was seen open
        self.closed: dict[int, float] = {}  # opening → how long it was open
        self.began_s: dict[tuple[int, int], float] = {}
        self.pulses: set[tuple[int, int]] = set()
        self.by_command_ms: list[int] = []
        self.nonces: dict[bytes, float] = {}
        self.floors: list[tuple[int, int]] = []  # signed time, and when it was heard (running)
        self.ordered: list[inputs.Order] = []
        self.secrets: set[str] = {COURIER_PIN, COURIER_NUMBER, "A. B."}
        self.holding = False
        self._held: list[effects.Effect] = []
        super().__init__(**more)

    # -- a group, and a cut in it -----------------------------------------------------------------------------------

    def _run(self, effect: effects.Effect) -> None:
        if self.holding:
            self._held.append(effect)
        else:
            super()._run(effect)

    def let_go(self) -> None:
        """The group is committed: its effects run, in turn."""
        self.holding = False
        held, self._held = self._held, []
        for effect in held:
            super()._run(effect)

    def reboot(self, *, off_s: float = 10, new_card: bool = False) -> None:
        """The power goes: effects that waited never run, and what was told of the doors is asked anew."""
        self.holding, self._held = False, []
        self.told = {door: Told(let=told.let) for door, told in self.told.items()}
        self.nonces.clear()
        super().reboot(off_s=off_s, new_card=new_card)

    # -- every decision ---------------------------------------------------------------------------------------------

    def tell(self, told: Input) -> Decision:
        self._hear(told)
        before, sensed = self.state, dict(self.memory.doors)
        self.nonces |= dict.fromkeys(
            (nonce for nonce, _ in self.memory.nonces if nonce not in self.nonces), self.mono_s
        )
        running, rows, effected = self.holding, len(self.rows), len(self.effects)
        self.holding, outer = True, self._held
        self._held = []
        try:
            decision = super().tell(told)
            for check in _OF_A_DECISION:
                check(self, told, before, decision)
            self._i7_a_door_that_moves_by_itself_is_an_alarm(told, before, sensed, decision)
            self._i11_rows_tell_nothing(rows)
            assert len(self.effects) - effected == len(decision.effects)
        finally:
            held, self._held, self.holding = self._held, outer, running
        for effect in held:
            self._run(effect)
        return decision

    def _hear(self, told: Input) -> None:
        """Take note of what is told, before it is decided."""
        if isinstance(told, inputs.Levels | inputs.Boot):
            for door, reading in told.doors.items():
                known = self.told.setdefault(door, Told())
                if known.level is not reading.level:
                    known.level, known.since_s = reading.level, reading.at_s
        if isinstance(told, inputs.Contents | inputs.Boot):
            contents = told.contents if isinstance(told, inputs.Boot) else told.doors
            for door, content in contents.items():
                self.told.setdefault(door, Told()).content = content.content
        if isinstance(told, inputs.Order):
            self.ordered.append(told)
        if isinstance(told, inputs.PulseBegan):
            self.began_s[told.opening, told.attempt] = told.at_s

    def _i7_a_door_that_moves_by_itself_is_an_alarm(
        self, told: Input, before: State, sensed: dict[int, Any], decision: Decision
    ) -> None:
        if not isinstance(told, inputs.Levels):
            return
        forced = {r.event.door for r in decision.recorded if isinstance(r.event, events.DoorForced)}
        for door, reading in told.doors.items():
            was_closed = door in sensed and sensed[door].state is DoorState.CLOSED
            if reading.level is Level.OPEN and was_closed and before.live(door) is None:
                assert door in forced, f"I7: door {door} went open by itself, and nobody was told"

    def _i11_rows_tell_nothing(self, since: int) -> None:
        for kind, payload, _ in self.rows[since:]:
            for secret in self.secrets:
                assert secret.encode() not in payload, f"I11: {secret} is in {kind}: {payload!r}"


# -- checks of one decision -------------------------------------------------------------------------------------------

Check = Callable[[Watched, Input, State, Decision], None]


def _i1_each_pulse_once_and_in_time(desk: Watched, told: Input, before: State, decision: Decision) -> None:
    for effect in decision.effects:
        if isinstance(effect, effects.Unlock):
            key = (effect.opening, effect.attempt)
            assert not isinstance(told, inputs.Boot), "I1: start-up pulses"
            assert key not in desk.pulses, f"I1: {effect} was pulsed before"
            assert effect.not_after_s <= desk.mono_s + 5, f"I1: {effect} may come late"
            desk.pulses.add(key)


def _i2_i3_what_leaves(desk: Watched, told: Input, before: State, decision: Decision) -> None:
    for recorded in decision.recorded:
        event = recorded.event
        if isinstance(event, events.CompartmentLet):
            desk.told[event.door].let += 1
            desk.taken.pop(event.parcel, None)  # it is brought again
        elif isinstance(event, events.OpeningAuthorised):
            _i2_grace(desk, event)
        elif isinstance(event, events.ParcelCollected):
            _collected(desk, event)
        elif isinstance(event, _BACK):
            desk.taken.pop(event.parcel, None)
        elif isinstance(event, events.CompartmentReviewed | events.CompartmentToReview):
            for parcel in event.parcels if isinstance(event, events.CompartmentReviewed) else event.maybe:
                desk.taken.pop(parcel, None)


def _collected(desk: Watched, event: events.ParcelCollected) -> None:
    assert event.parcel not in desk.taken, f"I2: {event.parcel} leaves twice"
    assert event.opening in desk.opened_s, f"I3: {event} through a door that nobody saw open"
    door = desk.told[event.door]
    if event.evidence is Evidence.SENSOR:
        assert door.content is Content.EMPTY, f"I3: {event}, but the sensor says {door.content}"
    if event.evidence is Evidence.INFERRED:
        assert desk.closed.get(event.opening, 0) >= SHORTEST_OPEN_S, f"I3: {event} after {desk.closed}"
    desk.taken[event.parcel] = Taken(event.door, desk.boot, desk.mono_s, door.let)


def _i2_grace(desk: Watched, event: events.OpeningAuthorised) -> None:
    if event.authority.kind not in BY_RIGHT:
        return
    for parcel in event.parcels:
        gone = desk.taken.get(parcel)
        assert (gone is not None) is event.grace, f"I2: {event}, but {parcel} was {'' if gone else 'not '}taken"
        if gone is not None:
            gone.reopened += 1
            assert gone.door == event.door, f"I2: in grace door {event.door} instead of {gone.door}"
            assert gone.boot == desk.boot, "I2: grace outlived a boot"
            assert desk.mono_s - gone.at_s <= GRACE_S + 1, f"I2: grace after {desk.mono_s - gone.at_s} s"
            assert gone.let == desk.told[event.door].let, "I2: grace after the compartment was let again"
            assert gone.reopened <= GRACE_TIMES, f"I2: opened in grace {gone.reopened} times"


def _i3_a_credential_ends_on_evidence(desk: Watched, told: Input, before: State, decision: Decision) -> None:
    happened = [recorded.event for recorded in decision.recorded]
    for right in decision.books.state.reservations.values():
        old = before.reservations.get(right.id)
        if right.state is CredentialState.CONSUMED and (old is None or old.state is not CredentialState.CONSUMED):
            taken = [e for e in happened if isinstance(e, events.ParcelCollected) and e.reservation == right.id]
            assert taken, f"I3: {right} was consumed by {told}"
        if right.state is CredentialState.REVOKED and (old is None or old.state is not CredentialState.REVOKED):
            known = before.revoked.get(right.id, -1) >= right.generation  # before any parcel of it was
            assert known or isinstance(told, inputs.Order), f"I3: {right} was revoked by {told}"


def _i5_doors_on_evidence(desk: Watched, told: Input, before: State, decision: Decision) -> None:
    for recorded in decision.recorded:
        event = recorded.event
        if isinstance(event, events.DoorOpened | events.DoorAdopted):
            door, plan = desk.told[event.door], desk.site.plan(event.door)
            assert door.level is Level.OPEN, f"I5: {event}, but it was told {door.level}"
            assert str(event.evidence) == str(plan.feedback), f"I5: {event} where there is a {plan.feedback}"
            if isinstance(event, events.DoorOpened):
                held_s = desk.mono_s - door.since_s
                assert plan.feedback is not Feedback.LATCH or held_s >= 1 - TICK_S, f"I5: {event} after {held_s} s"
                began_s = desk.began_s.get((event.opening, event.attempt))
                again = event.opening in desk.opened_s  # swung open once more before it was known what it came to
                assert again or began_s is not None, f"I5: {event} without a pulse"
            desk.opened_s.setdefault(event.opening, desk.mono_s)
        elif isinstance(event, events.DoorClosed):
            level = desk.told[event.door].level
            assert level is Level.CLOSED, f"I5: {event}, but it was told {level}"
            desk.closed[event.opening] = desk.mono_s - desk.opened_s.get(event.opening, desk.mono_s)
        elif isinstance(event, events.DoorShut):
            assert desk.told[event.door].level is Level.CLOSED, f"I5: {event}"


def _i6_free_on_evidence(desk: Watched, told: Input, before: State, decision: Decision) -> None:
    for recorded in decision.recorded:
        event = recorded.event
        if isinstance(event, events.CompartmentFreed):
            door, plan = desk.told[event.door], desk.site.plan(event.door)
            assert door.level is Level.CLOSED, f"I6: {event}, but the door is {door.level}"
            if event.evidence is Evidence.SENSOR:
                assert plan.content is not ContentSensor.NONE, f"I6: {event} without a sensor"
                assert door.content is Content.EMPTY, f"I6: {event}, but the sensor says {door.content}"
            elif event.evidence is Evidence.INFERRED:
                last = max((t.at_s for t in desk.taken.values() if t.door == event.door), default=None)
                assert last is not None, f"I6: {event}, but nothing was taken there"
                assert desk.mono_s - last >= GRACE_S, f"I6: {event} {desk.mono_s - last} s after"
            else:
                assert event.evidence is Evidence.PERSON, f"I6: {event}"
        elif isinstance(event, events.CompartmentLet):
            assert desk.told[event.door].level is Level.CLOSED, f"I6: {event} while it is open"


def _i9_only_signed_time_counts(desk: Watched, told: Input, before: State, decision: Decision) -> None:
    at_ms = decision.books.state.running_ms(round(desk.mono_s * 1000))
    for recorded in decision.recorded:
        event = recorded.event
        if isinstance(event, events.TimeSigned):
            assert event.time_s in _signed_in(told), f"I9: {event} from {told}"
            desk.floors.append((event.time_s, at_ms))
        elif isinstance(event, events.DocumentReceived):
            desk.floors.append((event.issued_s, at_ms))
        elif isinstance(event, events.CredentialRefused) and event.reason == "expired":
            assert desk.time().trusted, "I9: refused as expired by a clock that is not trusted"
    most_s = max((time_s + (at_ms - heard_ms) / 1000 for time_s, heard_ms in desk.floors), default=0)
    floor_s = decision.books.state.floor_at(round(desk.mono_s * 1000))
    assert floor_s <= most_s + 1, f"I9: the floor is {floor_s}, signed time says {most_s} at most"


def _signed_in(told: Input) -> tuple[int, ...]:
    if isinstance(told, inputs.SignedTime):
        return (told.time_s,)
    if isinstance(told, inputs.Order | inputs.Document):
        return (cose.decode(cose.decode(told.data, 2**20)[2], 2**20)["issued_at"],)
    return (told.release_s,) if isinstance(told, inputs.Boot) else ()


def _i10_orders_under_the_brake(desk: Watched, told: Input, before: State, decision: Decision) -> None:
    for recorded in decision.recorded:
        event = recorded.event
        if isinstance(event, events.OpeningAuthorised) and event.authority.kind is AuthorityKind.COMMAND:
            now_ms = before.running_ms(round(desk.mono_s * 1000))
            desk.by_command_ms.append(now_ms)
            lately = sum(now_ms - at_ms < 600_000 for at_ms in desk.by_command_ms)
            today = sum(now_ms - at_ms < 86_400_000 for at_ms in desk.by_command_ms)
            assert lately <= 3, f"I10: {lately} doors by order in ten minutes"
            assert today <= 10, f"I10: {today} doors by order in a day"
            _answers_a_nonce(desk, told)
    if isinstance(told, inputs.Order | inputs.Document):
        for door, record in decision.books.state.compartments.items():
            was = before.compartments.get(door)
            if was is not None and was.state is CompartmentState.OCCUPIED:
                assert record.state is not CompartmentState.FREE, f"I10: {told} made compartment {door} free"


def _answers_a_nonce(desk: Watched, told: Input) -> None:
    assert isinstance(told, inputs.Order), f"I10: a door by order, told {told}"
    what = cose.decode(cose.decode(told.data, 2**20)[2], 2**20)["what"]
    assert what["kind"] == str(Open.__struct_config__.tag)
    made_s = desk.nonces.pop(what["nonce"], None)
    assert made_s is not None, "I10: a door by order that answers no nonce, or one that was answered before"
    assert desk.mono_s - made_s <= 61, f"I10: a door by order, {desk.mono_s - made_s} s after its nonce"


_OF_A_DECISION: Final[tuple[Check, ...]] = (
    _i1_each_pulse_once_and_in_time,
    _i5_doors_on_evidence,
    _i2_i3_what_leaves,
    _i3_a_credential_ends_on_evidence,
    _i6_free_on_evidence,
    _i9_only_signed_time_counts,
    _i10_orders_under_the_brake,
)


def shows_a_secret(shown: Screen, secrets: set[str]) -> str:
    """The first secret that stands on the screen; empty when there is none."""
    said = str(shown)
    return next((secret for secret in sorted(secrets) if secret in said), "")
