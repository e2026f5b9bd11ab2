"""Anybody does anything in any order, as rules: a machine that finds the shortest way to what must not be.

One machine is one life of one site.  Its desk is watched (`tests.core.witness`): I1 to I3, I5 to I7 and I9 to I11 are
held after every decision, and what follows here in every state.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final

from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from edge.core import events, inputs
from edge.core.fold import freeze, thaw
from edge.core.orders import Revoke
from edge.core.screens import STAGES
from edge.core.sessions import WAITING
from edge.core.site import Policy
from edge.core.state import HERE
from edge.core.words import (
    ClockTrust,
    CompartmentState,
    Content,
    ContentSensor,
    CredentialState,
    DoorState,
    Feedback,
    Level,
    ParcelState,
    Purpose,
)
from tests.core import happenings as happen
from tests.core.desk import DAY_S, Sent, sent, wall
from tests.core.witness import Watched, shows_a_secret
from tests.credentials.known_keys import NOW_S

DOORS: Final = len(happen.SIZES)
SPANS_S: Final = (1, 6, 25, 60, 200)
AWAY_S: Final = (3_700, 90_000, 8 * DAY_S)
CLOCKS_S: Final = (0, NOW_S, NOW_S + 3_600, NOW_S + 2 * DAY_S, 2_871_763_200, NOW_S - 400 * DAY_S)
Any_ = st.integers(0, 255)


class Anybody(RuleBasedStateMachine):
    parcels = Bundle("parcels")
    codes = Bundle("codes")  # texts, as they are on telephones and on screenshots of them
    doors = Bundle("doors")
    orders = Bundle("orders")  # signed, as they may come, or come again

    desk: Watched
    happened: ClassVar[set[str]] = set()  # kinds of events, in all lives

    @initialize(
        target=parcels,
        content=st.sampled_from([ContentSensor.NONE, ContentSensor.INFRARED]),
        feedback=st.sampled_from([Feedback.SWITCH, Feedback.LATCH]),
    )
    def a_site(self, content: ContentSensor, feedback: Feedback) -> Any:
        self.desk = Watched(
            compartments=wall(content, feedback, happen.SIZES),
            stands={1: happen.FIRST, 2: happen.SECOND, 3: happen.THIRD},
            policy=Policy(openings_an_hour=30, default_hold_s=3600),
        )
        for parcel in (happen.ANNOUNCED, happen.MATE):
            self.desk.announce(parcel)
        self.desk.announce(happen.RETURN, parcel_kind="return")
        self.desk.secrets |= {secret for parcel in happen.PARCELS for secret in (parcel.tracking, parcel.pin) if secret}
        return multiple(*happen.PARCELS)

    @initialize(target=doors)
    def a_wall(self) -> Any:
        return multiple(*range(1, DOORS + 1))

    # -- parcels and codes ------------------------------------------------------------------------------------------

    @rule(target=parcels, number=st.integers(10, 30), mate=parcels, shared=st.booleans())
    def a_parcel_is_sent(self, number: int, mate: Sent, shared: bool) -> Sent:
        parcel = sent(f"JD0000{number}", reservation=mate.reservation if shared else "", pin=f"222200{number}")
        self.desk.secrets |= {parcel.tracking, parcel.pin}
        self.desk.announce(parcel)
        return parcel

    @rule(target=codes, parcel=parcels, generation=st.sampled_from([0, 0, 0, 1, 2]), second_factor=Any_)
    def a_code_is_sent(self, parcel: Sent, generation: int, second_factor: int) -> str:
        text = self.desk.code(parcel, generation=generation, second_factor=second_factor == 7)
        self.desk.secrets.add(text)
        return text

    @rule(code=codes)
    def a_code_is_shown(self, code: str) -> None:
        self.desk.scan(code)

    @rule(n=Any_)
    def the_code_of_something_here_is_shown(self, n: int) -> None:
        happen.a_code_is_shown(self.desk, n)

    @rule(parcel=parcels)
    def a_pin_is_typed(self, parcel: Sent) -> None:
        self.desk.tell(inputs.Typed(parcel.pin or "00000000", self.desk.memory.choices))

    @rule(n=Any_)
    def a_return_code_is_shown(self, n: int) -> None:
        happen.a_return_code_is_shown(self.desk, n)

    # -- whole visits, as they are meant; what comes of them may be something else ------------------------------------

    @precondition(lambda self: bool(happen.standing(self.desk)))
    @rule(n=Any_, seconds=st.sampled_from((5, 5, 5, 1)), after=st.sampled_from(("", "", "problem", "open_again")))
    def somebody_picks_up(self, n: int, seconds: int, after: str) -> None:
        happen.a_person_goes(self.desk, 0)
        self.desk.scan(self.desk.code(happen.one(happen.standing(self.desk), n)))
        self._is_used(n, seconds)
        if after in self.desk.screen().choices:
            self.desk.tap(after)
            happen.a_choice_is_tapped(self.desk, n)

    @rule(parcel=parcels, n=Any_, first=st.sampled_from(("", "", "", "last", "look")))
    def a_courier_deposits(self, parcel: Sent, n: int, first: str) -> None:
        happen.a_courier_comes(self.desk, n)
        if first in self.desk.screen().choices:
            self.desk.tap(first)
            happen.a_choice_is_tapped(self.desk, n)
        self.desk.scan(parcel.tracking)
        happen.a_choice_is_tapped_of(self.desk, ("own_door", "add"), n)
        self._is_used(n, 5)

    @rule(n=Any_, parcel=parcels, what=st.sampled_from(("all", "one")), answer=st.sampled_from(happen.TAKEN))
    def a_courier_collects(self, n: int, parcel: Sent, what: str, answer: str) -> None:
        happen.a_courier_comes(self.desk, n)
        for choice in ("collect", what):
            happen.a_choice_is_tapped_of(self.desk, (choice,), 0)
        self.desk.scan(parcel.tracking)
        self._is_used(n, 5)
        happen.a_choice_is_tapped_of(self.desk, (answer,), 0)

    @rule(n=Any_, parcel=parcels, seen=st.sampled_from(("empty", "parcel", "something_else", "label")))
    def a_courier_looks(self, n: int, parcel: Sent, seen: str) -> None:
        happen.a_courier_comes(self.desk, n)
        for choice in ("look", "open"):
            happen.a_choice_is_tapped_of(self.desk, (choice,), 0)
        opening = happen.live(self.desk, n)
        if opening is not None:
            self.desk.door_opens(opening.door)
            if seen == "label":
                self.desk.scan(parcel.tracking)
            happen.a_choice_is_tapped_of(self.desk, (seen,), 0)
            self.desk.wait(5)
            self.desk.door_closes(opening.door)
            happen.a_choice_is_tapped_of(self.desk, (seen,), 0)

    @rule(n=Any_)
    def somebody_drops_off(self, n: int) -> None:
        happen.a_person_goes(self.desk, 0)
        happen.a_return_code_is_shown(self.desk, n)
        happen.a_choice_is_tapped_of(self.desk, ("S", "M"), n)
        self._is_used(n, 5)

    def _is_used(self, n: int, seconds: int) -> None:
        opening = happen.live(self.desk, n)
        if opening is not None:
            empties = opening.purpose in (Purpose.PICKUP, Purpose.COLLECTION)
            (self.desk.take if empties else self.desk.put)(opening.door, seconds)

    # -- people at the screen ---------------------------------------------------------------------------------------

    @rule(n=Any_)
    def a_choice_is_tapped(self, n: int) -> None:
        happen.a_choice_is_tapped(self.desk, n)

    @rule(n=Any_)
    def a_choice_is_tapped_that_is_not_there(self, n: int) -> None:
        happen.a_choice_is_tapped_that_is_not_there(self.desk, n)

    @rule(n=Any_)
    def something_is_typed(self, n: int) -> None:
        happen.something_is_typed(self.desk, n)

    @rule()
    def a_person_goes(self) -> None:
        happen.a_person_goes(self.desk, 0)

    @rule()
    def a_courier_comes(self) -> None:
        happen.a_courier_comes(self.desk, 0)

    @rule(n=Any_)
    def a_badge_is_shown(self, n: int) -> None:
        happen.a_badge_is_shown(self.desk, n)

    @precondition(lambda self: self.desk.memory.session is not None)
    @rule(parcel=parcels)
    def a_label_is_shown(self, parcel: Sent) -> None:
        self.desk.scan(parcel.tracking)

    # -- doors ------------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.desk.state.openings)
    @rule(n=Any_)
    def an_unlocked_door_is_used_as_meant(self, n: int) -> None:
        self._is_used(n, 5)

    @precondition(lambda self: self.desk.state.openings)
    @rule(n=Any_)
    def an_unlocked_door_is_used(self, n: int) -> None:
        happen.an_unlocked_door_is_used(self.desk, n)

    @precondition(lambda self: self.desk.state.openings)
    @rule(n=Any_)
    def an_unlocked_door_is_opened(self, n: int) -> None:
        happen.an_unlocked_door_is_opened(self.desk, n)

    @rule(door=doors, level=st.sampled_from(Level))
    def a_door_moves(self, door: int, level: Level) -> None:
        {
            Level.OPEN: self.desk.door_opens,
            Level.CLOSED: self.desk.door_closes,
            Level.UNKNOWN: self.desk.door_silent,
        }[level](door)

    @rule()
    def doors_are_put_right(self) -> None:
        happen.doors_are_put_right(self.desk, 0)

    @rule(door=doors, content=st.sampled_from(Content))
    def content_changes(self, door: int, content: Content) -> None:
        self.desk.content(door, content)

    @rule(n=Any_, what=st.sampled_from((happen.the_next_pulse_fails, happen.a_sensor_or_bus_fails_or_recovers)))
    def something_fails_or_recovers(self, n: int, what: happen.Happening) -> None:
        what(self.desk, n)

    # -- the cloud and technicians ----------------------------------------------------------------------------------

    @rule(n=Any_, of_a_door=st.booleans())
    def the_cloud_says(self, n: int, of_a_door: bool) -> None:
        (happen.the_cloud_says_of_a_door if of_a_door else happen.the_cloud_says)(self.desk, n)

    @precondition(lambda self: self.desk.memory.nonces)
    @rule(target=orders, door=doors)
    def a_door_is_ordered_open(self, door: int) -> bytes:
        self.desk.open_by_order(door)
        return self._last_order()

    @rule(target=orders, parcel=parcels, generation=st.integers(0, 2))
    def a_code_is_revoked(self, parcel: Sent, generation: int) -> bytes:
        self.desk.order(Revoke(parcel.reservation, generation), issued_s=NOW_S)
        return self._last_order()

    @rule(order=orders)
    def an_order_comes_again(self, order: bytes) -> None:
        before = self.desk.state
        self.desk.tell(inputs.Order(order))
        assert self.desk.state.openings.keys() <= before.openings.keys(), "I10: an order was carried out twice"

    @rule(order=consumes(orders), at=st.integers(0, 2**16), bit=st.integers(0, 7))
    def an_order_is_forged(self, order: bytes, at: int, bit: int) -> None:
        forged = bytearray(order)
        forged[at % len(forged)] ^= 1 << bit
        before = self.desk.state
        self.desk.tell(inputs.Order(bytes(forged)))
        assert self.desk.state.order == before.order, "a forged order used up a number"

    @rule(n=Any_)
    def a_technician_acts(self, n: int) -> None:
        happen.a_technician_acts(self.desk, n)

    @rule()
    def a_technician_puts_all_in_order(self) -> None:
        happen.a_technician_puts_all_in_order(self.desk, 0)

    # -- time -------------------------------------------------------------------------------------------------------

    @rule(span_s=st.sampled_from(SPANS_S))
    def time_passes(self, span_s: int) -> None:
        self.desk.wait(span_s)

    @rule(span_s=st.sampled_from(AWAY_S))
    def a_long_time_passes(self, span_s: int) -> None:
        self.desk.skip(span_s)

    @rule(wall_s=st.sampled_from(CLOCKS_S), trust=st.sampled_from(ClockTrust))
    def the_clock_is_set(self, wall_s: int, trust: ClockTrust) -> None:
        self.desk.clock(wall_s, trust)

    @rule(ahead_s=st.sampled_from((-5, 0, 60, 7_200)))
    def signed_time_comes(self, ahead_s: int) -> None:
        self.desk.signed_time(NOW_S + round(self.desk.running_ms() / 1000) + ahead_s)

    # -- cuts and groups --------------------------------------------------------------------------------------------

    @rule(off_s=st.sampled_from((1, 600, 2 * DAY_S)))
    def the_power_is_cut(self, off_s: int) -> None:
        self.desk.reboot(off_s=off_s)

    @rule(n=Any_, sprung=st.booleans())
    def the_power_is_cut_between_commit_and_effect(self, n: int, sprung: bool) -> None:
        """Perhaps the pulse was on its way: then the door has sprung open when the power is back."""
        self.desk.holding = True
        happen.a_code_is_shown(self.desk, n)
        opening = happen.live(self.desk, n)
        if sprung and opening is not None:
            self.desk.level[opening.door] = Level.OPEN
        self.desk.reboot()

    @rule(n=Any_)
    def the_power_is_cut_while_a_door_stands_open(self, n: int) -> None:
        happen.an_unlocked_door_is_opened(self.desk, n)
        self.desk.reboot()

    @rule(several=st.lists(st.tuples(st.sampled_from(happen.QUICK), Any_), min_size=2, max_size=6))
    def several_are_decided_for_one_commit(self, several: list[tuple[happen.Happening, int]]) -> None:
        self.desk.holding = True
        for happening, n in several:
            happening(self.desk, n)
        self.desk.let_go()

    @precondition(lambda self: not self.desk.of(events.EpochBegun))
    @rule(door=doors, parcel=parcels, there=st.booleans())
    def the_card_was_copied(self, door: int, parcel: Sent, there: bool) -> None:
        self.desk.tell(inputs.Forked("copied", "aa" * 8, 1, "bb" * 32))
        stood = self.desk.inside[door] is Content.PRESENT and there
        self.desk.restore({door: parcel} if stood else {}, version=self.desk.state.standing_version + 1)

    def _last_order(self) -> bytes:
        return next(told.data for told in reversed(self.desk.ordered))

    # -- what is true in every state --------------------------------------------------------------------------------

    @invariant()
    def i2_what_left_lies_nowhere_and_what_is_here_lies_in_one_place(self) -> None:
        state = self.desk.state
        inside = [p for record in state.compartments.values() for p in record.parcels]
        assert len(inside) == len(set(inside)), f"a parcel in two places: {inside}"
        for parcel in state.parcels.values():
            if parcel.state in HERE:
                assert parcel.id in state.compartments[parcel.door].parcels, f"{parcel} is nowhere"
            else:
                assert parcel.id not in inside, f"{parcel.id} is {parcel.state} and inside"

    @invariant()
    def i2_a_consumed_credential_has_nothing_standing(self) -> None:
        for right in self.desk.state.reservations.values():
            assert right.state is not CredentialState.CONSUMED or not self.desk.state.here(right.id), right

    @invariant()
    def i3_what_is_reserved_or_leaving_has_a_live_opening(self) -> None:
        state = self.desk.state
        under_way = {p for opening in state.openings.values() for p in opening.parcels}
        leaving = {p.id for p in state.parcels.values() if p.state is ParcelState.LEAVING}
        assert leaving <= under_way, "leaving through no door"
        authorities = {opening.authority.ref for opening in state.openings.values()}
        reserved = {right.id for right in state.reservations.values() if right.state is CredentialState.RESERVED}
        assert reserved <= authorities, "reserved for nothing"

    @invariant()
    def i5_an_open_door_was_seen_open(self) -> None:
        for door, sense in self.desk.memory.doors.items():
            if sense.state in (DoorState.OPEN, DoorState.OPEN_TOO_LONG, DoorState.FORCED):
                assert self.desk.told[door].level is Level.OPEN, f"door {door}: {sense}, told {self.desk.told[door]}"

    @invariant()
    def i6_what_is_free_is_empty_and_what_is_occupied_is_not(self) -> None:
        for door, record in self.desk.state.compartments.items():
            assert record.state is not CompartmentState.OCCUPIED or record.parcels, f"{door} is occupied by nothing"
            assert record.state is not CompartmentState.FREE or not record.parcels, f"{door} is free with {record}"

    @invariant()
    def i11_a_screen_without_a_person_shows_nobody(self) -> None:
        if self.desk.memory.session is None:
            shown = shows_a_secret(self.desk.screen(), self.desk.secrets)
            assert not shown, f"I11: {shown} on {self.desk.screen()}"

    @invariant()
    def a_screen_waits_for_a_door_or_for_a_timer(self) -> None:
        session = self.desk.memory.session
        if session is None:
            return
        assert session.stage in STAGES
        if session.stage in WAITING:
            assert session.opening in self.desk.state.openings, f"{session.stage} waits for nothing"
        else:
            number = str(self.desk.memory.choices)
            timed = ("idle", number) in self.desk.timers or ("home", number) in self.desk.timers
            assert timed, f"{session.stage} stays for ever"

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            self.happened.update(self.desk.kinds())
            assert self.desk.refolded() == self.desk.state
            assert thaw(freeze(self.desk.state)) == self.desk.state
