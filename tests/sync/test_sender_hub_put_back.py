"""I4 where the hub was put back to a backup: it is sent again what it lost, and told of what nobody has any more."""

from __future__ import annotations

from edge.core.rows import Fork
from sync.hub import books
from tests.sync.street import SITE, STAMP, Street, counted, doors, hashes


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


def test_i4_behind_a_gap_that_swallows_two_forks_the_line_goes_on_from_what_the_hub_has(street: Street) -> None:
    locker = street.locker()
    locker.write(*doors(1, 30))
    street.send_all(locker, 60)
    common, backup = hashes(locker), street.back_up_hub("backup")
    for begin in (31, 61):
        locker.write(*doors(begin, 29))
        street.send_all(locker, 60)
        head = locker.journal.head
        locker.fork(Fork(locker.journal.epoch, head.seq, head.hash), "copied")
    for begin in (91, 111, 131):
        locker.journal.append(doors(begin, 20), STAMP, snapshot=b"state")
    street.send_all(locker, 60)
    while locker.journal.compact(keep_rows=0):
        pass
    assert locker.journal.oldest_seq() > 91, "both forks are compacted"
    street.restore_hub(backup)
    locker.write(*doors(300, 3))
    street.send_all(locker, 600)
    assert street.at_hub() == common + hashes(locker)
    assert books.site(street.desk.store, SITE)["gaps"][0]["after"] == 30
