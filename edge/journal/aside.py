"""Setting a journal aside that start-up cannot trust, so that the site can begin a new one and nothing is destroyed.

What follows is the way of a new card: every compartment starts in review, and the signed standing list adopts what
matches.  The file that was set aside can still be shown, verified and exported.
"""

from __future__ import annotations

from typing import Final

from edge.core.errors import NotAllowed
from edge.journal.files import Files, RealFiles
from edge.journal.store import take

MAX_ASIDE: Final = 3  # a fourth needs a person: a card that breaks its journals should be replaced


def set_aside(path: str, files: Files | None = None) -> str:
    """Give journal and WAL at `path` another name; return it.  JournalHeld while a process owns the journal."""
    files = files or RealFiles()
    if files.size(path) is None:
        raise NotAllowed(f"journal {path}: there is none")
    lock = take(files, path)
    try:
        aside = _free_name(path, files)
        # The database first: a WAL without one is dropped, a database without its WAL would have lost rows unnoticed.
        for suffix in ("", "-wal"):
            if files.size(path + suffix) is not None:
                files.rename(path + suffix, aside + suffix)
    finally:
        lock.release()
    return aside


def _free_name(path: str, files: Files) -> str:
    for number in range(1, MAX_ASIDE + 1):
        name = f"{path}.aside.{number}"
        if files.size(name) is None:
            return name
    raise NotAllowed(f"journal {path}: {MAX_ASIDE} journals are set aside already; look at them and remove one")
