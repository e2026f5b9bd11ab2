"""The product's journal, with somebody beside it who sees what is about to be written, and may aim at it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from edge.core.rows import Entry, Row, Watermark
from edge.journal import Journal


class Written(Struct, frozen=True):
    """A call that will write.  `kinds`: the events in it."""

    act: str
    kinds: tuple[str, ...] = ()


def _nobody(_written: Written) -> None:
    """Nobody watches."""


class WatchedJournal(Journal):
    """Nothing is changed here: `tell` is called first, then the journal does what it does."""

    tell: Callable[[Written], None] = staticmethod(_nobody)

    def append(self, entries: Sequence[Entry], *rest: Any, **named: Any) -> list[Row]:
        self.tell(Written("append", tuple(entry.kind for entry in entries)))
        if named.get("snapshot") is not None:
            self.tell(Written("snapshot"))
        return super().append(entries, *rest, **named)

    def begin_epoch(self, *given: Any, **named: Any) -> Any:
        self.tell(Written("begin_epoch", tuple(entry.kind for entry in named.get("entries", ()))))
        return super().begin_epoch(*given, **named)

    def save_watermark(self, watermark: Watermark) -> None:
        self.tell(Written("save_watermark"))
        super().save_watermark(watermark)

    def compact(self, **named: Any) -> int:
        self.tell(Written("compact"))
        return super().compact(**named)

    def checkpoint(self) -> bool:
        self.tell(Written("checkpoint"))
        return super().checkpoint()
