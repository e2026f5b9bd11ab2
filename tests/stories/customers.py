"""Customers who take their parcel, with every branch of it."""

from __future__ import annotations

from msgspec import structs

from edge.core.inputs import Unread
from edge.core.orders import Cancel, Revoke
from edge.core.words import CompartmentState, ContentSensor
from tests.core.desk import DAY_S, sent
from tests.credentials.known_keys import NEXT_PICKUP, NOW_S, OTHER_PICKUP, UNLISTED
from tests.stories.locker import Locker
from tests.stories.site import NEIGHBOUR, PATIENT, POLICY, TIMERS, wall
from tests.stories.told import HER_DOOR, HERS, HIS, TOO, Book, here
from tests.stories.visit import Visit

BOOK = Book()
story = BOOK.story

BLIND = wall(ContentSensor.NONE)
GRACE_OVER = structs.replace(POLICY, timers=structs.replace(TIMERS, grace_s=0))


@story(by_keyboard=True, stands=here(HERS))
async def pickup_by_code(locker: Locker, she: Visit) -> None:
    locker.scan(locker.code(HERS))
    await locker.takes(HER_DOOR, shuts=False)
    await she.sees("take", door=HER_DOOR)
    locker.world.person.shut(HER_DOOR)
    await she.sees("thanks")
    await she.taps("end")
    await she.home()
    assert locker.count(CompartmentState.FREE) == len(locker.site.compartments)
    assert HERS.tracking not in await she.page.content()


@story(by_keyboard=True, stands=here(HERS))
async def pickup_by_pin(locker: Locker, she: Visit) -> None:
    await she.taps("pin")
    await she.sees("pin")
    await she.types(HERS.pin)
    await locker.takes(HER_DOOR)
    await she.sees("thanks")
    await she.home()
    assert HERS.pin not in await she.page.content()


@story(stands={**here(HERS), **here(TOO, door=5)})
async def two_parcels_behind_two_doors(locker: Locker, she: Visit) -> None:
    locker.scan(locker.code(HERS))
    await locker.takes(3)
    await locker.takes(5, shuts=False)
    await she.sees("take", door=5)
    locker.world.person.shut(5)
    await she.sees("thanks")


@story(stands=here(HERS, TOO))
async def two_parcels_behind_one_door(locker: Locker, she: Visit) -> None:
    locker.scan(locker.code(HERS))
    await locker.takes(HER_DOOR)
    await she.sees("thanks")


@story(stands=here(HERS), by_keyboard=True)
async def a_code_that_asks_for_the_pin_too(locker: Locker, she: Visit) -> None:
    locker.scan(locker.code(HERS, second_factor=True))
    await she.sees("second_factor")
    await she.types(HERS.pin)
    await locker.takes(HER_DOOR)
    await she.sees("thanks")


@story(stands=here(HERS))
async def once_more_within_grace(locker: Locker, she: Visit) -> None:
    locker.scan(locker.code(HERS))
    await locker.takes(HER_DOOR)
    await she.sees("thanks")
    await she.taps("open_again")
    await locker.opens(HER_DOOR)
    await she.sees("take", door=HER_DOOR)
    locker.world.person.shut(HER_DOOR)
    await she.home()


@story(stands=here(HERS), policy=GRACE_OVER)
async def a_used_code(locker: Locker, she: Visit) -> None:
    locker.scan(locker.code(HERS))
    await locker.takes(HER_DOOR)
    await she.sees("thanks")
    await she.comes_again()
    await locker.until(lambda: not locker.state.openings, "an opening that is over")
    locker.scan(locker.code(HERS, not_before_s=1))
    await she.sees("refused", reason="already_used")
    await she.taps("back")
    await she.home()


@story(stands=here(HERS))
async def every_code_that_is_refused(locker: Locker, she: Visit) -> None:
    announced, called_off = sent("JD000777"), sent("JD000778")
    locker.announce(announced)
    locker.announce(called_off)
    locker.order(Cancel(called_off.parcel))
    locker.order(Revoke(HIS.reservation, 0))
    refused = {
        "malformed": "https://parcels.example/42",
        "other_site": locker.code(HERS, site=NEIGHBOUR),
        "unknown_key": locker.code(HERS, issuer=UNLISTED),
        "key_not_valid_yet": locker.code(HERS, issuer=NEXT_PICKUP),
        "key_carrier": locker.code(HERS, issuer=OTHER_PICKUP),
        "not_yet_valid": locker.code(HERS, not_before_s=NOW_S + 3 * DAY_S),
        "expired": locker.code(sent("JD000779"), expires_s=NOW_S - DAY_S),
        "revoked": locker.code(HIS),
        "not_here_yet": locker.code(announced),
        "cancelled": locker.code(called_off),
    }
    for reason, code in refused.items():
        locker.scan(code)
        text = await she.sees("refused", reason=reason)
        assert reason != "other_site" or str(NEIGHBOUR) in text
        await she.taps("back")
        await she.comes_again()
    assert not await locker.openings()


