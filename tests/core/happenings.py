"""What people, doors, sensors and the cloud may do at a desk; `n` chooses among the possibilities of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from edge.core import inputs
from edge.core.orders import Cancel, Extend, InService, OutOfService, Revoke
from edge.core.screens import STAGES
from edge.core.state import Opening
from edge.core.words import Content, PulseOutcome, Purpose, Role, Size
from tests.core.desk import COURIER_NUMBER, COURIER_PIN, DAY_S, Desk, Sent, sent
from tests.credentials.known_keys import COURIER, NOW_S

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
TAKEN: Final = ("all_taken", "left", "missing")  # what a courier answers
SIZES: Final = (Size.S, Size.S, Size.M, Size.L, Size.XL)


def one(some: tuple[Sent, ...], n: int) -> Sent:
    return some[n % len(some)]


def a_code_is_shown(desk: Desk, n: int) -> None:
    more = {"generation": 1} if n % 11 == 0 else {"second_factor": True} if n % 7 == 0 else {}
    desk.scan(desk.code(one(standing(desk) if standing(desk) and n % 5 else PARCELS, n), **more))


def a_return_code_is_shown(desk: Desk, n: int) -> None:
    desk.scan(desk.code(RETURN, purpose=Purpose.DROP_OFF, **({"size": Size.S} if n % 2 else {})))  # type: ignore[arg-type]


def a_badge_is_shown(desk: Desk, n: int) -> None:
    true_s = NOW_S + desk.running_ms() // 1000  # whoever makes badges has a better clock than the site
    ends_s = min(true_s + 2 * DAY_S, COURIER.key.not_after)
    desk.scan(desk.courier_code(purpose=Purpose.COLLECTION if n % 2 else Purpose.DEPOSIT, expires_s=ends_s))


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


def a_choice_is_tapped_of(desk: Desk, wanted: tuple[str, ...], n: int) -> None:
    """One of `wanted`, where it stands on the screen."""
    there = [choice for choice in wanted if choice in desk.screen().choices]
    if there:
        desk.tap(there[n % len(there)])


def standing(desk: Desk) -> tuple[Sent, ...]:
    """What is, or may be, behind a door for its recipient."""
    return tuple(p for p in PARCELS if p.parcel in desk.state.parcels and desk.parcel(p).door)


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
# What waits together while a commit is under way: nothing of it lets time pass, or needs what another one caused.
QUICK: Final[tuple[Happening, ...]] = (
    a_code_is_shown,
    a_choice_is_tapped,
    a_label_is_shown,
    something_is_typed,
    a_badge_is_shown,
    the_cloud_says,
    content_changes,
    a_technician_acts,
)
