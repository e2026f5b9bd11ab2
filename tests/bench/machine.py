"""What the figures were taken on: processor, Python, file system, libraries, and how busy it was."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import apsw

LIBRARIES = ("apsw", "cryptography", "gpiozero", "numpy", "opencv-python-headless", "zxing-cpp", "zstandard")


def described(directory: Path) -> dict[str, Any]:
    """The machine, and the file system that `directory` lies on."""
    return {
        "processor": f"{len(os.sched_getaffinity(0))} x {_model() or platform.machine()}",
        "python": platform.python_version(),
        "sqlite": apsw.sqlite_lib_version(),
        "file_system": _file_system(directory.resolve()),
        "libraries": {name: version(name) for name in LIBRARIES},
        "load": load(),
    }


def load() -> list[float]:
    """Load averages of 1, 5 and 15 minutes: above one, others used the machine too."""
    return [round(value, 2) for value in os.getloadavg()]


def _model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() in ("model name", "Model"):
            return value.strip()
    return ""


def _file_system(directory: Path) -> str:
    """The type of the mount that holds `directory`: on a tmpfs an fsync costs nothing and says nothing."""
    best, kind = "", "unknown"
    for line in Path("/proc/mounts").read_text().splitlines():
        _, where, its_kind = line.split()[:3]
        if directory.is_relative_to(where) and len(where) >= len(best):
            best, kind = where, its_kind
    return kind
