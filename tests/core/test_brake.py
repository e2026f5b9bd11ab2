"""I10: the mass-open brake.  What the cloud may open, how often, and what it may never do."""

from __future__ import annotations

import msgspec
import pytest

from edge.core import events, inputs, orders
from edge.core.errors import NotAllowed
from edge.core.orders import InService, Open, OutOfService, TellTime
from edge.core.site import Policy
from edge.core.words import CompartmentState, Content, ContentSensor, ParcelState
from sync.hub.issue import sign_order
from tests.core.desk import DAY_S, Desk, sent
from tests.credentials.known_keys import COMMAND, NOW_S, OPENING, SITE

ONE = sent("JD000301")
Sees = ContentSensor.INFRARED


def opened_and_shut(desk: Desk, door: int) -> str:
    result = desk.open_by_order(door)
    if result == "done":
        desk.take(door)
    desk.wait(21)  # the next nonce
    return result


def test_i10_three_openings_by_order_in_ten_minutes() -> None:
    desk = Desk(content=Sees)
    results = [opened_and_shut(desk, door) for door in (1, 2, 3, 4)]
    assert results[:3] == ["done"] * 3
    assert results[3].startswith("refused: brake")
    assert len(desk.pulsed()) == 3
    desk.wait(600)
    assert opened_and_shut(desk, 4) == "done"


def test_i10_ten_openings_by_order_a_day() -> None:
    desk = Desk(content=Sees)
    done = 0
    for _ in range(15):
        done += opened_and_shut(desk, 1) == "done"
        desk.skip(601)
        desk.wait(21)
    assert done == 10
    desk.skip(DAY_S)
    desk.wait(21)
    assert opened_and_shut(desk, 1) == "done"


def test_i10_a_reboot_does_not_refill_the_brake() -> None:
    desk = Desk(content=Sees)
    for door in (1, 2, 3):
        assert opened_and_shut(desk, door) == "done"
    for _ in range(3):
        desk.reboot(off_s=2 * DAY_S)
        assert desk.open_by_order(4).startswith("refused: brake")


def test_i10_a_leap_of_the_wall_clock_does_not_refill_the_brake() -> None:
    desk = Desk(content=Sees)
    for door in (1, 2, 3):
        opened_and_shut(desk, door)
    desk.clock(NOW_S + 10 * DAY_S)
    assert desk.open_by_order(4).startswith("refused: brake")


def test_i10_the_operator_may_lower_the_brake_and_never_raise_it() -> None:
    assert Desk(policy=Policy(brake_openings=0)).open_by_order(1).startswith("refused: brake")
    with pytest.raises(msgspec.ValidationError, match="<= 3"):
        msgspec.convert({"brake_openings": 4}, Policy)


def test_i10_an_order_to_open_answers_a_nonce_of_the_last_minute_once() -> None:
    desk = Desk(content=Sees)
    nonce = desk.memory.nonces[-1][0]
    assert desk.open_by_order(1, nonce) == "done"
    desk.take(1)
    assert desk.open_by_order(1, nonce) == "refused: wrong_nonce"
    assert desk.open_by_order(1, bytes(16)) == "refused: wrong_nonce"


def test_i10_a_nonce_lives_for_sixty_seconds_and_dies_with_the_boot() -> None:
    desk = Desk(content=Sees)
    nonce, made_s = desk.memory.nonces[-1]
    desk.wait(61 - (desk.mono_s - made_s))
    assert desk.open_by_order(1, nonce) == "refused: wrong_nonce"
    nonce = desk.memory.nonces[-1][0]
    desk.reboot(off_s=1)
    assert desk.open_by_order(1, nonce) == "refused: wrong_nonce"
    assert not desk.pulsed()


def test_i10_a_key_for_other_orders_may_not_open() -> None:
    desk = Desk()
    body = orders.Open(1, desk.memory.nonces[-1][0], "because")
    with pytest.raises(NotAllowed, match="may not sign"):
        sign_order(SITE, 1, body, NOW_S, COMMAND)
    assert OPENING.key.purposes == ("open",)


