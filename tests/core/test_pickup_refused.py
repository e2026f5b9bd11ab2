"""A pickup that is refused, and says why: the code, its key, its right, the second factor, too much at once.

I2: a revoked or superseded code opens nothing.  I3: a refusal consumes nothing.
"""

from __future__ import annotations

import pytest

from edge.core.orders import Cancel, Revoke
from edge.core.words import CredentialState, PulseOutcome
from tests.core.desk import DAY_S, OTHER_SITE, Desk, sent
from tests.core.pickups import ONE, Sees, refusal, standing
from tests.credentials.known_keys import NOW_S, OTHER_PICKUP, UNLISTED

# -- the code ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["http://example.com/x", "LK1:", "LK1:ABC", "LK1:%%%%", "\x00", "X" * 300])
def test_an_unreadable_or_malformed_code_is_refused_and_the_pin_is_offered(text: str) -> None:
    desk = standing()
    desk.scan(text)
    assert refusal(desk) == "malformed"
    assert "pin" in desk.screen().choices
    assert desk.tap("pin").entry == "pin"


def test_a_code_of_another_site_names_it_and_its_address() -> None:
    desk = standing()
    shown = desk.scan(desk.code(ONE, site=OTHER_SITE))
    assert refusal(desk) == "other_site"
    assert (shown.params["site"], shown.params["name"], shown.params["address"]) == (
        OTHER_SITE,
        "Railway Station",
        "Platform 1",
    )


def test_a_code_that_is_not_yet_valid_says_from_when_and_consumes_nothing() -> None:
    desk = standing()
    shown = desk.scan(desk.code(ONE, not_before_s=NOW_S + 3 * DAY_S))
    assert refusal(desk) == "not_yet_valid"
    assert shown.params["from_s"] == NOW_S + 3 * DAY_S
    assert desk.right(ONE).state is CredentialState.GOOD
    assert not desk.pulsed()


def test_an_unknown_key_and_a_bad_signature_are_one_plain_refusal_each() -> None:
    desk = standing()
    desk.scan(desk.code(ONE, issuer=UNLISTED))
    assert refusal(desk) == "unknown_key"
    desk.tap("back")
    code = desk.code(ONE)
    desk.scan(code[:-4] + ("0000" if code[-4:] != "0000" else "1111"))
    assert refusal(desk) in ("bad_signature", "malformed")
    assert not desk.pulsed()


def test_a_key_of_another_carrier_opens_nothing_and_supersedes_nothing() -> None:
    desk = standing()
    desk.scan(desk.code(ONE, issuer=OTHER_PICKUP, generation=9))
    assert refusal(desk) == "key_carrier"
    desk.tap("back")
    assert desk.scan(desk.code(ONE)).name == "opening"


# -- its right --------------------------------------------------------------------------------------------------------


def test_a_revoked_code_is_refused() -> None:
    desk = standing()
    assert desk.order(Revoke(ONE.reservation, 0)) == "done"
    desk.scan(desk.code(ONE))
    assert refusal(desk) == "revoked"
    desk.wait(60)
    desk.pin("11112222")
    assert refusal(desk) == "unknown_pin"


def test_a_reissued_code_opens_after_the_old_one_was_revoked() -> None:
    desk = standing()
    desk.order(Revoke(ONE.reservation, 0))
    assert desk.scan(desk.code(ONE, generation=1)).name == "opening"


def test_a_higher_generation_supersedes_the_lower_with_no_network() -> None:
    desk = standing()
    desk.outcomes.append(PulseOutcome.LATE)
    desk.scan(desk.code(ONE, generation=2))
    desk.tap("end")
    desk.scan(desk.code(ONE, generation=1))
    assert refusal(desk) == "superseded"
    desk.tap("back")
    assert desk.scan(desk.code(ONE, generation=2)).name == "opening"


def test_not_delivered_yet() -> None:
    desk = Desk()
    assert desk.announce(ONE) == "done"
    desk.scan(desk.code(ONE))
    assert refusal(desk) == "not_here_yet"
    desk.tap("back")
    desk.pin(ONE.pin)
    assert refusal(desk) == "not_here_yet"


def test_a_cancelled_parcel_and_one_taken_back_say_so() -> None:
    desk = Desk()
    desk.announce(ONE)
    desk.order(Cancel(ONE.parcel))
    desk.scan(desk.code(ONE))
    assert refusal(desk) == "cancelled"
    desk = standing()
    desk.order(Cancel(ONE.parcel))
    desk.scan(desk.code(ONE))
    assert refusal(desk) == "taken_back"


def test_being_restored_is_said_until_the_standing_list_comes() -> None:
    desk = Desk(restored=False)
    assert desk.screen().name == "restoring"
    desk.scan(desk.code(ONE))
    assert refusal(desk) == "restoring"
    desk.restore({3: ONE})
    desk.tap("back")
    assert desk.screen().name == "attract"
    assert desk.scan(desk.code(ONE)).name == "opening"


# -- second factor ----------------------------------------------------------------------------------------------------


def test_a_code_that_wants_a_second_factor_asks_for_the_pin() -> None:
    desk = standing()
    assert desk.scan(desk.code(ONE, second_factor=True)).name == "second_factor"
    assert not desk.pulsed()
    desk.scan(desk.code(ONE, second_factor=True))  # the telephone is still before the camera
    assert desk.pin("11112222").name == "opening"


def test_a_wrong_second_factor_counts_as_a_wrong_pin() -> None:
    desk = standing()
    desk.scan(desk.code(ONE, second_factor=True))
    desk.pin("99999999")
    assert refusal(desk) == "wrong_second_factor"
    assert desk.state.pin.failures == 1


def test_where_the_pin_is_the_second_factor_it_opens_nothing_alone() -> None:
    desk = Desk()
    desk.announce(ONE, second_factor=True)
    desk.courier_comes()
    desk.deposit(ONE)
    desk.tap("end")
    desk.wait(10)
    desk.pin(ONE.pin)
    assert refusal(desk) == "needs_second_factor"
    desk.tap("back")
    desk.scan(desk.code(ONE))
    assert desk.pin(ONE.pin).name == "opening"


# -- too much at once -------------------------------------------------------------------------------------------------


def test_no_more_than_five_openings_an_hour_by_one_credential() -> None:
    desk = standing(Sees)
    desk.scan(desk.code(ONE))
    for _ in range(5):
        desk.door_opens(3)
        desk.wait(3)
        desk.door_closes(3)
    assert refusal(desk) == "too_many_openings"
    assert len(desk.pulsed()) == 5
    desk.skip(3600)
    assert desk.scan(desk.code(ONE)).name == "opening"


def test_with_as_many_doors_open_as_may_be_the_next_waits_a_moment() -> None:
    parcels = {door: sent(f"JD00040{door}") for door in (1, 2, 3, 4, 5)}
    desk = Desk(stands=parcels)
    for door in (1, 2, 3, 4):
        desk.scan(desk.code(parcels[door]))
        desk.door_opens(door)
        desk.wait(181)
    assert desk.scan(desk.code(parcels[5])).name == "one_moment"
    desk.door_closes(1)
    assert desk.tap("try_again").name == "opening"
