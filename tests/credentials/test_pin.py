"""PINs: eight digits, verifiers only, and a limiter that survives reboots (I11)."""

from __future__ import annotations

import itertools

import pytest
from msgspec import structs

from edge.core.errors import BadInput
from edge.core.pin import DAY_MS, failed, find_pin, is_pin, pin_verifier, succeeded, wait_ms
from edge.core.state import PinLimit
from sync.hub.issue import site_pin_key
from tests.credentials.known_keys import PIN_KEY

MINUTE_MS = 60_000


@pytest.mark.parametrize("text", ["", "1234567", "123456789", "1234567a", " 1234567", "１２３４５６７８", "12345678\n"])
def test_only_eight_digits_are_a_pin(text: str) -> None:
    assert not is_pin(text)
    with pytest.raises(BadInput):
        pin_verifier(PIN_KEY, text)


def test_i11_no_refusal_repeats_what_was_typed() -> None:
    with pytest.raises(BadInput) as refused:
        pin_verifier(PIN_KEY, "1234567a")
    assert "1234567" not in str(refused.value)


def test_a_pin_is_found_by_its_verifier_among_those_standing() -> None:
    standing = {f"parcel-{number}": pin_verifier(PIN_KEY, f"{number:08}") for number in range(100)}
    assert find_pin(pin_verifier(PIN_KEY, "00000042"), standing) == "parcel-42"
    assert find_pin(pin_verifier(PIN_KEY, "12345678"), standing) is None


def test_the_verifiers_of_one_site_are_worth_nothing_at_another() -> None:
    here, there = site_pin_key(b"secret of the hub", 1), site_pin_key(b"secret of the hub", 2)
    assert pin_verifier(here, "12345678") != pin_verifier(there, "12345678")
    assert len(here) == 32


def test_the_same_pin_twice_in_a_site_is_seen_at_the_announcement() -> None:
    standing = {"parcel-1": pin_verifier(PIN_KEY, "12345678")}
    assert find_pin(pin_verifier(PIN_KEY, "12345678"), standing) == "parcel-1"


def fail_whenever_open(limit: PinLimit, now_ms: int, until_ms: int) -> tuple[PinLimit, list[int]]:
    """A guesser who tries at once whenever entry is open."""
    moments: list[int] = []
    while now_ms < until_ms:
        wait = wait_ms(limit, now_ms)
        if wait:
            now_ms += wait
            continue
        limit = failed(limit, now_ms)
        moments.append(now_ms)
        now_ms += 1
    return limit, moments


def test_five_failures_are_free_then_waits_of_1_2_4_8_and_always_15_minutes() -> None:
    _, moments = fail_whenever_open(PinLimit(), 0, DAY_MS // 4)
    gaps = [round((later - earlier) / MINUTE_MS) for earlier, later in itertools.pairwise(moments)]
    assert gaps[:12] == [0, 0, 0, 0, 1, 2, 4, 8, 15, 15, 15, 15]


def test_never_more_than_sixty_failures_a_day() -> None:
    _, moments = fail_whenever_open(PinLimit(), 0, DAY_MS)
    assert len(moments) == 60
    _, later = fail_whenever_open(PinLimit(), 0, 10 * DAY_MS)
    assert len(later) == 600


def test_a_good_pin_ends_the_row_but_not_the_count_of_the_day() -> None:
    limit = PinLimit()
    for moment in range(60):
        limit = succeeded(failed(limit, moment))
    assert wait_ms(limit, 60) == DAY_MS - 60
    assert wait_ms(limit, DAY_MS) == 0


def test_a_success_opens_entry_for_the_next_customer() -> None:
    limit = PinLimit()
    for moment in range(4):
        limit = failed(limit, moment)
    limit = succeeded(limit)
    limit = failed(limit, 10)
    assert wait_ms(limit, 10) == 0


def test_after_a_reboot_what_remained_of_the_wait_runs_in_full() -> None:
    """Running time stands still while the power is off, so a reboot is no time at all for the limiter."""
    limit = PinLimit()
    for moment in range(5):
        limit = failed(limit, moment)
    last_durable_ms = 20_000
    assert wait_ms(limit, last_durable_ms) == MINUTE_MS + 4 - last_durable_ms


def test_last_weeks_guesser_does_not_wait_for_todays_customers() -> None:
    limit, _ = fail_whenever_open(PinLimit(), 0, DAY_MS)
    week_later = failed(limit, 7 * DAY_MS)
    assert week_later == PinLimit(failures=1, day_began_ms=7 * DAY_MS, day_failures=1)


def test_the_operator_may_choose_fewer_tries() -> None:
    limit = failed(failed(PinLimit(), 0, tries=2), 1, tries=2)
    assert wait_ms(limit, 1) == MINUTE_MS
    assert wait_ms(structs.replace(limit, wait_until_ms=0), 1, failures_a_day=2) == DAY_MS - 1
