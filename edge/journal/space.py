"""How much room is left, in named marks, and the ballast that keeps pickups alive when there is none."""

from __future__ import annotations

from enum import StrEnum

import apsw
import msgspec

from edge.journal.files import Files
from edge.journal.limits import PAGE_BYTES, JournalLimits


class Mark(StrEnum):
    """Worst last.  What is still done at each is decided by the runtime; this is what it may rely on."""

    OK = "ok"
    LOW = "low"  # less than a fifth left: health and refusals are only counted
    RESERVE = "reserve"  # deposits and drop-offs are refused; the ballast is untouched
    BALLAST = "ballast"  # the ballast, or the extra above the soft cap, is serving: pickups only
    ZERO = "zero"  # nothing left: out of order, with a telephone number


_ORDER = list(Mark)


class Space(msgspec.Struct, frozen=True):
    """`free_bytes` and `total_bytes` are the partition's, `cap_bytes` what is left below the soft cap."""

    mark: Mark
    free_bytes: int
    total_bytes: int
    cap_bytes: int
    ballast: bool  # lies on the disk


def measure(connection: apsw.Connection, path: str, files: Files, limits: JournalLimits) -> Space:
    free, total = files.room(path)
    pages = connection.execute("PRAGMA page_count").get
    unused = connection.execute("PRAGMA freelist_count").get
    used = (pages - unused) * PAGE_BYTES
    ballast = bool(files.size(ballast_path(path)))
    worst = max(_of_partition(free, total, ballast, limits), _of_cap(used, limits), key=_ORDER.index)
    return Space(worst, free, total, max(limits.soft_cap - used, 0), ballast)


def for_custody_only(path: str, files: Files, limits: JournalLimits) -> bool:
    """Whether what room there is came from the ballast: it serves pickups, and nothing else may eat it up."""
    return files.size(ballast_path(path)) is None and files.room(path)[0] < limits.reserve


def ballast_path(path: str) -> str:
    return f"{path}.ballast"


def _of_partition(free: int, total: int, ballast: bool, limits: JournalLimits) -> Mark:
    if not ballast and free < limits.out_of_order:
        return Mark.ZERO
    if not ballast and free < limits.reserve:
        return Mark.BALLAST
    if free < limits.reserve:
        return Mark.RESERVE
    return Mark.LOW if free * 100 < total * limits.low_percent else Mark.OK


def _of_cap(used: int, limits: JournalLimits) -> Mark:
    left = limits.soft_cap - used
    if left + limits.custody_extra < limits.out_of_order:
        return Mark.ZERO
    if left < limits.out_of_order:
        return Mark.BALLAST
    if left < min(limits.reserve, limits.soft_cap // 10):
        return Mark.RESERVE
    return Mark.LOW if left * 100 < limits.soft_cap * limits.low_percent else Mark.OK


def fill_ballast(path: str, files: Files, limits: JournalLimits) -> bool:
    """Lay the ballast down when there is room above the reserve; True when it lies there whole."""
    ballast = ballast_path(path)
    size = files.size(ballast)
    if size == limits.ballast:
        return True
    if size is not None:  # cut off while it was filled
        files.remove(ballast)
    if files.room(path)[0] < limits.reserve + limits.ballast:
        return False
    try:
        files.fill(ballast, limits.ballast)
    except OSError:  # somebody else took the room meanwhile; the mark shows that there is no ballast
        return False
    return True


def release_ballast(path: str, files: Files) -> bool:
    """Give the ballast's blocks to the journal; False when there was none."""
    if files.size(ballast_path(path)) is None:
        return False
    files.remove(ballast_path(path))
    return True
