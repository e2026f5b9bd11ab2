"""I1, authority first: no pulse without an event of its own, committed, by somebody who has the right."""

from __future__ import annotations

from edge.core import events, inputs
from edge.core.words import AuthorityKind, PulseOutcome
from tests.core.desk import COURIER_PIN, Desk, sent
from tests.core.pickups import ONE, Sees

TWO = sent("JD000302")


def test_i1_every_pulse_has_an_event_of_its_own_that_names_opening_authority_and_door() -> None:
    desk = Desk(stands={3: ONE})
    desk.scan(desk.code(ONE, generation=4))
    desk.wait(9)
    authorised, retried = desk.last(events.OpeningAuthorised), desk.last(events.OpeningRetried)
    assert authorised.authority.kind is AuthorityKind.CODE
    assert (authorised.authority.ref, authorised.authority.generation) == (ONE.reservation, 4)
    pulses = [(unlock.opening, unlock.door, unlock.attempt) for unlock in desk.pulsed()]
    assert pulses == [(authorised.opening, 3, 1), (retried.opening, 3, retried.attempt)]


def test_i1_opening_numbers_are_never_used_twice_not_even_across_reboots() -> None:
    desk = Desk(stands={3: ONE}, content=Sees)
    for _ in range(3):
        desk.outcomes.append(PulseOutcome.LATE)
        desk.scan(desk.code(ONE))
        desk.reboot()
    numbers = [event.opening for event in desk.of(events.OpeningAuthorised)]
    assert numbers == [1, 2, 3]


def test_i1_a_badge_without_its_pin_opens_nothing_whatever_is_tried() -> None:
    desk = Desk()
    desk.scan(desk.courier_code())
    assert desk.screen().name == "badge_pin"
    desk.scan("LK1:NOT A CODE")
    assert desk.screen().choices == ("back", "pin", "help")
    desk.tap("back")
    assert desk.screen().name == "attract"
    desk.scan(desk.courier_code())
    desk.scan(TWO.tracking)
    desk.tell(inputs.Chosen("collect", desk.memory.choices))
    desk.tell(inputs.Chosen("undo", desk.memory.choices))
    assert not desk.of(events.CourierEntered)
    assert not desk.pulsed()


def test_i1_closed_pin_entry_does_not_let_a_badge_pass() -> None:
    desk = Desk()
    for _ in range(5):
        desk.scan(desk.courier_code())
        desk.pin("00000000")
    desk.scan(desk.courier_code())
    desk.pin(COURIER_PIN)
    assert desk.screen().params["reason"] == "too_many_pins"
    desk.tap("back")
    desk.scan(TWO.tracking)
    assert not desk.of(events.CourierEntered)
    assert not desk.pulsed()


def test_i1_the_summary_of_a_courier_who_left_gives_nobody_his_rights() -> None:
    desk = Desk()
    desk.courier_comes()
    assert desk.tap("end").name == "summary"
    desk.scan(TWO.tracking)
    assert not desk.pulsed()
    assert len(desk.of(events.CourierLeft)) == 1
