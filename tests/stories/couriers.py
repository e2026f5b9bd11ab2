"""Couriers on their round, with every branch of it, and a technician who looks into compartments."""

from __future__ import annotations

from msgspec import structs

from edge.core.orders import Cancel
from edge.core.words import CompartmentState, ContentSensor, Purpose
from tests.core.desk import COURIER_NUMBER, COURIER_PIN, TECHNICIAN_PIN, sent
from tests.stories.locker import Locker
from tests.stories.site import PATIENT, POLICY, TIMERS, wall
from tests.stories.told import HER_DOOR, HERS, HIS, NEW, NEWER, TOO, Book, here
from tests.stories.visit import Visit

BOOK = Book()
story = BOOK.story

FULL = {door: (sent(f"JD0008{door:02}"),) for door in range(1, 9)}


async def enters(locker: Locker, courier: Visit) -> None:
    """Badge and PIN."""
    locker.scan(locker.badge())
    await courier.sees("badge_pin")
    await courier.types(COURIER_PIN)


async def comes_to_collect(locker: Locker, courier: Visit) -> None:
    """By number: every permission of the roster."""
    await courier.taps("courier")
    await courier.types(COURIER_NUMBER)
    await courier.sees("badge_pin")
    await courier.types(COURIER_PIN)
    await courier.sees("ready")
    await courier.taps("collect")
    await courier.sees("collect")


async def gets_a_door(locker: Locker, courier: Visit, label: str) -> int:
    """The label is scanned, and a door opens for it."""
    locker.make(sent(label))
    locker.scan(label, "Code128")
    return await open_door(locker)


async def open_door(locker: Locker) -> int:
    def door() -> int:
        shown = locker.runtime.screen()
        return shown.door if shown.name in ("opening", "push_then_pull", "put", "take_out", "look_inside") else 0

    await locker.until(door, "a door")
    await locker.opens(door())
    return door()


@story(by_keyboard=True)
async def a_round_by_badge(locker: Locker, courier: Visit) -> None:
    """Scan, put, shut: no taps but the last."""
    await enters(locker, courier)
    await courier.sees("ready")
    for parcel in (NEW, NEWER):
        door = await gets_a_door(locker, courier, parcel.tracking)
        await courier.sees("put", door=door)
        await locker.puts(parcel.tracking, door)
        await courier.sees("ready")
    await courier.taps("end")
    await courier.sees("summary")
    await courier.home()
    assert locker.count(CompartmentState.OCCUPIED) == 2


@story(by_keyboard=True)
async def a_round_by_number_and_pin(locker: Locker, courier: Visit) -> None:
    await courier.taps("courier")
    await courier.sees("courier_number")
    await courier.types(COURIER_NUMBER)
    await courier.sees("badge_pin")
    await courier.types(COURIER_PIN)
    await courier.sees("ready")
    locker.make(NEW)
    await courier.types_label(NEW.tracking)
    door = await open_door(locker)
    await locker.puts(NEW.tracking, door)
    await courier.sees("ready")


@story()
async def the_next_label_while_the_door_is_open(locker: Locker, courier: Visit) -> None:
    await enters(locker, courier)
    await courier.sees("ready")
    first = await gets_a_door(locker, courier, NEW.tracking)
    await courier.sees("put", door=first)
    locker.make(NEWER)
    locker.scan(NEWER.tracking, "Code128")
    await locker.until(lambda: locker.runtime.screen().door not in (0, first), "a second door")
    second = locker.runtime.screen().door
    await locker.puts(NEW.tracking, first)
    await locker.puts(NEWER.tracking, second)
    await courier.sees("ready")
    assert locker.count(CompartmentState.OCCUPIED) == 2


@story()
async def it_does_not_fit(locker: Locker, courier: Visit) -> None:
    await enters(locker, courier)
    await courier.sees("ready")
    small = await gets_a_door(locker, courier, NEW.tracking)
    await courier.sees("put", door=small)
    await courier.taps("does_not_fit")
    await locker.until(lambda: locker.runtime.screen().door not in (0, small), "a larger door")
    larger = locker.runtime.screen().door
    locker.world.person.shut(small)
    await locker.puts(NEW.tracking, larger)
    await courier.sees("ready")
    await locker.until(lambda: locker.state.compartments[small].state is CompartmentState.FREE, "the small one free")


@story()
async def it_is_occupied(locker: Locker, courier: Visit) -> None:
    await enters(locker, courier)
    await courier.sees("ready")
    door = await gets_a_door(locker, courier, NEW.tracking)
    await courier.sees("put", door=door)
    await courier.taps("occupied")
    await locker.until(lambda: locker.runtime.screen().door not in (0, door), "another door")
    other = locker.runtime.screen().door
    locker.world.person.shut(door)
    await locker.puts(NEW.tracking, other)
    await courier.sees("ready")
    assert locker.state.compartments[door].state is CompartmentState.REVIEW


