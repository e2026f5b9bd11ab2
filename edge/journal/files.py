"""What the journal does to the file system besides SQL: one seam, so that a simulated disk can stand in for it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Protocol

from edge.core.errors import JournalHeld
from edge.journal.limits import MIB


class Lock(Protocol):
    def release(self) -> None: ...


class Files(Protocol):
    """Every act is durable when it returns, unless it says otherwise.  Errors are OSError."""

    def size(self, path: str) -> int | None:
        """Bytes of a file; None when there is none."""
        ...

    def take(self, path: str, what: str) -> Lock:
        """Own `what` through the lock file `path` until released or the process ends; JournalHeld names the owner."""
        ...

    def sync_directory_of(self, path: str) -> None:
        """The names in the directory that holds `path` survive a power cut from here on."""
        ...

    def renew(self, path: str) -> None:
        """Every byte that readers see in `path` is durable, even one whose fsync failed in an earlier process."""
        ...

    def room(self, path: str) -> tuple[int, int]:
        """(free, total) bytes of the file system that holds `path`, as this process may use them."""
        ...

    def fill(self, path: str, size: int) -> None:
        """A file of `size` bytes that really occupies its blocks; nothing is left behind when there is no room."""
        ...

    def remove(self, path: str) -> None:
        """Gone for whoever looks; its blocks are free.  (Not forced to survive a power cut.)"""
        ...

    def rename(self, old: str, new: str) -> None: ...


class _FlockedFile:
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def release(self) -> None:
        """The lock file stays: removing it would let two processes lock two files of one name."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


class RealFiles:
    """The machine's own file system."""

    def size(self, path: str) -> int | None:
        try:
            return Path(path).stat().st_size
        except FileNotFoundError:
            return None

    def take(self, path: str, what: str) -> Lock:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise JournalHeld(f"journal {what} is held by process {owner or 'unknown'}") from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
        return _FlockedFile(descriptor)

    def sync_directory_of(self, path: str) -> None:
        descriptor = os.open(Path(path).parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def renew(self, path: str) -> None:
        # After a failed fsync the kernel shows bytes that the disk does not have and holds them for clean: fsync alone
        # would succeed and save nothing.  Written again they are dirty again.
        with open(path, "r+b", buffering=0) as file:
            offset = 0
            while piece := os.pread(file.fileno(), MIB, offset):
                os.pwrite(file.fileno(), piece, offset)
                offset += len(piece)
            os.fsync(file.fileno())

    def room(self, path: str) -> tuple[int, int]:
        figures = os.statvfs(Path(path).parent)
        return figures.f_bavail * figures.f_frsize, figures.f_blocks * figures.f_frsize

    def fill(self, path: str, size: int) -> None:
        # Random bytes: a compressing or deduplicating flash layer would keep no blocks for zeros.
        try:
            with open(path, "wb") as file:
                file.writelines(os.urandom(min(MIB, size - start)) for start in range(0, size, MIB))
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            Path(path).unlink(missing_ok=True)
            raise

    def remove(self, path: str) -> None:
        Path(path).unlink(missing_ok=True)

    def rename(self, old: str, new: str) -> None:
        os.replace(old, new)
        self.sync_directory_of(new)
