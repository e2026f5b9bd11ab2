"""Fake boards in words: as a command takes them, and as a configuration has the banks for them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from edge.app.wall import numbers
from edge.core.errors import BadInput
from hal.bench.bench import MAKES, Plugged, split
from hal.bench.make import Contact
from hal.duty import CoilLimits

__all__ = ["FORM", "INFRARED", "as_argument", "bank_tables", "boards_for", "coils_table", "parse", "ranges"]

FORM: Final = "MAKE:LINK:ADDRESS:DOORS"
INFRARED: Final = ("cu16", "cu48")  # makes that have an infrared input for each lock


def parse(text: str) -> Plugged:
    """A board from MAKE:LINK:ADDRESS:DOORS, with ":closed_when_open" and ":echo" behind it where they are so.

    BadInput when it says anything else, or a board that there is not.
    """
    make, _, rest = text.partition(":")
    link, *parts = rest.split(":")
    if not link or len(parts) < 2 or not parts[0].isdecimal():
        raise BadInput(f"board {text!r}: must be {FORM}, such as ys:/tmp/board:1:1-24")
    doors, extras = numbers(parts[1]), set(parts[2:])
    contacts = [contact for contact in Contact if contact in extras]
    if doors is None or len(contacts) > 1 or not extras <= {*Contact, "echo"}:
        raise BadInput(f"board {text!r}: doors must be such as 1-24; behind them only {', '.join(Contact)} or echo")
    contact = contacts[0] if contacts else Contact.CLOSED_WHEN_SHUT
    plugged = Plugged(make, Path(link), int(parts[0]), doors, contact, "echo" in extras)
    plugged.check()
    return plugged


def ranges(doors: Sequence[int]) -> str:
    """Door numbers as `numbers` reads them: "1-12, 17"."""
    runs: list[list[int]] = []
    for door in doors:
        if runs and door == runs[-1][-1] + 1:
            runs[-1].append(door)
        else:
            runs.append([door])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def boards_for(
    make: str,
    link: Path,
    doors: Sequence[int],
    address: int | None = None,
    contact: Contact = Contact.CLOSED_WHEN_SHUT,
    echo: bool = False,
) -> list[Plugged]:
    """As many boards on one line as the doors need; from the make's first address.  BadInput when that cannot be."""
    if make not in MAKES:
        raise BadInput(f"no make {make!r}; there are {', '.join(MAKES)}")
    boards = split(make, link, MAKES[make].addresses[0] if address is None else address, doors, contact, echo)
    for it in boards:
        it.check()
    return boards


def as_argument(it: Plugged) -> str:
    """The board as `parse` takes it."""
    extras = [it.contact] * (it.contact is not Contact.CLOSED_WHEN_SHUT) + ["echo"] * it.echo
    return ":".join([it.make, str(it.link), str(it.address), ranges(it.doors).replace(" ", ""), *extras])


def bank_tables(plugged: Sequence[Plugged]) -> str:
    """The [[bank]] tables of a configuration for these boards."""
    return "\n".join(_bank_table(it, chr(ord("a") + turn)) for turn, it in enumerate(plugged))


def coils_table(plugged: Sequence[Plugged]) -> str:
    """What [coils] has to allow where a firmware's pulse is longer than usual; empty where it is not."""
    longest_ms = max(MAKES[it.make].pulse_ms for it in plugged)
    return f"[coils]\nmax_on_ms = {longest_ms}\n" if longest_ms > CoilLimits().max_on_ms else ""


def _bank_table(it: Plugged, name: str) -> str:
    make = MAKES[it.make]
    lines = [
        "[[bank]]",
        f'name = "{name}"',
        f'driver = "{it.make}"',
        f'port = "{it.link}"',
        f"address = {it.address}",
        f'doors = "{ranges(it.doors)}"',
        f'contact = "{it.contact}"',
        'evidence = "switch"',
        *([f"pulse_ms = {make.pulse_ms}"] if make.pulse_ms else []),
        *(["infrared = true"] if it.make in INFRARED else []),
    ]
    return "\n".join(lines) + "\n"
