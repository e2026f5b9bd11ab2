"""A compartment that is not used, with a customer's parcel inside: said as what it is, and help is near.

I3: nothing is consumed by it.
"""

from __future__ import annotations

import pytest

from edge.core import events
from edge.core.orders import InService, OutOfService
from edge.core.words import CredentialState, ParcelState, PulseOutcome
from tests.core.desk import Desk, sent
from tests.core.drop_offs import announced, code
from tests.core.pickups import ONE, TWO, standing


def cleaned() -> Desk:
    desk = standing()
    desk.order(OutOfService(3, "cleaning"))
    return desk


def test_a_door_that_is_being_cleaned_is_out_of_use_and_has_no_ticket() -> None:
    desk = cleaned()
    shown = desk.scan(desk.code(ONE))
    assert (shown.name, shown.door, shown.choices) == ("out_of_use", 3, ("end", "help"))
    assert "ticket" not in shown.params
    assert not desk.pulsed()
    assert desk.right(ONE).state is CredentialState.GOOD
    desk.tap("end")
    desk.order(InService(3))
    assert desk.scan(desk.code(ONE)).name == "opening"


def test_a_jammed_door_is_jammed_also_when_its_customer_comes_again() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.wait(15)
    desk.tap("end")
    shown = desk.scan(desk.code(ONE))
    assert (shown.name, shown.params["ticket"]) == ("jammed", "1")


def test_the_other_parcel_of_the_same_code_is_not_kept_from_its_customer() -> None:
    desk = Desk(stands={3: ONE, 5: TWO})
    desk.order(OutOfService(3, "cleaning"))
    assert desk.scan(desk.code(ONE)).choices == ("next", "help")
    assert (desk.tap("next").name, desk.screen().door) == ("opening", 5)


# -- help where a door did not open -----------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", [PulseOutcome.BROKEN, PulseOutcome.LATE])
def test_where_a_door_was_asked_for_and_did_not_open_help_has_its_number(outcome: PulseOutcome) -> None:
    desk = standing()
    desk.outcomes.append(outcome)
    desk.scan(desk.code(ONE))
    shown = desk.tap("help")
    assert (shown.name, shown.params["incident"]) == ("help", 1)
    told = desk.last(events.IncidentReported)
    assert (told.incident, told.door, told.complaint) == (1, 3, "not_opened")
    assert desk.parcel(ONE).state is ParcelState.STANDING
    desk.tap("end")
    assert desk.scan(desk.code(ONE)).name == "opening"


def test_where_nothing_was_asked_for_help_is_the_telephone_alone() -> None:
    desk = cleaned()
    desk.scan(desk.code(ONE))
    assert "incident" not in desk.tap("help").params
    assert not desk.of(events.IncidentReported)


def test_a_refusal_offers_help_to_a_customer_and_the_way_back_to_a_courier() -> None:
    desk = standing()
    desk.scan(desk.code(sent("JD9")))
    assert desk.screen().choices == ("back", "help")
    assert desk.tap("help").name == "help"
    desk.tap("end")
    desk.courier_comes()
    assert desk.scan(ONE.tracking).choices == ("back",)


def test_help_changes_nothing_at_a_drop_off_that_is_under_way() -> None:
    """The number is told; nobody has said anything of the compartment."""
    desk = announced()
    desk.outcomes.append(PulseOutcome.LATE)
    desk.scan(code(desk))
    desk.tap("M")
    assert desk.tap("help").params["incident"] == 1
    assert all(not opening.said for opening in desk.state.openings.values())
    desk.tap("end")
    desk.scan(code(desk))
    assert desk.tap("M").name == "opening"


def test_a_tap_on_help_where_none_is_offered_does_nothing() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.tap_late("help", desk.screen().number)
    assert desk.screen().name == "take"


@pytest.mark.parametrize("why", ["cleaning", "silent", "open"])
def test_the_number_of_a_door_that_did_open_is_not_given_for_the_next_one(why: str) -> None:
    desk = Desk(stands={3: ONE, 5: TWO})
    if why == "cleaning":
        desk.order(OutOfService(5, "cleaning"))
    elif why == "silent":
        desk.door_silent(5)
    else:
        desk.door_opens(5)
    desk.scan(desk.code(ONE))
    desk.take(3)
    assert desk.screen().door == 5
    assert "incident" not in desk.tap("help").params
    assert not desk.of(events.IncidentReported)


def test_the_number_stays_when_the_same_door_cannot_be_asked_once_more() -> None:
    desk = standing()
    desk.outcomes.append(PulseOutcome.BROKEN)
    desk.scan(desk.code(ONE))
    desk.door_silent(3)
    assert desk.tap("try_again").name == "board_silent"
    assert desk.tap("help").params["incident"] == 1
