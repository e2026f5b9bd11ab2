"""`locker journal show|verify|export`: of the running locker where it runs, of the file where it does not.

`locker journal set-aside` is for a file at rest alone: a running locker trusts its journal.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from edge.app.configuration import JOURNAL_FILE, Configuration
from edge.app.owner import become_owner_of
from edge.app.telling import as_fields, with_sentence
from edge.control.client import ControlClient
from edge.core.errors import JournalHeld, LinkDown, NotAllowed
from edge.core.state import FOLD_VERSION

__all__ = ["run"]


def run(wanted: argparse.Namespace, told: Configuration) -> int:
    """Exit code 1 from `verify` when the journal is not whole."""
    at_rest = bool(wanted.file) or wanted.name == "set-aside"
    line = None if at_rest else _daemon(Path(told.control.socket))
    path = str(wanted.file or told.directory / JOURNAL_FILE)
    try:
        if line is None:
            import edge.journal.show
            import edge.runtime.recovery  # both while this is still root's process  # noqa: F401

            become_owner_of(Path(path).parent)
        match wanted.name:
            case "verify":
                return _verify(wanted, line, path)
            case "set-aside":
                from edge.journal.aside import set_aside

                print(f"set aside as {set_aside(path)}; the next start begins a new journal")
            case "export":
                for row in _exported(line, path):
                    print(row)
            case _:
                for shown in _rows(wanted, line, path):
                    print(msgspec.json.encode(shown).decode() if wanted.json else _told(shown))
    except JournalHeld as error:
        if at_rest:
            raise
        raise NotAllowed(f"{error}, and nothing answers at {told.control.socket}") from None
    finally:
        sys.stdout.flush()
        if line is not None:
            line.close()
    return 0


def _daemon(socket: Path) -> ControlClient | None:
    try:
        return ControlClient(socket)
    except LinkDown:
        return None


def _rows(wanted: argparse.Namespace, line: ControlClient | None, path: str) -> Iterator[dict[str, Any]]:
    if line is not None:
        yield from line.stream("journal", after=wanted.after, last=wanted.last)
        return
    from edge.journal.show import show

    yield from show(path, with_sentence, after=wanted.after, last=wanted.last or None)


def _exported(line: ControlClient | None, path: str) -> Iterator[str]:
    if line is not None:
        for row in line.stream("export"):
            yield msgspec.json.encode(row).decode()
        return
    from edge.journal.show import export

    yield from export(path, as_fields)


def _verify(wanted: argparse.Namespace, line: ControlClient | None, path: str) -> int:
    if line is not None:
        report = line.ask("verify")
    else:
        from edge.journal.show import verify
        from edge.runtime.recovery import refold

        found = verify(path, refold, FOLD_VERSION)
        report = {**msgspec.to_builtins(found), "whole": found.whole, "sentence": found.sentence}
    if wanted.json:
        print(msgspec.json.encode(report).decode())
    else:
        for fault in report["faults"]:
            print(fault)
        print(report["sentence"])
    return 0 if report["whole"] else 1


def _told(row: dict[str, Any]) -> str:
    """One row for people: number, boot and seconds of it, kind, what happened."""
    event = row["event"]
    sentence = event.get("sentence", f"cannot be read: {event}")
    return f"{row['seq']:>7}  {row['boot']:>3}+{row['mono_ms'] / 1000:<10.1f}  {row['kind']:<24}  {sentence}"
