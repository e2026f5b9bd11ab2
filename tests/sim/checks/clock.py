"""I9: time is doubted: no wrong clock refuses, expires or raises anything."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, ClassVar, Final

from tests.sim.checks.family import Family

if TYPE_CHECKING:
    from tests.sim.card import Row
    from tests.sim.checks.seen import Seen
    from tests.sim.line import Hub

OF_TIME: Final = ("expired", "not_yet_valid", "key_expired", "key_not_valid_yet", "badge_ended", "roster_too_old")
SIGNED: Final = ("release", "keys", "roster", "standing", "order", "watermark")
AHEAD_S: Final = 5.0


class Clock(Family):
    CHECKS: ClassVar[dict[str, str]] = {
        "i9_no_good_code_is_expired": "Nothing that is good by the true time is refused for its time.",
        "i9_signed_time_is_true": "The floor rises only to a time that somebody signed, and that has come.",
        "i9_cloud_time_is_not_ahead": "What is labelled with the cloud's time does not lie in the future.",
        "i9_no_reset_that_nobody_signed": "The floor is lowered only by the root's own document.",
    }

    def __init__(self, seen: Seen, hub: Hub) -> None:
        super().__init__(seen)
        self.hub = hub
        self._untimely: Counter[str] = Counter()  # refused for its time, by reason

    def _latest_s(self, at_s: float | None) -> float:
        """The true time; or what the hub signed, when its own clock was ahead: nobody here can know better."""
        return self.truth.epoch_s + self.hub.ahead_s + (self.seen.now_s if at_s is None else at_s) + AHEAD_S

    def on_credential_refused(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        if event["reason"] not in OF_TIME or event["source"] not in ("code", "pin", "badge"):
            return
        self._untimely[event["reason"]] += event.get("count", 1)
        if self._untimely[event["reason"]] > self.truth.untimely[event["reason"]]:
            self.find("i9_no_good_code_is_expired", f"row {row.seq}: {event}")

    def on_time_signed(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        if event["source"] not in SIGNED or event["time_s"] > self._latest_s(at_s):
            self.find("i9_signed_time_is_true", f"row {row.seq}: {event}, at most {self._latest_s(at_s):.0f}")

    def on_time_reset(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        if event["version"] not in self.truth.time_resets:
            self.find("i9_no_reset_that_nobody_signed", f"row {row.seq}: {event}")

    def row(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        super().row(event, row, at_s)
        ahead_s = row.wall_ms / 1000 - self._latest_s(at_s)
        if row.trust == "cloud" and ahead_s > 0:
            self.find("i9_cloud_time_is_not_ahead", f"row {row.seq} ({row.kind}) lies {ahead_s:.0f} s ahead")