@story(stands=here(HERS), policy=structs.replace(POLICY, pin_tries=2))
async def wrong_pins_wait_and_codes_go_on(locker: Locker, she: Visit) -> None:
    for reason in ("unknown_pin", "unknown_pin", "too_many_pins"):
        await she.taps("pin")
        await she.types("98765432")
        await she.sees("refused", reason=reason)
        await she.taps("back")
        await she.comes_again()
    locker.scan(locker.code(HERS))
    await locker.takes(HER_DOOR)
    await she.sees("thanks")


@story(stands=here(HERS))
async def a_code_that_is_seen_and_not_read(locker: Locker, she: Visit) -> None:
    for why in ("glare", "too_far", "too_dark", "blurred"):
        locker.tell(Unread(why))
        wanted = she.words.label(f"unread.{why}", {})
        await she.page.get_by_text(wanted).first.wait_for()
    locker.tell(Unread(""))


@story(stands=here(HERS), policy=PATIENT)
async def a_jammed_door(locker: Locker, she: Visit) -> None:
    locker.world.faults.set("jam", HER_DOOR)
    locker.scan(locker.code(HERS))
    await she.sees("push_then_pull", door=HER_DOOR)
    await she.sees("jammed", door=HER_DOOR)
    await she.taps("end")
    await she.home()
    assert locker.state.compartments[HER_DOOR].state is CompartmentState.OUT_OF_SERVICE
    assert locker.state.compartments[HER_DOOR].parcels


@story(stands=here(HERS))
async def a_loaded_latch_is_relieved_by_a_push(locker: Locker, she: Visit) -> None:
    locker.world.faults.set("loaded", HER_DOOR)
    locker.scan(locker.code(HERS))
    await she.sees("push_then_pull", door=HER_DOOR)
    locker.world.person.push(HER_DOOR)
    await locker.takes(HER_DOOR)
    await she.sees("thanks")


@story(stands=here(HERS), plans=BLIND, policy=PATIENT)
async def shut_at_once_and_she_has_it(locker: Locker, she: Visit) -> None:
    locker.scan(locker.code(HERS))
    await locker.opens(HER_DOOR)
    locker.world.person.take(HER_DOOR)
    locker.world.person.shut(HER_DOOR)
    await she.sees("did_you_get_it")
    await she.taps("yes")
    await she.sees("thanks")


@story(stands=here(HERS), plans=BLIND, policy=PATIENT)
async def shut_at_once_and_she_has_not(locker: Locker, she: Visit) -> None:
    locker.scan(locker.code(HERS))
    await locker.opens(HER_DOOR)
    locker.world.person.shut(HER_DOOR)
    await she.sees("did_you_get_it")
    await she.taps("no")
    await she.sees("reopen")
    await she.taps("open_again")
    await locker.takes(HER_DOOR)
    await she.sees("thanks")


@story(stands=here(HERS))
async def something_is_left_inside(locker: Locker, she: Visit) -> None:
    locker.scan(locker.code(HERS))
    await locker.opens(HER_DOOR)
    await she.sees("take", door=HER_DOOR)
    await she.stays(TIMERS.shortest_open_s + 0.3)
    locker.world.person.shut(HER_DOOR)
    await she.sees("left_inside")
    await locker.takes(HER_DOOR)
    await she.sees("thanks")


@story(stands=here(HERS))
async def it_is_declined(locker: Locker, she: Visit) -> None:
    locker.scan(locker.code(HERS))
    await locker.opens(HER_DOOR)
    await she.sees("take")
    await she.taps("decline")
    await she.stays(TIMERS.shortest_open_s + 0.3)
    locker.world.person.shut(HER_DOOR)
    await she.home()


