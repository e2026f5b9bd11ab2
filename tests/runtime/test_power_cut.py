"""The crash table on the real runtime, journal and fold, with the power cut at named moments of a deposit and a pickup.

After each: no acknowledged event lost, no parcel in two places, no code burnt or used twice, no pulse after start-up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from edge.core import events, inputs
from edge.core.errors import JournalBroken
from edge.core.words import CompartmentState, ContentSensor, CredentialState, ParcelState
from hal.sim.chronicle import Deed
from tests.core.desk import sent
from tests.runtime.observer import check
from tests.sim.site import PATH, SimSite


def ready(seed: int, content: ContentSensor = ContentSensor.INFRARED) -> SimSite:
    site = SimSite(seed, content=content)
    site.start()
    site.let(site.enrolled())
    if content is ContentSensor.NONE:
        for door in site.world.doors:
            site.tell(inputs.Technical("empty", "ada", "looked into it", door))
        site.run_for(1)
    return site


def standing(site: SimSite, label: str = "JD0001") -> int:
    site.let(site.courier_comes())
    if site.screen().name == "look":
        site.tell(inputs.Chosen("not_now", site.screen().number))
        site.run_for(0.5)
    door = site.let(site.deposits(label))
    site.run_for(1)
    site.tell(inputs.Chosen("end", site.screen().number))
    site.run_for(10)
    assert site.state.parcels[sent(label).parcel].state is ParcelState.STANDING
    return door


def revive(site: SimSite, before: int) -> None:
    """Power back; nothing that anybody was told of is gone, and nothing is pulsed by itself."""
    pulses = len(site.pulses())
    site.start()
    assert site.failure is None
    site.run_for(30)
    assert len(site.rows()) >= before, "I4: an acknowledged event is lost"
    assert len(site.pulses()) == pulses, "start-up never pulses"


CUTS: dict[str, Callable[[SimSite], None]] = {
    "between_scan_and_commit": lambda site: site.disk.cut_at_operation(1),
    "in_the_commit": lambda site: site.disk.cut_at_operation(2),
    "between_commit_and_pulse": lambda site: site.disk.cut_after_sync(1),
    "at_the_pulse": lambda site: site.aim(Deed.PULSE_BEGAN, site.cut),
    "between_pulse_and_edge": lambda site: site.aim(Deed.PULSE_ENDED, site.cut),
    "at_the_first_movement_of_the_door": lambda site: site.aim(Deed.DOOR_MOVED, site.cut),
    "after_door_opened_is_durable": lambda site: site.disk.cut_after_sync(2),
    "while_the_parcel_moves": lambda site: site.aim(Deed.PARCEL_MOVED, site.cut, nth=1),
    "at_the_last_movement_of_the_door": lambda site: site.aim(Deed.DOOR_MOVED, site.cut, nth=3),
    "after_door_closed_is_durable": lambda site: site.disk.cut_after_sync(3),
    "between_collected_and_screen": lambda site: site.disk.cut_after_sync(4),
}


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("content", [ContentSensor.INFRARED, ContentSensor.NONE])
def test_crash_table_pickup_cut(cut: str, content: ContentSensor) -> None:
    with ready(3, content) as site:
        door = standing(site)
        CUTS[cut](site)
        site.let(site.collects("JD0001", door))
        before = site.committed
        if site.runtime is not None:
            site.cut()
        revive(site, before)
        check(site, ["JD0001"])
        _serves_again(site, door)
        check(site, ["JD0001"])


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("content", [ContentSensor.INFRARED, ContentSensor.NONE])
def test_crash_table_deposit_cut(cut: str, content: ContentSensor) -> None:
    with ready(4, content) as site:
        site.let(site.courier_comes())
        if site.screen().name == "look":
            site.tell(inputs.Chosen("not_now", site.screen().number))
            site.run_for(0.5)
        CUTS[cut](site)
        site.let(site.deposits("JD0001"))
        before = site.committed
        if site.runtime is not None:
            site.cut()
        revive(site, before)
        check(site, ["JD0001"])
        door = next((d for d in site.world.doors if site.world.inside(d)), 0)
        record = site.state.compartments.get(door)
        assert record is None or record.state is not CompartmentState.FREE, "I6"


def _serves_again(site: SimSite, door: int) -> None:
    """A parcel that is still inside comes out on the same code; one that is out is not given twice."""
    parcel = site.state.parcels[sent("JD0001").parcel]
    inside = bool(site.world.inside(door))
    open_now = site.state.live(door) is not None
    pulses = len(site.pulses())
    if open_now:  # adopted: whoever stands there shuts it
        site.world.person.shut(door)
        site.run_for(10)
        inside = bool(site.world.inside(door))
        parcel = site.state.parcels[parcel.id]
        pulses = len(site.pulses())
    site.let(site.collects("JD0001", door))
    if inside:
        assert len(site.pulses()) > pulses, "I3: the code no longer opens"
        assert not site.world.inside(door)
    elif parcel.state is ParcelState.COLLECTED and parcel.ended_boot < site.state.boot:
        assert len(site.pulses()) == pulses, "I2: grace ends with the boot"
        assert site.state.reservations[parcel.reservation].state is CredentialState.CONSUMED


def test_i1_with_the_commit_stalled_for_8_s_the_pulse_is_dropped_and_the_code_is_good() -> None:
    with ready(5) as site:
        door = standing(site)
        pulses = len(site.pulses())
        site.disk.stall_sync(1, 8.0)
        site.let(site.collects("JD0001", door))
        assert len(site.pulses()) == pulses
        lapsed = [e for e in site.events() if isinstance(e, events.OpeningLapsed)]
        assert [e.reason for e in lapsed] == ["late"]
        assert site.screen().name == "too_late"
        site.let(site.collects("JD0001", door))
        assert not site.world.inside(door)
        check(site, ["JD0001"])


def test_group_commit_on_a_card_that_stalls_keeps_every_edge_and_few_commits() -> None:
    with ready(6) as site:
        door = standing(site)
        syncs = site.disk.syncs
        site.tell(inputs.Scan(site.code("JD0001")))
        site.run_for(0.5)
        site.disk.stall_sync(1, 6.0)
        site.world.person.pull(door)
        site.world.person.take(door)
        site.world.person.shut(door, after_s=3)
        site.run_for(20)
        assert site.state.parcels[sent("JD0001").parcel].state is ParcelState.COLLECTED
        assert site.disk.syncs - syncs <= 8
        check(site, ["JD0001"])


def test_i3_on_a_full_card_nothing_is_burnt_pickups_go_on_from_the_ballast_and_deposits_are_refused() -> None:
    from tests.journal.card import SMALL

    with SimSite(7, limits=SMALL, capacity=3_000_000) as site:
        site.start()
        site.let(site.enrolled())
        door = standing(site)
        site.disk.capacity = site.disk.used + 40_000
        site.run_for(60)
        assert site.state.space in ("reserve", "ballast", "zero")
        site.let(site.courier_comes())
        site.let(site.deposits("JD0002"))
        assert not any(p.name == "JD0002" for d in site.world.doors for p in site.world.inside(d))
        site.tell(inputs.Chosen("end", site.screen().number))
        site.run_for(80)
        site.let(site.collects("JD0001", door))
        assert not site.world.inside(door), "a pickup is served from the reserve"
        check(site, ["JD0001"])


def test_a_start_on_a_card_without_any_room_is_out_of_order_until_there_is_some_and_then_serves() -> None:
    from tests.journal.card import SMALL

    with SimSite(13, limits=SMALL, capacity=3_000_000) as site:
        site.start()
        site.let(site.enrolled())
        door = standing(site)
        site.tell(inputs.Halt("maintenance"))
        site.run_for(5)  # the log is empty then, so that there is no block to be used again
        site.disk.files.remove(f"{PATH}.ballast")  # an earlier life has used it up
        site.disk.capacity = 0
        boots, rows, pulses = site.rows()[-1].boot, len(site.rows()), len(site.pulses())
        for _ in range(2):
            site.cut()
            site.start()
            site.run_for(60)
            assert site.failure is None
            assert site.screen().name == "out_of_order"
            site.tell(inputs.Scan(site.code("JD0001")))
            site.run_for(10)
            assert site.screen().name == "out_of_order"
            assert (len(site.rows()), len(site.pulses())) == (rows, pulses)
        site.disk.capacity = 1 << 40
        site.run_for(60)
        assert site.screen().name == "attract"
        assert site.rows()[rows].kind == "started"
        assert site.rows()[rows].boot == boots + 1
        site.let(site.collects("JD0001", door))
        assert not site.world.inside(door)
        check(site, ["JD0001"])


def test_a_stop_is_obeyed_where_the_card_has_no_room_even_for_the_start() -> None:
    from tests.journal.card import SMALL

    with SimSite(14, limits=SMALL, capacity=3_000_000) as site:
        site.start()
        site.tell(inputs.Halt("maintenance"))
        site.run_for(5)
        site.disk.files.remove(f"{PATH}.ballast")
        site.disk.capacity = 0
        site.cut()
        site.start()
        site.run_for(10)
        site.tell(inputs.Halt("maintenance"))
        site.run_for(5)
        assert site.failure is None
        assert site.runtime is not None
        with pytest.raises(JournalBroken, match="closed"):
            site.runtime.journal.space()


def test_i4_a_failed_fsync_ends_the_process_and_the_next_life_knows_what_is_durable() -> None:
    with ready(8) as site:
        door = standing(site)
        before = site.committed
        site.disk.fail_sync(1)
        site.let(site.collects("JD0001", door))
        assert site.failure is not None
        assert "fsync" in str(site.failure) or "journal" in str(site.failure)
        assert not site.pulses()[1:], "nothing is pulsed on what may not be durable"
        site.cut()
        revive(site, before)
        _serves_again(site, door)
        check(site, ["JD0001"])


def test_i4_a_copied_card_begins_a_new_epoch_and_puts_every_compartment_into_review() -> None:
    with ready(9) as site:
        standing(site)
        image = site.disk.copy_card()
        epoch = site.runtime.journal.epoch if site.runtime is not None else b""
    with SimSite(10, image=image, machine_id="machine-b") as copy:
        copy.start()
        assert copy.failure is None
        assert copy.runtime is not None
        assert copy.runtime.journal.epoch != epoch
        begun = [e for e in copy.events() if isinstance(e, events.EpochBegun)]
        assert [(e.reason, e.old_epoch) for e in begun] == [("copied", epoch.hex())]
        assert {c.state for c in copy.state.compartments.values()} == {CompartmentState.REVIEW}
        assert copy.screen().name == "restoring"


def test_the_same_seed_gives_the_same_run() -> None:
    def digest() -> str:
        with ready(11) as site:
            door = standing(site)
            site.disk.cut_after_sync(2)
            site.let(site.collects("JD0001", door))
            site.cut()
            site.start()
            site.run_for(30)
            return site.loop.digest

    assert digest() == digest()


@pytest.mark.parametrize("seed", range(20))
def test_random_cuts_in_a_day_of_deposits_and_pickups(seed: int) -> None:
    labels = [f"JD{n:04d}" for n in range(4)]
    with ready(100 + seed) as site:
        chance = site.disk.chance
        before = 0
        for label in labels * 2:
            if site.runtime is None:
                revive(site, before)
            site.disk.cut_at_operation(chance.randint(1, 400))
            site.let(_one_errand(site, label))
            before = site.committed
        site.cut()
        revive(site, before)
        check(site, labels)


async def _one_errand(site: SimSite, label: str) -> None:
    behind = [d for d in site.world.doors if any(p.name == label for p in site.world.inside(d))]
    if behind:
        await site.collects(label, behind[0])
    else:
        await site.courier_comes()
        await site.deposits(label)
        if site.runtime is not None:
            site.tell(inputs.Chosen("end", site.screen().number))
    await asyncio.sleep(10)
