"""A pseudo-terminal with a steady name: what a serial adapter is to whoever opens it."""

from __future__ import annotations

import asyncio
import os
import pty
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Final

from edge.core.errors import BadInput, machine_says

__all__ = ["Port"]

AT_ONCE_BYTES: Final = 4096


class Port:
    """Raw bytes both ways; `link` is a symbolic link to the terminal.

    The terminal is kept open here, so that it outlives whoever opens and closes it.  What does not fit into the
    kernel's buffer, because nobody reads, is lost and counted in `lost_bytes`, as on a wire.
    """

    def __init__(self, link: Path) -> None:
        self.link, self.lost_bytes = link, 0
        self._ends: tuple[int, int] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._hear: Callable[[bytes], None] = lambda _: None

    @property
    def device(self) -> str:
        """The terminal's own name; empty while it is unplugged."""
        return os.ttyname(self._ends[1]) if self._ends else ""

    def open(self, hear: Callable[[bytes], None]) -> None:
        """Be there, within a running loop.  BadInput when something else has the link's name."""
        self._loop, self._hear = asyncio.get_running_loop(), hear
        self.plug()

    def plug(self) -> None:
        """Be there (again): another terminal under the same name."""
        if self._ends is not None:
            return
        assert self._loop is not None, "open() comes first"
        ours, theirs = pty.openpty()
        self._ends = (ours, theirs)
        try:
            tty.setraw(theirs)
            os.set_blocking(ours, False)
            self._name(os.ttyname(theirs))
        except BaseException:
            self.unplug()
            raise
        self._loop.add_reader(ours, self._read)

    def unplug(self) -> None:
        """Be gone, as a pulled adapter: reading and writing fail at the other end."""
        if self._ends is None:
            return
        device, (ours, theirs) = self.device, self._ends
        self._ends = None
        if self._loop is not None:
            self._loop.remove_reader(ours)
        if self.link.is_symlink() and os.readlink(self.link) == device:
            self.link.unlink()
        os.close(theirs)
        os.close(ours)

    close = unplug

    def send(self, data: bytes) -> None:
        if self._ends is None:
            return
        try:
            written = os.write(self._ends[0], data)
        except BlockingIOError:
            written = 0
        self.lost_bytes += len(data) - written

    def _read(self) -> None:
        assert self._ends is not None
        self._hear(os.read(self._ends[0], AT_ONCE_BYTES))

    def _name(self, device: str) -> None:
        if self.link.exists() and not self.link.is_symlink():
            raise BadInput(f"bench: {self.link} exists and is no link of ours")
        fresh = self.link.with_name(f".{self.link.name}.{os.getpid()}")
        try:
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(device)
            fresh.replace(self.link)
        except OSError as why:
            raise BadInput(f"bench: cannot make the link {self.link}: {machine_says(why)}") from why
