"""I4 from end to end in simulated time: real journals, a real hub store, and every way in which their pasts part."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import structs

from edge.core.rows import Fork, Stamp
from sync.backoff import Waits
from sync.envelope import unseal
from sync.hub import books
from sync.signed import public_of
from sync.watermark import ForkReason, Reply, WhyNot, sign_reply
from tests.sync.house import NOW_S, Locker, event
from tests.sync.street import SITE, Street, a_street, doors, hashes

STAMP = Stamp(1, 1000, NOW_S * 1000, "ntp")


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    with a_street(tmp_path) as street:
        yield street


def counted(locker: Locker) -> int:
    mark = locker.journal.watermark
    return 0 if mark is None else mark.seq


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


# -- pasts that part


def test_i4_a_restored_hub_is_sent_again_what_it_lost(street: Street) -> None:
    locker = street.locker()
    locker.write(*doors(1, 40))
    street.send_all(locker, 60)
    backup = street.back_up_hub("backup")
    locker.write(*doors(41, 60))
    street.send_all(locker, 60)
    street.restore_hub(backup)
    assert len(street.at_hub()) == 40
    locker.write(*doors(101, 5))
    street.send_all(locker, 60)
    assert street.at_hub() == hashes(locker)
    [(mark, gap)] = locker.of("rewound")
    assert (mark.seq, gap) == (40, None)
    assert counted(locker) == 105


def test_i4_a_hub_that_lost_everything_is_sent_everything(street: Street) -> None:
    locker = street.locker()
    backup = street.back_up_hub("backup")
    locker.write(*doors(1, 70))
    street.send_all(locker, 60)
    street.restore_hub(backup)
    locker.write(*doors(71, 1))
    street.send_all(locker, 60)
    assert street.at_hub() == hashes(locker)


def test_i4_what_was_compacted_is_declared_lost_to_a_restored_hub(street: Street) -> None:
    locker = street.locker()
    locker.write(*doors(1, 10))
    street.send_all(locker, 60)
    backup = street.back_up_hub("backup")
    for first in (11, 31, 51):
        locker.journal.append(doors(first, 20), STAMP, snapshot=b"state")
    street.send_all(locker, 60)
    while locker.journal.compact(keep_rows=0):
        pass
    kept = locker.journal.oldest_seq()
    assert kept > 12
    street.restore_hub(backup)
    locker.write(*doors(71, 3))
    street.send_all(locker, 60)
    [gap] = books.site(street.desk.store, SITE)["gaps"]
    assert (gap["after"], gap["first"]) == (10, kept)
    assert street.at_hub()[10:] == hashes(locker)
    assert counted(locker) == 73
    [(_, told)] = locker.of("rewound")
    assert told.after == 10


@pytest.mark.parametrize(("since", "reason"), [(7, ForkReason.BEYOND_HEAD), (40, ForkReason.FOREIGN_HASH)])
def test_i4_a_restored_card_begins_a_new_epoch_and_nothing_is_sent_twice(
    street: Street, since: int, reason: ForkReason
) -> None:
    """The card's backup is of row 60; the hub has 90 rows.  The site writes on, and finds out when it sends."""
    locker = street.locker()
    locker.write(*doors(1, 60))
    street.send_all(locker, 60)
    old = street.copy_card(locker, "card", "backup")
    street.switch_off(old)
    locker = street.started("card")
    locker.write(*doors(61, 30))
    street.send_all(locker, 60)
    street.switch_off(locker)
    restored = street.started("backup")
    restored.write(*doors(1000, since, kind="door_closed"))
    street.send_all(restored, 600)
    [found] = restored.of("forked")
    assert (found.reason, found.fork.seq, found.gap) == (reason, 60, False)
    assert street.at_hub() == hashes(restored)
    assert len(hashes(restored)) == 60 + since + 1
    assert [epoch["seq"] for epoch in books.site(street.desk.store, SITE)["epochs"]] == [61 + since, 90]


