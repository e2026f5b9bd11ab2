"""Commands of technicians: ask the running locker, show what it says, or let it do something."""

from __future__ import annotations

import argparse
import signal
import threading
from pathlib import Path
from typing import Any, Final

import msgspec

from edge.control.client import ControlClient
from edge.core.errors import BadInput, machine_says

__all__ = ["act", "run", "scale", "time_reset"]

LIVE_S: Final = 0.5  # between two looks at the scale; it is read as often
MAX_DOCUMENT_BYTES: Final = 512  # of a time reset, as the core takes it


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


def scale(wanted: argparse.Namespace, socket: Path) -> int:
    """`locker scale`, once or `--live`, and `locker scale zero|tare`."""
    if wanted.live:  # also where whoever started us has Ctrl-C ignored, as shells do for what runs in the background
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if wanted.act and not wanted.reason:
        raise BadInput(f"scale {wanted.act}: --reason is missing; it is journaled with your name")
    with ControlClient(socket) as line:
        if wanted.act:
            said = line.ask(f"{wanted.act}_scale", reason=wanted.reason)
            _print_json(said) if wanted.json else print(said["text"])
            return 0
        shown: dict[str, Any] = {}
        while True:
            said = line.ask("scale")
            news = {key: value for key, value in said.items() if key != "last_age_s"}
            if news != shown:
                shown = news
                _print_json(said) if wanted.json else _print_scale(said)
            if not wanted.live:
                return 0
            threading.Event().wait(LIVE_S)


def _print_scale(said: Any) -> None:
    from edge.app import tables

    tables.show("scale", said)


def time_reset(wanted: argparse.Namespace, socket: Path) -> int:
    """`locker time-reset FILE`."""
    try:
        with open(wanted.file, "rb") as file:
            document = file.read(MAX_DOCUMENT_BYTES + 1)
    except OSError as error:
        raise BadInput(f"{wanted.file}: {machine_says(error)}") from None
    if len(document) > MAX_DOCUMENT_BYTES:
        raise BadInput(f"{wanted.file}: more than {MAX_DOCUMENT_BYTES} bytes")
    with ControlClient(socket) as line:
        print(line.ask("time_reset", document=document.hex(), reason=wanted.reason)["text"])
    return 0


def _print_json(said: Any) -> None:
    print(msgspec.json.encode(said).decode())
