"""Orders over the wire: numbered, repeated until handled, over in time, and to open only what the site's nonce asks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import pytest

from edge.core import orders as core_orders
from edge.core.credential import parcel_id, verify
from edge.core.documents import DocumentRefused, Here
from edge.core.judgement import JudgementTime
from edge.core.keys import KeyBundle, accept_keys
from edge.core.orders import Announce, Open, Order, TakeKeys, TakeRoster, TakeStanding, answers_nonce, verify_order
from edge.core.pin import pin_verifier
from edge.core.roster import accept_roster, second_factor_holds
from edge.core.standing import accept_standing
from sync.backoff import Waits
from sync.listener import Listener
from sync.polling import Answer, Poll, read_answer, sign_poll
from sync.ports import PollFacts
from sync.signed import digest
from tests.sync.house import NOW_S, House, Locker, event, new_locker, running_hub

AT = JudgementTime(trusted=True, wall_s=NOW_S, floor_s=NOW_S)
NONCE = bytes(range(16))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with running_hub(tmp_path / "hub") as house:
        yield house


@pytest.fixture
def locker(house: House, tmp_path: Path) -> Iterator[Locker]:
    locker = new_locker(house, tmp_path / "site")
    yield locker
    locker.journal.close()


def bundle_of(locker: Locker) -> KeyBundle:
    return accept_keys(0, locker.enrolment.keys, locker.enrolment.root, Here(locker.number))


def poll(house: House, locker: Locker, after: int = 0, nonce: bytes = b"", keys: tuple[bytes, ...] = ()) -> Answer:
    question = sign_poll(Poll(site=locker.number, after=after, nonce=nonce, keys=list(keys), wait_s=0), locker.device)
    line = house.uplink()
    answer = line.poll(locker.number, question)
    line.close()
    return read_answer(answer, locker.identity.hub_key, locker.number, digest(question))


def verified(locker: Locker, answer: Answer, last: int = 0) -> list[Order]:
    """What the core makes of the answer."""
    found = []
    for numbered in answer.orders:
        order = verify_order(last, numbered.signed, bundle_of(locker), Here(locker.number), AT)
        assert order.number == numbered.number
        last = order.number
        found.append(order)
    return found


def test_an_announced_parcel_reaches_the_site_with_code_and_pin(house: House, locker: Locker) -> None:
    issued = house.admin.post("sites/4711/parcels", carrier="dpd", tracking="JD0146", recipient="A. B.", size="M")
    [order] = verified(locker, poll(house, locker))
    what = order.what
    assert isinstance(what, Announce)
    assert (what.parcel, what.reservation) == (parcel_id("dpd", "JD0146").hex(), issued["reservation"])
    assert what.particulars.pin == pin_verifier(locker.enrolment.pin_key, issued["pin"])
    code = verify(issued["code"], bundle_of(locker), Here(4711), AT)
    assert code.claims.reservation == issued["reservation"]
    assert len(issued["code"]) <= 154


def test_a_parcel_that_is_not_announced_gets_a_code_and_no_order(house: House, locker: Locker) -> None:
    issued = house.admin.post("sites/4711/parcels", carrier="gls", tracking="47 11", announced=False)
    assert (issued["reservation"], issued["pin"], issued["order"]) == (parcel_id("gls", "4711").hex(), "", 0)
    assert verify(issued["code"], bundle_of(locker), Here(4711), AT).claims.reservation == issued["reservation"]
    assert poll(house, locker).orders == []


def test_a_site_that_waits_for_the_standing_list_is_ordered_to_take_it_once(house: House, locker: Locker) -> None:
    locker.write(event("parcel_deposited", parcel="a" * 16, reservation="b" * 16, carrier="dpd", door=7, size="S"))
    locker.deliver(house, health=b'{"restoring": true, "head": 9}')
    assert poll(house, locker).orders == [], "not before the hub has every row"
    locker.deliver(house, health=b'{"restoring": true, "head": 1}')
    locker.deliver(house, health=b'{"restoring": true, "head": 1}')
    [order] = verified(locker, poll(house, locker))
    assert isinstance(order.what, TakeStanding)
    standing = accept_standing(0, order.what.document, bundle_of(locker), Here(locker.number), AT)
    assert [entry.door for entry in standing.parcels] == [7]


def test_a_standing_list_that_was_taken_on_a_card_that_is_lost_is_ordered_again(house: House, locker: Locker) -> None:
    locker.write(event("door_opened", door=7))
    locker.deliver(house, health=b'{"restoring": true, "head": 1}')
    [first] = poll(house, locker).orders
    assert poll(house, locker, after=first.number).orders == [], "handled, but its row never came"
    locker.deliver(house, health=b'{"restoring": true, "head": 1}')
    [second] = poll(house, locker, after=first.number).orders
    assert second.number == first.number + 1


def test_a_picture_of_health_that_nobody_can_read_orders_nothing(house: House, locker: Locker) -> None:
    locker.write(event("door_opened", door=7))
    for health in (b"", b"{", b'{"restoring": "yes"}', b"\xff", b"[]"):
        locker.deliver(house, health=health)
    assert poll(house, locker).orders == []


def test_orders_are_numbered_and_repeated_until_they_are_handled(house: House, locker: Locker) -> None:
    for door in (3, 4, 5):
        house.admin.post("sites/4711/orders", kind="out_of_service", door=door, reason="dirty")
    assert [order.number for order in poll(house, locker).orders] == [1, 2, 3]
    assert [order.number for order in poll(house, locker).orders] == [1, 2, 3]
    assert [order.number for order in poll(house, locker, after=1).orders] == [2, 3]


def test_a_row_that_shows_its_number_ends_an_order(house: House, locker: Locker) -> None:
    house.admin.post("sites/4711/orders", kind="time")
    assert [order.number for order in poll(house, locker).orders] == [1]
    locker.write(event("order_handled", number=1, order="time", result="done"))
    locker.deliver(house)
    assert poll(house, locker).orders == []
    [shown] = house.admin.get("sites/4711/orders")
    assert (shown["number"], shown["result"]) == (1, "done")


def test_an_order_ends_with_its_time(house: House, locker: Locker) -> None:
    house.admin.post("sites/4711/orders", kind="out_of_service", door=3, reason="dirty")
    poll(house, locker, nonce=NONCE)
    house.admin.post("sites/4711/orders", kind="open", door=3, reason="stuck")
    assert len(poll(house, locker).orders) == 2
    house.clock.now_s += 61
    assert [order.number for order in poll(house, locker).orders] == [1]
    house.clock.now_s += 7 * 86_400
    assert poll(house, locker).orders == []


def test_i10_an_order_to_open_answers_the_nonce_that_the_site_asked_with(house: House, locker: Locker) -> None:
    poll(house, locker, nonce=NONCE)
    house.admin.post("sites/4711/orders", kind="open", door=7, reason="jammed shut")
    [order] = verified(locker, poll(house, locker))
    assert isinstance(order.what, Open)
    assert answers_nonce(order.what, NONCE, 0.0, 25.0)
    status, said = house.admin.ask("POST", "sites/4711/orders", kind="open", door=7, reason="again")
    assert (status, "no nonce" in said["error"]) == (403, True), "a nonce answers once"


@pytest.mark.parametrize("late_s", [51, 3600])
def test_i10_no_nonce_no_order_to_open(house: House, locker: Locker, late_s: int) -> None:
    poll(house, locker, nonce=NONCE)
    house.clock.now_s += late_s
    status, said = house.admin.ask("POST", "sites/4711/orders", kind="open", door=7, reason="jammed shut")
    assert (status, "no nonce younger than 50 s" in said["error"]) == (403, True)


def test_lists_and_keys_reach_the_site_and_hold_there(house: House, locker: Locker) -> None:
    house.admin.post("sites/4711/badges", purpose="deposit", pin="2468", carriers=["dpd"], number="1234")
    for kind in ("standing", "keys"):
        house.admin.post("sites/4711/orders", kind=kind)
    roster, standing, keys = (order.what for order in verified(locker, poll(house, locker)))
    assert isinstance(roster, TakeRoster)
    assert isinstance(standing, TakeStanding)
    assert isinstance(keys, TakeKeys)
    bundle, here = bundle_of(locker), Here(4711)
    entry = accept_roster(1, roster.document, bundle, here, AT).find_number("1234")
    assert entry is not None
    assert second_factor_holds(entry.verifier, "2468")
    assert "service" not in entry.permissions
    assert accept_standing(0, standing.document, bundle, here, AT).parcels == ()


def test_a_badge_is_a_code_that_the_site_believes(house: House, locker: Locker) -> None:
    badge = house.admin.post("sites/4711/badges", purpose="service", pin="13572468")
    claims = verify(badge["code"], bundle_of(locker), Here(4711), AT).claims
    assert (claims.purpose, claims.reservation) == ("service", badge["badge"])


def test_the_next_key_is_told_ahead_and_used_when_the_site_has_it(house: House, locker: Locker) -> None:
    told = house.admin.post("keys/next", role="codes")
    assert told == {"version": NOW_S, "told": [4711]}
    [order] = verified(locker, poll(house, locker))
    assert isinstance(order.what, TakeKeys)
    newer = accept_keys(1, order.what.document, locker.enrolment.root, Here(4711))
    old_kids = {key.kid for key in bundle_of(locker).keys}
    [next_key] = [key for key in newer.keys if key.kid not in old_kids]
    house.clock.now_s += 31 * 86_400

    def kid_of_new_code(tracking: str) -> bytes:
        code = house.admin.post("sites/4711/parcels", carrier="dpd", tracking=tracking, announced=False)["code"]
        at = JudgementTime(trusted=True, wall_s=house.clock.now_s, floor_s=0)
        return verify(code, newer, Here(4711), at).kid

    assert kid_of_new_code("1") != next_key.kid, "the site has not reported it yet"
    poll(house, locker, after=1, keys=tuple(key.kid for key in newer.keys))
    assert kid_of_new_code("2") == next_key.kid


def test_a_revoked_code_is_followed_by_the_next_generation(house: House, locker: Locker) -> None:
    issued = house.admin.post("sites/4711/parcels", carrier="dpd", tracking="JD0146")
    way = f"sites/4711/reservations/{issued['reservation']}"
    house.admin.post(f"{way}/revoke", reissue=True)
    again = verify(house.admin.get(f"{way}/code")["code"], bundle_of(locker), Here(4711), AT)
    assert (again.claims.generation, again.claims.reservation) == (1, issued["reservation"])
    house.admin.post(f"{way}/revoke")
    assert house.admin.ask("GET", f"{way}/code")[0] == 403
    assert [order.kind for order in verified(locker, poll(house, locker))] == ["announce", "revoke", "revoke"]


def test_a_restored_hub_goes_on_behind_the_numbers_that_the_site_has_used(house: House, locker: Locker) -> None:
    poll(house, locker, after=40)
    assert house.admin.post("sites/4711/orders", kind="time")["order"] == 41


def test_an_order_for_another_site_or_played_again_is_refused_by_the_core(house: House, locker: Locker) -> None:
    house.admin.post("sites/4711/orders", kind="time")
    [numbered] = poll(house, locker).orders
    for last, here in ((1, Here(4711)), (0, Here(4712))):
        with pytest.raises(DocumentRefused):
            verify_order(last, numbered.signed, bundle_of(locker), here, AT)
    assert core_orders.NONCE_LIFE_S > 50


def test_who_waits_hears_at_once(house: House, locker: Locker) -> None:
    """A long poll is answered when the order is made, not when its 25 seconds are over."""

    async def story() -> list[Any]:
        line = house.uplink()
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(2) as lane:
            listener = Listener(
                locker.identity,
                line,
                locker,
                lambda: PollFacts(after=0, nonce=NONCE),
                rng=Random(1),
                lane=lane,
                waits=Waits(first_connect_s=0),
            )
            task = asyncio.create_task(listener.run())
            async with asyncio.timeout(20):
                await loop.run_in_executor(lane, _order_once_it_listens, house)
                while not locker.of("order"):
                    locker.news.clear()
                    await locker.news.wait()
            task.cancel()
            line.close()
        return locker.of("order")

    [signed] = asyncio.run(story())
    assert verify_order(0, signed, bundle_of(locker), Here(4711), AT).kind == "open"
    assert locker.of("signed_time") == [NOW_S]


def _order_once_it_listens(house: House) -> None:
    """Repeat until the hub has the nonce of the question that waits there."""
    while house.admin.ask("POST", "sites/4711/orders", kind="open", door=7, reason="test")[0] != 201:
        pass


def test_the_code_is_a_picture_of_the_promised_size(house: House, locker: Locker) -> None:
    issued = house.admin.post("sites/4711/parcels", carrier="dpd", tracking="JD0146")
    picture = house.admin.picture(issued["png"])
    assert picture.headers["content-type"] == "image/png"
    width = int.from_bytes(picture.data[16:20], "big")
    assert width == (41 + 2 * 4) * 8
