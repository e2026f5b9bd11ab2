# ruff: noqa: N802 - SQLite names the methods of a VFS
"""A simulated card: a disk for SQLite (as an apsw VFS) and for the journal's `Files`, whose power can be cut.

What is written is volatile until its file is fsynced.  At a cut each volatile 512-byte sector is kept or lost by
itself, so writes tear and come in any order; a file that was truncated may be long again.  Names are volatile until
their directory is fsynced: a new file may be gone, a removed one may be back.  An fsync may fail (then what it should
have saved is lost although readers still see it, as Linux does it), or stall for seconds; the card may be full, copied,
and put back.  Counted: operations, fsyncs, writes, bytes.

Every power-on is a new generation with a VFS name of its own.  Handles of an earlier generation are dead for ever, so
a connection that somebody forgot cannot touch the next life's files.
"""

from __future__ import annotations

import errno
import itertools
import random
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

import apsw

from edge.core.errors import JournalHeld

SECTOR: Final = 512
AMPLE: Final = 1 << 40  # bytes of a card that does not get full

_names: Final = itertools.count(1)

CardImage = dict[str, bytes]


class PowerCut(BaseException):
    """The power is gone.  Not an Exception: no program catches that."""


def _quiet(report: Callable[[sys.UnraisableHookArgs], object]) -> Callable[[sys.UnraisableHookArgs], object]:
    """SQLite tidies up after an error with further calls; each meets the dead disk, and apsw can raise only one."""

    def hook(unraisable: sys.UnraisableHookArgs) -> object:
        return None if isinstance(unraisable.exc_value, PowerCut) else report(unraisable)

    return hook


sys.unraisablehook = _quiet(sys.unraisablehook)


class _Inode:
    """A file without its name: what a reader sees, what is safe, and the changes between them."""

    def __init__(self, content: bytes = b"") -> None:
        self.seen = bytearray(content)
        self.safe = bytearray(content)
        self.pending: list[tuple[int, bytes | None]] = []  # (offset, bytes) written or (size, None) truncated

    def change(self, offset: int, data: bytes | None) -> None:
        _apply(self.seen, offset, data)
        self.pending.append((offset, data))

    def settle(self) -> None:
        """All pending changes are safe."""
        for offset, data in self.pending:
            _apply(self.safe, offset, data)
        self.pending.clear()

    def survive(self, chance: random.Random, keep: float) -> None:
        """Each sector of each pending change is safe or lost; readers still see everything."""
        for offset, data in self.pending:
            for start, piece in _sectors(offset, data):
                if chance.random() < keep:
                    _apply(self.safe, start, piece)
        self.pending.clear()


