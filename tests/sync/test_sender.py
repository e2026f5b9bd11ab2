"""I4 from end to end in simulated time: real journals, a real hub store, and a line that is cut, loses, and is slow.

Every row arrives once; where pasts part, and where the hub lies, are files of their own.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from msgspec import structs

from sync.backoff import Waits
from sync.envelope import unseal
from sync.signed import public_of
from tests.sync.house import NOW_S, Locker, event
from tests.sync.street import Street, a_street, counted, doors, hashes

# -- everything arrives -----------------------------------------------------------------------------------------------


def test_i4_everything_arrives_once_and_counts(street: Street) -> None:
    locker = street.locker()
    locker.write(*doors(1, 900))
    street.send_all(locker, 60)
    assert street.at_hub() == hashes(locker)
    assert counted(locker) == 900


@pytest.mark.parametrize("seed", range(12))
def test_i4_a_wire_that_loses_requests_and_answers_loses_nothing(tmp_path: Path, seed: int) -> None:
    """Rows come all the time, the wire loses a third of what it carries, the site reboots now and then."""
    chance = Random(seed)
    with a_street(tmp_path, seed) as street:
        locker = street.locker()
        street.wire.lose = 0.33
        for life in range(6):
            sender = street.sending(locker, age_s=5, rows=20)
            for _ in range(10):
                entries = doors(100 * life, chance.randrange(1, 60), size=chance.randrange(2000))
                street.write(locker, sender, entries, custody=chance.random() < 0.1)
                street.loop.run_for(chance.uniform(0, 30))
            street.stop_sending()
        street.wire.lose = 0
        street.send_all(locker, 600)
        assert street.at_hub() == hashes(locker)
        assert counted(locker) == locker.journal.head.seq
        assert not locker.of("forked")


def test_i4_after_a_long_outage_it_goes_on_where_it_stopped(street: Street) -> None:
    locker = street.locker()
    street.send_all(locker, 60)
    street.wire.up = False
    sender = street.sending(locker)
    for turn in range(3):
        street.write(locker, sender, doors(turn * 100, 100), custody=True)
        street.loop.run_for(4 * 3600)
    street.wire.up = True
    street.loop.run_for(301)
    assert street.at_hub() == hashes(locker)
    assert locker.of("link") == [(True, ""), (False, "wire: cut"), (True, "")]


def test_i4_a_lost_answer_is_found_again_without_sending_twice(street: Street) -> None:
    """The hub has 90 rows; the site, rebooted, knows of none.  Nothing counts before the site has asked again."""
    locker = street.locker()
    locker.write(*doors(1, 90, size=3000))
    street.send_all(locker, 60)
    locker.journal.save_watermark(structs.replace(locker.of("watermark")[0], seq=0, hash=_genesis(locker)))
    locker.told.clear()
    street.wire.requests.clear()
    street.send_all(locker, 60)
    assert [mark.seq for mark in locker.of("watermark")] == [90]
    assert len(street.wire.requests) == 2, "one batch, then the question behind what the hub has"


def _genesis(locker: Locker) -> bytes:
    start = locker.journal.before(1)
    assert start is not None
    return start.hash


# -- when something is sent -------------------------------------------------------------------------------------------


def test_the_line_is_tried_seldom_and_for_ever_while_it_is_down(street: Street) -> None:
    locker = street.locker()
    street.wire.up = False
    street.sending(locker)
    street.loop.run_for(86_400)
    assert 86_400 / 300 < street.wire.tries < 2.5 * 86_400 / 300
    street.wire.up = True
    street.loop.run_for(301)
    assert street.wire.requests


@pytest.mark.parametrize("seed", range(5))
def test_the_first_connection_comes_within_a_minute_of_the_start(tmp_path: Path, seed: int) -> None:
    with a_street(tmp_path, seed) as street:
        street.sending(street.locker(), waits=Waits())
        street.loop.run_for(61)
        assert street.wire.requests


def test_custody_goes_at_once_and_the_rest_waits_its_age(street: Street) -> None:
    locker = street.locker()
    sender = street.sending(locker, age_s=60)
    street.loop.run_for(1)
    street.write(locker, sender, [event("door_closed", door=7)])
    street.loop.run_for(30)
    assert counted(locker) == 0
    street.loop.run_for(31)
    assert counted(locker) == 1
    street.write(locker, sender, [event("parcel_collected", door=7)], custody=True)
    street.loop.run_for(1)
    assert counted(locker) == 2


def test_with_nothing_to_send_the_health_is_sent(street: Street) -> None:
    locker = street.locker()
    street.sending(locker, heartbeat_s=900)
    street.loop.run_for(3600)
    assert 4 <= len(street.wire.requests) <= 5
    device = public_of(locker.device)
    assert all(unseal(sealed, device).rows == () for sealed in street.wire.requests)


def test_i9_each_answer_brings_signed_time(street: Street) -> None:
    locker = street.locker()
    street.send_all(locker, 60)
    street.clock.now_s += 1000
    street.send_all(locker, 60)
    assert locker.of("signed_time") == [NOW_S, NOW_S + 1000]
