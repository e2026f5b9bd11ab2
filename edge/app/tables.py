"""What the locker says, as tables for people."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from rich.console import Console
from rich.table import Table

__all__ = ["show"]

PIPED_WIDTH: Final = 200  # where there is no terminal, nothing is folded


def show(name: str, said: Any, console: Console | None = None) -> None:
    """`status`, `doors`, `parcels` or `scale` on the terminal."""
    console = console or Console(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)
    with console.capture() as shown:
        console.print(_SHOWN[name](said), soft_wrap=True)
    for line in shown.get().splitlines():
        console.print(line.rstrip(), soft_wrap=True)  # no blanks at the end, for whoever copies it


def _status(said: dict[str, Any]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column()
    for name, text in _lines(said):
        table.add_row(name, text)
    return table


def _lines(said: dict[str, Any]) -> list[tuple[str, str]]:
    clock, camera = said["clock"], said["camera"]
    counts = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in said["compartments"].items() if count)
    trusted = "believed" if clock["trusted"] else "not believed"
    return [
        ("Site", f"{said['site']}  {said['name']}".rstrip()),
        ("Running", f"{_lasted(said['uptime_s'])}, boot {said['boot']}, version {said['version']}, pid {said['pid']}"),
        ("Screen", f"{said['screen']} at {said['kiosk']}"),
        ("Compartments", counts + (", waiting for a standing list" if said["restoring"] else "")),
        ("Not shut", ", ".join(f"{door} {state}" for door, state in said["not_shut"].items()) or "none"),
        *(("Opening", f"{_opening(one)}") for one in said["openings"]),
        *(("Fault", f"{one['fault']}  {one['detail']}".rstrip()) for one in said["faults"]),
        *(("Alarm", f"{one['alarm']}  {one['detail']}".rstrip()) for one in said["alarms"]),
        ("Clock", f"{clock['trust']}, {trusted}"),
        ("Journal", f"{said['head']} rows, epoch {said['epoch']}, space {said['space']}"),
        ("Cloud", f"{said['link']}; {said['unsent']} rows not sent" if said["enrolled"] else said["link"]),
        ("Camera", "none" if camera is None else camera["fault"] or f"{camera['codes']} codes, {camera['hint']}"),
        *(("Reader", _reader(one)) for one in said["readers"]),
        *(("Scale", line) for line in _scale(said["scale"])),
        ("Memory", f"{said['memory_kib'] // 1024} MiB at most"),
    ]


def _reader(one: dict[str, Any]) -> str:
    odd = "".join(f", {count} {name.replace('_', ' ')}" for name, count in sorted(one["odd"].items()))
    return f"{one['name']}: {one['fault'] or str(one['codes']) + ' codes' + odd}"


def _scale(said: dict[str, Any] | None) -> list[str]:
    """What it shows; then what it showed last that counted, and what is wrong with it."""
    if said is None:
        return []
    net = " net" if said["net"] else ""
    shows = said["state"] if said["weight_g"] is None else f"{said['weight_g']} g{net}, {said['state']}"
    lines = [f"{said['kind']}: {said['fault'] or ': '.join(filter(None, (shows, said['detail'])))}"]
    if said["last_g"] is not None and said["state"] != "stable":
        lines.append(f"settled last at {said['last_g']} g, {_lasted(said['last_age_s'])} ago")
    if said["drift_g"]:
        lines.append(f"drift of zero: {said['drift_g']} g with nobody there; take everything off, and zero it")
    return lines


def _opening(one: dict[str, Any]) -> str:
    since = "" if one["open_s"] is None else f", open for {one['open_s']} s"
    return f"{one['opening']}: door {one['door']}, {one['purpose']} by {one['authority']}{since}"


def _doors(said: list[dict[str, Any]]) -> Table:
    table = _table("door", "size", "state", "compartment", "parcels", "inside", "reason", right=("door", "parcels"))
    for one in said:
        inside = one["content"] or ""
        weight = "" if one["weight_g"] is None or inside == "empty" else f" {one['weight_g']} g"
        table.add_row(
            str(one["door"]),
            one["size"],
            one["state"].replace("_", " "),
            (one["compartment"] or "unknown").replace("_", " "),
            str(len(one["parcels"]) or ""),
            inside + weight,
            one["reason"].replace("_", " "),
        )
    return table


def _parcels(said: list[dict[str, Any]]) -> Table | str:
    if not said:
        return "no parcels"
    table = _table("parcel", "carrier", "kind", "state", "door", "size", "hold left", right=("door",))
    for one in said:
        left = "" if one["hold_left_s"] is None else _lasted(one["hold_left_s"])
        stopped = " (stopped)" if one["hold_stopped"] else ""
        door = str(one["door"] or "")
        table.add_row(one["parcel"], one["carrier"], one["kind"], one["state"], door, one["size"], left + stopped)
    return table


def _of_scale(said: dict[str, Any]) -> str:
    return "\n".join(_scale(said))


def _table(*names: str, right: tuple[str, ...] = ()) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in names:
        table.add_column(name, justify="right" if name in right else "left")
    return table


def _lasted(seconds: int) -> str:
    return str(timedelta(seconds=int(seconds)))


_SHOWN: Final[dict[str, Callable[[Any], Any]]] = {
    "status": _status,
    "doors": _doors,
    "parcels": _parcels,
    "scale": _of_scale,
}