class SimDisk:
    """One card in one machine.  Open files on it through `vfs` and `files` of the present generation."""

    def __init__(
        self, seed: int, *, capacity: int = 1 << 40, keep: float = 0.5, image: CardImage | None = None
    ) -> None:
        """`capacity` in bytes; `keep` is the chance of each volatile sector and name to survive a cut."""
        self.chance = random.Random(seed)
        self.keep = keep
        self.capacity = capacity
        self.when_cut: Callable[[], None] = lambda: None
        self.sync_takes_s = 0.0  # of each fsync, as long as the card is slow
        self.dead = False
        self.generation = 0
        self.operations = self.syncs = self.directory_syncs = self.writes = self.bytes_written = 0
        self._seen: dict[str, _Inode] = {}
        self._safe: dict[str, _Inode] = {}
        self._locks: set[str] = set()
        self._past: list[_Vfs] = []  # SQLite keeps pointers into them as long as a connection lives
        self._owed_s = 0.0
        self._cut_at_operation = self._cut_after_sync = self._fail_at_sync = 0
        self._stalls: dict[int, float] = {}
        self._vfs: _Vfs
        self.insert_card(image or {})

    # -- a life on the disk

    @property
    def vfs(self) -> str:
        """The VFS to open the journal with, in this generation."""
        return self._vfs.label

    @property
    def files(self) -> SimFiles:
        """The `Files` to open the journal with, in this generation."""
        return SimFiles(self, self.generation)

    def cut_power(self) -> None:
        """From this moment nothing on this disk works."""
        if not self.dead:
            self.dead = True
            self.when_cut()

    def power_on(self) -> None:
        """What survived is there; a new generation begins."""
        for inode in {id(i): i for i in (*self._safe.values(), *self._seen.values())}.values():
            inode.survive(self.chance, self.keep)
        names = {name: self._surviving_inode(name) for name in sorted({*self._safe, *self._seen})}
        self.insert_card({name: bytes(inode.safe) for name, inode in names.items() if inode is not None})

    def kill_process(self) -> None:
        """The program is gone, the machine is not: files and caches stay, its handles and locks are dead."""
        self._begin_generation()

    # -- what may go wrong

    def cut_at_operation(self, number: int) -> None:
        """Cut at the `number`-th operation from now (1: the next); of a write it may leave some sectors."""
        self._cut_at_operation = self.operations + number

    def cut_after_sync(self, number: int) -> None:
        """Cut right after the `number`-th fsync from now: durable, but the caller never hears of it."""
        self._cut_after_sync = self.syncs + number

    def fail_sync(self, number: int) -> None:
        """The `number`-th fsync from now fails."""
        self._fail_at_sync = self.syncs + number

    def stall_sync(self, number: int, seconds: float) -> None:
        """The `number`-th fsync from now takes `seconds`."""
        self._stalls[self.syncs + number] = seconds

    @property
    def will_stall(self) -> bool:
        """Whether a stall waits for its fsync, however long nobody writes."""
        return bool(self._stalls)

    def take_stall_s(self) -> float:
        """What the disk owes in time, once; a `SimLoop` asks after each job."""
        owed, self._owed_s = self._owed_s, 0.0
        return owed

    # -- the card in somebody's hand

    def copy_card(self) -> CardImage:
        """The card as another machine would read it now."""
        return {name: bytes(inode.safe) for name, inode in self._safe.items()}

    def durable(self) -> Mapping[str, bytearray]:
        """The card as another machine would read it now, without a copy: to be read at once, and never kept."""
        return {name: inode.safe for name, inode in self._safe.items()}

    def insert_card(self, image: CardImage) -> None:
        """Another card, or an earlier copy of this one, at power-on."""
        self._seen = {name: _Inode(content) for name, content in image.items()}
        self._safe = dict(self._seen)
        self._begin_generation()

    def flip_bit(self, path: str, offset: int, bit: int = 0) -> None:
        """The flash forgets."""
        inode = self._seen[path]
        for content in (inode.seen, inode.safe):
            content[offset] ^= 1 << bit

    def raw(self, path: str) -> bytes:
        """The bytes of a file as they are seen."""
        return bytes(self._seen[path].seen)

    @property
    def used(self) -> int:
        return sum(len(inode.seen) for inode in self._seen.values())

    # -- acts on files, for the VFS and for SimFiles

    def inode(self, name: str) -> _Inode | None:
        return self._seen.get(name)

    def create(self, name: str) -> _Inode:
        self._operate()
        return self._seen.setdefault(name, _Inode())

    def unlink(self, name: str) -> None:
        self._operate()
        self._seen.pop(name, None)

    def write(self, inode: _Inode, offset: int, data: bytes) -> None:
        growth = offset + len(data) - len(inode.seen)
        if growth > 0 and self.used + growth > self.capacity:
            raise apsw.FullError("no space left on device")
        self.writes += 1
        self.bytes_written += len(data)
        inode.change(offset, data)
        self._operate()

    def truncate(self, inode: _Inode, size: int) -> None:
        inode.change(size, None)
        self._operate()

    def sync(self, inode: _Inode) -> None:
        self._operate()
        self.syncs += 1
        self._owed_s += self.sync_takes_s + self._stalls.pop(self.syncs, 0.0)
        if self.syncs == self._fail_at_sync:
            inode.survive(self.chance, self.keep)  # the pages are marked clean, and gone with the power
            raise apsw.IOError("fsync: Input/output error")
        inode.settle()
        if self.syncs == self._cut_after_sync:
            self._cut()

    def sync_directory(self) -> None:
        self._operate()
        self.directory_syncs += 1
        self._safe = dict(self._seen)

    def rename(self, old: str, new: str) -> None:
        self._operate()
        self._seen[new] = self._seen.pop(old)

    def lock(self, path: str) -> bool:
        if path in self._locks:
            return False
        self._locks.add(path)
        return True

    def unlock(self, path: str) -> None:
        self._locks.discard(path)

    # -- details

    def _operate(self) -> None:
        if self.dead:
            raise PowerCut
        self.operations += 1
        if self.operations == self._cut_at_operation:
            self._cut()

    def _cut(self) -> None:
        self.cut_power()
        raise PowerCut

    def _surviving_inode(self, name: str) -> _Inode | None:
        safe, seen = self._safe.get(name), self._seen.get(name)
        return safe if self.chance.random() >= self.keep else seen

    def _begin_generation(self) -> None:
        if self.generation:
            self._vfs.unregister()
            self._past.append(self._vfs)
        self.generation += 1
        self.dead = False
        self._owed_s = 0.0
        self._cut_at_operation = self._cut_after_sync = self._fail_at_sync = 0
        self._stalls.clear()
        self._locks.clear()
        self._vfs = _Vfs(self, self.generation)


