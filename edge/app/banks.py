"""The banks of a configuration: each table's head, and then its options as its driver has them.

It stands by itself because `locker safe` must know the banks in a moment, and nothing else.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from msgspec import NODEFAULT, Meta, Struct

from edge.app.drivers import Driver, driver_names, find_driver
from edge.app.names import Name
from edge.app.reading import Reader
from edge.app.wall import Door, numbers
from edge.core.errors import HardwareFault

__all__ = ["MAX_BANKS", "BankPlan", "read_bank", "read_banks"]

MAX_BANKS: Final = 64  # on one machine, over all its buses


class BankPlan(Struct, frozen=True):
    """One bank of locks: its driver, that driver's own options, and the doors that hang on it."""

    name: str
    driver: str
    doors: tuple[int, ...]
    options: Any


class _BankHead(Struct, frozen=True):
    """What every bank has, whatever its driver."""

    name: Name
    driver: Name


class _BankDoors(Struct, frozen=True):
    """The doors of a bank whose driver does not name them itself: "1-12, 17", or a list."""

    doors: str | Annotated[tuple[Door, ...], Meta(min_length=1)]


def read_banks(reader: Reader, raw: object) -> tuple[BankPlan, ...] | None:
    """All [[bank]] tables; None when something in one of them is wrong, which has been noted."""
    return reader.each(raw, "bank", lambda entry, path: read_bank(reader, entry, path), least=1, most=MAX_BANKS)


def read_bank(reader: Reader, raw: dict[str, Any], path: str) -> BankPlan | None:
    """One bank, its options read by its driver's own struct; None when it could not be read."""
    rest = {key: value for key, value in raw.items() if key not in ("name", "driver")}
    head = reader.table({key: raw[key] for key in ("name", "driver") if key in raw}, _BankHead, path)
    driver = None if head is None else _driver(reader, head.driver, path)
    if head is None or driver is None:
        return None
    names_doors = any(one.name == "doors" for one in msgspec.structs.fields(driver.options))
    doors = None if names_doors else _doors(reader, rest.pop("doors", NODEFAULT), path)
    options = reader.table(rest, driver.options, path)
    if options is None or (doors is None and not names_doors):
        return None
    if doors is None:
        doors = tuple(one.door for one in getattr(options, "doors"))  # noqa: B009  (a struct that only the driver knows)
    for fault in (*driver.faults(options), *driver.fits(options, doors)):
        reader.wrong(path, NODEFAULT, fault)
    return BankPlan(head.name, head.driver, doors, options)


def _driver(reader: Reader, name: str, path: str) -> Driver | None:
    try:
        driver = find_driver(name)
    except HardwareFault as error:
        reader.wrong(f"{path}.driver", name, str(error))
        return None
    if driver is None:
        reader.wrong(f"{path}.driver", name, f"must be one of: {', '.join(driver_names())}")
    return driver


def _doors(reader: Reader, raw: object, path: str) -> tuple[int, ...] | None:
    told = reader.table({} if raw is NODEFAULT else {"doors": raw}, _BankDoors, path)
    if told is None:
        return None
    if not isinstance(told.doors, str):
        return told.doors
    found = numbers(told.doors)
    if found is None:
        reader.wrong(f"{path}.doors", raw, 'must be door numbers such as "1-12, 17"')
    return found
