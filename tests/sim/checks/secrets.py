"""I11: secrets and persons: planted PINs, codes, labels and names are searched for wherever the site leaves bytes."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, ClassVar, Final

from tests.sim.checks.family import Family

if TYPE_CHECKING:
    from tests.sim.card import Row
    from tests.sim.checks.seen import Seen

SEARCH_EVERY_S: Final = 1200.0
SWEPT_WITHIN_MS: Final = 300_000  # of running time: a minute's round, an idle moment, and a card that is slow
GATHERED_WITHIN_MS: Final = 3_600_000  # of running time: erasures wait for each other, an hour at most
ASIDE: Final = ".aside."
NOBODY: Final = ("attract", "restoring", "out_of_order")
SETTLES_S: Final = 300.0


class Secrets(Family):
    CHECKS: ClassVar[dict[str, str]] = {
        "i11_no_secret_in_an_event": "No PIN, code, name, tracking number or telephone number is in a row.",
        "i11_no_secret_on_the_card": "No PIN and no whole code is anywhere on the card.",
        "i11_no_secret_in_a_log": "No PIN, code, name or tracking number is in what is logged.",
        "i11_no_secret_on_a_screen": "No PIN and no code is on a screen.",
        "i11_the_screen_forgets": "No label and no name is on a screen when nobody stands there.",
        "i11_no_secret_in_the_health": "No PIN, code, name or tracking number is in the picture of health at the hub.",
        "i11_particulars_are_erased_in_time": "Particulars of what has left are erased when their time comes.",
        "i11_erased_is_gone": "What was erased is in no byte of the card.",
    }

    def __init__(self, seen: Seen) -> None:
        super().__init__(seen)
        self._log = _Records(self)
        logging.getLogger().addHandler(self._log)
        self._searched_s = 0.0
        seen.site.watch_screens.append(self._shown)

    def close(self) -> None:
        logging.getLogger().removeHandler(self._log)

    @property
    def personal(self) -> list[str]:
        """Everything that names a person or opens a door."""
        recipients = [sent.recipient for sent in self.truth.parcels.values()]
        return [*self.truth.secrets, *self.truth.badge_pins, *self.truth.numbers, *recipients, *self.truth.parcels]

    def row(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        found = _first(self.personal, row.payload)
        if found:
            self.find("i11_no_secret_in_an_event", f"row {row.seq} ({row.kind}) holds {found[:12]}")

    def logged(self, text: str) -> None:
        found = _first(self.personal, text.encode())
        if found:
            self.find("i11_no_secret_in_a_log", f"{found[:12]} in {text[:200]}")

    def _shown(self, screen: Any) -> None:
        text = repr(screen.params).encode()
        found = _first(self.truth.secrets, text)
        if found:
            self.find("i11_no_secret_on_a_screen", f"{screen.name} shows {found[:12]}")
        left = _first(self.personal, text) if screen.name in NOBODY else ""
        if left:
            self.find("i11_the_screen_forgets", f"{screen.name} shows {left}")

    def step(self) -> None:
        runtime = self.site.runtime
        if runtime is not None and runtime.ready.is_set():
            self._shown(runtime.screen())
        if self.seen.now_s - self._searched_s >= SEARCH_EVERY_S:
            self._searched_s = self.seen.now_s
            self.search()

    def end(self) -> None:
        self.search()

    def search(self) -> None:
        """All bytes of the card, wherever they lie, and the health at the hub."""
        files = self.site.disk.durable()
        for name, content in files.items():
            found = _first(self.truth.secrets, content)
            if found:
                self.find("i11_no_secret_on_the_card", f"{name} holds {found[:12]}")
        found = _first(self.personal, self.seen.health())
        if found:
            self.find("i11_no_secret_in_the_health", f"it holds {found[:12]}")
        if self._awake():
            self._erased(files)

    def _awake(self) -> bool:
        """Whether the site has had its time to sweep: it is up, its card is neither slow nor full."""
        seen = self.seen
        return seen.up_s >= 0 and seen.now_s - max(seen.up_s, seen.troubled_s) > SETTLES_S

    def _erased(self, files: Any) -> None:
        now_ms = self.ledger.before_ms + self.ledger.mono_ms
        after_ms = self.site.site.policy.erase_after_s * 1000
        for label, sent in self.truth.parcels.items():
            lot = self.ledger.lots.get(sent.parcel)
            if lot is None or lot.ended_ms < 0:
                continue
            if lot.erased_ms < 0 and now_ms - lot.ended_ms > after_ms + GATHERED_WITHIN_MS + SWEPT_WITHIN_MS:
                ago_s = (now_ms - lot.ended_ms) / 1000
                self.find("i11_particulars_are_erased_in_time", f"{label} left {ago_s:.0f} s ago")
            elif all(self._swept(parcel, now_ms) for parcel in (sent.parcel, *sent.namesakes)):
                self._nowhere(sent, files)

    def _swept(self, parcel: str, now_ms: int) -> bool:
        """Erased for long enough, or never here."""
        lot = self.ledger.lots.get(parcel)
        return lot is None or 0 <= lot.erased_ms < now_ms - SWEPT_WITHIN_MS

    def _nowhere(self, sent: Any, files: Any) -> None:
        """A journal that was set aside keeps what it had, for whoever looks into it."""
        for name, content in files.items():
            found = _first(sent.persons, content)
            if found and ASIDE not in name:
                self.find("i11_erased_is_gone", f"{name} holds {found}, which was erased")


class _Records(logging.Handler):
    def __init__(self, secrets: Secrets) -> None:
        super().__init__()
        self._secrets = secrets

    def emit(self, record: logging.LogRecord) -> None:
        self._secrets.logged(record.getMessage())


def _first(needles: list[str], hay: bytes | bytearray) -> str:
    return next((needle for needle in needles if needle and needle.encode() in hay), "")
