"""`locker hardware soak`: figures of each lock, its failures, and which one is predicted to fail."""

from __future__ import annotations

import pytest

from edge.app.hardware.soak import Soaked, soak
from edge.app.hardware.telling import tell_soaked
from edge.app.hardware.wear import Cycle, Ended, Verdict, wear_of
from hal.sim.chronicle import Deed
from tests.hardware.bench import Bench


@pytest.fixture
def bench() -> Bench:
    return Bench(3)


def soaked(bench: Bench, cycles: int = 4, *, stop_after: int = 3, self_closing: bool = False) -> Soaked:
    return soak(bench.rig, bench.technician, bench.rig.doors, cycles, stop_after=stop_after, self_closing=self_closing)


def test_every_door_is_opened_and_shut_so_many_times(bench: Bench) -> None:
    result = soaked(bench)
    assert result.good
    assert [(one.door, one.cycles, one.verdict) for one in result.doors] == [(n, 4, Verdict.GOOD) for n in (1, 2, 3)]
    assert len(bench.world.chronicle.of(Deed.PULSE_BEGAN)) == 12
    assert bench.not_shut() == []


def test_no_coil_is_pulsed_more_often_than_its_duty_allows(bench: Bench) -> None:
    result = soak(bench.rig, bench.technician, (1,), 20, stop_after=3, self_closing=False)
    assert result.good
    began = [pulse.at_s for pulse in bench.world.chronicle.of(Deed.PULSE_BEGAN)]
    assert len(began) == 20
    assert all(later - earlier >= 60 for earlier, later in zip(began, began[6:], strict=False))
    assert bench.world.damage == []


def test_doors_that_shut_themselves_need_nobody(bench: Bench) -> None:
    for door in (1, 2, 3):
        bench.world.person.shuts(door)
    assert soaked(bench, 1, self_closing=True).good
    assert "Shut" not in bench.page


def test_a_jammed_lock_fails_each_cycle_until_the_run_has_seen_enough(bench: Bench) -> None:
    bench.world.faults.set("jam", 2)
    result = soaked(bench, 9)
    assert (result.cycles_done, result.failures) == (2, 3)
    assert result.stopped == "failures: 3, the limit of this run"
    assert result.doors[1].failures == {"did not open": 3}
    assert result.doors[1].verdict is Verdict.FAILED


def test_a_lock_that_opened_at_the_second_pulse_did_not_fail(bench: Bench) -> None:
    bench.world.faults.set("loaded", 1)
    bench.world.person.push(1, after_s=4.2)
    result = soaked(bench, 1)
    assert (result.failures, result.doors[0].second_pulses) == (0, 1)
    assert result.doors[0].median_s is not None
    assert result.doors[0].median_s > 4


def test_a_board_that_does_not_answer_gets_no_second_pulse(bench: Bench) -> None:
    bench.world.faults.set("board_slow", seconds=2.0)
    assert soaked(bench, 1).doors[0].why == "says unknown at the start"
    bench.world.faults.clear()
    bench.world.faults.set("stuck_closed", 1)
    run = soak(bench.rig, bench.technician, (1,), 1, stop_after=1, self_closing=True)
    assert run.doors[0].failures == {"did not open": 1}


def test_a_door_that_stays_open_is_left_out_and_the_others_go_on(bench: Bench) -> None:
    bench.person.lazy = {3}
    result = soaked(bench, 3, stop_after=5)
    assert result.doors[2].failures == {"not seen shut": 1}
    assert [one.cycles for one in result.doors] == [3, 3, 1]


def test_a_door_that_stands_open_at_the_start_is_not_tried(bench: Bench) -> None:
    bench.world.person.open_by_key(1)
    bench.pause(1)
    result = soaked(bench, 1)
    assert (result.doors[0].verdict, result.doors[0].why) == (Verdict.NOT_TRIED, "says open at the start")
    assert not result.good


def test_who_stops_a_soak_gets_its_figures(bench: Bench) -> None:
    bench.person.lazy = {1}
    bench.person.says = ["q"]
    result = soaked(bench, 3)
    assert result.stopped == "stopped by the technician"
    assert result.cycles_done == 0


# -- the rule ---------------------------------------------------------------------------------------------------------


def opened(*times: float) -> list[Cycle]:
    return [Cycle(Ended.OPENED, time_s) for time_s in times]


@pytest.mark.parametrize(
    ("cycles", "verdict", "why"),
    [
        (opened(*[0.4] * 30), Verdict.GOOD, ""),
        (opened(*[0.4] * 10, *[0.5] * 10, *[0.7] * 10), Verdict.PREDICTED, "slower by 0.30 s"),
        (opened(*[0.4] * 20, *[0.55] * 10), Verdict.GOOD, ""),  # less than two looks at a contact
        (opened(*[1.2] * 20, *[1.45] * 10), Verdict.GOOD, ""),  # less than a quarter
        (opened(0.4, 0.4, 0.4, 0.4, 0.9, 0.9, 0.9, 0.9), Verdict.GOOD, ""),  # too few for a median of thirds
        (opened(*[0.4] * 28, 2.0, 2.0), Verdict.GOOD, ""),  # two slow ones are no trend
        ([*opened(*[0.4] * 28), Cycle(Ended.SECOND, 4.6)], Verdict.GOOD, ""),
        ([*opened(*[0.4] * 28), *[Cycle(Ended.SECOND, 4.6)] * 2], Verdict.PREDICTED, "2× a second pulse"),
        ([*opened(0.4), Cycle(Ended.NO_ANSWER)], Verdict.FAILED, "1× no answer"),
    ],
)
def test_which_lock_is_predicted_to_fail(cycles: list[Cycle], verdict: Verdict, why: str) -> None:
    wear = wear_of(1, cycles)
    assert (wear.verdict, wear.why) == (verdict, why)


def test_p95_is_the_time_that_all_but_a_twentieth_kept() -> None:
    wear = wear_of(1, opened(*[0.4] * 94, *[1.0] * 6))
    assert (wear.median_s, wear.p95_s) == (0.4, 1.0)
    assert wear_of(1, opened(*[0.4] * 96, *[1.0] * 4)).p95_s == 0.4


def test_the_rule_stands_under_every_result(bench: Bench) -> None:
    tell_soaked(bench.technician, soaked(bench, 1))
    assert "Predicted to fail: a lock that needed a second pulse in 2 cycles or more" in " ".join(bench.page.split())