@story()
async def it_is_dirty(locker: Locker, courier: Visit) -> None:
    await enters(locker, courier)
    await courier.sees("ready")
    door = await gets_a_door(locker, courier, NEW.tracking)
    await courier.sees("put", door=door)
    await courier.taps("dirty")
    await locker.until(lambda: locker.runtime.screen().door not in (0, door), "another door")
    other = locker.runtime.screen().door
    locker.world.person.shut(door)
    await locker.puts(NEW.tracking, other)
    await courier.sees("ready")
    assert locker.state.compartments[door].state is CompartmentState.OUT_OF_SERVICE


@story()
async def it_is_cancelled(locker: Locker, courier: Visit) -> None:
    await enters(locker, courier)
    await courier.sees("ready")
    door = await gets_a_door(locker, courier, NEW.tracking)
    await courier.sees("put", door=door)
    await courier.taps("cancel")
    await courier.stays(TIMERS.shortest_open_s + 0.3)
    locker.world.person.shut(door)
    await courier.sees("ready")
    assert not locker.count(CompartmentState.OCCUPIED)


@story(plans=wall(ContentSensor.NONE), looked=False)
async def please_look_into_a_door(locker: Locker, courier: Visit) -> None:
    await enters(locker, courier)
    await courier.sees("look")
    await courier.taps("open")
    door = await open_door(locker)
    await courier.sees("look_inside", door=door)
    await courier.taps("empty")
    await courier.stays(TIMERS.shortest_open_s + 0.3)
    locker.world.person.shut(door)
    await courier.page.wait_for_selector('main[data-screen="ready"], main[data-screen="look"]')
    assert locker.state.compartments[door].state is CompartmentState.FREE


@story(plans=wall(ContentSensor.NONE), looked=False)
async def not_now(locker: Locker, courier: Visit) -> None:
    await enters(locker, courier)
    await courier.sees("look")
    await courier.taps("not_now")
    await courier.sees("ready")


@story(stands=here(HERS))
async def the_same_recipient_has_a_door(locker: Locker, courier: Visit) -> None:
    locker.announce(TOO)
    locker.make(TOO)
    await enters(locker, courier)
    await courier.sees("ready")
    locker.scan(TOO.tracking, "Code128")
    await courier.sees("offer", door=HER_DOOR)
    await courier.taps("add")
    await locker.puts(TOO.tracking, HER_DOOR)
    await courier.sees("ready")
    assert len(locker.state.compartments[HER_DOOR].parcels) == 2


@story(stands=here(HERS))
async def its_own_door_all_the_same(locker: Locker, courier: Visit) -> None:
    locker.announce(TOO)
    locker.make(TOO)
    await enters(locker, courier)
    await courier.sees("ready")
    locker.scan(TOO.tracking, "Code128")
    await courier.sees("offer")
    await courier.taps("own_door")
    door = await open_door(locker)
    assert door != HER_DOOR
    await locker.puts(TOO.tracking, door)
    await courier.sees("ready")


@story()
async def the_last_one_is_taken_back(locker: Locker, courier: Visit) -> None:
    await enters(locker, courier)
    await courier.sees("ready")
    door = await gets_a_door(locker, courier, NEW.tracking)
    await locker.puts(NEW.tracking, door)
    await courier.sees("ready")
    await courier.taps("last")
    await courier.sees("last")
    await courier.taps("undo")
    await courier.sees("take_out")
    await locker.takes(door)
    await courier.sees("ready")
    assert not locker.count(CompartmentState.OCCUPIED)


@story(stands=FULL)
async def no_door_is_free(locker: Locker, courier: Visit) -> None:
    """It is said before anything is unloaded."""
    await enters(locker, courier)
    await courier.sees("ready")
    locker.scan(NEW.tracking, "Code128")
    await courier.sees("refused", reason="no_free_compartment")


@story(stands=here(HERS))
async def labels_that_are_refused(locker: Locker, courier: Visit) -> None:
    redirected = sent("JD000910")
    other_carrier = sent("JD000911", carrier="posten")
    locker.announce(redirected)
    locker.order(Cancel(redirected.parcel, "redirected"))
    locker.announce(other_carrier)
    await enters(locker, courier)
    await courier.sees("ready")
    for reason, label in {
        "already_here": HERS.tracking,
        "redirected": redirected.tracking,
        "wrong_carrier": other_carrier.tracking,
        "label_unreadable": "?",
    }.items():
        locker.scan(label, "Code128")
        await courier.sees("refused", reason=reason)
        await courier.taps("back")
        await courier.sees("ready")


