"""What `learn` would change in the configuration: the tables of the banks concerned, written anew.

A bank's doors stand in the order of its channels, so a map is an order of doors.  Which way a contact speaks is said
by bank (`contact`) or by pin (`closed`).  The file itself is never changed: a new one is written beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from edge.app import configuration
from edge.app.configuration import Configuration
from edge.app.reading import load_toml
from edge.core.errors import BadInput, ConfigurationError, NotAllowed, machine_says

__all__ = ["Proposal", "proposed", "snippet", "write_new"]

CONTACTS: Final = ("closed_when_shut", "closed_when_open")
_BANK: Final = re.compile(r"^\s*\[\[\s*bank\s*\]\]")
_TABLE: Final = re.compile(r"^\s*\[\[?\s*(?!bank\s*\.)[a-z]")


@dataclass(frozen=True)
class Proposal:
    """Tables by the number of their bank, and what cannot be put right here, with the doors concerned."""

    tables: Mapping[int, dict[str, Any]]
    mixed: tuple[tuple[str, tuple[int, ...]], ...] = ()  # bank, doors whose contact speaks unlike the others'
    without: tuple[str, ...] = ()  # banks whose driver has no option for what was found


def proposed(told: Configuration, on_channel: Mapping[int, int], inverted: Mapping[int, bool]) -> Proposal:
    """`on_channel`: the door on each door's channel.  `inverted`: whether a door's contact speaks the other way."""
    raw = load_toml(Path(told.file))["bank"]
    moves = {door: really for door, really in on_channel.items() if door != really}
    if sorted(moves) != sorted(moves.values()):
        moves = {}  # not every door of a swap was seen: half a swap would open wrong doors
    tables: dict[int, dict[str, Any]] = {}
    mixed: list[tuple[str, tuple[int, ...]]] = []
    without: list[str] = []
    for number, (bank, table) in enumerate(zip(told.banks, raw, strict=True)):
        new = dict(table)
        if isinstance(table["doors"], list) and all(isinstance(one, dict) for one in table["doors"]):
            new["doors"] = [_pins(one, moves, inverted) for one in table["doors"]]
        else:
            turned = {door: inverted[door] for door in bank.doors if door in inverted}
            if any(door in moves for door in bank.doors):
                new["doors"] = [moves.get(door, door) for door in bank.doors]
            if any(turned.values()):
                fewer = tuple(door for door, other in turned.items() if other is not _most(turned))
                if fewer:
                    mixed.append((bank.name, fewer))
                if _most(turned):
                    new["contact"] = CONTACTS[1 - CONTACTS.index(table["contact"])] if "contact" in table else None
        if new.get("contact", "") is None or (bank.driver == "sim" and new != table):
            without.append(bank.name)
        elif new != table:
            tables[number] = new
    return Proposal(tables, tuple(mixed), tuple(without))


def snippet(proposal: Proposal) -> list[str]:
    """The tables as they would stand in the file."""
    lines: list[str] = []
    for table in proposal.tables.values():
        lines += ["[[bank]]", *_lines(table), ""]
    return lines[:-1]


def write_new(told: Configuration, proposal: Proposal, path: Path) -> None:
    """The configuration with those tables, in a new file.  NotAllowed when there is one; BadInput when it would be
    another configuration than what is proposed, as in a file that is written in an unusual way."""
    text = _replaced(Path(told.file).read_text(), proposal.tables)
    try:
        with path.open("x") as file:
            file.write(text)
    except FileExistsError:
        raise NotAllowed(f"{path}: is there already; a file is never overwritten") from None
    except OSError as error:
        raise BadInput(f"{path}: {machine_says(error)}") from None
    try:
        right = _same(configuration.load(path), load_toml(path), told, proposal)
    except ConfigurationError as error:
        path.unlink()
        raise BadInput(f"{path}: not written: {'; '.join(error.lines)}") from None
    if not right:
        path.unlink()
        raise BadInput(f"{path}: not written: {told.file} is laid out unusually; put the tables into it by hand")


def _same(new: Configuration, raw: Mapping[str, Any], told: Configuration, proposal: Proposal) -> bool:
    expected: list[Any] = list(load_toml(Path(told.file))["bank"])
    for number, table in proposal.tables.items():
        expected[number] = table
    return bool(raw["bank"] == expected) and new.compartments == told.compartments


def _most(turned: Mapping[int, bool]) -> bool:
    return sum(turned.values()) * 2 > len(turned)


def _pins(one: Mapping[str, Any], moves: Mapping[int, int], inverted: Mapping[int, bool]) -> dict[str, Any]:
    """One door on pins: its number, and the level of its contact while it is shut."""
    new = dict(one)
    if inverted.get(one["door"]):
        new["closed"] = "low" if one.get("closed", "low") == "high" else "high"
    new["door"] = moves.get(one["door"], one["door"])
    return new


def _replaced(text: str, tables: Mapping[int, Mapping[str, Any]]) -> str:
    """The text with the tables of those banks written anew; comments on lines of their own stay."""
    kept: list[str] = []
    number, inside = -1, False
    for line in text.splitlines():
        if _BANK.match(line):
            number, inside = number + 1, (number + 1) in tables
            kept.append(line)
            if inside:
                kept += _lines(tables[number])
            continue
        if _TABLE.match(line):
            inside = False
        if not inside or not line.strip() or line.lstrip().startswith("#"):
            kept.append(line)
    return "\n".join(kept) + "\n"


def _lines(table: Mapping[str, Any]) -> list[str]:
    return [line for key, value in table.items() for line in _assigned(key, value)]


def _assigned(key: str, value: Any) -> Sequence[str]:
    if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        return [f"{key} = [", *(f"  {_toml(one)}," for one in value), "]"]
    return [f"{key} = {_toml(value)}"]


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, list):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + " }"
    return str(value)
