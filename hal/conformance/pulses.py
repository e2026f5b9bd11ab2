"""What a driver promises about pulses."""

from __future__ import annotations

import contextlib
from typing import Final

from edge.core.errors import LockerError
from edge.core.words import PulseOutcome
from hal.conformance.bench import Bench, expect
from hal.conformance.rig import Driven, NotTried

__all__ = [
    "closes_twice",
    "drives_the_named_door_once",
    "goes_through_the_guard",
    "keeps_to_the_deadline",
    "leaves_no_coil_on",
    "lets_a_coil_rest",
    "never_repeats_an_attempt",
    "refuses_the_doors_of_others",
    "refuses_unknown_keys",
    "returns_when_the_coil_is_off",
    "tells_that_it_began",
]

AT_ONCE_S: Final = 0.25  # from the guard's leave to the first byte; what a driver does before it asks may take longer
CLOCKS_AGREE_S: Final = 0.005
FOREIGN: Final = (PulseOutcome.REFUSED, PulseOutcome.BROKEN, None)


def drives_the_named_door_once(bench: Bench) -> None:
    bench.read()
    for door in bench.doors:
        outcome, driven = bench.unlock(bench.order(door))
        expect(_doors(driven) == [door], f"door {door} was named, driven were {_doors(driven)}")
        expect(outcome is PulseOutcome.DONE, f"a sound board pulsed door {door}, outcome {outcome}; wanted done")
        bench.rest()


def goes_through_the_guard(bench: Bench) -> None:
    bench.read()
    before = bench.mark()
    _, driven = bench.unlock(bench.order(bench.doors[0]))
    expect(bool(driven), "nothing was driven, so nobody saw what came first")
    expect(bool(bench.asked), "a coil was driven, and the guard was never asked")
    asked = bench.asked[-1]
    expect(asked.driven == before.driven, "the guard was asked after the coil was driven")
    late_s = driven[0].at_s - asked.at_s
    expect(late_s <= AT_ONCE_S, f"the coil came {late_s:.3f} s after the guard was asked, limit {AT_ONCE_S} s")


def tells_that_it_began(bench: Bench) -> None:
    bench.read()
    order, before = bench.order(bench.doors[-1]), bench.mark()
    _, driven = bench.unlock(order)
    expect(len(bench.began) == 1, f"on_began was told {len(bench.began)} times of one pulse; wanted once")
    told, at_s, seen = bench.began[0]
    expect(told == order, f"on_began was told {told}, wanted {order}")
    expect(seen.driven == before.driven, "on_began was told after the coil was driven")
    expect(bool(driven) and at_s <= driven[0].at_s + CLOCKS_AGREE_S, f"on_began says {at_s}, driven {driven}")
    expect(abs(seen.at_s - at_s) <= AT_ONCE_S, f"on_began says {at_s} at {seen.at_s}: is it the rig's timer?")


def keeps_to_the_deadline(bench: Bench) -> None:
    bench.read()
    door = bench.doors[0]
    outcome, driven = bench.unlock(bench.late_order(door))
    expect(not driven, f"not_after_s had passed, driven were {_doors(driven)}")
    expect(outcome is PulseOutcome.LATE, f"not_after_s had passed, outcome {outcome}; wanted late")
    bench.deadline_passes = True  # the next one passes it between its acceptance and the first byte
    outcome, driven = bench.unlock(bench.order(door))
    if not bench.asked or bench.began:
        return  # lines that the host switches: the guard looks itself, a driver has no part in it
    expect(not driven, f"the guard said no at the last moment, driven were {_doors(driven)}")
    expect(outcome is PulseOutcome.LATE, f"the guard said no at the last moment, outcome {outcome}; wanted late")


def never_repeats_an_attempt(bench: Bench) -> None:
    bench.read()
    order = bench.order(bench.doors[0])
    bench.unlock(order)
    bench.rest()
    outcome, driven = bench.unlock(order)
    expect(not driven, f"opening {order.opening} attempt {order.attempt} was ordered again, and driven again")
    expect(outcome is PulseOutcome.REFUSED, f"the same attempt again: outcome {outcome}; wanted refused")


def lets_a_coil_rest(bench: Bench) -> None:
    bench.read()
    door = bench.doors[0]
    bench.bank.unlock(bench.order(door))
    before = len(bench.rig.driven)
    outcome = bench.bank.unlock(bench.order(door))
    expect(len(bench.rig.driven) == before, "a coil was driven again before it had rested")
    expect(outcome is PulseOutcome.REFUSED, f"a coil that had not rested: outcome {outcome}; wanted refused")


def returns_when_the_coil_is_off(bench: Bench) -> None:
    bench.read()
    outcome = bench.bank.unlock(bench.order(bench.doors[0]))
    after_s, driven = bench.now_s, bench.rig.driven
    expect(outcome is PulseOutcome.DONE and bool(driven), f"outcome {outcome}, driven {driven}; wanted a pulse")
    expect(bench.pulse_ms is not None, "no coils of this bank are known to the guard")
    took_s, pulse_s = after_s - driven[-1].at_s, (bench.pulse_ms or 0) / 1000
    expect(took_s >= pulse_s - AT_ONCE_S / 10, f"came back {took_s:.3f} s after a pulse of {pulse_s} s began")


def leaves_no_coil_on(bench: Bench) -> None:
    bench.rig.on()
    bench.read()
    bench.bank.unlock(bench.order(bench.doors[0]))
    expect(not bench.rig.on(), f"unlock has returned, and coils are on: {sorted(bench.rig.on())}")
    bench.rest()
    bench.unlock(bench.order(bench.doors[1]))
    bench.bank.close()
    expect(not bench.rig.on(), f"the bank is closed, and coils are on: {sorted(bench.rig.on())}")


def refuses_the_doors_of_others(bench: Bench) -> None:
    bench.read()
    stranger = max(bench.doors) + 1
    try:
        outcome, driven = bench.unlock(bench.order(stranger))
    except LockerError:
        outcome, driven = None, bench.rig.driven
    expect(not driven, f"door {stranger} is not of this bank, driven were {_doors(driven)}")
    expect(outcome in FOREIGN, f"door {stranger} is not of this bank, outcome {outcome}")


def closes_twice(bench: Bench) -> None:
    bench.read()
    bench.bank.close()
    bench.bank.close()
    before = len(bench.rig.driven)
    with contextlib.suppress(LockerError):  # a closed bank may say anything of the tree
        bench.unlock(bench.order(bench.doors[0]))
    driven = bench.rig.driven[before:]
    expect(not driven, f"the bank was closed, driven were {_doors(driven)}")


def refuses_unknown_keys(bench: Bench) -> None:
    if bench.rig.options is None:
        raise NotTried("the rig names no options")
    kept = bench.rig.options.__struct_config__.forbid_unknown_fields
    expect(kept, f"{bench.rig.options.__name__}: a key that it does not know is let pass; forbid_unknown_fields=True")


def _doors(driven: list[Driven]) -> list[int]:
    return [one.door for one in driven]
