"""What must never happen, and what must happen in the end: named checks, in families, held by one observer."""

from tests.sim.checks.observer import CHECKS, FAMILIES, Observer
from tests.sim.checks.seen import Violation

__all__ = ["CHECKS", "FAMILIES", "Observer", "Violation"]
