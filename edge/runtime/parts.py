"""What the runtime is handed: everything outside, behind ports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from edge.core.effects import AdjustScale, Answer
from edge.core.ports import ContentReading, ContentSensors, Indicator, LockBank, Supply, UnlockOrder
from edge.core.screens import Screen


class Bank(LockBank, Protocol):
    """A lock bank that can tell when a pulse begins."""

    on_began: Callable[[UnlockOrder, float], None] | None


class NoSensors:
    """A wall that senses nothing inside."""

    def read(self, doors: Sequence[int]) -> dict[int, ContentReading]:
        return {}

    def close(self) -> None:
        """Nothing to end."""


class NoIndicator:
    """A wall without lights and buzzer."""

    def light(self, door: int, on: bool) -> None:
        """Dark."""

    def beep(self, tone: str) -> None:
        """Silent."""


class NoSupply:
    """A rail that nobody senses."""

    def lock_rail_ok(self) -> bool | None:
        return None


def _nobody(*told: object) -> None:
    """Nobody is told."""


@dataclass
class Parts:
    """The outside.  `banks` must cover every door of the site; names are for lanes and faults."""

    banks: dict[str, Bank]
    sensors: ContentSensors = field(default_factory=NoSensors)
    indicator: Indicator = field(default_factory=NoIndicator)
    supply: Supply = field(default_factory=NoSupply)
    look_for: Callable[[str], None] = _nobody  # the camera: `qr` or `all`
    adjust_scale: Callable[[AdjustScale], None] = _nobody  # the courier's scale; it answers
    answer: Callable[[Answer], None] = _nobody  # to technicians' requests
    committed: Callable[[int, int, bool], None] = _nobody  # the uplink's cue: number, bytes, custody
    shown: Callable[[Screen], None] = _nobody  # a new screen
