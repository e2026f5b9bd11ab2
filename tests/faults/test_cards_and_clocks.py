"""Cards, hubs and clocks that are not what they were, from the person at the door to the hub and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import structs

from edge.core import events, inputs
from edge.core.words import ClockTrust, CompartmentState, CredentialState, ParcelState
from sync.batching import MAX_ROWS
from sync.watermark import Reply, sign_reply
from tests.core.desk import DAY_S, sent
from tests.credentials.known_keys import COMMAND, NOW_S, YEAR_S
from tests.faults.clouds import Clouds, hashes, some_clouds
from tests.journal.card import SMALL
from tests.runtime.observer import check
from tests.sim.site import SimSite

ONE, TWO, THREE = "JD0001", "JD0002", "JD0003"


@pytest.fixture
def clouds(tmp_path: Path) -> Iterator[Clouds]:
    with some_clouds(tmp_path) as clouds:
        yield clouds


def deposited(site: SimSite, label: str) -> int:
    site.let(site.courier_comes())
    if site.screen().name == "look":
        site.tell(inputs.Chosen("not_now", site.screen().number))
        site.run_for(0.5)
    door = site.let(site.deposits(label))
    site.tell(inputs.Chosen("end", site.screen().number))
    site.run_for(10)
    known = site.state.parcels[sent(label).parcel]
    assert known.state is ParcelState.STANDING, site.events()[-20:]
    return door


def collected(site: SimSite, label: str, door: int) -> bool:
    site.let(site.collects(label, door))
    site.run_for(10)
    return not any(parcel.name == label for parcel in site.world.inside(door))


def in_review(site: SimSite) -> bool:
    return {record.state for record in site.state.compartments.values()} == {CompartmentState.REVIEW}


def epochs_begun(site: SimSite) -> list[events.EpochBegun]:
    return [event for event in site.events() if isinstance(event, events.EpochBegun)]


# -- cards ----------------------------------------------------------------------------------------------------------


def test_i4_a_copied_card_in_a_second_machine_loses_no_event_of_either(clouds: Clouds) -> None:
    first = clouds.ready(1)
    door = deposited(first, ONE)
    clouds.send_all(first)
    shared = first.rows()
    second = clouds.site(2, image=first.disk.copy_card(), machine_id="machine-b")
    second.start()
    clouds.send_all(second)
    assert [(e.reason, e.old_epoch) for e in epochs_begun(second)] == [("copied", clouds.epochs()[-1]["epoch"].lower())]
    assert in_review(second)
    assert second.screen().name == "restoring"
    assert clouds.at_hub() == hashes(second)

    assert collected(first, ONE, door), "the first machine serves meanwhile"
    written = first.rows()
    clouds.send_all(first)
    assert [e.reason for e in epochs_begun(first)] == ["superseded"]
    assert first.screen().name == "restoring"
    assert clouds.has_every(shared)
    assert clouds.has_every(written), "what it wrote alone was sent behind the fork"
    assert clouds.has_every(second.rows())
    assert all(epoch["how"] in ("first", "fork") for epoch in clouds.epochs())


def test_i4_a_card_restored_from_last_week_forks_and_waits_for_the_standing_list(clouds: Clouds) -> None:
    """The hub is ahead.  What stands in the wall since the backup is adopted from its list; codes open it."""
    site = clouds.ready(3)
    old_door = deposited(site, ONE)
    clouds.send_all(site)
    backup = site.disk.copy_card()
    common = len(site.rows())
    new_door = deposited(site, TWO)
    assert collected(site, ONE, old_door)
    clouds.send_all(site)
    lost = site.rows()
    epoch = clouds.epochs()[0]["epoch"].lower()

    site.cut()
    site.disk.insert_card(backup)
    clouds.wire.up = False
    site.start()
    assert sent(TWO).parcel not in site.state.parcels
    site.run_for(60)
    while_alone = [row for row in site.rows() if row.seq > common]
    assert while_alone
    clouds.wire.up = True
    clouds.send_all(site)

    [begun] = epochs_begun(site)
    assert begun.reason in ("beyond_head", "foreign_hash")
    assert (begun.old_epoch, begun.old_seq) == (epoch, common)
    assert clouds.at_hub() == hashes(site)
    assert clouds.has_every(while_alone), "rows behind the fork are appended again"
    assert clouds.has_every(lost), "and the hub keeps what the card forgot"
    assert in_review(site)
    assert site.screen().name == "restoring"
    site.let(site.courier_comes())
    site.let(site.deposits(THREE))
    assert not any(p.name == THREE for d in site.world.doors for p in site.world.inside(d)), "no deposits yet"
    site.tell(inputs.Chosen("end", site.screen().number))
    site.run_for(60)

    clouds.standing(site, version=2)
    assert site.screen().name == "attract"
    assert site.state.parcels[sent(TWO).parcel].door == new_door
    assert site.state.compartments[new_door].state is CompartmentState.OCCUPIED
    assert collected(site, TWO, new_door), "I3: its code opens, although the card never saw it come"
    pulses = len(site.pulses())
    site.let(site.collects(ONE, old_door))
    taken = site.state.parcels[sent(ONE).parcel]
    assert taken.state is not ParcelState.STANDING
    assert not site.world.inside(old_door)
    assert len(site.pulses()) - pulses <= 1, "at most a look into a compartment in doubt"


# -- hubs -----------------------------------------------------------------------------------------------------------


def test_i4_a_restored_hub_is_sent_again_what_it_lost_and_no_epoch_begins(clouds: Clouds) -> None:
    site = clouds.ready(4)
    door = deposited(site, ONE)
    clouds.send_all(site)
    backup = clouds.back_up()
    assert collected(site, ONE, door)
    deposited(site, TWO)
    clouds.send_all(site)
    clouds.restore(backup)
    assert len(clouds.at_hub()) < len(site.rows())
    deposited(site, THREE)
    clouds.send_all(site)
    assert clouds.at_hub() == hashes(site)
    assert not epochs_begun(site)
    assert not site.state.restoring


def test_i4_i9_a_forged_watermark_neither_counts_nor_tells_the_time(clouds: Clouds) -> None:
    site = clouds.ready(5)
    before = site.state.floor_s
    assert site.runtime is not None
    mark = site.runtime.journal.watermark
    somebody = Ed25519PrivateKey.from_private_bytes(bytes(32))

    def forged(reply: Reply) -> bytes:
        lie = structs.replace(reply, seq=reply.seq + 1000, hash=bytes(32), issued_at=NOW_S + 30 * YEAR_S)
        return sign_reply(lie, somebody, COMMAND.key.kid)

    clouds.wire.sign = forged
    door = deposited(site, ONE)
    clouds.pass_time(site, 400)
    assert site.runtime.journal.watermark == mark
    assert site.state.floor_s < before + DAY_S
    assert not epochs_begun(site)
    assert collected(site, ONE, door), "who lies to it about the cloud stops no customer"
    clouds.wire.sign = None
    clouds.send_all(site)
    assert clouds.at_hub() == hashes(site)


def test_i4_a_watermark_beyond_the_head_begins_an_epoch_and_frees_nothing_for_compaction(clouds: Clouds) -> None:
    """Only our hub can sign it: then it has rows that this card does not, or has gone mad.  Both end in a fork."""
    site = clouds.ready(6)
    door = deposited(site, ONE)
    deposited(site, TWO)
    clouds.send_all(site)
    lies = [1]

    def beyond(reply: Reply) -> Reply:
        return structs.replace(reply, seq=reply.seq + 1000, hash=bytes(32)) if lies and lies.pop() else reply

    clouds.wire.answer = beyond
    site.tell(inputs.Scan("LK1:NOTHING"))
    clouds.pass_time(site, 120)
    clouds.send_all(site)
    [begun] = epochs_begun(site)
    assert begun.reason == "beyond_head"
    assert site.runtime is not None
    mark = site.runtime.journal.watermark
    assert mark is not None
    assert mark.seq == len(site.rows())
    assert clouds.at_hub() == hashes(site)
    assert in_review(site)
    clouds.standing(site, version=2)
    assert collected(site, ONE, door)


def test_i4_a_watermark_beyond_what_was_sent_counts_only_when_it_is_answered_again(clouds: Clouds) -> None:
    """More rows than one batch takes, and an answer that speaks for all of them: none is left out for it.

    So it is, too, when a hub that was ahead is restored before it is asked again.
    """
    site = clouds.ready(7)
    runtime = site.runtime
    assert runtime is not None
    clouds.wire.up = False
    for _ in range(140):
        site.tell(inputs.Technical("out_of_service", "ada", "cleaning", 6))
        site.tell(inputs.Technical("in_service", "ada", "cleaned", 6))
    clouds.pass_time(site, 10)
    before, head = runtime.journal.watermark, runtime.journal.head
    assert before is not None
    assert head.seq > before.seq + MAX_ROWS
    counted: list[int] = []

    def early(reply: Reply) -> Reply:
        mark = runtime.journal.watermark
        assert mark is not None
        counted.append(mark.seq)
        site.tell(inputs.Technical("out_of_service" if len(counted) == 1 else "in_service", "ada", "again", 5))
        return structs.replace(reply, seq=head.seq, hash=head.hash) if len(counted) == 1 else reply

    clouds.wire.answer = early
    clouds.wire.up = True
    clouds.send_all(site)
    assert counted[:2] == [before.seq, before.seq], "it did not count at once"
    assert clouds.at_hub() == hashes(site), "and nothing was left out for it"
    assert not epochs_begun(site)


# -- clocks ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", [ClockTrust.UNSYNCED, ClockTrust.RTC, ClockTrust.NTP])
@pytest.mark.parametrize("year", [1970, 2061])
def test_i9_a_site_that_wakes_in_another_year_serves_refuses_nothing_as_expired_and_labels(
    clouds: Clouds, year: int, source: ClockTrust
) -> None:
    site = clouds.ready(8)
    door = deposited(site, ONE)
    site.cut()
    clouds.wire.up = False
    wall_s = 3600.0 if year == 1970 else NOW_S + 35.0 * YEAR_S
    site.wall.offset_s, site.wall.source = wall_s, source
    floor_s = NOW_S
    site.start()
    head = len(site.rows())
    site.tell(inputs.Scan(site.code(TWO)))
    site.run_for(1)
    assert site.screen().params["reason"] == "not_here_yet", "its `exp` is over in 2061; nobody believes that it is"
    site.run_for(600)
    assert site.state.parcels[sent(ONE).parcel].state is ParcelState.STANDING, "no hold has run out"
    assert collected(site, ONE, door)
    later = deposited(site, TWO)
    assert abs(site.rows()[-1].wall_ms / 1000 - wall_s) < DAY_S, "the label is what the clock said"
    assert floor_s <= site.state.floor_at(site.state.mono_ms) < floor_s + DAY_S, "nothing that it says lasts"
    clouds.wire.up = True
    clouds.send_all(site)
    assert site.rows()[-1].trust == ClockTrust.CLOUD or site.state.heard_ms > 0
    assert clouds.at_hub() == hashes(site)
    assert collected(site, TWO, later)
    assert len(site.rows()) > head
    check(site, [ONE, TWO])


def test_i9_one_wrong_ntp_answer_expires_nothing_and_is_forgotten(clouds: Clouds) -> None:
    site = clouds.ready(9)
    door = deposited(site, ONE)
    site.cut()
    clouds.wire.up = False
    site.start()
    site.run_for(60)
    site.wall.offset_s += 35 * YEAR_S
    site.run_for(600)
    site.wall.offset_s -= 35 * YEAR_S
    site.run_for(60)
    assert site.state.parcels[sent(ONE).parcel].state is ParcelState.STANDING
    assert site.state.reservations[sent(ONE).reservation].state is CredentialState.GOOD
    assert site.state.floor_at(site.state.mono_ms) < NOW_S + DAY_S
    other = deposited(site, TWO)
    assert other, "the roster has not grown old by it"
    assert collected(site, ONE, door)
    assert not site.state.alarms


# -- disks ----------------------------------------------------------------------------------------------------------


def test_i3_i4_a_card_that_fills_while_the_hub_is_away_serves_pickups_and_tells_all_of_it_later(
    clouds: Clouds,
) -> None:
    site = clouds.ready(10, limits=SMALL, capacity=3_000_000)
    door = deposited(site, ONE)
    clouds.wire.up = False
    site.disk.capacity = site.disk.used + 40_000
    site.run_for(60)
    assert site.state.space in ("reserve", "ballast", "zero")
    site.let(site.courier_comes())
    site.let(site.deposits(TWO))
    assert not any(p.name == TWO for d in site.world.doors for p in site.world.inside(d)), "deposits are refused"
    site.tell(inputs.Chosen("end", site.screen().number))
    site.run_for(80)
    assert collected(site, ONE, door)
    site.disk.capacity = 1 << 40
    clouds.wire.up = True
    clouds.send_all(site)
    assert clouds.at_hub() == hashes(site)
    assert site.state.space == "ok"
    deposited(site, TWO)
    check(site, [ONE, TWO])


def test_i4_a_mark_of_the_hub_that_finds_no_room_on_the_card_ends_nothing_and_is_told_again(clouds: Clouds) -> None:
    site = clouds.ready(12)
    clouds.wire.up = False
    deposited(site, ONE)
    site.disk.capacity = 0  # less than all that the ballast could give back
    clouds.wire.up = True
    clouds.pass_time(site, 300)
    site.disk.capacity = 1 << 40
    clouds.send_all(site)
    clouds.pass_time(site, 300)
    assert clouds.at_hub() == hashes(site)
    assert site.runtime is not None
    mark = site.runtime.journal.watermark
    assert mark is not None
    assert mark.seq == site.runtime.journal.head.seq


def test_i4_a_card_that_stalls_for_8_s_while_the_hub_listens_pulses_nothing_late_and_loses_nothing(
    clouds: Clouds,
) -> None:
    site = clouds.ready(11)
    door = deposited(site, ONE)
    pulses = len(site.pulses())
    site.disk.stall_sync(1, 8.0)
    assert not collected(site, ONE, door), "too late: whoever stood there may have gone"
    assert len(site.pulses()) == pulses
    assert collected(site, ONE, door)
    clouds.send_all(site)
    assert clouds.at_hub() == hashes(site)
    kinds = [event.kind for event in site.events()]
    assert kinds.count("opening_lapsed") == 1
    check(site, [ONE])
