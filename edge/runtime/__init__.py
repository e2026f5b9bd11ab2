"""The one loop: inputs in, decisions, commit, then effects."""

from edge.runtime.parts import Bank, NoIndicator, NoSensors, NoSupply, Parts
from edge.runtime.runtime import Runtime

__all__ = ["Bank", "NoIndicator", "NoSensors", "NoSupply", "Parts", "Runtime"]
