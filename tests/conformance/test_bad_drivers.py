"""The suite finds each sin, by the name of the promise that it breaks, and a sound driver has none."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import pytest
from msgspec import Struct

from edge.core.ports import DoorReading
from hal.coil import CoilGuard
from hal.conformance import PROMISES, Bank, ContractBroken, Rig, Verdict, conformance, promised_by, table
from hal.conformance.run import try_one
from tests.conformance import plain
from tests.conformance.plain import PlainBank, PlainRig

# Everything that each sin breaks, and nothing else.
SINS: dict[type[PlainBank], set[str]] = {
    plain.PulsesTwice: {
        "drives_the_named_door_once",
        "sends_nothing_again",
        "is_well_again",
        "outlives_an_unplugged_line",  # its second pulse is not looked after at all
    },
    plain.DrivesTheNextDoor: {"drives_the_named_door_once", "refuses_the_doors_of_others"},
    plain.DoneOnSilence: {"knows_no_pulse_without_an_answer", "believes_no_garbage", "believes_no_late_answer"},
    plain.IgnoresTheDeadline: {"keeps_to_the_deadline"},
    plain.AsksAfterwards: {"goes_through_the_guard", "tells_that_it_began", "keeps_to_the_deadline"},
    plain.AsksAndThenLooks: {
        "goes_through_the_guard",
        "lets_a_coil_rest",
        "returns_when_the_coil_is_off",
        "leaves_no_coil_on",
    },
    plain.KnowsNoGuard: {
        "goes_through_the_guard",
        "tells_that_it_began",
        "never_repeats_an_attempt",
        "lets_a_coil_rest",
        "returns_when_the_coil_is_off",
        "leaves_no_coil_on",
        "sends_nothing_again",
        "closes_twice",
    },
    plain.ClosedOnGarbage: {"believes_no_garbage"},
    plain.ClosedOnSilence: {"knows_no_door_without_an_answer", "believes_no_late_answer"},
    plain.SendsAgain: {"sends_nothing_again"},
    plain.BrokenOnSilence: {"knows_no_pulse_without_an_answer", "says_broken_only_of_nothing"},
    plain.ReadsOldAnswers: {"believes_no_late_answer"},
    plain.LetsErrorsThrough: {"outlives_an_unplugged_line"},
    plain.LeavesADoorOut: {
        "reads_every_door",
        "sees_a_door_that_moves",
        "believes_no_late_answer",
        "is_well_again",
    },
    plain.HasAClockOfItsOwn: {"reads_every_door"},
    plain.TellsNobody: {"tells_that_it_began"},
    plain.SaysThatPulsesAreShort: {"leaves_no_coil_on"},
    plain.ClosesOnce: {"closes_twice", "leaves_no_coil_on"},
    plain.OpensForStrangers: {"refuses_the_doors_of_others"},
    plain.GivesUpForGood: {"believes_no_late_answer", "is_well_again"},
    plain.NamesADoorTwice: {"names_its_doors"},
}


def failed(rig: type[Rig]) -> set[str]:
    return {result.promise.name for result in conformance(rig) if result.verdict is Verdict.FAILED}


def rig_of(sinner: type[PlainBank]) -> type[PlainRig]:
    class Sinful(PlainRig):
        driver = sinner

    return Sinful


def test_a_sound_driver_keeps_every_promise_and_all_are_tried() -> None:
    assert [result.verdict for result in conformance(PlainRig)] == [Verdict.PASSED] * len(PROMISES)


@pytest.mark.parametrize("sinner", SINS, ids=lambda sinner: sinner.__name__)
def test_a_sin_is_found_and_named(sinner: type[PlainBank]) -> None:
    assert failed(rig_of(sinner)) == SINS[sinner]


def test_options_that_take_any_key_are_found() -> None:
    class Lax(Struct, frozen=True):
        port: str = ""

    class LaxRig(PlainRig):
        options = Lax

    assert failed(LaxRig) == {"refuses_unknown_keys"}


def test_what_a_rig_cannot_do_is_not_tried_and_never_passed() -> None:
    class Poor(Rig):
        doors, stepped = PlainRig.doors, True

        def __init__(self) -> None:
            super().__init__()
            self._board = plain.PlainBoard(self.timer.now_s, self.saw)

        def bank(self, guard: CoilGuard) -> Bank:
            return PlainBank(self._board, guard, self.timer.now_s)

    results = {result.promise.name: result for result in conformance(Poor)}
    assert {name for name, result in results.items() if result.verdict is Verdict.NOT_TRIED} == {
        "sees_a_door_that_moves",
        "leaves_no_coil_on",
        "knows_no_pulse_without_an_answer",
        "knows_no_door_without_an_answer",
        "sends_nothing_again",
        "believes_no_garbage",
        "believes_no_late_answer",
        "says_broken_only_of_nothing",
        "is_well_again",
        "outlives_an_unplugged_line",
        "refuses_unknown_keys",
    }
    assert Verdict.FAILED not in {result.verdict for result in results.values()}
    told = table(list(results.values()))
    assert told.endswith("11 passed, 0 failed, 11 not tried")
    assert "not tried  believes nothing of an answer that is spoilt\n             the rig has no garble()" in told


def test_a_driver_that_does_not_come_back_is_left_behind() -> None:
    enough = threading.Event()

    class Hangs(PlainBank):
        def read(self) -> Mapping[int, DoorReading]:
            enough.wait()
            return super().read()

    result = try_one(rig_of(Hangs), PROMISES[1], longest_s=0.05)
    enough.set()
    assert (result.verdict, result.why) == (Verdict.FAILED, "did not come back within 0.05 s")


def test_a_rig_without_a_bank_is_named() -> None:
    (result,) = conformance(Rig, PROMISES[:1])
    assert result.verdict is Verdict.FAILED
    assert "abstract method" in result.why
    assert "bank" in result.why


def test_the_promises_are_tests_of_any_runner() -> None:
    tests = promised_by(rig_of(plain.DoneOnSilence))
    assert len(tests) == len(PROMISES)
    tests["test_names_its_doors"]()
    with pytest.raises(ContractBroken, match="outcome done; wanted unknown"):
        tests["test_knows_no_pulse_without_an_answer"]()
