"""Commissioning and the locker never run at the same time: two hands on one bus open doors that nobody journals.

Held for the whole run is what the daemon itself must have, the lock of the journal: neither can start under the other.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from edge.app.configuration import JOURNAL_FILE, Configuration
from edge.app.hardware.contents import doors_with_parcels
from edge.app.hardware.words import doors_in_words
from edge.control.client import ControlClient
from edge.core.errors import JournalHeld, LinkDown, LockerError, NotAllowed, machine_says
from edge.journal.files import RealFiles

__all__ = ["as_owner_of", "running", "standstill"]


def running(told: Configuration) -> str:
    """Why commissioning may not be: the locker that runs, with its pid; empty while none does."""
    try:
        with ControlClient(Path(told.control.socket)) as line:
            return f"the locker runs (pid {line.ask('status')['pid']})"
    except LinkDown:
        return ""
    except LockerError as error:
        return f"a locker answers at {told.control.socket} ({error})"


@contextlib.contextmanager
def standstill(told: Configuration, *, reading_only: bool = False) -> Iterator[None]:
    """Keep the locker from running until the end.  NotAllowed names the process that runs it now, or the doors behind
    which parcels stand, by the books, unless nothing is opened (`reading_only`)."""
    if why := running(told):
        raise NotAllowed(f"{why}; stop it first, for instance with: systemctl stop locker")
    try:
        told.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with as_owner_of(told.directory):
            path = str(told.directory / JOURNAL_FILE)
            inside = () if reading_only else doors_with_parcels(Path(path))
            lock = RealFiles().take(f"{path}.pid", path)
    except JournalHeld as error:
        raise NotAllowed(f"{error}; stop it first") from None
    except LockerError:
        raise
    except OSError as error:
        raise NotAllowed(f"state directory {told.directory}: {machine_says(error)}") from None
    try:
        if inside:
            raise NotAllowed(
                f"parcels stand behind {doors_in_words(inside)}, and nothing that is opened here is journaled; "
                "in a wall that is in service: locker open DOOR --reason …"
            )
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def as_owner_of(directory: Path) -> Iterator[None]:
    """Act as the owner of `directory` where this is root's process, and as root again afterwards: the ports are root's
    to open, but what stays behind must be the daemon's."""
    owner = directory.stat()
    if os.geteuid() != 0 or owner.st_uid == 0:
        yield
        return
    group = os.getegid()
    os.setegid(owner.st_gid)
    os.seteuid(owner.st_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(group)
