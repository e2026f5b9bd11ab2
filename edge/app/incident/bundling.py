"""`locker bundle FILE`: one file with what a locker knows, for whoever looks into an incident far from it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from edge.app.configuration import JOURNAL_FILE, Configuration
from edge.app.owner import become_owner_of
from edge.control.client import ControlClient
from edge.core.errors import BadInput, JournalHeld, LinkDown, NotAllowed

__all__ = ["run"]

NO_RING: Final = "none: no locker runs, and none left one behind"
LEFT_BEHIND: Final = "of a life that failed"


def run(wanted: argparse.Namespace, told: Configuration) -> int:
    from edge.app.incident.files import write

    path = Path(wanted.file)
    line = _daemon(told)
    if line is not None:
        with line:
            count, size = write(path, line.stream("bundle"))
        said = "of the running locker"
    else:
        head_ring, lines = _at_rest(told)
        try:
            count, size = write(path, lines)
        except JournalHeld as error:
            raise NotAllowed(f"{error}, and nothing answers at {told.control.socket}") from None
        said = (
            f"of the journal at rest; its ring is {head_ring}"
            if head_ring is not NO_RING
            else ("of the journal at rest; the last inputs are gone with the process that knew them")
        )
    print(f"{path}: {count} lines, {size} bytes, {said}")
    return 0


def _daemon(told: Configuration) -> ControlClient | None:
    try:
        return ControlClient(Path(told.control.socket))
    except LinkDown:
        return None


def _at_rest(told: Configuration) -> tuple[str, Iterator[Any]]:
    import edge.app.incident.telling  # while this is still root's process  # noqa: F401
    from edge.app.incident.files import left_behind

    notes: list[bytes] = []
    why = NO_RING
    try:
        notes = left_behind(told.directory)
        why = LEFT_BEHIND if notes else NO_RING
    except BadInput as error:
        why = f"unreadable: {error}"
    return why, _lines(told, why, notes)


def _lines(told: Configuration, ring: str, notes: list[bytes]) -> Iterator[msgspec.Struct | msgspec.Raw]:
    """Written while this process acts as the owner of the journal; the file was opened by whoever asked."""
    from edge.app.assembly import site_of
    from edge.app.incident.telling import head_of, lines_at_rest
    from edge.journal.show import at_rest

    path = told.directory / JOURNAL_FILE
    become_owner_of(path.parent)
    head = head_of(told, site_of(told, None), health=None, ring=ring)
    with at_rest(str(path)) as connection:
        yield from lines_at_rest(connection, head, notes)
