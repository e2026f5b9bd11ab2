"""A postal scale on USB: a HID of usage page 0x8D that sends six bytes by itself, through /dev/hidrawN.

Facts of two and more sources that agree (the page of USB's own tables, and open drivers); none was tried on a scale.
Such a scale switches itself off after about three minutes: it then sends nothing, or its device file goes.  Neither is
a fault.  The device file needs a udev rule (docs/scales.md).
"""

from __future__ import annotations

import os
import re
import select
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Final

from edge.core.errors import HardwareFault, machine_says
from edge.core.ports import Weighing
from edge.core.words import Adjusted, ScaleState
from hal.scales.parse import weighed

__all__ = ["KNOWN", "REPORT_BYTES", "HidScale", "find_hid_scale", "read_report"]

REPORT_BYTES: Final = 6
REPORT_S: Final = 1.0  # such scales send several reports a second while they are on
REOPEN_S: Final = 1.0
CLASS: Final = Path("/sys/class/hidraw")
# Vendor and product: Dymo, Mettler Toledo, Stamps.com.  One more (2233:6323) sends something else and is not taken.
KNOWN: Final = frozenset(
    {
        (0x0922, 0x8003),
        (0x0922, 0x8004),
        (0x0922, 0x8009),
        (0x0EB8, 0x2200),
        (0x0EB8, 0xF000),
        (0x1446, 0x6A73),
        (0x2474, 0x0550),
    }
)
STRANGE: Final = frozenset({(0x2233, 0x6323)})

_REPORT: Final = 3
_UNITS: Final = {2: "g", 3: "kg", 11: "oz", 12: "lb"}
_WEIGHS: Final = {3: ScaleState.MOVING, 4: ScaleState.STABLE, 5: ScaleState.UNDER}
_SAYS: Final = {
    1: (ScaleState.ERROR, "the scale reports a fault"),
    6: (ScaleState.OVER, ""),
    7: (ScaleState.ERROR, "it must be calibrated"),
    8: (ScaleState.ERROR, "it must be zeroed: take everything off"),
}
_STABLE_AT_ZERO: Final = 2
_EXPONENTS: Final = range(-9, 7)
_PAGE: Final = b"\x05\x8d\x09\x20"  # the first items of its report descriptor: usage page 0x8D, usage 0x20
_IDS: Final = re.compile(r"^HID_ID=[0-9A-F]{4}:([0-9A-F]{8}):([0-9A-F]{8})$", re.MULTILINE | re.IGNORECASE)
_MOST_REPORTS: Final = 128  # in one look; the kernel keeps 64


def read_report(report: bytes, at_s: float, capacity_g: int) -> Weighing:
    """What one report says: number 3, status, unit, exponent, and the weight in two bytes, the low one first."""
    if len(report) != REPORT_BYTES or report[0] != _REPORT:
        return Weighing(ScaleState.UNKNOWN, at_s, detail="not a report of a scale")
    status, unit = report[1], _UNITS.get(report[2], "")
    exponent, shown = int.from_bytes(report[3:4], "little", signed=True), int.from_bytes(report[4:], "little")
    if status in _SAYS:
        state, detail = _SAYS[status]
        return Weighing(state, at_s, detail=detail)
    if status == _STABLE_AT_ZERO and shown == 0:
        return Weighing(ScaleState.STABLE, at_s, 0)
    if status not in _WEIGHS or exponent not in _EXPONENTS:
        return Weighing(ScaleState.UNKNOWN, at_s, detail=f"status {status}, exponent {exponent}")
    state = _WEIGHS[status]
    value = Decimal(-shown if state is ScaleState.UNDER else shown).scaleb(exponent)
    return weighed(state, at_s, value, unit, capacity_g)


def find_hid_scale(classes: Path = CLASS) -> str:
    """The device file of the first postal scale, by what it says of itself or by who made it; empty: there is none."""
    try:
        devices = sorted(classes.iterdir())
    except OSError:
        return ""
    return next((f"/dev/{one.name}" for one in devices if _is_scale(one / "device")), "")


def _is_scale(device: Path) -> bool:
    try:
        ids = _IDS.search((device / "uevent").read_text("latin-1"))
        descriptor = (device / "report_descriptor").read_bytes()
    except OSError:
        return False
    made = (int(ids[1], 16), int(ids[2], 16)) if ids is not None else (0, 0)
    return made not in STRANGE and (made in KNOWN or descriptor.startswith(_PAGE))


class HidScale:
    """The Scale of one device file; without a path, of the first that is found.

    HardwareFault from `read` when none has been there yet, or it may not be opened.  Once it was there, its silence
    and its absence are `unknown`: it has switched itself off.
    """

    def __init__(
        self,
        path: str,
        capacity_g: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        find: Callable[[], str] = find_hid_scale,
    ) -> None:
        self._path, self._capacity_g, self._clock, self._find = path, capacity_g, clock, find
        self._file: int | None = None
        self._tried_s: float | None = None
        self._was_there = False
        self._why = "no scale on USB"

    def read(self) -> Weighing:
        began_s = self._clock()
        try:
            report = self._newest()
        except OSError as error:
            self._let_go()
            self._why = machine_says(error)
            if not self._was_there or isinstance(error, PermissionError):
                raise HardwareFault(f"scale {self._path or 'on USB'}: {self._why}") from error
            return Weighing(ScaleState.UNKNOWN, began_s, detail="not there: switched off, or unplugged")
        if report is None:
            return Weighing(ScaleState.UNKNOWN, began_s, detail="no report: it has switched itself off")
        return read_report(report, began_s, self._capacity_g)

    def zero(self) -> Adjusted:
        return Adjusted.NO_COMMAND

    def tare(self) -> Adjusted:
        return Adjusted.NO_COMMAND

    def close(self) -> None:
        self._let_go()

    def _newest(self) -> bytes | None:
        """The next report; None when none comes.  Those that wait are passed over: a full queue has only old ones."""
        file = self._opened()
        for _ in range(_MOST_REPORTS):
            if not select.select([file], [], [], 0)[0]:
                break
            self._read(file)
        return self._read(file) if select.select([file], [], [], REPORT_S)[0] else None

    @staticmethod
    def _read(file: int) -> bytes:
        report = os.read(file, REPORT_BYTES)
        if not report:
            raise FileNotFoundError("its device file has ended")
        return report

    def _opened(self) -> int:
        if self._file is None:
            now_s = self._clock()
            if self._tried_s is not None and now_s - self._tried_s < REOPEN_S:
                raise FileNotFoundError(self._why)
            self._tried_s = now_s
            path = self._path or self._find()
            if not path:
                raise FileNotFoundError(self._why)
            self._file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            self._was_there = True
        return self._file

    def _let_go(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            os.close(file)
