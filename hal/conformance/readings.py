"""What a driver promises about doors and their readings."""

from __future__ import annotations

from typing import Final

from edge.core.words import Evidence, Level
from hal.conformance.bench import Bench, expect

__all__ = ["names_its_doors", "reads_every_door", "sees_a_door_that_moves"]

OLDEST_S: Final = 2.0  # a reading may come from the last look, not from one before it
LOOKS: Final = 5  # within which a door that stays as it is must be told
LOOK_EVERY_S: Final = 0.1


def names_its_doors(bench: Bench) -> None:
    named = list(bench.bank.doors)
    expect(len(named) == len(set(named)), f"a door is named twice: {named}")
    expect(set(named) == set(bench.doors), f"doors {named}, the rig has {list(bench.doors)}")
    expect(list(bench.bank.doors) == named, f"doors were {named}, then {list(bench.bank.doors)}")


def reads_every_door(bench: Bench) -> None:
    before_s = bench.now_s
    readings = bench.bank.read()
    after_s = bench.now_s
    expect(set(readings) == set(bench.doors), f"readings of {sorted(readings)}, wanted one of each of {bench.doors}")
    for door, reading in readings.items():
        expect(
            before_s - OLDEST_S <= reading.at_s <= after_s,
            f"door {door}: taken at {reading.at_s}, asked from {before_s} to {after_s}: is it the rig's timer?",
        )
        known = reading.level is not Level.UNKNOWN
        expect(
            not known or reading.evidence in (Evidence.SWITCH, Evidence.LATCH),
            f"door {door}: {reading.level} by evidence {reading.evidence}; wanted switch or latch",
        )
        expect(reading.level is not Level.OPEN, f"door {door} is shut, and read as open")
    expect(_settled(bench, dict.fromkeys(bench.doors, Level.CLOSED)), f"all doors are shut, read {bench.levels()}")


def sees_a_door_that_moves(bench: Bench) -> None:
    wanted = dict.fromkeys(bench.doors, Level.CLOSED)
    for door in bench.doors:
        bench.rig.move(door, False)
        wanted[door] = Level.OPEN
        expect(_settled(bench, wanted), f"door {door} was opened; wanted {_said(wanted)}, read {_said(bench.levels())}")
    bench.rig.move(bench.doors[0], True)
    wanted[bench.doors[0]] = Level.CLOSED
    expect(_settled(bench, wanted), f"a door was shut; wanted {_said(wanted)}, read {_said(bench.levels())}")


def _settled(bench: Bench, wanted: dict[int, Level]) -> bool:
    for _ in range(LOOKS):
        if bench.levels() == wanted:
            return True
        bench.rig.pause(LOOK_EVERY_S)
    return False


def _said(levels: dict[int, Level]) -> str:
    return ", ".join(f"{door} {level}" for door, level in levels.items())
