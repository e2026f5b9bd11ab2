"""The hub's SQLite file: opened with full durability, one connection, one transaction at a time.

All functions of the hub run in one lane (a thread), so nothing here is locked.  WAL, synchronous=FULL: what was
committed survives a power cut, which is what a watermark promises.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import apsw

from edge.core.errors import BadInput, Broken, NotAllowed

__all__ = ["HubStore", "Record"]

HUB_FILE: Final = "hub.sqlite"
_LIFE: Final = "life"
_PRAGMAS: Final = (
    ("locking_mode", "exclusive"),
    ("journal_mode", "wal"),
    ("synchronous", 2),
    ("foreign_keys", 1),
    ("secure_delete", 1),  # erased particulars leave no bytes behind
)

Record = dict[str, Any]


class HubStore:
    """One open file.  Every pragma is read back; a second hub on the same file is refused."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = directory / HUB_FILE
        new = not self.path.exists()
        self.asked: set[int] = set()  # sites from which a question came since the file was opened
        self._connection = apsw.Connection(str(self.path))
        try:
            for name, wanted in _PRAGMAS:
                self._set(name, wanted)
            self._connection.execute((files("sync.hub") / "schema.sql").read_text())
            self.life = self._next_life()
        except apsw.BusyError:
            raise NotAllowed(f"{self.path}: in use by another hub") from None
        except apsw.Error as error:
            raise Broken(f"{self.path}: {error}") from None
        if new:
            _sync_directory(directory)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; durable when it ends without an error."""
        with self._connection:
            yield

    def run(self, sql: str, *values: Any) -> None:
        self._connection.execute(sql, values)

    def one(self, sql: str, *values: Any) -> Record | None:
        """The first row, as names to values."""
        return next(iter(self.all(sql, *values)), None)

    def all(self, sql: str, *values: Any) -> list[Record]:
        cursor = self._connection.execute(sql, values)
        names: list[str] = []
        records: list[Record] = []
        for row in cursor:
            names = names or [column[0] for column in cursor.get_description()]
            records.append(dict(zip(names, row, strict=True)))
        return records

    def setting(self, name: str) -> bytes | None:
        found = self.one("SELECT value FROM settings WHERE name = ?", name)
        return None if found is None else bytes(found["value"])

    def put_setting(self, name: str, value: bytes) -> None:
        self.run(
            "INSERT INTO settings VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value
        )

    def site(self, number: int) -> Record:
        """The record of a site; NotAllowed when there is none of that number."""
        found = self.one("SELECT * FROM sites WHERE site = ?", number)
        if found is None:
            raise NotAllowed(f"site {number}: not known here")
        return found

    def device_of(self, number: int) -> bytes:
        """The key that speaks for a site; NotAllowed when it is not enrolled."""
        device = self.site(number)["device"]
        if device is None:
            raise NotAllowed(f"site {number}: not enrolled")
        return bytes(device)

    def add_site(self, number: int, name: str, address: str, groups: str) -> None:
        if self.one("SELECT 1 AS n FROM sites WHERE site = ?", number):
            raise BadInput(f"site {number}: exists already")
        self.run("INSERT INTO sites (site, name, address, groups) VALUES (?, ?, ?, ?)", number, name, address, groups)

    def close(self) -> None:
        self._connection.close()

    def _next_life(self) -> int:
        """A number that no earlier opening of this file has; what came out of a backup bears a lower one."""
        with self.transaction():
            life = int(self.setting(_LIFE) or b"0") + 1
            self.put_setting(_LIFE, str(life).encode())
        return life

    def _set(self, name: str, wanted: str | int) -> None:
        self._connection.execute(f"PRAGMA {name} = {wanted}")
        found = self._connection.pragma(name)
        if found != wanted:
            raise Broken(f"{self.path}: {name} is {found}, must be {wanted}")


def _sync_directory(directory: Path) -> None:
    """Without this, a power cut may take the new file's name away again."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
