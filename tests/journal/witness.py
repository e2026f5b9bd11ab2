"""A program that lives on a journal, and remembers outside of the machine what it was told is durable."""

from __future__ import annotations

import random

from edge.core.rows import Watermark
from edge.journal import Journal
from tests.journal.card import STAMP, all_rows, deposit, event, fold_payloads, payloads, refold


class Witness:
    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.acknowledged: list[bytes] = []
        self.under_way: list[bytes] = []
        self.boots = 0
        self.unheard = 0  # groups that were durable although the program never heard of it

    def live(self, journal: Journal) -> None:
        """Append, snapshot, save watermarks, compact and checkpoint until something stops it."""
        assert journal.begin_boot() > self.boots
        self.boots = journal.boot
        while True:
            self.append(journal)
            act = self.chance.randrange(8)
            if act == 0:
                place = journal.place(self.chance.randint(journal.oldest_seq(), journal.head.seq))
                assert place is not None
                journal.save_watermark(Watermark(journal.epoch, place.seq, place.hash))
            elif act == 1:
                journal.compact(keep_rows=10)
            elif act == 2:
                journal.checkpoint()

    def append(self, journal: Journal) -> None:
        first = len(self.acknowledged)
        entries = [event(first + place, self.chance.choice((20, 900))) for place in range(self.chance.randint(1, 4))]
        if self.chance.random() < 0.3:
            entries.append(deposit(f"parcel {first}", self.chance.randbytes(3000)))
        self.under_way = [entry.payload for entry in entries]
        due = self.chance.random() < 0.2
        state = fold_payloads(None, self.acknowledged + self.under_way) if due else None
        journal.append(entries, STAMP, snapshot=state)
        self.acknowledged += self.under_way
        self.under_way = []

    def look(self, journal: Journal) -> None:
        """What is there is what was acknowledged, and perhaps the whole group that was under way."""
        whole = self.acknowledged + self.under_way
        assert journal.head.seq in (len(self.acknowledged), len(whole))
        if journal.head.seq > len(self.acknowledged):
            self.unheard += 1
            self.acknowledged = whole
        self.under_way = []
        oldest = journal.oldest_seq()
        assert payloads(journal, oldest - 1) == self.acknowledged[oldest - 1 :]
        assert journal.boot >= self.boots
        self.look_at_state(journal)

    def look_at_state(self, journal: Journal) -> None:
        """The newest snapshot and the rows above it are the same state as all rows."""
        snapshot = journal.newest_snapshot()
        start, state = (snapshot.seq, snapshot.body) if snapshot else (0, None)
        assert refold(state, all_rows(journal, start)) == fold_payloads(None, self.acknowledged)
        report = journal.verify(refold)
        assert report.whole, report.sentence
