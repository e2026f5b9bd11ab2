"""Whether the device behind a camera's name is still the one that was opened.

After a USB camera is pulled out OpenCV may say that it is open, and give old frames or block for ten seconds.  Plugged
in again it may be another /dev/videoN under the same name in /dev/v4l/by-id.  What stands behind the name tells.
"""

from __future__ import annotations

import os

__all__ = ["Presence", "device_path"]


def device_path(name: str) -> str | None:
    """The path of a source that is a device; None for any other."""
    if name.startswith("v4l2:"):
        return f"/dev/video{name.removeprefix('v4l2:')}"
    return name if name.startswith("/dev/") else None


class Presence:
    """As it was when this was made, which is right after opening."""

    def __init__(self, name: str) -> None:
        self._path = device_path(name)
        self._was = self._node()

    def lost(self) -> str | None:
        """Why the open device is not the one that has the name; None while it is, and for what is no device."""
        now = self._node()
        if now == self._was:
            return None
        return "it was unplugged" if now is None else "it was plugged in anew"

    def _node(self) -> tuple[int, int, int] | None:
        """A node that was made anew has another number, also where the device has the old one."""
        if self._path is None:
            return None
        try:
            found = os.stat(self._path)
        except OSError:
            return None
        return found.st_dev, found.st_ino, found.st_rdev
