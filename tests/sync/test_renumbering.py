"""Orders of a hub that was restored from a backup, given before its sites have asked: none is lost, none done twice.

A site that has handled forty orders asks with `after` 40, whatever number the hub believes to be next.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.core.documents import Here
from edge.core.judgement import JudgementTime
from edge.core.keys import KeyBundle, accept_keys
from edge.core.orders import Open, Order, OutOfService, TakeKeys, TakeRoster, TakeStanding, verify_order
from edge.core.roster import accept_roster
from edge.core.standing import accept_standing
from sync.polling import Poll, read_answer, sign_poll
from sync.signed import digest
from tests.sync.house import NOW_S, Clock, House, Locker, event, new_locker, running_hub

AT = JudgementTime(trusted=True, wall_s=NOW_S, floor_s=NOW_S)
NONCE = bytes(range(16))


@pytest.fixture
def locker(tmp_path: Path) -> Iterator[Locker]:
    """Enrolled at the hub in `tmp_path`, which has stopped since."""
    with running_hub(tmp_path / "hub") as house:
        locker = new_locker(house, tmp_path / "site")
        asked(house, locker, 0)
    yield locker
    locker.journal.close()


def asked(house: House, locker: Locker, after: int, nonce: bytes = b"") -> list[Order]:
    """What the site gets for a question, and believes."""
    kids = [key.kid for key in bundle(locker).keys]
    question = sign_poll(Poll(site=locker.number, after=after, nonce=nonce, keys=kids, wait_s=0), locker.device)
    line = house.uplink()
    answer = read_answer(line.poll(locker.number, question), locker.identity.hub_key, locker.number, digest(question))
    line.close()
    orders = [verify_order(after, one.signed, bundle(locker), Here(locker.number), AT) for one in answer.orders]
    assert [order.number for order in orders] == [one.number for one in answer.orders]
    return orders


def bundle(locker: Locker) -> KeyBundle:
    return accept_keys(0, locker.enrolment.keys, locker.enrolment.root, Here(locker.number))


def shut(house: House, *doors: int) -> list[int]:
    """Order these doors out of service; the numbers that the administrator is told."""
    wishes = [{"kind": "out_of_service", "door": door, "reason": "dirty"} for door in doors]
    return [house.admin.post("sites/4711/orders", **wish)["order"] for wish in wishes]


def doors(orders: list[Order]) -> list[tuple[int, int]]:
    """Number and door."""
    return [(order.number, order.what.door) for order in orders if isinstance(order.what, OutOfService)]


def results(house: House) -> dict[int, str]:
    return {order["number"]: order["result"] for order in house.admin.get("sites/4711/orders")}


def test_orders_whose_numbers_the_site_has_used_get_new_ones_in_the_same_order(tmp_path: Path, locker: Locker) -> None:
    with running_hub(tmp_path / "hub") as restored:
        assert shut(restored, 3, 4, 5) == [1, 2, 3]
        assert doors(asked(restored, locker, after=40)) == [(41, 3), (42, 4), (43, 5)]
        assert doors(asked(restored, locker, after=41)) == [(42, 4), (43, 5)]
        assert shut(restored, 6) == [44]
        assert results(restored) == {41: "", 42: "", 43: "", 44: ""}


def test_some_numbers_used_or_all_the_order_stays(tmp_path: Path, locker: Locker) -> None:
    with running_hub(tmp_path / "hub") as restored:
        shut(restored, 3, 4, 5)
        assert doors(asked(restored, locker, after=2)) == [(4, 3), (5, 4), (6, 5)]


def test_numbers_that_nobody_has_used_stay(tmp_path: Path, locker: Locker) -> None:
    with running_hub(tmp_path / "hub") as started:
        shut(started, 3, 4)
        assert doors(asked(started, locker, after=0)) == [(1, 3), (2, 4)]
        assert asked(started, locker, after=2) == [], "handled: their rows are on the way"


def test_the_row_of_an_order_of_the_former_life_ends_no_order_of_this_one(tmp_path: Path, locker: Locker) -> None:
    with running_hub(tmp_path / "hub") as restored:
        shut(restored, 3)
        locker.write(event("order_handled", number=1, order="time", result="done"))
        locker.deliver(restored)
        assert shut(restored, 4) == [2]
        assert doors(asked(restored, locker, after=1)) == [(3, 3), (4, 4)]


def test_i10_rows_alone_tell_which_numbers_are_used_and_no_order_is_numbered_below_them(
    tmp_path: Path, locker: Locker
) -> None:
    """A site behind a line that lets only rows through; a standing list would claim to contain its own order."""
    with running_hub(tmp_path / "hub") as restored:
        locker.write(event("order_handled", number=17, order="time", result="done"))
        locker.deliver(restored)
        assert shut(restored, 4) == [18]
        assert doors(asked(restored, locker, after=17)) == [(18, 4)]


def test_an_order_that_was_in_the_backup_and_done_since_is_not_done_again(tmp_path: Path, locker: Locker) -> None:
    with running_hub(tmp_path / "hub") as backed_up:
        asked(backed_up, locker, after=0)
        shut(backed_up, 3)
    with running_hub(tmp_path / "hub") as restored:
        shut(restored, 4)
        assert doors(asked(restored, locker, after=5)) == [(6, 4)]


def test_an_order_of_which_a_hub_cannot_know_whether_it_was_done_says_so(tmp_path: Path, locker: Locker) -> None:
    """Given by an earlier process that no site had asked: perhaps after the restoration, perhaps before the backup."""
    with running_hub(tmp_path / "hub") as before:
        shut(before, 3)
    with running_hub(tmp_path / "hub") as restored:
        shut(restored, 4)
        assert doors(asked(restored, locker, after=1)) == [(2, 4)]
        assert "give it again" in results(restored)[1]
        assert results(restored)[2] == ""


def test_an_order_that_is_over_is_not_signed_again(tmp_path: Path, locker: Locker) -> None:
    with running_hub(tmp_path / "hub") as restored:
        shut(restored, 3)
        restored.clock.now_s += 7 * 86_400
        shut(restored, 4)
        orders = asked(restored, locker, after=40)
        assert [door for _, door in doors(orders)] == [4]


def test_i10_an_order_to_open_waits_for_the_first_question_to_this_process(tmp_path: Path, locker: Locker) -> None:
    with running_hub(tmp_path / "hub") as backed_up:
        asked(backed_up, locker, 0, NONCE)
    with running_hub(tmp_path / "hub") as restored:
        status, said = restored.admin.ask("POST", "sites/4711/orders", kind="open", door=7, reason="jammed shut")
        assert (status, "no nonce" in said["error"]) == (403, True), "its number may have been used"
        asked(restored, locker, 12, NONCE)
        assert restored.admin.post("sites/4711/orders", kind="open", door=7, reason="jammed shut") == {"order": 13}
        [order] = asked(restored, locker, 12)
        assert isinstance(order.what, Open)


def test_lists_and_keys_of_a_restored_hub_are_newer_than_those_that_it_gave_after_the_backup(
    tmp_path: Path, locker: Locker
) -> None:
    shutil.copytree(tmp_path / "hub", tmp_path / "backup")
    clock = Clock()
    with running_hub(tmp_path / "hub", clock) as before:
        for _ in range(3):
            given = versions(before, locker, after=0)
            clock.now_s += 60
    with running_hub(tmp_path / "backup", clock) as restored:
        assert all(newer > older for newer, older in zip(versions(restored, locker, after=40), given, strict=True))


def versions(house: House, locker: Locker, after: int) -> tuple[int, int, int]:
    """Of the roster, the standing list and the keys that the hub gives when it is asked for them all."""
    house.admin.post("sites/4711/badges", purpose="deposit", pin="2468", carriers=["dpd"])
    house.admin.post("sites/4711/orders", kind="standing")
    house.admin.post("keys/next", role="codes")
    here, found = Here(locker.number), [order.what for order in asked(house, locker, after)]
    roster = max(
        accept_roster(0, w.document, bundle(locker), here, AT).version for w in found if isinstance(w, TakeRoster)
    )
    standing = max(
        accept_standing(0, w.document, bundle(locker), here, AT).version for w in found if isinstance(w, TakeStanding)
    )
    keys = max(
        accept_keys(0, w.document, locker.enrolment.root, here).version for w in found if isinstance(w, TakeKeys)
    )
    return roster, standing, keys
