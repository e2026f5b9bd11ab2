"""A compartment: its door, what stands inside, and the sensor that may or may not see it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from edge.core.site import CompartmentPlan
from edge.core.words import Content, ContentSensor, Evidence, Feedback, Level
from hal.sim.doors import Door
from hal.sim.infrared import Infrared
from hal.sim.nature import Nature
from hal.sim.parcels import Parcel
from hal.sim.scales import PRESENT_FROM_G, Scale

__all__ = ["Compartment"]

_EVIDENCE: Final = {feedback: Evidence(feedback.value) for feedback in Feedback}


class Compartment:
    """One compartment as built by its plan."""

    def __init__(self, plan: CompartmentPlan, nature: Nature, moved: Callable[[Door], None]) -> None:
        self.plan = plan
        self.door = Door(plan.door, nature, moved)
        self.scale = Scale(nature.chance(f"scale {plan.door}"), nature.now_s)
        self.infrared = Infrared()
        self.light = False
        self._nature = nature

    def holds(self, inside: Sequence[Parcel]) -> None:
        """What stands inside has changed."""
        now_s = self._nature.now_s
        self.scale.load(float(sum(parcel.weight_g for parcel in inside)), now_s)
        self.infrared.see(any(not parcel.flat for parcel in inside), now_s)

    def feedback(self) -> tuple[Level, Evidence]:
        """What the board says about the door, and by which contact."""
        feedback = Feedback.LATCH if self._has("latch_only") else self.plan.feedback
        return self.door.level(feedback), _EVIDENCE[feedback]

    def content(self) -> tuple[Content, int | None]:
        """What the sensor says, and grams where it is a settled scale."""
        now_s = self._nature.now_s
        if self.plan.content is ContentSensor.NONE or self._has("no_content_sensor"):
            return Content.UNKNOWN, None
        if self.plan.content is ContentSensor.INFRARED:
            broken = self.infrared.says(now_s) or self._has("infrared_blocked")
            return Content.PRESENT if broken else Content.EMPTY, None
        grams = round(self.scale.says_g(now_s, drifting=self._has("scale_drift")))
        if not self.scale.settled(now_s):
            return Content.UNKNOWN, None
        return Content.PRESENT if grams >= PRESENT_FROM_G else Content.EMPTY, grams

    def _has(self, fault: str) -> bool:
        return self._nature.faults.has(fault, self.plan.door)