def test_i4_a_restored_card_that_has_written_nothing_learns_it_too(street: Street) -> None:
    locker = street.locker()
    locker.write(*doors(1, 60))
    old = street.copy_card(locker, "card", "backup")
    street.switch_off(old)
    locker = street.started("card")
    locker.write(*doors(61, 30))
    street.send_all(locker, 60)
    street.switch_off(locker)
    restored = street.started("backup")
    street.send_all(restored, 600)
    [found] = restored.of("forked")
    assert (found.reason, found.fork.seq) == (ForkReason.BEYOND_HEAD, 60), (
        "rows 1 to 60 were not counted, but are known"
    )
    assert street.at_hub() == hashes(restored)


def test_i4_two_machines_with_one_card_lose_nothing_and_do_not_race(street: Street) -> None:
    locker = street.locker()
    locker.write(*doors(1, 50))
    street.send_all(locker, 60)
    twin = street.copy_card(locker, "card", "copy")
    twin.chance = Random(99)
    locker = street.started("card")
    locker.write(*doors(500, 10, kind="door_closed"))
    twin.write(*doors(900, 10, kind="door_forced"))
    street.sending(locker, heartbeat_s=3600)
    street.sending(twin, heartbeat_s=3600)
    street.loop.run_for(6 * 3600)
    street.stop_sending()
    every = street.desk.store.all("SELECT DISTINCT kind, payload FROM events")
    kinds = [record["kind"] for record in every]
    assert (kinds.count("door_closed"), kinds.count("door_forced")) == (10, 10)
    epochs = books.site(street.desk.store, SITE)["epochs"]
    assert 2 <= len(epochs) <= 20, "each heartbeat finds the other's epoch; they do not fork in circles"
    assert all(epoch["how"] in ("first", "fork") for epoch in epochs)


def test_i4_a_hub_restored_to_before_a_fork_gets_both_epochs_again(street: Street) -> None:
    locker = street.locker()
    locker.write(*doors(1, 30))
    street.send_all(locker, 60)
    backup = street.back_up_hub("backup")
    locker.write(*doors(31, 30))
    street.send_all(locker, 60)
    mark = locker.journal.watermark
    assert mark is not None
    place = locker.journal.place(50)
    assert place is not None
    locker.fork(Fork(mark.epoch, 50, place.hash), "copied")
    locker.write(*doors(61, 9))
    street.send_all(locker, 60)
    street.restore_hub(backup)
    locker.write(*doors(71, 2))
    street.send_all(locker, 60)
    assert street.at_hub() == hashes(locker)
    assert [epoch["seq"] for epoch in books.site(street.desk.store, SITE)["epochs"]] == [locker.journal.head.seq, 50]
    assert counted(locker) == locker.journal.head.seq


def test_i4_a_card_that_was_moved_twice_while_nobody_listened_names_the_fork_that_the_hub_knows(street: Street) -> None:
    locker = street.locker()
    locker.write(*doors(1, 30))
    street.send_all(locker, 60)
    for _ in range(2):  # the second time from an epoch without a row of its own
        mark = locker.journal.watermark
        assert mark is not None
        locker.fork(Fork(mark.epoch, mark.seq, mark.hash), "copied")
    locker.write(*doors(33, 3))
    street.send_all(locker, 60)
    assert street.at_hub() == hashes(locker)
    assert counted(locker) == locker.journal.head.seq
    assert [epoch["how"] for epoch in books.site(street.desk.store, SITE)["epochs"]] == ["fork", "first"]


def test_i4_a_new_card_under_the_same_number_begins_anew(street: Street) -> None:
    old = street.locker()
    old.write(*doors(1, 80))
    street.send_all(old, 60)
    new = street.locker("new card", seed=6)
    new.write(*doors(1, 5, kind="door_closed"))
    street.send_all(new, 60)
    assert street.at_hub() == hashes(new)
    assert not new.of("forked")
    assert [epoch["how"] for epoch in books.site(street.desk.store, SITE)["epochs"]] == ["anew", "first"]


