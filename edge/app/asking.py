"""Commands of technicians: ask the running locker, show what it says, or let it do something."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import msgspec

from edge.control.client import ControlClient

__all__ = ["act", "run"]


def run(wanted: argparse.Namespace, socket: Path) -> int:
    """`locker status|doors|parcels`."""
    with ControlClient(socket) as line:
        said = line.ask(wanted.name)
    if wanted.json:
        _print_json(said)
    else:
        from edge.app import tables

        tables.show(wanted.name, said)
    return 0


def act(wanted: argparse.Namespace, socket: Path) -> int:
    """`locker open|out-of-service|in-service|empty DOOR` and `locker alarms clear ALARM`."""
    alarm = getattr(wanted, "alarm", "")
    op = "clear_alarm" if alarm else wanted.name.replace("-", "_")
    with ControlClient(socket) as line:
        said = line.ask(op, door=getattr(wanted, "door", 0), alarm=alarm, reason=wanted.reason)
    if wanted.json:
        _print_json(said)
    else:
        print(said["text"])
    return 0


def _print_json(said: Any) -> None:
    print(msgspec.json.encode(said).decode())
