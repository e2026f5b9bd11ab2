"""Anybody does anything in any order: what must always be true stays true, and nothing of it raises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.core import inputs
from edge.core.fold import freeze, thaw
from edge.core.orders import Cancel, Extend, InService, OutOfService, Revoke
from edge.core.screens import STAGES
from edge.core.sessions import WAITING
from edge.core.site import Policy
from edge.core.state import HERE, Opening
from edge.core.words import (
    CompartmentState,
    Content,
    ContentSensor,
    CredentialState,
    Feedback,
    ParcelState,
    PulseOutcome,
    Purpose,
    Role,
    Size,
)
from tests.core.desk import COURIER_NUMBER, COURIER_PIN, DAY_S, Desk, Sent, sent, wall
from tests.credentials.known_keys import NOW_S

FIRST = sent("JD000001", pin="11110001")
SECOND = sent("JD000002", reservation=FIRST.reservation)
THIRD = sent("JD000003", pin="11110003")
ANNOUNCED = sent("JD000004", pin="11110004")
MATE = sent("JD000007", reservation=ANNOUNCED.reservation)
UNHEARD = sent("JD000005")
RETURN = sent("RR000006", reservation="ee" * 8)
PARCELS: Final = (FIRST, SECOND, THIRD, ANNOUNCED, MATE, UNHEARD, RETURN)
TYPED: Final = ("11110001", "11110003", "11110004", "00000000", COURIER_PIN, COURIER_NUMBER, "JD000005")
CHOICES: Final = sorted({c for choices, _, _ in STAGES.values() for c in choices} | {"more_time"})
SIZES: Final = (Size.S, Size.S, Size.M, Size.L, Size.XL)


# -- what may happen; `n` chooses among the possibilities --------------------------------------------------------------


def one(some: tuple[Sent, ...], n: int) -> Sent:
    return some[n % len(some)]


def a_code_is_shown(desk: Desk, n: int) -> None:
    more = {"generation": 1} if n % 11 == 0 else {"second_factor": True} if n % 7 == 0 else {}
    here = tuple(p for p in PARCELS if p.parcel in desk.state.parcels and desk.parcel(p).door)
    desk.scan(desk.code(one(here if here and n % 5 else PARCELS, n), **more))


def a_return_code_is_shown(desk: Desk, n: int) -> None:
    desk.scan(desk.code(RETURN, purpose=Purpose.DROP_OFF, **({"size": Size.S} if n % 2 else {})))  # type: ignore[arg-type]


def a_badge_is_shown(desk: Desk, n: int) -> None:
    desk.scan(desk.courier_code(purpose=Purpose.COLLECTION if n % 2 else Purpose.DEPOSIT))


def a_person_goes(desk: Desk, n: int) -> None:
    while desk.screen().name != "attract" and (set(desk.screen().choices) & {"end", "back", "not_now"}):
        desk.tap(next(c for c in desk.screen().choices if c in ("end", "back", "not_now")))
        n += 1
        if n > 260:
            break


def a_courier_comes(desk: Desk, n: int) -> None:
    session = desk.memory.session
    if session is None and "courier" in desk.screen().choices:
        desk.tap("courier")
        desk.enter(COURIER_NUMBER)
        if desk.screen().name == "badge_pin":
            desk.pin(COURIER_PIN)


def a_label_is_shown(desk: Desk, n: int) -> None:
    session = desk.memory.session
    if (session is None or session.role is Role.CUSTOMER) and n % 8:
        return
    texts = [*(p.tracking for p in PARCELS), "nonsense", "LK1:AB", " "]
    desk.scan(texts[n % len(texts)])


def something_is_typed(desk: Desk, n: int) -> None:
    desk.tell(inputs.Typed(TYPED[n % len(TYPED)], desk.memory.choices))


def a_choice_is_tapped(desk: Desk, n: int) -> None:
    choices = desk.screen().choices
    if choices:
        desk.tap(choices[n % len(choices)])


def a_choice_is_tapped_that_is_not_there(desk: Desk, n: int) -> None:
    desk.tap_late(CHOICES[n % len(CHOICES)], desk.memory.choices)


def live(desk: Desk, n: int) -> Opening | None:
    openings = list(desk.state.openings.values())
    return openings[n % len(openings)] if openings else None


def an_unlocked_door_is_used(desk: Desk, n: int) -> None:
    opening = live(desk, n)
    if opening is not None:
        empties = opening.purpose in (Purpose.PICKUP, Purpose.COLLECTION)
        as_meant, otherwise = (Content.EMPTY, Content.PRESENT) if empties else (Content.PRESENT, Content.EMPTY)
        desk.door_opens(opening.door)
        if n % 3 == 0:
            a_choice_is_tapped(desk, n // 3)
        desk.wait((3, 0.5, 40, 200)[n % 4])
        desk.holds(opening.door, otherwise if n % 5 == 0 else as_meant)
        desk.door_closes(opening.door)


def an_unlocked_door_is_opened(desk: Desk, n: int) -> None:
    opening = live(desk, n)
    if opening is not None:
        desk.door_opens(opening.door)


def a_door_moves(desk: Desk, n: int) -> None:
    door = 1 + n % len(SIZES)
    (desk.door_opens, desk.door_closes, desk.door_closes, desk.door_silent)[n // 8 % 4](door)


def doors_are_put_right(desk: Desk, n: int) -> None:
    for door in desk.level:
        desk.door_closes(door)


def content_changes(desk: Desk, n: int) -> None:
    desk.content(1 + n % len(SIZES), list(Content)[n // 8 % 3])


def the_next_pulse_fails(desk: Desk, n: int) -> None:
    desk.outcomes.append(list(PulseOutcome)[n % len(PulseOutcome)])


def a_sensor_or_bus_fails_or_recovers(desk: Desk, n: int) -> None:
    desk.sensors_answer = n % 2 == 0
    desk.doors_answer = n % 3 != 0
    desk.health("supply", "locks", ok=n % 5 != 0)


def the_cloud_says(desk: Desk, n: int) -> None:
    parcel = one(PARCELS, n)
    kind = "return" if parcel is RETURN else "pickup"
    what = n // 8 % 6
    if what < 3:
        orders = (Cancel(parcel.parcel), Extend(parcel.parcel, DAY_S), Revoke(parcel.reservation, 0))
        desk.order(orders[what], issued_s=NOW_S)
    elif what < 5:
        desk.announce(parcel, parcel_kind=kind)
    else:
        desk.announce(sent(parcel.tracking, reservation="dd" * 8), parcel_kind=kind)


def the_cloud_says_of_a_door(desk: Desk, n: int) -> None:
    door = 1 + n % len(SIZES)
    if n // 8 % 3:
        desk.order(OutOfService(door, "cleaning") if n // 8 % 3 == 1 else InService(door), issued_s=NOW_S)
    elif desk.memory.nonces:
        desk.open_by_order(door)


def a_technician_acts(desk: Desk, n: int) -> None:
    desk.technical(("open", "out_of_service", "in_service", "empty")[n // 8 % 4], 1 + n % len(SIZES))


def a_technician_puts_all_in_order(desk: Desk, n: int) -> None:
    for door in desk.level:
        desk.technical("in_service", door)
    desk.look_into_all()


def time_passes(desk: Desk, n: int) -> None:
    desk.wait((1, 6, 25, 60, 200)[n % 5])


def a_long_time_passes(desk: Desk, n: int) -> None:
    desk.skip((3_700, 90_000)[n % 2])


def the_power_is_cut(desk: Desk, n: int) -> None:
    pulsed = len(desk.pulsed())
    desk.reboot()
    assert len(desk.pulsed()) == pulsed, "start-up pulsed"


def the_card_was_copied(desk: Desk, n: int) -> None:
    desk.tell(inputs.Forked("copied", "aa" * 8, 1, "bb" * 32))
    there = {1: FIRST} if desk.inside[1] is Content.PRESENT else {}
    desk.restore(there, version=desk.state.standing_version + 1)


Happening = Callable[[Desk, int], None]
# How often each happens: people do most of it, and mostly what they are meant to do.
OFTEN: Final[dict[Happening, int]] = {
    an_unlocked_door_is_used: 12,
    a_choice_is_tapped: 8,
    a_code_is_shown: 6,
    a_label_is_shown: 6,
    a_courier_comes: 5,
    time_passes: 5,
    a_person_goes: 3,
    an_unlocked_door_is_opened: 2,
    doors_are_put_right: 2,
    something_is_typed: 2,
    a_return_code_is_shown: 2,
    a_technician_puts_all_in_order: 2,
    the_power_is_cut: 2,
    a_badge_is_shown: 1,
    a_choice_is_tapped_that_is_not_there: 1,
    a_door_moves: 1,
    content_changes: 1,
    the_next_pulse_fails: 1,
    a_sensor_or_bus_fails_or_recovers: 1,
    the_cloud_says: 2,
    the_cloud_says_of_a_door: 1,
    a_technician_acts: 1,
    a_long_time_passes: 1,
    the_card_was_copied: 1,
}
HAPPENINGS: Final = st.sampled_from([what for what, times in OFTEN.items() for _ in range(times)])


# -- what must always be true ------------------------------------------------------------------------------------------


def i2_what_left_lies_nowhere_and_what_is_here_lies_in_one_place(desk: Desk) -> None:
    state = desk.state
    inside = [p for record in state.compartments.values() for p in record.parcels]
    assert len(inside) == len(set(inside)), f"a parcel in two places: {inside}"
    for parcel in state.parcels.values():
        if parcel.state in HERE:
            assert parcel.id in state.compartments[parcel.door].parcels, f"{parcel} is nowhere"
        else:
            assert parcel.id not in inside, f"{parcel.id} is {parcel.state} and inside"


def i2_a_consumed_credential_has_nothing_standing(desk: Desk) -> None:
    for right in desk.state.reservations.values():
        assert right.state is not CredentialState.CONSUMED or not desk.state.here(right.id), right


def i3_what_is_reserved_or_leaving_has_a_live_opening(desk: Desk) -> None:
    state = desk.state
    under_way = {p for opening in state.openings.values() for p in opening.parcels}
    leaving = {p.id for p in state.parcels.values() if p.state is ParcelState.LEAVING}
    assert leaving <= under_way, "leaving through no door"
    authorities = {opening.authority.ref for opening in state.openings.values()}
    reserved = {right.id for right in state.reservations.values() if right.state is CredentialState.RESERVED}
    assert reserved <= authorities, "reserved for nothing"


def i6_what_is_occupied_is_occupied_by_something(desk: Desk) -> None:
    for door, record in desk.state.compartments.items():
        assert record.state is not CompartmentState.OCCUPIED or record.parcels, f"{door} is occupied by nothing"


def a_screen_waits_for_a_door_or_for_a_timer(desk: Desk) -> None:
    session = desk.memory.session
    if session is None:
        return
    assert session.stage in STAGES
    if session.stage in WAITING:
        assert session.opening in desk.state.openings, f"{session.stage} waits for nothing"
    else:
        number = str(desk.memory.choices)
        timed = ("idle", number) in desk.timers or ("home", number) in desk.timers
        assert timed, f"{session.stage} stays for ever"


ALWAYS: Final = (
    i2_what_left_lies_nowhere_and_what_is_here_lies_in_one_place,
    i2_a_consumed_credential_has_nothing_standing,
    i3_what_is_reserved_or_leaving_has_a_live_opening,
    i6_what_is_occupied_is_occupied_by_something,
    a_screen_waits_for_a_door_or_for_a_timer,
)


def a_site(content: ContentSensor, feedback: Feedback) -> Desk:
    desk = Desk(
        compartments=wall(content, feedback, SIZES),
        stands={1: FIRST, 2: SECOND, 3: THIRD},
        policy=Policy(openings_an_hour=30, default_hold_s=3600),
    )
    desk.announce(ANNOUNCED)
    desk.announce(MATE)
    desk.announce(RETURN, parcel_kind="return")
    return desk


@given(
    content=st.sampled_from([ContentSensor.NONE, ContentSensor.INFRARED]),
    feedback=st.sampled_from([Feedback.SWITCH, Feedback.LATCH]),
    story=st.lists(st.tuples(HAPPENINGS, st.integers(0, 255)), min_size=20, max_size=60),
)
@settings(max_examples=60, derandomize=True, suppress_health_check=list(HealthCheck))
def test_anybody_does_anything(content: ContentSensor, feedback: Feedback, story: list[tuple[Happening, int]]) -> None:
    desk = a_site(content, feedback)
    for happening, n in story:
        happening(desk, n)
        for check in ALWAYS:
            check(desk)
    assert desk.refolded() == desk.state
    assert thaw(freeze(desk.state)) == desk.state