def test_i4_a_new_card_that_was_moved_before_it_was_heard_of_begins_anew_with_all_of_it(street: Street) -> None:
    old = street.locker()
    old.write(*doors(1, 80))
    street.send_all(old, 60)
    new = street.locker("new card", seed=6)
    new.write(*doors(1, 8, kind="door_closed"))
    head = new.journal.head
    new.fork(Fork(new.journal.epoch, head.seq, head.hash), "copied")
    new.write(*doors(10, 3, kind="door_closed"))
    street.send_all(new, 600)
    assert street.at_hub() == hashes(new)
    assert not new.of("forked"), "the hub knows neither epoch: another one would help nobody"
    assert [epoch["how"] for epoch in books.site(street.desk.store, SITE)["epochs"]] == ["fork", "anew", "first"]


def test_i4_a_hub_that_knows_no_epoch_of_a_card_that_was_moved_before_its_first_row_takes_all_of_it(
    street: Street,
) -> None:
    old = street.locker()
    old.write(*doors(1, 80))
    street.send_all(old, 60)
    new = street.locker("new card", seed=6)
    for _ in range(2):
        place = new.journal.place(0)
        assert place is not None
        new.fork(Fork(new.journal.epoch, 0, place.hash), "copied")
    new.write(*doors(10, 3, kind="door_closed"))
    street.send_all(new, 600)
    assert street.at_hub() == hashes(new)
    assert not new.of("forked")
    assert [epoch["how"] for epoch in books.site(street.desk.store, SITE)["epochs"]] == ["anew", "first"]


def test_i4_a_hub_restored_to_before_a_card_that_was_copied_gets_each_of_its_epochs_again(street: Street) -> None:
    old = street.locker()
    old.write(*doors(1, 12))
    street.send_all(old, 60)
    backup = street.back_up_hub("backup")
    new = street.locker("new card", seed=6)
    new.write(*doors(1, 40))
    for first in (100, 200):
        street.send_all(new, 60)
        new.fork(Fork(new.journal.epoch, new.journal.head.seq, new.journal.head.hash), "copied")
        new.write(*doors(first, 40))
    street.send_all(new, 60)
    device = street.desk.store.site(SITE)["device"]
    street.restore_hub(backup)
    street.desk.store.run("UPDATE sites SET device = ? WHERE site = ?", device, SITE)  # enrolled there again
    new.write(*doors(300, 1))
    street.send_all(new, 600)
    assert street.at_hub() == hashes(new)
    assert [epoch["how"] for epoch in books.site(street.desk.store, SITE)["epochs"]] == [
        "fork",
        "fork",
        "anew",
        "first",
    ]


def test_i4_a_hub_restored_to_before_a_compacted_card_is_sent_what_is_left_and_told_of_the_gap(street: Street) -> None:
    old = street.locker()
    old.write(*doors(1, 80))
    street.send_all(old, 60)
    backup = street.back_up_hub("backup")
    new = street.locker("new card", seed=6)
    for first in (1, 21, 41):
        new.journal.append(doors(first, 20), STAMP, snapshot=b"state")
    street.send_all(new, 60)
    while new.journal.compact(keep_rows=0):
        pass
    kept = new.journal.oldest_seq()
    head = new.journal.head
    new.fork(Fork(new.journal.epoch, head.seq, head.hash), "copied")
    new.write(*doors(100, 3))
    device = street.desk.store.site(SITE)["device"]
    street.restore_hub(backup)
    street.desk.store.run("UPDATE sites SET device = ? WHERE site = ?", device, SITE)  # enrolled there again
    street.send_all(new, 600)
    assert street.at_hub() == hashes(new)
    assert not new.of("forked")
    [gap] = books.site(street.desk.store, SITE)["gaps"]
    assert (gap["after"], gap["first"]) == (0, kept)


