"""How many fsyncs stand between a scan and its pulse: counted below SQLite and at the journal's other files."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from pathlib import Path
from typing import Final

import apsw

from edge.journal.files import RealFiles
from tests.bench.figures import Effort, Figure, Table
from tests.bench.wall import DOORS, running_wall, scan

_names: Final = itertools.count(1)


class Syncs:
    """What was fsynced so far, by the end of the file's name (`db`, `db-wal`, or what else)."""

    def __init__(self) -> None:
        self.count: Counter[str] = Counter()

    def add(self, path: str) -> None:
        self.count[Path(path).suffix.removeprefix(".") or path] += 1

    def since(self, before: Counter[str]) -> Counter[str]:
        return self.count - before


class CountingVfs(apsw.VFS):
    """The machine's own file layer, counting."""

    def __init__(self, syncs: Syncs) -> None:
        self.label = f"counting-{next(_names)}"
        self._syncs = syncs
        super().__init__(self.label, "", iVersion=1)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        return CountingFile(name, flags, self._syncs)


class CountingFile(apsw.VFSFile):
    def __init__(self, name: str | apsw.URIFilename | None, flags: list[int], syncs: Syncs) -> None:
        super().__init__("", name, flags)
        self._path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        self._syncs = syncs

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._syncs.add(self._path)
        super().xSync(flags)


class CountingFiles(RealFiles):
    def __init__(self, syncs: Syncs) -> None:
        self._syncs = syncs

    def sync_directory_of(self, path: str) -> None:
        self._syncs.add("directory")
        super().sync_directory_of(path)

    def renew(self, path: str) -> None:
        self._syncs.add(path)
        super().renew(path)

    def fill(self, path: str, size: int) -> None:
        self._syncs.add(path)
        super().fill(path, size)


def fsyncs_before_the_pulse(effort: Effort) -> list[Table]:
    return asyncio.run(_count(effort))


async def _count(effort: Effort) -> list[Table]:
    syncs = Syncs()
    vfs = CountingVfs(syncs)
    found: list[Counter[str]] = []
    async with running_wall(effort.fresh("counting"), vfs=vfs.label, files=CountingFiles(syncs)) as wall:
        before = Counter[str]()
        wall.at_pin = lambda: found.append(syncs.since(before))
        for index in range(effort.openings):
            door = DOORS[index % len(DOORS)]
            before = Counter(syncs.count)
            await wall.until_pin_us(scan(door))
            await wall.leave(door)
    vfs.unregister()
    return [_judged(found)]


def _judged(found: list[Counter[str]]) -> Table:
    """Raises AssertionError unless every opening without a checkpoint had exactly one."""
    plain = [sum(syncs.values()) for syncs in found if not syncs["db"]]
    checkpoints = len(found) - len(plain)
    wrong = [count for count in plain if count != 1]
    if wrong or not plain:
        raise AssertionError(f"fsyncs before the pulse, checkpoints apart: {Counter(plain)}; it must be 1 each time")
    note = f"{checkpoints} openings met a checkpoint"
    return Table("counted", (Figure("fsyncs before the pulse", 1, "", len(plain), float(max(plain)), note),))