@story(stands=here(HERS))
async def she_cannot_reach_it(locker: Locker, she: Visit) -> None:
    locker.scan(locker.code(HERS))
    await locker.opens(HER_DOOR)
    await she.sees("take")
    await she.taps("cannot_reach")
    assert "0800 1042" in await she.sees("help")


@story(stands=here(HERS))
async def it_is_not_her_parcel(locker: Locker, she: Visit) -> None:
    locker.scan(locker.code(HERS))
    await locker.opens(HER_DOOR)
    await she.sees("take")
    await she.taps("problem")
    await she.sees("problem")
    await she.taps("wrong")
    assert "0800 1042" in await she.sees("help")
    locker.world.person.shut(HER_DOOR)
    await locker.until(lambda: locker.state.compartments[HER_DOOR].state is CompartmentState.REVIEW, "a doubt")


@story(stands=here(HERS))
async def it_is_empty_and_noticed_afterwards(locker: Locker, she: Visit) -> None:
    locker.scan(locker.code(HERS))
    await locker.takes(HER_DOOR)
    await she.sees("thanks")
    await she.taps("problem")
    await she.sees("problem")
    await she.taps("empty")
    await she.sees("help")
    await she.taps("end")
    await she.home()


@story(stands=here(HERS))
async def the_board_is_silent(locker: Locker, she: Visit) -> None:
    locker.world.faults.set("board_deaf", board="A")
    locker.scan(locker.code(HERS))
    await she.sees("board_silent")
    locker.world.faults.clear("board_deaf", board="A")


@story(stands=here(HERS))
async def a_neighbours_door_stands_open(locker: Locker, she: Visit) -> None:
    locker.world.faults.set("mechanical_key", 6)
    await locker.until(lambda: 6 in locker.runtime.screen().others, "a door that stands open")
    locker.scan(locker.code(HERS))
    await locker.opens(HER_DOOR)
    await she.sees("take", door=HER_DOOR)
    assert "6" in await she.text()
    locker.world.person.shut(6)
    await locker.takes(HER_DOOR)
    await she.sees("thanks")


@story(stands=here(HERS))
async def with_the_network_down(locker: Locker, she: Visit) -> None:
    locker.link(False)
    await she.page.get_by_text(she.words.label("offline", {})).first.wait_for()
    locker.scan(locker.code(HERS))
    await locker.takes(HER_DOOR)
    await she.sees("thanks")


@story(stands=here(HERS), restored=False)
async def while_it_is_being_restored(locker: Locker, she: Visit) -> None:
    await she.sees("restoring")
    locker.scan(locker.code(HERS))
    await she.sees("refused", reason="restoring")


@story(stands=here(HERS))
async def no_door_can_be_opened(locker: Locker, she: Visit) -> None:
    locker.world.faults.set("board_dead", board="A")
    await she.sees("out_of_order")
    locker.world.faults.clear("board_dead", board="A")
    await she.home()


@story(stands=here(HERS), policy=structs.replace(POLICY, timers=structs.replace(TIMERS, idle_s=2, warning_s=10)))
async def she_needs_more_time(locker: Locker, she: Visit) -> None:
    await she.taps("pin")
    await she.page.wait_for_selector("#left")
    await she.taps("more_time")
    await she.page.wait_for_selector("#left", state="detached")
    await she.home()


@story(stands=here(HERS))
async def help_from_the_first_screen(locker: Locker, she: Visit) -> None:
    await she.taps("help")
    assert "0800 1042" in await she.sees("help")
    await she.taps("end")
    await she.home()


@story(stands=here(HERS))
async def the_power_goes_while_the_door_is_open(locker: Locker, she: Visit) -> None:
    """The page waits, and goes on by itself."""
    locker.scan(locker.code(HERS))
    await locker.opens(HER_DOOR)
    await she.sees("take")
    await locker.stop()
    locker.world.person.take(HER_DOOR)
    locker.world.person.shut(HER_DOOR)
    await she.page.wait_for_selector("#lost:not([hidden])")
    await locker.start()
    await she.page.wait_for_selector("#lost", state="hidden")
    await she.home()
    await locker.until(lambda: locker.count(CompartmentState.FREE) == 8, "a parcel that is known to be taken")


@story(stands=here(HERS))
async def two_taps_are_one(locker: Locker, she: Visit) -> None:
    """The second of a double tap was meant for the screen before."""
    await she.page.dblclick('button[name="choice"][value="pin"]')
    await she.sees("pin")
    await she.taps("end")
    await she.home()