def test_i4_a_hub_that_went_on_with_another_card_is_sent_what_a_compacted_epoch_has_left(street: Street) -> None:
    first = street.locker()
    first.write(*doors(1, 20))
    street.send_all(first, 60)
    common, backup = hashes(first), street.back_up_hub("backup")
    copy = street.copy_card(first, "card", "copy")
    first = street.started("card", seed=6)
    first.write(*doors(21, 20))
    street.send_all(first, 60)
    first.fork(Fork(first.journal.epoch, first.journal.head.seq, first.journal.head.hash), "copied")
    for begin in (41, 61, 81):
        first.journal.append(doors(begin, 20), STAMP, snapshot=b"state")
    street.send_all(first, 60)
    while first.journal.compact(keep_rows=0):
        pass
    kept = first.journal.oldest_seq()
    assert kept > 42, "the fork itself is compacted"
    street.restore_hub(backup)
    copy.fork(Fork(copy.journal.epoch, copy.journal.head.seq, copy.journal.head.hash), "copied")
    copy.write(*doors(100, 200))
    street.send_all(copy, 60)
    first.write(*doors(300, 3))
    street.send_all(first, 600)
    assert street.at_hub() == common + hashes(first), "what it has of ours, and what is left"
    assert not first.of("forked")
    assert (books.site(street.desk.store, SITE)["gaps"][0]["after"]) == 0


# -- a hub that lies, or does not do its part


def test_i4_a_forged_watermark_counts_for_nothing(street: Street) -> None:
    locker = street.locker()
    locker.write(*doors(1, 50))
    somebody = Ed25519PrivateKey.from_private_bytes(bytes(32))
    hub = street.desk.keys.by_role("hub")
    street.wire.sign = lambda reply: sign_reply(reply, somebody, hub.key.kid)
    street.send_all(locker, 3600)
    assert counted(locker) == 0
    assert locker.of("link") == [(False, f"signature of key {hub.key.kid.hex()} does not hold")]
    assert locker.of("signed_time") == [], "I9: nor does its time"
    street.wire.sign = None
    street.send_all(locker, 60)
    assert counted(locker) == 50


def test_i4_another_key_of_the_bundle_cannot_sign_watermarks(street: Street) -> None:
    locker = street.locker()
    locker.write(*doors(1, 5))
    commands = street.desk.keys.by_role("commands")
    street.wire.sign = lambda reply: sign_reply(reply, commands.private, commands.key.kid)
    street.send_all(locker, 600)
    assert counted(locker) == 0
    assert "may not sign for watermark" in locker.of("link")[0][1]


def test_i4_an_answer_to_another_request_counts_for_nothing(street: Street) -> None:
    locker = street.locker()
    locker.write(*doors(1, 5))
    kept: list[bytes] = []

    def always_the_first(reply: Reply) -> bytes:
        kept.append(street.wire._signed(reply))
        return kept[0]

    street.wire.sign = always_the_first
    street.send_all(locker, 60)
    assert counted(locker) == 5
    locker.write(*doors(6, 5))
    street.send_all(locker, 600)
    assert counted(locker) == 5


def test_i4_a_hub_that_takes_nothing_is_asked_again_but_not_in_a_circle(street: Street) -> None:
    locker = street.locker()
    locker.write(*doors(1, 5))

    def stuck(reply: Reply) -> Reply:
        return structs.replace(reply, epoch=bytes(8), seq=0, hash=bytes(32), why_not=WhyNot.GAP)

    street.wire.answer = stuck
    street.send_all(locker, 3600)
    assert len(street.wire.requests) < 60
    assert counted(locker) == 0
    assert "was not taken: gap" in locker.of("link")[-1][1]
    street.wire.answer = lambda reply: reply
    street.send_all(locker, 60)
    assert counted(locker) == 5


def test_i9_each_answer_brings_signed_time(street: Street) -> None:
    locker = street.locker()
    street.send_all(locker, 60)
    street.clock.now_s += 1000
    street.send_all(locker, 60)
    assert locker.of("signed_time") == [NOW_S, NOW_S + 1000]
