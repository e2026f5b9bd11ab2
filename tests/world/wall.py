"""A small wall for the tests of the world, and a clock that stands still until told."""

from __future__ import annotations

from edge.core.ports import UnlockOrder
from edge.core.site import CompartmentPlan
from edge.core.words import Content, ContentSensor, Feedback, Level, PulseOutcome, Size
from hal.sim.clock import SimClock
from hal.sim.drivers import SimBank, SimScanner, SimSensors, SimSupply
from hal.sim.world import World

PLANS = (
    CompartmentPlan(1, size=Size.M, content=ContentSensor.SCALE),
    CompartmentPlan(2, size=Size.S, content=ContentSensor.INFRARED),
    CompartmentPlan(3, size=Size.L, feedback=Feedback.LATCH),
    CompartmentPlan(4, size=Size.XL, feedback=Feedback.NONE),
)


class Wall:
    """A world with its drivers.  `open(door)` pulses as a runtime would, `later(s)` lets time pass."""

    def __init__(self, seed: int = 7, plans: tuple[CompartmentPlan, ...] = PLANS) -> None:
        self.clock = SimClock()
        self.world = World(plans, seed, clock=self.clock)
        self.bank = SimBank(self.world, self.clock)
        self.sensors = SimSensors(self.world, self.clock)
        self.supply = SimSupply(self.world, self.clock)
        self.scanner = SimScanner(self.world, self.clock)
        self._opening = 0

    def order(self, door: int) -> UnlockOrder:
        self._opening += 1
        return UnlockOrder(door, self._opening, 1, self.clock() + 5)

    def open(self, door: int, wait_s: float = 1.0) -> PulseOutcome:
        outcome = self.bank.unlock(self.order(door))
        self.later(wait_s)
        return outcome

    def later(self, by_s: float) -> None:
        self.clock.forward(by_s)
        self.world.catch_up()

    def level(self, door: int) -> Level:
        return self.bank.read()[door].level

    def content(self, door: int) -> Content:
        return self.sensors.read([door])[door].content
