"""What a driver promises when its board does not answer, answers nonsense or late, or is gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from edge.core.words import Level, PulseOutcome
from hal.conformance.bench import Bench, expect
from hal.conformance.rig import NotTried

__all__ = [
    "believes_no_garbage",
    "believes_no_late_answer",
    "is_well_again",
    "knows_no_door_without_an_answer",
    "knows_no_pulse_without_an_answer",
    "outlives_an_unplugged_line",
    "says_broken_only_of_nothing",
    "sends_nothing_again",
]

RECOVERY_S: Final = 10.0  # in which a board that answers again is read again; a silent one may be asked seldom
LOOK_EVERY_S: Final = 0.25
NOTHING_DRIVEN: Final = (PulseOutcome.BROKEN, PulseOutcome.LATE, PulseOutcome.REFUSED)


def knows_no_pulse_without_an_answer(bench: Bench) -> None:
    bench.read()
    bench.rig.mute()
    outcome, driven = bench.unlock(bench.order(bench.doors[0]))
    if driven:
        expect(outcome is PulseOutcome.UNKNOWN, f"sent, and nothing answered: outcome {outcome}; wanted unknown")
    expect(outcome is not PulseOutcome.DONE, "nothing was driven and nothing answered, outcome done")


def knows_no_door_without_an_answer(bench: Bench) -> None:
    bench.read()
    bench.rig.mute()
    _expect_unknown(bench, "nothing answers")


def sends_nothing_again(bench: Bench) -> None:
    bench.read()
    bench.rig.mute()
    order = bench.order(bench.doors[0])
    _, driven = bench.unlock(order)
    expect(len(driven) <= 1, f"nothing answered, and the coil was driven {len(driven)} times")
    bench.rest()
    _, again = bench.unlock(order)
    expect(not (driven and again), "the same attempt after no answer: driven again")
    before = len(bench.rig.driven)
    bench.levels()
    expect(len(bench.rig.driven) == before, "a look at the doors drove a coil")


def believes_no_garbage(bench: Bench) -> None:
    bench.read()
    bench.rig.garble()
    _expect_unknown(bench, "answers come spoilt")
    outcome, driven = bench.unlock(bench.order(bench.doors[0]))
    expect(outcome is not PulseOutcome.DONE, f"the answer came spoilt: outcome {outcome}, driven {len(driven)}")


def believes_no_late_answer(bench: Bench) -> None:
    door = bench.doors[0]
    bench.read()
    bench.rig.hold()
    outcome, _ = bench.unlock(bench.order(door))
    expect(outcome is not PulseOutcome.DONE, "no answer in time, outcome done")
    _expect_unknown(bench, "no answer in time")
    bench.rig.move(door, False)
    bench.rig.pause(LOOK_EVERY_S)  # its contact stands still by then
    bench.rig.release()
    wanted = {one: Level.OPEN if one == door else Level.CLOSED for one in bench.doors}

    def none_wrong() -> bool:
        levels = bench.levels()
        wrong = [one for one in bench.doors if levels[one] not in (wanted[one], Level.UNKNOWN)]
        expect(not wrong, f"door {wrong and wrong[0]}: a late answer was taken for a new one")
        return levels == wanted

    expect(_within(bench, none_wrong), f"answers come again, read {bench.levels()} after {RECOVERY_S} s")


def says_broken_only_of_nothing(bench: Bench) -> None:
    tried = 0
    for trouble in (bench.rig.mute, bench.rig.garble):
        bench.read()
        try:
            trouble()
        except NotTried:
            continue
        tried += 1
        outcome, driven = bench.unlock(bench.order(bench.doors[0]))
        expect(
            not (driven and outcome in NOTHING_DRIVEN),
            f"a coil was driven, outcome {outcome}, which says that none was; wanted unknown",
        )
        bench.rest()
    if not tried:
        raise NotTried("the rig has neither mute() nor garble()")


def outlives_an_unplugged_line(bench: Bench) -> None:
    bench.read()
    bench.rig.unplug()
    _expect_unknown(bench, "the line is gone")
    outcome, driven = bench.unlock(bench.order(bench.doors[0]))
    expect(outcome is not PulseOutcome.DONE, f"the line is gone, outcome {outcome}, driven {len(driven)}")
    _expect_unknown(bench, "the line is gone")


def is_well_again(bench: Bench) -> None:
    bench.read()
    bench.rig.mute()
    bench.levels()
    bench.rig.heal()
    shut = dict.fromkeys(bench.doors, Level.CLOSED)
    expect(_within(bench, lambda: bench.levels() == shut), f"it answers again, and is not read in {RECOVERY_S} s")
    outcome, driven = bench.unlock(bench.order(bench.doors[0]))
    expect(outcome is PulseOutcome.DONE and len(driven) == 1, f"well again, outcome {outcome}, driven {len(driven)}")


def _expect_unknown(bench: Bench, why: str) -> None:
    told = {door: level for door, level in bench.levels().items() if level is not Level.UNKNOWN}
    expect(not told, f"{why}, and doors are told: {', '.join(f'{door} {level}' for door, level in told.items())}")


def _within(bench: Bench, good: Callable[[], bool]) -> bool:
    """Look again and again, for RECOVERY_S."""
    until_s = bench.now_s + RECOVERY_S
    while not good():
        if bench.now_s >= until_s:
            return False
        bench.rig.pause(LOOK_EVERY_S)
    return True
