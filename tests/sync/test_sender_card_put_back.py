"""I4 where the card was put back, copied, moved or replaced: a new epoch begins, and the hub takes all of it."""

from __future__ import annotations

from random import Random

import pytest

from edge.core.rows import Fork
from sync.hub import books
from sync.watermark import ForkReason
from tests.sync.street import SITE, STAMP, Street, counted, doors, hashes


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


def test_i4_a_card_put_back_to_before_a_gap_has_no_row_in_common_and_is_sent_anew_from_its_first(
    street: Street,
) -> None:
    locker = street.locker()
    empty = street.back_up_hub("backup")
    locker.write(*doors(1, 20))
    street.send_all(locker, 60)
    old = street.copy_card(locker, "card", "image")
    street.switch_off(old)
    locker = street.started("card")
    for begin in (21, 41, 61):
        locker.journal.append(doors(begin, 20), STAMP, snapshot=b"state")
    street.send_all(locker, 60)
    while locker.journal.compact(keep_rows=0):
        pass
    assert locker.journal.oldest_seq() > 21
    street.restore_hub(empty)
    locker.write(*doors(81, 5))
    street.send_all(locker, 600)
    street.switch_off(locker)
    old = street.started("image")
    old.write(*doors(200, 3))
    street.send_all(old, 600)
    assert len(old.of("forked")) == 1
    assert street.at_hub() == hashes(old)
    assert books.site(street.desk.store, SITE)["epochs"][0]["how"] == "anew"
