"""Which compartment a parcel gets, and that one is let only when it is closed and empty on evidence (I6)."""

from __future__ import annotations

import pytest

from edge.core import events
from edge.core.allocation import Wish, allocate, free_by_size, lettable
from edge.core.refusal import Refusal
from edge.core.site import CompartmentPlan, Policy
from edge.core.words import CompartmentState, Content, ContentSensor, Size
from tests.core.desk import Desk, sent, wall


def given(desk: Desk, size: Size, **more: object) -> int | Refusal:
    wish = Wish("dpd", size, **more)  # type: ignore[arg-type]
    return allocate(desk.site, desk.state, desk.memory, wish)


def shelf_of(*plans: tuple[Size, bool, int]) -> tuple[CompartmentPlan, ...]:
    """Doors 1, 2, … as (size, within reach, height of the bottom in mm)."""
    return tuple(
        CompartmentPlan(door, size, reachable=reach, bottom_mm=bottom)
        for door, (size, reach, bottom) in enumerate(plans, start=1)
    )


@pytest.mark.parametrize(("size", "doors"), [(Size.S, (1, 2)), (Size.M, (3, 4)), (Size.L, (5, 6)), (Size.XL, (7, 8))])
def test_the_smallest_that_fits(size: Size, doors: tuple[int, int]) -> None:
    assert given(Desk(), size) in doors


def test_a_larger_one_when_the_smallest_are_let() -> None:
    desk = Desk(stands={1: sent("JD0001"), 2: sent("JD0002")})
    assert given(desk, Size.S) in (3, 4)


def test_never_a_smaller_one() -> None:
    desk = Desk(compartments=wall(sizes=(Size.S, Size.M)))
    assert given(desk, Size.L) is Refusal.NO_FREE_COMPARTMENT


def test_a_recipient_who_needs_a_reachable_door_gets_one() -> None:
    assert given(Desk(), Size.S, reachable=True) == 1
    assert given(Desk(stands={1: sent("JD0001")}), Size.S, reachable=True) == 3


def test_who_does_not_need_a_reachable_door_leaves_it_to_others() -> None:
    assert given(Desk(), Size.S) == 2


def test_no_reachable_door_is_free() -> None:
    desk = Desk(compartments=shelf_of((Size.S, False, 1300)))
    assert given(desk, Size.S, reachable=True) is Refusal.NO_FREE_COMPARTMENT


def test_heavy_goes_low() -> None:
    desk = Desk(compartments=shelf_of((Size.M, False, 1700), (Size.M, True, 600), (Size.M, True, 0)))
    assert given(desk, Size.M, heavy=True) == 3
    assert given(desk, Size.M) == 1


def test_of_equals_the_lowest_number() -> None:
    desk = Desk(compartments=shelf_of((Size.M, True, 0), (Size.M, True, 0)))
    assert given(desk, Size.M) == 1


def test_not_these() -> None:
    assert given(Desk(), Size.XL, not_these=frozenset({8})) == 7


@pytest.mark.parametrize(
    ("percent", "stands", "over"),
    [(50, 3, False), (50, 4, True), (13, 1, False), (12, 1, True), (0, 0, True)],
)
def test_quota_a_share_of_the_compartments_in_service_rounded_up(percent: int, stands: int, over: bool) -> None:
    parcels = {door: sent(f"JD000{door}") for door in range(1, stands + 1)}
    desk = Desk(policy=Policy(carrier_quota_percent={"dpd": percent}), stands=parcels)
    assert (given(desk, Size.S) is Refusal.CARRIER_QUOTA) is over


def test_a_full_wall_is_full_and_no_matter_of_shares() -> None:
    parcels = {door: sent(f"JD000{door}") for door in range(1, 9)}
    desk = Desk(policy=Policy(carrier_quota_percent={"dpd": 100}), stands=parcels)
    assert given(desk, Size.S) is Refusal.NO_FREE_COMPARTMENT


def test_quota_counts_what_is_out_of_service_neither_way() -> None:
    desk = Desk(policy=Policy(carrier_quota_percent={"dpd": 25}), stands={1: sent("JD0001")})
    assert isinstance(given(desk, Size.S), int)  # two of eight
    for door in (5, 6, 7, 8):
        desk.technical("out_of_service", door)
    assert given(desk, Size.S) is Refusal.CARRIER_QUOTA  # one of four


def test_quota_of_one_carrier_does_not_bind_another() -> None:
    desk = Desk(policy=Policy(carrier_quota_percent={"gls": 0}))
    assert isinstance(given(desk, Size.S), int)


def test_free_by_size() -> None:
    desk = Desk(stands={1: sent("JD0001")})
    desk.door_opens(7)
    assert free_by_size(desk.site, desk.state, desk.memory) == {"S": 1, "M": 2, "L": 2, "XL": 1}


# -- I6 -------------------------------------------------------------------------------------------------------------


def free_doors(desk: Desk) -> set[int]:
    return {plan.door for plan in lettable(desk.site, desk.state, desk.memory)}


def test_i6_on_a_new_card_nothing_is_let_before_somebody_has_looked() -> None:
    desk = Desk(looked=False)
    assert free_doors(desk) == set()
    desk.technical("empty", 3, "looked into it")
    assert free_doors(desk) == {3}


def test_i6_on_a_new_card_with_sensors_what_is_sensed_empty_is_let() -> None:
    desk = Desk(looked=False, content=ContentSensor.SCALE, stands={3: sent("JD0003")})
    assert free_doors(desk) == {1, 2, 4, 5, 6, 7, 8}


def test_i6_a_door_that_stands_open_is_not_let() -> None:
    desk = Desk()
    desk.door_opens(3)
    assert 3 not in free_doors(desk)
    assert desk.compartment(3).state is CompartmentState.REVIEW


def test_i6_a_door_without_a_reading_is_not_let() -> None:
    desk = Desk()
    desk.door_silent(3)
    assert 3 not in free_doors(desk)


def test_i6_a_door_that_was_open_in_the_dark_is_not_let() -> None:
    desk = Desk()
    desk.door_silent(3)
    desk.door_opens(3)
    desk.door_closes(3)
    assert 3 not in free_doors(desk)
    assert desk.compartment(3).state is CompartmentState.REVIEW


@pytest.mark.parametrize("sensor", [ContentSensor.SCALE, ContentSensor.INFRARED])
def test_i6_what_is_sensed_inside_is_not_let_whatever_the_books_say(sensor: ContentSensor) -> None:
    desk = Desk(content=sensor)
    desk.content(3, Content.PRESENT)
    assert desk.compartment(3).state is CompartmentState.FREE
    assert 3 not in free_doors(desk)


@pytest.mark.parametrize("sensor", [ContentSensor.NONE, ContentSensor.SCALE])
def test_i6_a_forced_door_is_not_let_after_it_is_shut(sensor: ContentSensor) -> None:
    desk = Desk(content=sensor)
    desk.door_opens(3)
    desk.holds(3, Content.PRESENT)
    desk.door_closes(3)
    assert desk.last(events.DoorForced).door == 3
    desk.restore({}, version=2)  # an older reading says "empty"
    assert 3 not in free_doors(desk)


def test_i6_a_door_with_a_live_opening_is_not_let() -> None:
    desk = Desk()
    desk.technical("open", 3)
    assert 3 not in free_doors(desk)


def test_i6_out_of_service_and_back_is_looked_into_first() -> None:
    desk = Desk()
    desk.technical("out_of_service", 3)
    desk.technical("in_service", 3)
    assert 3 not in free_doors(desk)
    assert desk.compartment(3).state is CompartmentState.REVIEW
