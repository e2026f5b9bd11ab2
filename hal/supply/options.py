"""The `[supply]` table: where the power of the locks, of the machine and of its battery can be sensed."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from hal.i2c import address_fault
from hal.supply.throttled import COMMAND

__all__ = ["SupplyTable", "faults_of"]

File = Annotated[str, Meta(max_length=200)]


class SupplyTable(Struct, frozen=True, forbid_unknown_fields=True):
    """What is not named is not sensed.

    throttled: a file named get_throttled, or `command:vcgencmd`.  temperature: a file of the kernel's, in thousandths.
    ups_bus: the I²C bus of a battery board with an INA219.  rail_pin: high or low while the locks have power, as
    `rail_good` says; it has no default, and neither has the library that reads it.
    """

    throttled: File = ""
    temperature: File = ""
    hot_c: Annotated[float, Meta(ge=40, le=110)] = 80.0
    ups_bus: File = ""
    ups_address: Annotated[int, Meta(ge=0, le=127)] = 0x43
    ups_shunt_ohm: Annotated[float, Meta(ge=0.0001, le=10)] = 0.1
    ups_low_v: Annotated[float, Meta(ge=0, le=32)] = 3.4
    rail_pin: Annotated[int, Meta(ge=0, le=27)] | None = None
    rail_good: Literal["high", "low"] | None = None
    rail_pull: Literal["up", "down", "none"] = "none"
    factory: Literal["lgpio", "rpigpio", "mock"] | None = None


def faults_of(told: SupplyTable) -> list[tuple[str, str]]:
    """What is wrong, and with which key."""
    found = []
    if told.rail_pin is not None and (told.rail_good is None or told.factory is None):
        found.append(("rail_pin", "rail_good (high or low) and factory must be given with it"))
    if told.ups_bus and (fault := address_fault(told.ups_address)):
        found.append(("ups_address", fault))
    if told.throttled and (told.throttled == COMMAND or not told.throttled.startswith(("/", COMMAND))):
        found.append(("throttled", f"must be a file, or {COMMAND}vcgencmd"))
    return found
