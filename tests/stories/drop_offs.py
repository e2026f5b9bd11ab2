"""Customers who hand a parcel in: returns, and parcels to be sent."""

from __future__ import annotations

from edge.core.words import CompartmentState, ContentSensor, Purpose
from tests.stories.locker import Locker
from tests.stories.site import PATIENT, TIMERS, wall
from tests.stories.told import RETURN, Book
from tests.stories.visit import Visit

BOOK = Book()
story = BOOK.story


async def shows_the_code(locker: Locker, she: Visit) -> None:
    locker.announce(RETURN, parcel_kind="return")
    locker.make(RETURN)
    locker.scan(locker.code(RETURN, purpose=Purpose.DROP_OFF))
    await she.sees("choose_size")


async def chooses(locker: Locker, she: Visit, size: str = "S") -> int:
    await she.taps(size)
    await locker.until(lambda: locker.runtime.screen().door, "a door")
    door = locker.runtime.screen().door
    await locker.opens(door)
    await she.sees("place", door=door)
    return door


@story(by_keyboard=True)
async def a_return_by_code(locker: Locker, she: Visit) -> None:
    await shows_the_code(locker, she)
    door = await chooses(locker, she)
    await locker.puts(RETURN.tracking, door)
    await she.sees("receipt")
    assert await she.page.locator("svg.code").count() == 1
    await she.taps("end")
    await she.home()
    assert locker.state.compartments[door].state is CompartmentState.OCCUPIED


@story(by_keyboard=True)
async def a_return_by_its_label(locker: Locker, she: Visit) -> None:
    locker.announce(RETURN, parcel_kind="return")
    locker.make(RETURN)
    await she.taps("send")
    await she.sees("send")
    await she.types_label(RETURN.tracking)
    await she.sees("choose_size")
    door = await chooses(locker, she)
    await locker.puts(RETURN.tracking, door)
    await she.sees("receipt")


@story()
async def a_larger_door(locker: Locker, she: Visit) -> None:
    await shows_the_code(locker, she)
    small = await chooses(locker, she)
    await she.taps("other_size")
    await she.sees("choose_size")
    await she.taps("M")
    await locker.until(lambda: locker.runtime.screen().door not in (0, small), "a larger door")
    larger = locker.runtime.screen().door
    locker.world.person.shut(small)
    await locker.puts(RETURN.tracking, larger)
    await she.sees("receipt")


@story()
async def she_changes_her_mind(locker: Locker, she: Visit) -> None:
    await shows_the_code(locker, she)
    door = await chooses(locker, she)
    await she.taps("cancel")
    await she.stays(TIMERS.shortest_open_s + 0.3)
    locker.world.person.shut(door)
    await she.sees("cancelled")
    await she.home()
    assert locker.count(CompartmentState.FREE) == 8


@story()
async def nothing_was_put_in(locker: Locker, she: Visit) -> None:
    await shows_the_code(locker, she)
    door = await chooses(locker, she)
    await she.stays(TIMERS.shortest_open_s + 0.3)
    locker.world.person.shut(door)
    await she.sees("no_parcel")
    await she.taps("open_again")
    await locker.puts(RETURN.tracking, door)
    await she.sees("receipt")


@story(plans=wall(ContentSensor.NONE), policy=PATIENT)
async def shut_very_quickly(locker: Locker, she: Visit) -> None:
    await shows_the_code(locker, she)
    door = await chooses(locker, she)
    locker.world.person.put(RETURN.tracking, door)
    locker.world.person.shut(door)
    await she.sees("is_it_inside")
    await she.taps("yes")
    await she.sees("receipt")


@story()
async def handed_in_is_not_given_out_again(locker: Locker, she: Visit) -> None:
    await shows_the_code(locker, she)
    door = await chooses(locker, she)
    await locker.puts(RETURN.tracking, door)
    await she.sees("receipt")
    await she.taps("end")
    await she.comes_again()
    locker.scan(locker.code(RETURN, purpose=Purpose.DROP_OFF))
    await she.sees("refused", reason="already_used")