@story(policy=structs.replace(POLICY, carrier_quota_percent={"dpd": 0}))
async def the_share_of_doors_is_used_up(locker: Locker, courier: Visit) -> None:
    await enters(locker, courier)
    await courier.sees("ready")
    locker.scan(NEW.tracking, "Code128")
    await courier.sees("refused", reason="carrier_quota")


@story(stands={**here(HERS), **here(HIS, door=5)})
async def all_are_collected(locker: Locker, courier: Visit) -> None:
    locker.order(Cancel(HERS.parcel))
    locker.order(Cancel(HIS.parcel))
    await comes_to_collect(locker, courier)
    await courier.taps("all")
    for parcel, door in ((HERS, HER_DOOR), (HIS, 5)):
        await locker.opens(door)
        await courier.sees("scan_out", door=door)
        locker.scan(parcel.tracking, "Code128")
        locker.world.person.take(door)
        await courier.stays(TIMERS.shortest_open_s + 0.3)
        locker.world.person.shut(door)
    await courier.sees("ready")
    assert locker.count(CompartmentState.FREE) == 8


@story(stands=here(HERS))
async def one_is_collected_with_an_extra(locker: Locker, courier: Visit) -> None:
    locker.order(Cancel(HERS.parcel))
    await comes_to_collect(locker, courier)
    await courier.taps("one")
    await locker.opens(HER_DOOR)
    await courier.sees("scan_out", door=HER_DOOR)
    locker.scan("JD000999", "Code128")
    await courier.page.get_by_text("JD000999").first.wait_for()
    locker.scan(HERS.tracking, "Code128")
    locker.world.person.take(HER_DOOR)
    await courier.stays(TIMERS.shortest_open_s + 0.3)
    locker.world.person.shut(HER_DOOR)
    await courier.sees("ready")


@story(stands=here(HERS, HIS), plans=wall(ContentSensor.NONE))
async def some_are_missing(locker: Locker, courier: Visit) -> None:
    for parcel in (HERS, HIS):
        locker.order(Cancel(parcel.parcel))
    await comes_to_collect(locker, courier)
    await courier.taps("one")
    await locker.opens(HER_DOOR)
    await courier.sees("scan_out", door=HER_DOOR)
    locker.scan(HERS.tracking, "Code128")
    locker.world.person.take(HER_DOOR)
    await courier.stays(TIMERS.shortest_open_s + 0.3)
    locker.world.person.shut(HER_DOOR)
    await courier.sees("taken")
    await courier.taps("missing")
    await courier.sees("ready")


@story()
async def a_round_offline_says_what_waits(locker: Locker, courier: Visit) -> None:
    locker.link(False)
    await enters(locker, courier)
    await courier.sees("ready")
    door = await gets_a_door(locker, courier, NEW.tracking)
    await locker.puts(NEW.tracking, door)
    await courier.sees("ready")
    await courier.taps("end")
    await courier.sees("summary")


@story()
async def a_wrong_badge_pin(locker: Locker, courier: Visit) -> None:
    locker.scan(locker.badge())
    await courier.sees("badge_pin")
    await courier.types("98765432")
    await courier.sees("refused", reason="wrong_second_factor")


@story(policy=PATIENT)
async def a_jam_gives_another_door(locker: Locker, courier: Visit) -> None:
    await enters(locker, courier)
    await courier.sees("ready")
    locker.make(NEW)
    locker.world.faults.set("jam")
    locker.scan(NEW.tracking, "Code128")
    await courier.sees("push_then_pull")
    jammed = locker.runtime.screen().door
    await locker.until(lambda: locker.runtime.screen().door not in (0, jammed), "another door")
    locker.world.faults.clear("jam")
    await locker.puts(NEW.tracking, locker.runtime.screen().door)
    await courier.sees("ready")
    assert locker.state.compartments[jammed].state is CompartmentState.OUT_OF_SERVICE


@story(plans=wall(ContentSensor.NONE), looked=False)
async def a_technician_looks_into_a_compartment(locker: Locker, technician: Visit) -> None:
    locker.scan(locker.service_badge())
    await technician.sees("badge_pin")
    await technician.types(TECHNICIAN_PIN)
    await technician.sees("look")
    await technician.taps("open")
    door = await open_door(locker)
    await technician.sees("look_inside", door=door)
    await technician.taps("something_else")
    await technician.stays(TIMERS.shortest_open_s + 0.3)
    locker.world.person.shut(door)
    await locker.until(
        lambda: locker.state.compartments[door].state is CompartmentState.OUT_OF_SERVICE, "a door out of service"
    )


@story()
async def a_badge_for_collections(locker: Locker, courier: Visit) -> None:
    locker.scan(locker.badge(Purpose.COLLECTION))
    await courier.sees("badge_pin")
    await courier.types(COURIER_PIN)
    await courier.sees("ready")
