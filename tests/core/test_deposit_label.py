"""What becomes of a label at a deposit: taken in, held, or refused, and for every refusal its reason."""

from __future__ import annotations

import pytest

from edge.core import events, inputs
from edge.core.orders import Cancel
from edge.core.refusal import Refusal
from edge.core.site import Policy
from edge.core.words import ContentSensor, ParcelState
from tests.core.deposits import JD, ready
from tests.core.desk import Desk, sent
from tests.core.rounds import roster


def test_not_announced_accept() -> None:
    desk = ready()
    desk.deposit(JD)
    assert not desk.parcel(JD).withheld
    assert desk.right(JD).id == JD.parcel  # so that a code made before opens it


def test_not_announced_refuse() -> None:
    desk = ready(policy=Policy(unannounced_by_carrier={"dpd": "refuse"}))
    shown = desk.scan(JD.tracking)
    assert (shown.name, shown.params["reason"]) == ("refused", Refusal.NOT_ANNOUNCED)
    assert desk.last(events.DepositRefused).parcel == JD.parcel
    assert desk.tap("back").name == "ready"


def test_announced_where_the_carrier_refuses_others() -> None:
    desk = Desk(policy=Policy(unannounced_by_carrier={"dpd": "refuse"}))
    desk.announce(JD)
    desk.courier_comes()
    desk.deposit(JD)
    assert desk.parcel(JD).state is ParcelState.STANDING


def test_not_announced_hold() -> None:
    desk = ready(policy=Policy(unannounced="hold"))
    desk.deposit(JD)
    assert desk.parcel(JD).withheld
    desk.tap("end")
    desk.wait(10)
    assert desk.scan(desk.code(JD)).params["reason"] == Refusal.NOT_HERE_YET
    desk.announce(JD)
    desk.tap("back")
    assert desk.scan(desk.code(JD)).name == "opening"


def test_not_announced_hold_is_held_after_an_undo_as_well() -> None:
    desk = ready(policy=Policy(unannounced="hold"))
    door = desk.deposit(JD)
    desk.tap("last")
    desk.tap("undo")
    desk.take(door)
    desk.deposit(JD)
    assert desk.parcel(JD).withheld


def test_redirected_to_another_site_is_said() -> None:
    desk = Desk()
    desk.announce(JD)
    desk.order(Cancel(JD.parcel, "redirected"))
    desk.courier_comes()
    assert desk.scan(JD.tracking).params["reason"] == Refusal.REDIRECTED


def test_cancelled_is_said() -> None:
    desk = Desk()
    desk.announce(JD)
    desk.order(Cancel(JD.parcel))
    desk.courier_comes()
    assert desk.scan(JD.tracking).params["reason"] == Refusal.CANCELLED


def test_cancelled_while_its_door_stands_open_goes_back() -> None:
    desk = Desk()
    desk.announce(JD)
    desk.number_comes()
    door = desk.scan(JD.tracking).door
    desk.door_opens(door)
    desk.order(Cancel(JD.parcel))
    desk.wait(3)
    desk.door_closes(door)
    assert desk.parcel(JD).state is ParcelState.RETURNING
    assert desk.screen().params["to_collect"] == 1


def test_already_here_is_said_with_its_door() -> None:
    desk = Desk(stands={5: JD})
    desk.courier_comes()
    shown = desk.scan(JD.tracking)
    assert (shown.params["reason"], shown.params["door"]) == (Refusal.ALREADY_HERE, 5)


def test_another_carriers_parcel_is_said() -> None:
    desk = Desk()
    desk.announce(sent("JD0123", carrier="gls"))
    desk.courier_comes()  # the badge names dpd
    assert desk.scan("JD0123").params["reason"] == Refusal.WRONG_CARRIER


def test_no_barcode_the_number_is_typed() -> None:
    desk = Desk()
    desk.announce(JD)
    desk.courier_comes()
    shown = desk.enter(" jd 0123 ")
    desk.put(shown.door)
    assert desk.parcel(JD).state is ParcelState.STANDING


@pytest.mark.parametrize("text", ["", "JD", "x" * 65, "Ünlesbar", "JD\x1d0123"])
def test_a_label_that_cannot_be_read(text: str) -> None:
    desk = ready()
    assert desk.enter(text).params["reason"] == Refusal.LABEL_UNREADABLE
    assert desk.tap("back").name == "ready"


def test_a_refused_label_is_followed_by_the_next_without_a_tap() -> None:
    desk = ready(policy=Policy(unannounced="refuse"))
    desk.announce(JD)
    desk.scan("JD0001")
    assert desk.scan(JD.tracking).name == "opening"


def test_a_badge_without_the_right_to_deposit() -> None:
    desk = Desk()
    roster(desk, permissions=("collect_overdue",))
    desk.courier_comes()
    assert desk.scan(JD.tracking).params["reason"] == Refusal.NOT_PERMITTED


@pytest.mark.parametrize("mark", ["reserve", "ballast", "zero"])
def test_no_deposit_without_space_for_the_journal(mark: str) -> None:
    desk = ready()
    desk.tell(inputs.Space(mark))
    assert desk.scan(JD.tracking).params["reason"] == Refusal.OUT_OF_ORDER


def test_no_deposit_while_the_locker_is_being_restored() -> None:
    desk = Desk(restored=False)
    desk.courier_comes()
    assert desk.scan(JD.tracking).params["reason"] == Refusal.RESTORING


def test_a_parcel_brought_again_after_its_pickup_opens_with_its_code_again() -> None:
    desk = Desk(content=ContentSensor.SCALE)
    desk.courier_comes()
    desk.deposit(JD)
    desk.tap("end")
    desk.wait(10)
    door = desk.scan(desk.code(JD)).door
    desk.take(door)
    assert desk.parcel(JD).state is ParcelState.COLLECTED
    desk.wait(200)
    desk.courier_comes()
    desk.deposit(JD)
    desk.tap("end")
    desk.wait(10)
    assert desk.scan(desk.code(JD)).name == "opening"
