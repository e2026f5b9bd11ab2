"""Doors, latches and switches of the world, and what a lock board says of them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from edge.core.errors import NotAllowed
from edge.core.words import Evidence, Level, PulseOutcome
from hal.sim.chronicle import Deed
from hal.sim.doors import Position
from tests.world.wall import Wall


def test_a_pulse_retracts_the_latch_and_the_spring_pushes_the_door_ajar() -> None:
    wall = Wall()
    assert wall.level(1) is Level.CLOSED
    assert wall.open(1) is PulseOutcome.DONE
    assert wall.world.position(1) is Position.AJAR
    assert wall.level(1) is Level.OPEN


def test_a_pulse_too_short_to_pull_in_moves_nothing() -> None:
    wall = Wall()
    wall.world.board("A").pulse(1, 30, opening=1, attempt=1)
    wall.later(1)
    assert wall.world.position(1) is Position.SHUT


def test_a_shut_door_holds_against_pulling_and_reaching_in() -> None:
    wall = Wall()
    wall.world.parcels.make("JD1")
    assert wall.world.person.pull(1) is False
    with pytest.raises(NotAllowed, match="door 1: it is shut"):
        wall.world.person.put("JD1", 1)


def test_a_door_that_is_pushed_shut_latches() -> None:
    wall = Wall()
    wall.open(1)
    wall.world.person.shut(1)
    wall.later(1)
    assert wall.level(1) is Level.CLOSED
    assert wall.world.person.pull(1) is False


def test_the_switch_bounces_and_the_board_waits_until_it_stands_still() -> None:
    wall = Wall()
    wall.bank.unlock(wall.order(1))
    switch = wall.world.compartment(1).door.switch
    raw, levels = [], []
    for _ in range(300):
        wall.later(0.001)
        raw.append(switch.raw(wall.clock()))
        levels.append(wall.level(1))
    assert sum(a != b for a, b in pairwise(raw)) > 1
    assert sum(a != b for a, b in pairwise(levels)) == 1
    assert levels.index(Level.OPEN) > raw.index(True)


def test_i5_latch_feedback_blips_when_the_door_stays_where_it_is() -> None:
    wall = Wall()
    wall.world.faults.set("weak_spring", door=3)
    wall.open(3, wait_s=0.3)
    assert (wall.level(3), wall.world.position(3)) == (Level.OPEN, Position.SHUT)
    wall.later(0.6)
    assert wall.level(3) is Level.CLOSED  # less than a second: no evidence of an open door


def test_a_door_with_a_weak_spring_opens_when_it_is_pulled_in_time() -> None:
    wall = Wall()
    wall.world.faults.set("weak_spring", door=1)
    wall.open(1, wait_s=0.2)
    assert wall.world.person.pull(1) is True
    assert wall.world.position(1) is Position.WIDE


def test_latch_feedback_stays_open_as_long_as_the_door() -> None:
    wall = Wall()
    wall.open(3, wait_s=20)
    assert wall.bank.read()[3].evidence is Evidence.LATCH
    assert wall.level(3) is Level.OPEN


def test_a_door_without_feedback_is_unknown() -> None:
    wall = Wall()
    wall.open(4)
    assert wall.bank.read()[4].evidence is Evidence.NONE
    assert wall.level(4) is Level.UNKNOWN


def test_push_then_pull_relieves_a_loaded_latch() -> None:
    wall = Wall()
    wall.world.faults.set("loaded", door=1)
    wall.open(1, wait_s=4)
    assert wall.level(1) is Level.CLOSED
    wall.world.person.push(1)
    wall.open(1)
    assert wall.level(1) is Level.OPEN


def test_pushing_while_the_coil_pulls_relieves_it_as_well() -> None:
    wall = Wall()
    wall.world.faults.set("loaded", door=1)
    wall.open(1, wait_s=0.1)
    wall.world.person.push(1)
    wall.later(1)
    assert wall.level(1) is Level.OPEN


def test_every_pulse_is_written_down_with_its_door_and_its_opening() -> None:
    wall = Wall()
    wall.open(1)
    began, ended = wall.world.chronicle.of(Deed.PULSE_BEGAN, Deed.PULSE_ENDED)
    assert (began.door, began.ordered, began.opening, began.attempt, began.at_s) == (1, 1, 1, 1, 0.0)
    assert (ended.door, ended.ms, ended.at_s) == (1, 300, 0.3)


def test_the_same_seed_and_the_same_deeds_give_the_same_world() -> None:
    def life(seed: int) -> list[object]:
        wall = Wall(seed)
        wall.world.parcels.make("JD1", weight_g=900)
        wall.world.person.deposits("JD1", 1)
        wall.open(1, wait_s=30)
        return [*wall.world.chronicle.since(), wall.sensors.read([1])]

    assert life(3) == life(3)
    assert life(3) != life(4)
