"""I9: time is doubted.  A wrong clock delays a refusal; it never makes one, and nothing it says lasts."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.core import events, inputs
from edge.core.orders import Revoke, SignedTimeReset, TimeReset
from edge.core.words import ClockTrust, CredentialState, ParcelState
from sync.hub.issue import sign_time_reset
from tests.core.desk import DAY_S, Desk, sent
from tests.credentials.known_keys import COMMAND, NOW_S, ROOT, SITE, YEAR_S

ONE = sent("JD000301")
IN_1970 = 3600
IN_2061 = NOW_S + 35 * YEAR_S

WRONG = pytest.mark.parametrize(
    ("wall_s", "trust"),
    [
        (IN_1970, ClockTrust.UNSYNCED),
        (IN_1970, ClockTrust.RTC),
        (IN_2061, ClockTrust.UNSYNCED),
        (IN_2061, ClockTrust.SAVED),
        (IN_2061, ClockTrust.RTC),
        (IN_2061, ClockTrust.NTP),
    ],
)


@WRONG
def test_i9_a_code_is_never_refused_as_expired_on_a_clock_that_is_not_trusted(wall_s: int, trust: ClockTrust) -> None:
    desk = Desk(wall_s=wall_s, trust=trust)
    assert not desk.time().trusted
    desk.scan(desk.code(ONE))  # nothing stands for it: only then may `exp` refuse at all
    assert desk.screen().params["reason"] == "not_here_yet"


@WRONG
def test_i9_a_customer_is_served_on_a_wrong_clock(wall_s: int, trust: ClockTrust) -> None:
    desk = Desk(stands={3: ONE}, wall_s=wall_s, trust=trust)
    assert desk.scan(desk.code(ONE)).name == "opening"
    desk.take(3)
    assert desk.parcel(ONE).state is ParcelState.COLLECTED


def test_i9_on_a_trusted_clock_an_expired_code_is_refused_where_nothing_stands() -> None:
    desk = Desk()
    desk.clock(NOW_S + 41 * DAY_S)
    desk.signed_time()
    desk.scan(desk.code(ONE))
    assert desk.screen().params["reason"] == "expired"


def test_i9_one_wrong_answer_never_expires_the_future() -> None:
    desk = Desk(stands={3: ONE})
    desk.clock(IN_2061, ClockTrust.NTP)
    assert desk.scan(desk.code(ONE)).name == "opening"
    desk.take(3)
    desk.wait(200)
    desk.reboot()
    desk.clock(NOW_S + 600, ClockTrust.NTP)
    assert desk.state.floor_at(round(desk.mono_s * 1000)) < NOW_S + DAY_S
    assert desk.time().trusted
    assert not desk.state.alarms


def test_i9_holds_run_on_running_time_and_not_on_the_wall() -> None:
    desk = Desk(stands={3: ONE})
    desk.clock(IN_2061, ClockTrust.NTP)
    desk.wait(120)
    assert desk.parcel(ONE).state is ParcelState.STANDING


def test_i9_nothing_that_was_used_up_is_forgotten_by_a_wrong_clock() -> None:
    desk = Desk(stands={3: ONE})
    desk.scan(desk.code(ONE))
    desk.take(3)
    desk.clock(IN_2061, ClockTrust.NTP)
    desk.wait(300)
    assert desk.state.consumed
    assert desk.right(ONE).state is CredentialState.CONSUMED


def test_i9_the_floor_rises_from_signed_time_and_from_what_has_run_since() -> None:
    desk = Desk()
    desk.signed_time(NOW_S + 1000)
    floor = desk.time().floor_s
    assert floor == NOW_S + 1000
    desk.skip(5000)
    assert desk.time().floor_s == pytest.approx(floor + 5000, abs=1)
    desk.clock(IN_2061)
    assert desk.time().floor_s == pytest.approx(floor + 5000, abs=1)


def test_i9_the_floor_does_not_fall_at_a_reboot_nor_by_older_signed_time() -> None:
    desk = Desk()
    desk.signed_time(NOW_S + 1000)
    desk.reboot(off_s=500)
    desk.signed_time(NOW_S - 9 * DAY_S)
    assert desk.time().floor_s >= NOW_S + 1000


def test_i9_the_release_gives_the_first_floor() -> None:
    desk = Desk(release_s=NOW_S - 100 * DAY_S, roster=False, restored=False, trust=ClockTrust.UNSYNCED, wall_s=0)
    assert desk.of(events.TimeSigned)[0].source == "release"
    desk.reboot()
    assert [e.source for e in desk.of(events.TimeSigned)].count("release") == 1


def test_i9_a_document_that_waited_for_days_does_not_set_the_clock_back() -> None:
    """Signed time in a document is a floor; only an answer made now says what time it is."""
    desk = Desk(wall_s=NOW_S + 5 * DAY_S)
    assert desk.time().wall_s >= NOW_S + 5 * DAY_S
    assert desk.state.heard_ms == -1
    desk.signed_time()
    assert desk.time().trusted
    assert desk.time().best_s == pytest.approx(NOW_S + 5 * DAY_S, abs=5)


def test_i9_replies_that_tell_no_news_write_no_rows() -> None:
    desk = Desk()
    desk.signed_time()
    told = len(desk.of(events.TimeSigned))
    for _ in range(5):
        desk.wait(60)
        desk.signed_time()
    assert len(desk.of(events.TimeSigned)) == told
    desk.wait(600)
    desk.signed_time()
    assert len(desk.of(events.TimeSigned)) == told + 1


def reset_to(to_s: int, *, version: int = 1, key: Ed25519PrivateKey = ROOT) -> bytes:
    return sign_time_reset(SignedTimeReset(site=SITE, issued_at=NOW_S, version=version, to=to_s), key)


def test_i9_only_the_root_may_lower_the_floor_and_that_is_an_alarm() -> None:
    desk = Desk()
    wrong_s = NOW_S + 200 * DAY_S
    desk.clock(wrong_s)
    desk.signed_time(wrong_s)
    assert desk.order(TimeReset(reset_to(NOW_S, key=COMMAND.private)), issued_s=wrong_s) == "refused: bad_signature"
    assert desk.time().floor_s >= wrong_s
    assert desk.order(TimeReset(reset_to(NOW_S)), issued_s=wrong_s) == "done"
    assert desk.time().floor_s < NOW_S + 10
    assert "time_reset:site" in desk.state.alarms
    assert desk.order(TimeReset(reset_to(NOW_S))) == "refused: not_newer"


def test_i9_a_floor_so_wrong_that_every_order_is_expired_is_lowered_by_the_root_alone() -> None:
    desk = Desk(stands={3: ONE})
    desk.clock(IN_2061)
    desk.signed_time(IN_2061)
    assert desk.order(TimeReset(reset_to(NOW_S)), issued_s=IN_2061) == ""  # the key of orders has ended by then
    desk.tell(inputs.Document("time_reset", reset_to(NOW_S, key=COMMAND.private)))
    assert desk.time().floor_s >= IN_2061
    desk.tell(inputs.Document("time_reset", reset_to(NOW_S)))
    assert desk.time().floor_s < NOW_S + 10
    assert "time_reset:site" in desk.state.alarms
    assert desk.scan(desk.code(ONE)).name == "opening"


def test_i9_an_order_expires_by_a_trusted_clock_or_by_the_floor_only() -> None:
    desk = Desk(wall_s=IN_2061, trust=ClockTrust.RTC)
    assert desk.order(Revoke(ONE.reservation, 0), issued_s=NOW_S) == "done"
    desk.clock(NOW_S + 8 * DAY_S)
    desk.signed_time()
    assert desk.order(Revoke(ONE.reservation, 1), issued_s=NOW_S) == "refused: expired"


def test_i9_an_old_roster_stops_couriers_and_never_customers() -> None:
    desk = Desk(stands={3: ONE})
    desk.clock(NOW_S + 8 * DAY_S)
    desk.signed_time()
    desk.scan(desk.courier_code())
    assert desk.screen().params["reason"] == "roster_too_old"
    desk.tap("back")
    desk.scan(desk.technician_code())
    assert desk.screen().name == "badge_pin"
    desk.tap("end")
    assert desk.scan(desk.code(ONE)).name == "opening"


def test_i9_early_by_less_than_a_day_is_tolerated_without_trust() -> None:
    desk = Desk(stands={3: ONE}, trust=ClockTrust.UNSYNCED)
    assert desk.scan(desk.code(ONE, not_before_s=NOW_S + 3600)).name == "opening"


def test_a_clock_that_leaps_moves_no_timer() -> None:
    desk = Desk(stands={3: ONE})
    desk.scan(desk.code(ONE))
    desk.take(3)
    desk.clock(IN_2061)
    desk.wait(7)
    assert desk.screen().name == "thanks"
    desk.wait(3)
    assert desk.screen().name == "attract"
    desk.tell(inputs.Link(True))


def test_i9_a_technician_carries_a_time_reset_of_the_root_to_a_site_whose_floor_lies_in_the_future() -> None:
    desk = Desk()
    reset = sign_time_reset(SignedTimeReset(site=SITE, issued_at=NOW_S, version=1, to=NOW_S - DAY_S), ROOT)
    told = desk.technical("time_reset", 0, "the floor lies in 2061", document=reset.hex())
    assert told is not None
    assert told.ok, told.text
    assert desk.last(events.TimeReset).time_s == NOW_S - DAY_S
    assert "time_reset:site" in desk.state.alarms
    again = desk.technical("time_reset", 0, "once more", document=reset.hex())
    assert again is not None
    assert (again.ok, again.text) == (False, "refused: not_newer")
    garbage = desk.technical("time_reset", 0, "and rubbish", document="zz")
    assert garbage is not None
    assert not garbage.ok


def test_i9_the_first_row_of_a_boot_is_not_labelled_with_the_trust_of_the_boot_before() -> None:
    desk = Desk(trust=ClockTrust.SAVED)
    desk.tell(inputs.SignedTime(NOW_S, "watermark"))
    assert desk.time().trusted
    desk.boot += 1
    assert not desk.time().trusted, "nothing was heard in this boot yet"


IN_2106 = 2**32 - 1


def test_i9_a_cloud_whose_clock_says_2106_expires_nothing() -> None:
    desk = Desk(stands={3: ONE})
    desk.signed_time()
    assert desk.time().trusted
    for _ in range(3 * 24):
        desk.signed_time(IN_2106)
        desk.skip(3600)
    assert desk.time().floor_s < NOW_S + 4 * DAY_S
    assert "clock:cloud" in desk.state.faults
    assert desk.scan(desk.code(ONE)).name == "opening"
    assert len([e for e in desk.of(events.TimeSigned) if e.doubted]) <= 3, "a row a day, not one for each reply"


def test_i9_a_cloud_that_comes_to_its_senses_is_believed_again() -> None:
    desk = Desk(trust=ClockTrust.SAVED)
    desk.signed_time(IN_2106)
    assert not desk.time().trusted
    desk.signed_time()
    assert desk.time().trusted
    assert desk.time().best_s == pytest.approx(desk.wall_s, abs=2)
    assert not desk.state.faults


@pytest.mark.parametrize("trust", [ClockTrust.NTP, ClockTrust.RTC])
def test_i9_after_two_years_without_power_two_clocks_that_agree_move_the_floor_at_once(trust: ClockTrust) -> None:
    desk = Desk(trust=trust)
    desk.reboot(off_s=2 * YEAR_S)
    assert not desk.time().trusted
    desk.signed_time()
    assert desk.time().trusted
    assert desk.time().floor_s == pytest.approx(desk.wall_s, abs=2)


@pytest.mark.parametrize("trust", [ClockTrust.SAVED, ClockTrust.RTC])
def test_i9_without_a_second_clock_the_cloud_is_believed_after_a_day_of_running(trust: ClockTrust) -> None:
    """No clock behind the machine's, or one that lies below what is sure: nobody contradicts the cloud."""
    desk = Desk(trust=trust)
    desk.reboot(off_s=2 * YEAR_S)
    true_s = int(desk.wall_s)
    desk.clock(IN_1970, trust)
    floor_s = desk.time().floor_s
    for hour in range(24):
        desk.signed_time(true_s + hour * 3600)
        assert not desk.time().trusted
        assert desk.time().floor_s <= floor_s + hour * 3600 + 60
        assert desk.time().best_s >= true_s, "until then it is the best guess: what begins today is not too early"
        desk.skip(3600)
    desk.signed_time(true_s + 25 * 3600)
    assert desk.time().trusted
    assert desk.time().floor_s == true_s + 25 * 3600
    assert not desk.state.faults