def test_i10_an_occupied_compartment_is_never_freed_by_an_order() -> None:
    for content in (ContentSensor.NONE, Sees):
        desk = Desk(stands={3: ONE}, content=content)
        assert desk.open_by_order(3) == "done"
        desk.take(3)  # whoever came with the order took the parcel out
        assert desk.compartment(3).state is CompartmentState.REVIEW
        assert desk.parcel(ONE).state is ParcelState.UNCERTAIN
        assert not [e for e in desk.of(events.CompartmentFreed) if e.door == 3]


def test_i10_out_of_service_and_back_frees_nothing() -> None:
    desk = Desk(stands={3: ONE})
    assert desk.order(OutOfService(3, "cleaning")) == "done"
    assert desk.order(InService(3)) == "done"
    assert desk.compartment(3).state is CompartmentState.OCCUPIED
    assert desk.order(OutOfService(4, "cleaning")) == "done"
    assert desk.order(InService(4)) == "done"
    assert desk.compartment(4).state is CompartmentState.REVIEW
    assert desk.order(OutOfService(77, "cleaning")) == "refused: no door 77"


def test_i10_no_order_can_change_the_brake_the_wall_the_root_or_the_enrolment() -> None:
    assert {str(kind.__struct_config__.tag) for kind in orders.What.__args__} == {
        "announce",
        "cancel",
        "revoke",
        "extend",
        "roster",
        "standing",
        "keys",
        "open",
        "out_of_service",
        "in_service",
        "time",
        "time_reset",
    }


def test_i10_an_order_for_an_empty_door_opened_and_shut_leaves_it_free_on_the_sensor() -> None:
    desk = Desk(content=Sees)
    desk.open_by_order(5)
    desk.take(5)
    assert desk.compartment(5).state is CompartmentState.FREE
    desk.wait(21)
    desk.open_by_order(5)
    desk.put(5)
    assert desk.compartment(5).state is CompartmentState.REVIEW


def test_an_order_is_carried_out_once_and_replays_are_refused() -> None:
    desk = Desk()
    data = sign_order(SITE, 5, OutOfService(4, "cleaning"), NOW_S, COMMAND)
    desk.tell(inputs.Order(data))
    head = desk.of(events.OrderHandled)
    desk.tell(inputs.Order(data))
    assert desk.of(events.OrderHandled) == head
    assert desk.order(InService(4), number=3) == ""
    assert desk.compartment(4).state is CompartmentState.OUT_OF_SERVICE


def test_an_order_for_a_door_that_cannot_be_opened_says_why() -> None:
    desk = Desk(content=Sees)
    assert desk.order(Open(99, desk.memory.nonces[-1][0], "because")) == "refused: no door 99"
    desk.wait(21)
    desk.door_silent(4)
    assert desk.open_by_order(4) == "refused: board"
    desk.wait(21)
    desk.content(5, Content.EMPTY)
    desk.door_opens(5)
    assert desk.open_by_order(5) == "refused: stands_open"
    assert not desk.state.brake_ms


def test_i10_a_standing_list_whose_number_leaps_blocks_no_order() -> None:
    desk = Desk()
    assert desk.order(TellTime()) == "done"
    desk.restore({}, version=9, after_order=2**53 - 1)
    assert desk.state.order == 1
    assert desk.order(TellTime()) == "done"
    desk.restore({}, version=9, after_order=5)
    assert desk.state.order == 5


def test_i10_an_order_whose_number_leaps_is_told_to_the_cloud_and_blocks_no_other() -> None:
    desk = Desk()
    assert desk.order(TellTime()) == "done"
    assert desk.order(TellTime(), number=2**53 - 1) == ""
    assert desk.last(events.CredentialRefused).reason == "too_far"
    assert desk.order(TellTime(), number=2) == "done"