class SimFiles:
    """The journal's `Files` on a simulated disk."""

    def __init__(self, disk: SimDisk, generation: int) -> None:
        self._disk = disk
        self._generation = generation

    def size(self, path: str) -> int | None:
        inode = self._live().inode(path)
        return None if inode is None else len(inode.seen)

    def take(self, path: str, what: str) -> _SimLock:
        if not self._live().lock(path):
            raise JournalHeld(f"journal {what} is held by process {self._generation}")
        return _SimLock(self._disk, self._generation, path)

    def sync_directory_of(self, path: str) -> None:
        self._live().sync_directory()

    def renew(self, path: str) -> None:
        disk = self._live()
        inode = disk.inode(path)
        if inode is not None:
            disk.write(inode, 0, bytes(inode.seen))
            disk.sync(inode)

    def room(self, path: str) -> tuple[int, int]:
        disk = self._live()
        return max(disk.capacity - disk.used, 0), disk.capacity

    def fill(self, path: str, size: int) -> None:
        disk = self._live()
        inode = disk.create(path)
        try:
            disk.write(inode, 0, bytes(size))
        except apsw.FullError as error:
            disk.unlink(path)
            raise OSError(errno.ENOSPC, "no space left on device", path) from error
        disk.sync(inode)

    def remove(self, path: str) -> None:
        self._live().unlink(path)

    def rename(self, old: str, new: str) -> None:
        self._live().rename(old, new)
        self._disk.sync_directory()

    def _live(self) -> SimDisk:
        if self._disk.dead or self._disk.generation != self._generation:
            raise PowerCut
        return self._disk


class _SimLock:
    def __init__(self, disk: SimDisk, generation: int, path: str) -> None:
        self._disk, self._generation, self._path = disk, generation, path

    def release(self) -> None:
        if self._disk.generation == self._generation:
            self._disk.unlock(self._path)


class _Vfs(apsw.VFS):
    """What SQLite sees of the disk.  Without shared memory, so WAL needs exclusive locking."""

    def __init__(self, disk: SimDisk, generation: int) -> None:
        self.label = f"card-{next(_names)}"
        self._disk = disk
        self._generation = generation
        super().__init__(self.label, "", iVersion=1)

    def live(self) -> SimDisk:
        if self._disk.dead or self._disk.generation != self._generation:
            raise PowerCut
        return self._disk

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        disk = self.live()
        flags[1] = flags[0]
        if name is None:
            return cast("apsw.VFSFile", _Handle(self, _Inode(), temporary=True))
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        inode = disk.inode(path)
        if inode is None and not flags[0] & apsw.SQLITE_OPEN_CREATE:
            raise apsw.CantOpenError(f"no file {path}")
        return cast("apsw.VFSFile", _Handle(self, inode or disk.create(path), temporary=False))

    def xDelete(self, filename: str, syncdir: bool) -> None:
        self.live().unlink(filename)
        if syncdir:
            self.live().sync_directory()

    def xAccess(self, pathname: str, flags: int) -> bool:
        return self.live().inode(pathname) is not None

    def xFullPathname(self, name: str) -> str:
        return name

    def xRandomness(self, numbytes: int) -> bytes:
        return self._disk.chance.randbytes(numbytes)

    def xSleep(self, microseconds: int) -> int:
        return microseconds

    def xCurrentTime(self) -> float:
        return 2440587.5  # nothing in the journal may depend on SQLite's clock


class _Handle:
    """One open file.  Closing and unlocking never fail, so that a dead connection can be let go of quietly."""

    def __init__(self, vfs: _Vfs, inode: _Inode, *, temporary: bool) -> None:
        self._vfs = vfs
        self._inode = inode
        self._temporary = temporary

    def xRead(self, amount: int, offset: int) -> bytes:
        self._vfs.live()
        return bytes(self._inode.seen[offset : offset + amount])

    def xWrite(self, data: Any, offset: int) -> None:
        disk = self._vfs.live()
        if self._temporary:
            self._inode.change(offset, bytes(data))
        else:
            disk.write(self._inode, offset, bytes(data))

    def xTruncate(self, newsize: int) -> None:
        disk = self._vfs.live()
        if self._temporary:
            self._inode.change(newsize, None)
        else:
            disk.truncate(self._inode, newsize)

    def xSync(self, flags: int) -> None:
        disk = self._vfs.live()
        if not self._temporary:
            disk.sync(self._inode)

    def xFileSize(self) -> int:
        self._vfs.live()
        return len(self._inode.seen)

    def xLock(self, level: int) -> None: ...

    def xUnlock(self, level: int) -> None: ...

    def xCheckReservedLock(self) -> bool:
        return False

    def xFileControl(self, op: int, ptr: int) -> bool:
        return False

    def xSectorSize(self) -> int:
        return SECTOR

    def xDeviceCharacteristics(self) -> int:
        return apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE  # as SQLite assumes of every disk unless told otherwise

    def xClose(self) -> None: ...


def _apply(content: bytearray, offset: int, data: bytes | None) -> None:
    """Write `data` at `offset`, or (None) make the file `offset` bytes long."""
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    if data is None:
        del content[offset:]
    else:
        content[offset : offset + len(data)] = data


def _sectors(offset: int, data: bytes | None) -> list[tuple[int, bytes | None]]:
    """A change in pieces that the card keeps or loses each by itself."""
    if data is None:
        return [(offset, None)]
    pieces: list[tuple[int, bytes | None]] = []
    start = 0
    while start < len(data):
        length = min(SECTOR - (offset + start) % SECTOR, len(data) - start)
        pieces.append((offset + start, data[start : start + length]))
        start += length
    return pieces