def test_i9_a_cloud_that_another_clock_contradicts_is_never_believed() -> None:
    desk = Desk()
    desk.reboot(off_s=60)
    for _ in range(60):
        desk.signed_time(int(desk.wall_s) + 30 * DAY_S)
        desk.skip(3600)
    assert desk.time().floor_s < NOW_S + 4 * DAY_S


def test_i9_neither_an_order_nor_a_document_moves_the_floor_by_itself_further_than_a_day() -> None:
    desk = Desk()
    assert desk.order(Revoke(ONE.reservation, 0), issued_s=IN_2106 - 30 * DAY_S) == "done"
    assert desk.time().floor_s < NOW_S + 60
    assert desk.order(Revoke(ONE.reservation, 1), issued_s=NOW_S + DAY_S) == "done"
    assert desk.time().floor_s >= NOW_S + DAY_S


def test_i9_a_cloud_that_lags_behind_what_is_sure_does_not_say_what_time_it_is() -> None:
    desk = Desk(trust=ClockTrust.SAVED)
    desk.signed_time(NOW_S - 2 * DAY_S)
    assert not desk.time().trusted
    desk.signed_time(NOW_S - 60)
    assert desk.time().trusted


def test_i9_the_root_ends_a_claim_of_the_cloud() -> None:
    desk = Desk(trust=ClockTrust.SAVED)
    desk.signed_time(IN_2106)
    desk.tell(inputs.Document("time_reset", reset_to(NOW_S)))
    assert desk.state.claim_ms == -1
    assert "clock:cloud" not in desk.state.faults
