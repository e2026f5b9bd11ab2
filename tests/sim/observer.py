"""The observer by its old name; see tests/sim/checks/."""

from tests.sim.checks import Observer, Violation

__all__ = ["Observer", "Violation"]
