"""Every promise of a LockBank, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from hal.conformance import pulses, readings, troubles
from hal.conformance.bench import Bench

__all__ = ["PROMISES", "Promise"]


class Promise(Struct, frozen=True):
    """What is promised, and how it is tried.

    check: ContractBroken where it is not kept, NotTried where the rig has no means.
    """

    says: str
    check: Callable[[Bench], None]

    @property
    def name(self) -> str:
        return self.check.__name__


PROMISES: Final = (
    Promise("names its doors, each once", readings.names_its_doors),
    Promise("gives a reading of every door, stamped when it was taken", readings.reads_every_door),
    Promise("sees a door that is opened or shut, and only that one", readings.sees_a_door_that_moves),
    Promise("drives the coil of the named door, once, and says done", pulses.drives_the_named_door_once),
    Promise("goes through the guard, and asks it immediately before the first byte", pulses.goes_through_the_guard),
    Promise("tells on_began once, at that instant", pulses.tells_that_it_began),
    Promise("drives nothing after not_after_s", pulses.keeps_to_the_deadline),
    Promise("drives one attempt of one opening at most once", pulses.never_repeats_an_attempt),
    Promise("lets a coil rest", pulses.lets_a_coil_rest),
    Promise("returns when the coil is off", pulses.returns_when_the_coil_is_off),
    Promise("leaves no coil on, neither after a pulse nor closed", pulses.leaves_no_coil_on),
    Promise("drives nothing for a door that is not its own", pulses.refuses_the_doors_of_others),
    Promise("does not know of a pulse that nothing answered", troubles.knows_no_pulse_without_an_answer),
    Promise("does not know of doors when nothing answers", troubles.knows_no_door_without_an_answer),
    Promise("never sends again what nothing answered", troubles.sends_nothing_again),
    Promise("believes nothing of an answer that is spoilt", troubles.believes_no_garbage),
    Promise("takes a late answer for nobody's", troubles.believes_no_late_answer),
    Promise("says broken, late or refused only when nothing was driven", troubles.says_broken_only_of_nothing),
    Promise("is well again when its board is", troubles.is_well_again),
    Promise("outlives a line that is unplugged", troubles.outlives_an_unplugged_line),
    Promise("may be closed twice, and drives nothing afterwards", pulses.closes_twice),
    Promise("refuses keys that its options do not know", pulses.refuses_unknown_keys),
)
