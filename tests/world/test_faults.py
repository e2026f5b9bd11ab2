"""Each fault by name: set, seen, cleared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from edge.core.errors import BadInput, LinkDown
from edge.core.words import Content, Evidence, Level, PulseOutcome
from hal.sim.chronicle import Deed
from hal.sim.doors import Position
from hal.sim.faults import FAULTS
from tests.world.wall import Wall


def jam(wall: Wall) -> bool:
    wall.open(1, wait_s=3)
    return wall.level(1) is Level.CLOSED


def loaded(wall: Wall) -> bool:
    return jam(wall)


def weak_spring(wall: Wall) -> bool:
    return jam(wall)


def stuck_open(wall: Wall) -> bool:
    wall.later(60)  # a coil's rest
    wall.world.person.shut(1)
    wall.later(1)
    return wall.level(1) is Level.OPEN and wall.world.position(1) is Position.SHUT


def stuck_closed(wall: Wall) -> bool:
    wall.open(1)
    return wall.level(1) is Level.CLOSED and wall.world.position(1) is Position.AJAR


def latch_only(wall: Wall) -> bool:
    return wall.bank.read()[1].evidence is Evidence.LATCH


def no_content_sensor(wall: Wall) -> bool:
    return wall.content(1) is Content.UNKNOWN


def scale_drift(wall: Wall) -> bool:
    wall.later(3600)
    wall.content(1)
    wall.later(3600)
    return wall.content(1) is Content.PRESENT and not wall.world.inside(1)


def infrared_blocked(wall: Wall) -> bool:
    return wall.content(2) is Content.PRESENT and not wall.world.inside(2)


def forced(wall: Wall) -> bool:
    wall.world.person.shut(1)
    wall.later(2)
    return wall.world.position(1) is Position.AJAR  # the broken latch does not hold


def mechanical_key(wall: Wall) -> bool:
    return wall.world.position(1) is Position.WIDE and not wall.world.chronicle.of(Deed.PULSE_BEGAN)


def crossed_wires(wall: Wall) -> bool:
    wall.open(1)
    moved = wall.world.chronicle.of(Deed.PULSE_BEGAN)[-1]
    return wall.world.position(2) is Position.AJAR and (moved.ordered, moved.door) == (1, 2)


def board_dead(wall: Wall) -> bool:
    silent = {reading.level for reading in wall.bank.read().values()} == {Level.UNKNOWN}
    return silent and wall.open(1) is PulseOutcome.BROKEN and not wall.world.chronicle.of(Deed.PULSE_BEGAN)


def board_mute(wall: Wall) -> bool:
    return wall.open(1) is PulseOutcome.UNKNOWN and wall.world.position(1) is Position.AJAR


def board_deaf(wall: Wall) -> bool:
    return wall.open(1) is PulseOutcome.UNKNOWN and wall.world.position(1) is Position.SHUT


def board_slow(wall: Wall) -> bool:
    return wall.open(1) is PulseOutcome.UNKNOWN and wall.level(1) is Level.UNKNOWN


def brown_out(wall: Wall) -> bool:
    return wall.supply.lock_rail_ok() is False and wall.open(1) is PulseOutcome.DONE and wall.level(1) is Level.CLOSED


def camera_gone(wall: Wall) -> bool:
    try:
        _ = wall.world.sight.scene
    except LinkDown:
        return True
    return False


def double_scan(wall: Wall) -> bool:
    wall.world.person.show_phone("LK1:ABC")
    return [scan.text for scan in wall.scanner.read()] == ["LK1:ABC"] * 2


SEEN: dict[str, Callable[[Wall], bool]] = {
    check.__name__: check
    for check in (
        jam,
        loaded,
        weak_spring,
        stuck_open,
        stuck_closed,
        latch_only,
        no_content_sensor,
        scale_drift,
        infrared_blocked,
        forced,
        mechanical_key,
        crossed_wires,
        board_dead,
        board_mute,
        board_deaf,
        board_slow,
        brown_out,
        camera_gone,
        double_scan,
    )
}
AT = {"infrared_blocked": 2, "brown_out": 0, "camera_gone": 0, "double_scan": 0}


def test_every_fault_has_its_check() -> None:
    assert set(SEEN) == set(FAULTS)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_there_while_it_is_set_and_gone_when_cleared(name: str) -> None:
    door = AT.get(name, 1)
    more: dict[str, Any] = {"crossed_wires": {"other": 2}, "board_slow": {"seconds": 4}}.get(name, {})
    wall = Wall()
    if name not in ("mechanical_key", "no_content_sensor"):  # a deed, and a sensor that is there only for a while
        assert not SEEN[name](Wall()), "seen without the fault"
    wall.world.faults.set(name, door, **more)
    assert SEEN[name](wall)
    assert wall.world.faults.clear(name, door) == 1
    assert not wall.world.faults.has(name, door)


def test_a_fault_without_a_door_is_at_every_door() -> None:
    wall = Wall()
    wall.world.faults.set("mechanical_key")
    assert {wall.world.position(door) for door in wall.world.doors} == {Position.WIDE}


def test_clearing_everything_repairs_the_site() -> None:
    wall = Wall()
    for name in ("jam", "board_dead", "camera_gone"):
        wall.world.faults.set(name)
    assert wall.world.faults.clear() == 3
    assert wall.open(1) is PulseOutcome.DONE
    assert wall.level(1) is Level.OPEN


def test_a_scale_may_jump() -> None:
    wall = Wall()
    wall.world.faults.set("scale_drift", 1, grams=250)
    assert wall.content(1) is Content.PRESENT


@pytest.mark.parametrize(
    ("name", "door", "more", "says"),
    [
        ("gremlins", 1, {}, "there is no such fault; there are jam"),
        ("jam", 99, {}, "door 99 is not in this wall"),
        ("board_dead", 0, {"board": "Z"}, "board 'Z' is not in this wall"),
        ("crossed_wires", 1, {"other": 1}, "must be two doors"),
        ("board_slow", 1, {"seconds": 1000}, "1000 seconds, limits 0 to 600"),
    ],
)
def test_a_fault_that_cannot_be_is_refused(name: str, door: int, more: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        Wall().world.faults.set(name, door, **more)
