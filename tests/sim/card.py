"""What is durable on a simulated card at this very moment, as another machine would read it."""

from __future__ import annotations

import random
from typing import Final

from edge.core.rows import Row
from edge.core.state import FOLD_VERSION
from edge.journal import Journal, JournalLimits
from tests.credentials.known_keys import SITE
from tests.sim.disk import CardImage, SimDisk

PATH: Final = "/card/journal.db"


def rows_above(
    image: CardImage, seq: int, machine_id: str = "machine-a", limits: JournalLimits | None = None
) -> list[Row]:
    """Every durable row above `seq`, in order.  Works on a copy: the card is not touched."""
    probe = SimDisk(0, image=image)
    journal = Journal.open(
        PATH,
        site=SITE,
        fold_version=FOLD_VERSION,
        machine_id=machine_id,
        random_bytes=random.Random(0).randbytes,
        limits=limits,
        vfs=probe.vfs,
        files=probe.files,
    )
    rows: list[Row] = []
    after = max(seq, journal.oldest_seq() - 1)
    while more := journal.rows(rows[-1].seq if rows else after):
        rows += [row for row, _ in more]
    journal.close()
    return rows
