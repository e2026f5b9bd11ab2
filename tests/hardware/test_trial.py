"""`locker hardware test`: the light, one lock, all; seen by a person and by the contacts."""

from __future__ import annotations

import pytest

from edge.app.hardware.telling import tell_tried
from edge.app.hardware.trial import DoorTrial, Tried, trial
from tests.hardware.bench import Bench


@pytest.fixture
def bench() -> Bench:
    return Bench(3)


def tried(bench: Bench, *, ask: bool = True) -> Tried:
    return trial(bench.rig, bench.technician, bench.rig.doors, ask=ask)


def test_a_good_wall_is_good_in_every_column(bench: Bench) -> None:
    result = tried(bench)
    assert result.good
    assert result.doors == tuple(DoorTrial(door, True, True, True, True, True) for door in (1, 2, 3))
    assert result.all_seen
    assert bench.not_shut() == []


def test_nobody_is_asked_with_yes_and_only_contacts_judge(bench: Bench) -> None:
    result = tried(bench, ask=False)
    assert "?" not in bench.page
    assert result.doors[0] == DoorTrial(1, None, True, None, True, True)
    assert (result.all_seen, result.good) == (None, True)


def test_a_light_at_the_wrong_door_is_the_persons_to_say(bench: Bench) -> None:
    bench.person.says = ["n"]
    result = tried(bench)
    assert [door.light for door in result.doors] == [False, True, True]
    assert not result.good


def test_a_wall_without_lights_judges_none(bench: Bench) -> None:
    bench.rig.lit = frozenset()
    result = tried(bench)
    assert [door.light for door in result.doors] == [None, None, None]
    assert result.good


def test_crossed_coils_are_seen_by_both(bench: Bench) -> None:
    bench.world.faults.set("crossed_wires", 1, other=2)
    result = tried(bench)
    assert [(door.contact, door.seen, door.good) for door in result.doors] == [
        (False, False, False),
        (False, False, False),
        (True, True, True),
    ]
    assert bench.not_shut() == []


def test_a_jammed_lock(bench: Bench) -> None:
    bench.world.faults.set("jam", 3)
    door = tried(bench).doors[2]
    assert (door.contact, door.seen, door.shut, door.in_all) == (False, False, False, None)


def test_a_door_that_stands_open_is_not_tried(bench: Bench) -> None:
    bench.world.person.open_by_key(2)
    bench.pause(1)
    assert tried(bench, ask=False).doors[1] == DoorTrial(2, contact=False)
    assert "Door 2 says open before its pulse: not tried." in bench.page


def test_a_door_that_is_not_shut_again(bench: Bench) -> None:
    bench.person.lazy = {1}
    assert [door.shut for door in tried(bench, ask=False).doors] == [False, True, True]


def test_one_door_alone_skips_the_last_step(bench: Bench) -> None:
    result = trial(bench.rig, bench.technician, (2,), ask=True)
    assert result.good
    assert "3. All of them" not in bench.page


def test_the_table_marks_what_is_wrong_and_what_nobody_judged(bench: Bench) -> None:
    bench.world.faults.set("jam", 3)
    tell_tried(bench.technician, tried(bench, ask=False))
    rows = [line.split() for line in bench.page.splitlines() if line[:1].isdigit()]
    assert rows[-3:] == [
        ["1", "–", "yes", "–", "yes", "yes", "good"],
        ["2", "–", "yes", "–", "yes", "yes", "good"],
        ["3", "–", "NO", "–", "NO", "–", "look", "at", "it"],
    ]
    assert "Not good: door 3." in bench.page


def test_who_stops_gets_what_was_seen_so_far(bench: Bench) -> None:
    bench.person.says = ["y", "y", "y", "q"]
    result = tried(bench)
    assert result.stopped == "stopped by the technician"
    assert result.doors[0].contact
