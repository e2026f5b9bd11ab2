"""What goes into a bundle, from a locker that runs or from what it left behind.  Nothing of it opens a door (I11)."""

from __future__ import annotations

import asyncio
import platform
import re
from collections.abc import AsyncIterator, Iterator
from importlib.metadata import version
from typing import Any, Final

import apsw
import msgspec

from edge.app.configuration import Configuration
from edge.app.incident.form import FORM, MAX_ROWS, HeadLine, Line, note_line, row_line, segment_line, snapshot_line
from edge.core.ring import Ring
from edge.core.rows import Row
from edge.core.site import Site
from edge.core.state import FOLD_VERSION
from edge.journal import reading
from edge.journal.schema import SCHEMA
from edge.runtime import Runtime

__all__ = ["head_of", "lines_at_rest", "lines_of", "ring_lines", "site_without_keys"]

STEP: Final = 50  # lines between two looks at what else the loop has to do
STEP_ROWS: Final = 200
HIDDEN: Final = "(not told)"
SECRET_NAMES: Final = re.compile(r"password|passphrase|secret|token|credential", re.IGNORECASE)
WHO_IN_URL: Final = re.compile(r"(?<=://)[^/@\s]+@")  # user and password before a host
OF_LIBRARIES: Final = ("apsw", "cbor2", "cryptography", "msgspec", "opencv-python-headless", "zxing-cpp")


def head_of(told: Configuration, site: Site, *, health: dict[str, Any] | None, ring: str) -> HeadLine:
    """The first line, without what only the journal knows."""
    return HeadLine(
        form=FORM,
        site=site_without_keys(site),
        fold_version=FOLD_VERSION,
        versions=versions(),
        configuration=_shown("", msgspec.to_builtins(told)),
        health=health,
        ring=ring,
        schema=SCHEMA,
    )


def site_without_keys(site: Site) -> Site:
    return msgspec.structs.replace(site, root_public=b"", pin_key=b"")


def versions() -> dict[str, str]:
    own = {
        "locker-edge": version("locker-edge"),
        "python": platform.python_version(),
        "sqlite": apsw.sqlite_lib_version(),
    }
    machine = {"system": f"{platform.system()} {platform.release()}", "machine": platform.machine()}
    return own | machine | {name: version(name) for name in OF_LIBRARIES}


async def lines_of(runtime: Runtime, head: HeadLine, left_behind: list[bytes]) -> AsyncIterator[Line | msgspec.Raw]:
    """Everything of a running locker, in bounded steps.  left_behind: lines of a ring that an earlier life left."""
    journal, until = runtime.journal, runtime.journal.head.seq
    ring = list(ring_lines(runtime.ring, runtime.site))
    first = max(await runtime.in_lane(journal.oldest_seq), until - MAX_ROWS + 1)
    before = await runtime.in_lane(journal.before, first)
    yield msgspec.structs.replace(
        head,
        epochs=tuple(await runtime.in_lane(journal.epochs)),
        before=before if before is not None else head.before,
        watermark=await runtime.in_lane(lambda: journal.watermark),
    )
    for line in left_behind:
        yield msgspec.Raw(line)
    for place, note in enumerate(ring):
        if place % STEP == 0:
            await asyncio.sleep(0)
        yield note
    for snapshot in await runtime.in_lane(journal.snapshots):
        yield snapshot_line(snapshot)
    after = first - 1
    while after < until:
        step: list[tuple[Row, Any]] = await runtime.in_lane(journal.rows, after, STEP_ROWS)
        if not step:
            return
        for row, _ in step:
            if row.seq <= until:
                yield row_line(row)
        after = step[-1][0].seq


def lines_at_rest(
    connection: apsw.Connection, head: HeadLine, left_behind: list[bytes]
) -> Iterator[Line | msgspec.Raw]:
    """Everything of a journal that no process owns."""
    until = reading.last_seq(connection)
    first = max(reading.base(connection).seq + 1, until - MAX_ROWS + 1)
    before = reading.before(connection, first)
    yield msgspec.structs.replace(
        head,
        epochs=tuple(reading.epochs(connection)),
        before=before if before is not None else head.before,
        watermark=reading.watermark(connection),
    )
    for line in left_behind:
        yield msgspec.Raw(line)
    for snapshot in reversed(reading.good_snapshots(connection)):
        yield snapshot_line(snapshot)
    for row in reading.every_row(connection, first - 1, until):
        yield row_line(row)


def ring_lines(ring: Ring, site: Site) -> Iterator[Line]:
    for segment in ring.segments:
        yield segment_line(segment, site_without_keys(site), version("locker-edge"))
        yield from map(note_line, segment.notes)


def _shown(name: str, value: Any) -> Any:
    """A configuration as others may read it."""
    if SECRET_NAMES.search(name):
        return HIDDEN
    if isinstance(value, dict):
        return {key: _shown(str(key), one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_shown("", one) for one in value]
    return WHO_IN_URL.sub("", value) if isinstance(value, str) else value
