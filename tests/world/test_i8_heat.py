"""I8 proved on the world's coils: behind the guard none burns, whatever is asked; without it they do."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.core.ports import UnlockOrder
from edge.core.words import Cutoff, PulseOutcome
from hal.coil import CoilGuard
from hal.duty import CoilLimits
from hal.sim.chronicle import Deed, Entry
from hal.sim.clock import SimClock
from hal.sim.drivers import SimBank, WorldTimer
from hal.sim.world import World
from tests.world.wall import PLANS, Wall

ASKED = st.lists(st.tuples(st.integers(1, 4), st.floats(0, 3)), min_size=1, max_size=120)


def most_at_once(deeds: list[Entry]) -> int:
    live = most = 0
    for deed in deeds:
        live += 1 if deed.deed is Deed.PULSE_BEGAN else -1
        most = max(most, live)
    return most


@settings(max_examples=60)
@given(ASKED)
def test_i8_behind_the_guard_no_coil_is_on_too_long_too_often_or_with_another(asked: list[tuple[int, float]]) -> None:
    clock = SimClock()
    world = World(PLANS, 1, boards={"A": [1, 2], "B": [3, 4]})
    guard = CoilGuard(CoilLimits(max_on_ms=1000), WorldTimer(world, clock))
    banks = {name: SimBank(world, clock, board=name, guard=guard, pulse_ms=1000) for name in world.boards}
    for opening, (door, wait_s) in enumerate(asked):
        clock.forward(wait_s)
        banks["A" if door < 3 else "B"].unlock(UnlockOrder(door, opening, 1, clock() + 5))
    world.advance(clock.forward(10))
    deeds = world.chronicle.of(Deed.PULSE_BEGAN, Deed.PULSE_ENDED)
    assert most_at_once(deeds) <= 1
    assert world.damage == []
    for door in world.doors:
        times = [deed for deed in deeds if deed.door == door]
        for began, ended, again in zip(times[0::2], times[1::2], times[2::2], strict=False):
            assert ended.ms <= 1000
            assert again.at_s - ended.at_s >= 3 * (ended.at_s - began.at_s) - 1e-9
    guard.close()


def test_i8_without_the_guard_the_same_orders_burn_a_coil() -> None:
    wall = Wall()
    for attempt in range(12):
        wall.world.board("A").pulse(1, 1000, opening=1, attempt=attempt)
        wall.later(1.05)
    assert [burnt.door for burnt in wall.world.damage] == [1]
    wall.world.person.shut(1)
    wall.later(60)
    wall.open(1)
    assert wall.level(1) == "closed"  # a burnt coil opens nothing


def test_i8_a_line_that_nobody_switches_off_burns_its_coil_in_seconds() -> None:
    wall = Wall()
    wall.world.board("A").drive(1, on=True)
    wall.later(10)
    assert wall.world.damage[0].door == 1
    assert 3 < wall.world.damage[0].at_s < 6


def test_i8_host_timed_lines_into_the_same_coils_are_cut_off_in_time() -> None:
    wall = Wall()
    guard = CoilGuard(timer=WorldTimer(wall.world, wall.clock))
    bank = guard.host_timed("lines", wall.world.board("A"), [1, 2], Cutoff.KERNEL)
    assert bank.fire(UnlockOrder(1, 1, 1, 5.0), 1) is PulseOutcome.DONE
    wall.later(1)
    assert [deed.ms for deed in wall.world.chronicle.of(Deed.PULSE_ENDED)] == [300]
    assert wall.level(1) == "open"
    guard.close()


def test_a_supply_that_feeds_too_many_coils_pulls_none_of_the_last() -> None:
    wall = Wall()
    for door in wall.world.doors:
        wall.world.board("A").pulse(door, 300, opening=door, attempt=1)
    wall.later(1)
    assert "V on the rail" in wall.world.chronicle.of(Deed.LATCH_STUCK)[0].note
