"""`locker hardware scan`: what hangs on this machine that a locker may use, by the paths that a configuration takes.

Nothing is opened that could be in use, and nothing is sent; asking boards is `probing`.  Where the kernel shows a thing
stands in its own documentation: Documentation/ABI for /sys, udev's rules for /dev/serial, /dev/v4l and /dev/input.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from msgspec import Struct

from edge.core.errors import machine_says
from hal.pi import chip_label

__all__ = ["MAX_THINGS", "Places", "Port", "Scanned", "Thing", "holder_of", "model_of", "scan"]

MAX_THINGS: Final = 64  # of one kind; a locker has a handful
# Usage pages of HID report descriptors (USB HID Point of Sale Usage Tables): what a device says it is first.
HID_PAGES: Final = {b"\x05\x8d": "weighing device", b"\x05\x8c": "bar code scanner"}


class Port(Protocol):
    """What pyserial tells of a port."""

    @property
    def device(self) -> str: ...

    @property
    def description(self) -> str | None: ...


class Thing(Struct, frozen=True):
    """One thing that was found.  path: as the configuration takes it.  trouble: why it cannot be used now."""

    path: str
    what: str
    trouble: str = ""


class Scanned(Struct, frozen=True):
    """Everything that was found, kind by kind."""

    machine: str
    serial: tuple[Thing, ...]
    cameras: tuple[Thing, ...]
    hid: tuple[Thing, ...]
    inputs: tuple[Thing, ...]
    i2c: tuple[Thing, ...]
    gpio: tuple[Thing, ...]


@dataclass(frozen=True)
class Places:
    """Where the kernel shows itself."""

    dev: Path = Path("/dev")
    sys: Path = Path("/sys")
    proc: Path = Path("/proc")


def scan(places: Places, ports: Callable[[], Iterable[Port]], label_of: Callable[[Path], str] = chip_label) -> Scanned:
    """Look once.  `ports`: such as pyserial's `list_ports.comports`.  What cannot be looked at is left out."""
    return Scanned(
        machine=f"{model_of(places)}, kernel {platform.release()}",
        serial=_some(_serial(places, ports())),
        cameras=_some(_cameras(places)),
        hid=_some(_hid(places)),
        inputs=_some(_links(places, places.dev / "input/by-id", "*-event-*", "input device")),
        i2c=_some(_i2c(places)),
        gpio=_some(_gpio(places, label_of)),
    )


def holder_of(proc: Path, device: Path) -> str:
    """The process that has `device` open, such as "python3 (pid 812)"; empty where none is seen.  Other users'
    processes are seen by root only."""
    wanted = os.path.realpath(device)
    for process in _numbered(proc):
        try:
            handles = list((process / "fd").iterdir())
        except OSError:
            continue  # it has ended, or is somebody else's
        if wanted in map(_target, handles):
            return f"{_text(process / 'comm')} (pid {process.name})"
    return ""


def _target(link: Path) -> str:
    """Where the link points; empty when it has gone meanwhile."""
    try:
        return os.readlink(link)
    except OSError:
        return ""


def _serial(places: Places, ports: Iterable[Port]) -> Iterator[Thing]:
    """By the names that stay the same first, then what has no such name."""
    told = {os.path.realpath(port.device): _described(port) for port in ports}
    named = {}
    for link in _sorted(places.dev / "serial/by-id", "*"):
        device = os.path.realpath(link)
        named[device] = link
        yield Thing(str(link), f"{told.get(device, 'serial port')}, is {device}", _trouble(places, link))
    for device, what in sorted(told.items()):
        if device not in named:
            yield Thing(device, f"{what}; its name may change", _trouble(places, Path(device)))


def _described(port: Port) -> str:
    return "serial port" if port.description in ("", "n/a", None) else port.description


def _cameras(places: Places) -> Iterator[Thing]:
    """Of each camera the first node that gives pictures."""
    named = set()
    for link in _sorted(places.dev / "v4l/by-id", "*-video-index0"):
        named.add(os.path.realpath(link))
        yield Thing(str(link), f"camera, is {os.path.realpath(link)}", _trouble(places, link))
    for node in _sorted(places.sys / "class/video4linux", "video*"):
        device = places.dev / node.name
        if os.path.realpath(device) not in named and _text(node / "index") == "0":
            yield Thing(str(device), _text(node / "name") or "camera", _trouble(places, device))


def _hid(places: Places) -> Iterator[Thing]:
    """The devices that say that they weigh or scan; keyboards and mice are left out."""
    for node in _sorted(places.sys / "class/hidraw", "hidraw*"):
        try:
            page = (node / "device/report_descriptor").read_bytes()[:2]
        except OSError:
            continue
        if page in HID_PAGES:
            device = places.dev / node.name
            name = next(
                (line[9:] for line in _text(node / "device/uevent").splitlines() if line[:9] == "HID_NAME="), ""
            )
            yield Thing(str(device), f"{HID_PAGES[page]}: {name}".rstrip(": "), _trouble(places, device))


def _i2c(places: Places) -> Iterator[Thing]:
    for device in _sorted(places.dev, "i2c-*"):
        what = _text(places.sys / "class/i2c-dev" / device.name / "name") or "I²C bus"
        yield Thing(str(device), what, _trouble(places, device, shared=True))


def _gpio(places: Places, label_of: Callable[[Path], str]) -> Iterator[Thing]:
    for device in _sorted(places.dev, "gpiochip*"):
        try:
            yield Thing(str(device), label_of(device))
        except OSError as error:
            yield Thing(str(device), "GPIO chip", f"cannot be opened: {machine_says(error)}")


def _links(places: Places, folder: Path, pattern: str, what: str) -> Iterator[Thing]:
    for link in _sorted(folder, pattern):
        kind = "keyboard, or a scanner that types" if link.name.endswith("-event-kbd") else what
        yield Thing(str(link), f"{kind}, is {os.path.realpath(link)}", _trouble(places, link, shared=True))


def _trouble(places: Places, device: Path, *, shared: bool = False) -> str:
    """Why it cannot be opened now; empty when it can, as far as can be seen without opening it."""
    if not device.exists():
        return "gone"
    if not shared and (holder := holder_of(places.proc, device)):
        return f"busy: {holder} has it open"
    if not os.access(device, os.R_OK | os.W_OK):
        return f"permission denied: it belongs to group {_group(device)}"
    return ""


def _group(device: Path) -> str:
    try:
        return device.group()
    except KeyError:
        return str(device.stat().st_gid)


def model_of(places: Places) -> str:
    """The machine's own name for itself."""
    return _text(places.sys / "firmware/devicetree/base/model") or f"no Raspberry Pi ({platform.machine()})"


def _some(things: Iterator[Thing]) -> tuple[Thing, ...]:
    return tuple(thing for thing, _ in zip(things, range(MAX_THINGS), strict=False))


def _sorted(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.glob(pattern)) if folder.is_dir() else []


def _numbered(proc: Path) -> list[Path]:
    return [each for each in _sorted(proc, "[0-9]*") if each.name.isdecimal()]


def _text(file: Path) -> str:
    """The text of a small file of the kernel's; empty when it cannot be read."""
    try:
        return file.read_text(errors="replace").strip("\0\n ")
    except OSError:
        return ""
