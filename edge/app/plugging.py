"""Fake boards in words: as a command takes them, and as a configuration has the banks for them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from edge.app.wall import numbers
from edge.core.errors import BadInput
from hal.bench.bench import Plugged
from hal.bench.make import Contact

__all__ = ["FORM", "bank_tables", "parse", "ranges"]

FORM = "MAKE:LINK:ADDRESS:DOORS"


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


def bank_tables(plugged: Sequence[Plugged]) -> str:
    """The [[bank]] tables of a configuration for these boards."""
    return "\n".join(
        "[[bank]]\n"
        f'name = "{chr(ord("a") + turn)}"\n'
        f'driver = "{it.make}"\n'
        f'port = "{it.link}"\n'
        f"address = {it.address}\n"
        f'doors = "{ranges(it.doors)}"\n'
        f'contact = "{it.contact}"\n'
        'evidence = "switch"\n'
        for turn, it in enumerate(plugged)
    )
