"""Everything the runtime can do to the world.  Effects are run after the commit of the events they came with."""

from __future__ import annotations

from msgspec import Struct


class Effect(Struct, frozen=True, tag=True):
    """Root of all effects."""


class Unlock(Effect, frozen=True):
    """One pulse of one door, authorised by a durable event, not after `not_after_s` (monotonic)."""

    door: int
    opening: int
    attempt: int
    not_after_s: float


class ReadDoors(Effect, frozen=True):
    """Read these doors now and tell their levels."""

    doors: tuple[int, ...]


class ReadContent(Effect, frozen=True):
    """Read these content sensors once they have settled, and tell."""

    doors: tuple[int, ...]


class Light(Effect, frozen=True):
    door: int
    on: bool


class Beep(Effect, frozen=True):
    tone: str  # ok, wrong, hurry, alarm


class ScanFormats(Effect, frozen=True):
    """Which codes the camera looks for: `qr` while customers scan, `all` while a label is expected."""

    formats: str


class AdjustScale(Effect, frozen=True):
    """Zero the courier's scale, or tare it, and answer the technician's request with what came of it."""

    tare: bool
    request: int


class Answer(Effect, frozen=True):
    """The answer to a technician's request."""

    request: int
    ok: bool
    text: str
    opening: int = 0
