"""docs/limits.md says what the code does: every value, and no limit is left out."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

PAGE = Path(__file__).parents[2] / "docs" / "limits.md"
ROW = re.compile(
    r"^\| (?P<what>[^|]+) \| (?P<value>[^|]+) \| (?P<at_it>[^|]+) \| `(?P<where>[^`|]+)` \|$", re.MULTILINE
)
LIMIT = re.compile(r"^((?:MAX|MOST)_[A-Z_]+|[A-Z][A-Z_]*_LIMIT(?:_[A-Z]+)?|LIMIT_[A-Z]+): Final", re.MULTILINE)
UNITS = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
ROWS = {row["where"]: row for row in ROW.finditer(PAGE.read_text())}


def in_the_code(where: str) -> Any:
    """The constant, or the default of an option, at `module:NAME` or `module:Options.name`."""
    module, _, name = where.partition(":")
    holder = importlib.import_module(module)
    options, dot, option = name.partition(".")
    if not dot:
        return getattr(holder, name)
    shape = getattr(holder, options)
    if dataclasses.is_dataclass(shape):
        return next(field.default for field in dataclasses.fields(shape) if field.name == option)
    return next(field.default for field in msgspec.structs.fields(shape) if field.name == option)


def on_the_page(value: str) -> float:
    """The number at the beginning of the cell, in bytes where it has such a unit."""
    number, _, unit = value.partition(" ")
    return float(number.replace(",", "")) * UNITS.get(unit, 1)


@pytest.mark.parametrize("where", ROWS)
def test_the_page_has_the_value_of_the_code(where: str) -> None:
    assert on_the_page(ROWS[where]["value"]) == in_the_code(where)


def test_the_page_leaves_no_limit_out() -> None:
    assert sorted(set(limits_in_the_code()) - set(ROWS)) == []


def limits_in_the_code() -> Iterator[str]:
    """Every public constant that is a limit by its name, in whatever is shipped."""
    for package in ("edge", "hal", "kiosk_ui", "sync"):
        for module in pkgutil.walk_packages([str(PAGE.parents[1] / package)], f"{package}."):
            source = PAGE.parents[1].joinpath(*module.name.split(".")).with_suffix(".py")
            if source.exists():
                yield from (f"{module.name}:{name}" for name in LIMIT.findall(source.read_text()))
