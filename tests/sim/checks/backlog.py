"""I4 in the middle of a life: a sender that has come to a stop is found while nothing excuses it."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, ClassVar, Final

from tests.sim.checks.family import Family

if TYPE_CHECKING:
    from tests.sim.card import Row
    from tests.sim.checks.seen import Seen
    from tests.sim.line import Hub

WHOLE_S: Final = 1200.0  # so long nothing has been in the way
OWED_S: Final = 900.0  # a batch waits a minute, a retry two at most; long questions for the fork come before it


class Backlog(Family):
    CHECKS: ClassVar[dict[str, str]] = {
        "i4_the_hub_keeps_up": "When all was whole for twenty minutes, the hub has what was durable fifteen ago.",
    }

    def __init__(self, seen: Seen, hub: Hub) -> None:
        super().__init__(seen)
        self.hub = hub
        self._since_s = 0.0  # since when nothing has been in the way
        self._restored = 0
        self._stood = (0, b"")  # where the hub was at the last look
        self._durable: deque[tuple[float, int]] = deque()  # when, and up to which row

    def step(self) -> None:
        now_s = self.seen.now_s
        if self._is_in_the_way():
            self._begin_anew()
            return
        if self.seen.rows:
            self._durable.append((now_s, self.seen.rows[-1].seq))
        while len(self._durable) > 1 and self._durable[1][0] <= now_s - OWED_S:
            self._durable.popleft()
        if now_s - max(self._since_s, self.seen.up_s) < WHOLE_S or not self._durable:
            return
        at_s, owed = self._durable[0]
        seq, digest = self.hub.stands_at()
        if at_s <= now_s - OWED_S and (seq < owed or not self._is_ours(seq, digest)):
            self.find("i4_the_hub_keeps_up", f"row {owed} was durable at {at_s:.0f} s, the hub stands at {seq}")

    def card_changed(self, lost: list[Row]) -> None:
        self._begin_anew()

    def _is_in_the_way(self) -> bool:
        """Line, cloud, or a site that is not up: whichever has not been as it should be since the last look."""
        restored, self._restored = self._restored != self.hub.restored, self.hub.restored
        gone_wrong = restored or self._is_led_astray() or self.hub.wrong_s != 0
        return gone_wrong or self.seen.up_s < 0 or not self.hub.line.is_whole

    def _is_led_astray(self) -> bool:
        """A batch of an earlier card came late, and the hub went on with it: the site hears of that when it sends
        again, and it sends at least every quarter of an hour."""
        stood, self._stood = self._stood, self.hub.stands_at()
        return stood != self._stood and not self._is_ours(*self._stood)

    def _begin_anew(self) -> None:
        self._since_s = self.seen.now_s
        self._durable.clear()

    def _is_ours(self, seq: int, digest: bytes) -> bool:
        """Whether the hub is at a row of the card that is in the machine, and not at one of an earlier."""
        return any(row.hash == digest for row in reversed(self.seen.rows) if row.seq == seq)
