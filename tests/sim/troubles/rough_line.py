"""A line to the hub that can do everything a network, and whoever sits on it, does with questions and answers.

Nobody on it has a key of the hub: what is forged here is signed by another key, or is an answer to something else.
"""

from __future__ import annotations

import contextlib
from collections import deque
from random import Random
from typing import Final

from msgspec import Struct
from msgspec.structs import astuple

from edge.core.errors import BadInput, Busy, LinkDown, LockerError, NotAllowed
from sync.envelope import unseal
from sync.hub.desk import Desk
from sync.hub.ingest import current_mark, ingest
from sync.hub.issue import Issuer
from sync.polling import Answer, sign_answer
from sync.signed import digest
from sync.uplink import READ_TIMEOUT_S
from sync.watermark import Reply, sign_reply
from tests.credentials.known_keys import OPENING, PICKUP, YEAR_S
from tests.sim.line import RARELY, LossyLine

KEPT: Final = 30  # questions and answers that somebody on the line remembers
WRONG_KEYS: Final = (OPENING, PICKUP)  # real keys of the operator, with another purpose
LONG: Final = (20_000, 1_100_000, 50_000_000)
SLOW_S: Final = (5.0, 20.0, 60.0, 180.0)
HELD_S: Final = (30.0, 600.0, 3 * 3600.0)


class Mood(Struct, frozen=True):
    """How often each thing happens, from 0 to 1."""

    up: bool = True
    question_lost: float = 0.0
    answer_lost: float = 0.0
    slow: float = 0.0  # beyond the site's patience it comes all the same, later
    doubled: float = 0.0
    held: float = 0.0  # of the lost questions: so many arrive long after
    past: float = 0.0  # some question of the past arrives again
    stale: float = 0.0  # the answer of an earlier question
    forged: float = 0.0
    garbled: float = 0.0
    error: float = 0.0  # the hub, or a proxy, says that it cannot
    long: bool = False  # garbled: only far too long


class RoughLine(LossyLine):
    """Instead of the line of `Hub`.  `mood` may change at any time."""

    def __init__(self, desk: Desk, chance: Random) -> None:
        super().__init__(desk, chance)
        self.mood = Mood()
        self._on_the_way: list[tuple[float, int, bytes]] = []  # when it arrives, whose it is, and what
        self._answers: deque[bytes] = deque(maxlen=KEPT)
        self._polled: deque[bytes] = deque(maxlen=KEPT)

    @property
    def is_whole(self) -> bool:
        return super().is_whole and self.mood.up and max(astuple(self.mood)[1:]) <= RARELY

    def send(self, site: int, sealed: bytes) -> bytes:
        mood = self.mood
        self._arrive()
        if not mood.up or self._may(mood.question_lost):
            if mood.up and self._may(mood.held):
                self._hold(site, sealed, self.chance.choice(HELD_S))
            self._times_out(3.0)
        self._may_say_no(mood)
        if self._may(mood.slow):
            takes_s = self.chance.choice(SLOW_S)
            if takes_s > READ_TIMEOUT_S:
                self._hold(site, sealed, takes_s)
                self._times_out(READ_TIMEOUT_S)
            self.owed_s += takes_s
        if self.requests and self._may(mood.past):
            self._deliver(site, self.chance.choice(self.requests))
        if self._may(mood.doubled):
            self._deliver(site, sealed)
        if self._may(mood.forged):
            if self.chance.random() < 0.5:  # the hub never sees it
                super().send(site, sealed)
            return self._forged(site, sealed)
        answer = super().send(site, sealed)
        if self._may(mood.answer_lost):
            self._times_out(READ_TIMEOUT_S)
        self._answers.append(answer)
        return self._meddled(answer, self._answers)

    def poll(self, site: int, question: bytes) -> bytes:
        mood = self.mood
        self._arrive()
        fresh = question is not self._asked  # else it waits at the hub already, and is only asked about again
        if not mood.up or (fresh and self._may(mood.question_lost)):
            self._asked = b""
            self._times_out(3.0)
        if fresh:
            self._may_say_no(mood)
        answer = super().poll(site, question)
        if self._may(mood.answer_lost):
            self._times_out(READ_TIMEOUT_S)
        if self._may(mood.slow):
            self.owed_s += self.chance.choice(SLOW_S[:2])
        if self._may(mood.forged):
            return self._forged_orders(site, question)
        self._polled.append(answer)
        return self._meddled(answer, self._polled)

    # -- on the way -----------------------------------------------------------------------------------------------

    def _may(self, chance: float) -> bool:
        return chance > 0 and self.chance.random() < chance

    def _times_out(self, after_s: float) -> None:
        self.owed_s += after_s
        raise LinkDown("line: nothing came back")

    def _may_say_no(self, mood: Mood) -> None:
        if self._may(mood.error):
            kinds = (LinkDown("hub: 500: trouble"), LinkDown("hub: 503"), Busy("hub: 429"), BadInput("hub: 400: what?"))
            raise self.chance.choice((*kinds, NotAllowed("hub: 403")))

    def _hold(self, site: int, sealed: bytes, for_s: float) -> None:
        self._on_the_way.append((self.time_s() + for_s, site, sealed))
        del self._on_the_way[:-KEPT]

    def _arrive(self) -> None:
        """What was on its way for long is here now."""
        due = [one for one in self._on_the_way if one[0] <= self.time_s()]
        self._on_the_way = [one for one in self._on_the_way if one[0] > self.time_s()]
        for _, site, sealed in due:
            self._deliver(site, sealed)

    def _deliver(self, site: int, sealed: bytes) -> None:
        """It reaches the hub, and nobody waits for the answer."""
        with contextlib.suppress(LockerError):  # the hub may refuse what is long past
            ingest(self.desk.store, site, sealed, self.desk.now_s())

    # -- who sits on the line -------------------------------------------------------------------------------------

    def _meddled(self, answer: bytes, earlier: deque[bytes]) -> bytes:
        if self._may(self.mood.stale):
            return self.chance.choice(earlier)
        return self._garbled(answer) if self._may(self.mood.garbled) else answer

    def _garbled(self, answer: bytes) -> bytes:
        if self.mood.long:
            return bytes(self.chance.choice(LONG))
        kind = self.chance.choice(("short", "random", "bit", "empty", "more"))
        if kind == "short":
            return answer[: self.chance.randrange(len(answer))]
        if kind == "random":
            return self.chance.randbytes(self.chance.randint(1, 400))
        if kind == "bit":
            place = self.chance.randrange(len(answer))
            return answer[:place] + bytes([answer[place] ^ 1 << self.chance.randrange(8)]) + answer[place + 1 :]
        return b"" if kind == "empty" else answer + self.chance.randbytes(9)

    def _forged(self, site: int, sealed: bytes) -> bytes:
        """A watermark in the hub's name, by a key that is not the hub's: of what was sent, or of anything."""
        end, mark = unseal(sealed, self.desk.store.device_of(site)).end, current_mark(self.desk.store, site)
        seq = self.chance.choice((0, 1, mark.seq // 2, mark.seq + 1, end.seq, end.seq, end.seq + 1, 10**9))
        reply = Reply(
            site=site,
            epoch=mark.epoch,
            seq=seq,
            hash=end.hash if seq == end.seq else self.chance.choice((mark.hash, self.chance.randbytes(32))),
            to=digest(sealed) if self.chance.random() < 0.8 else self.chance.randbytes(32),
            issued_at=self.desk.now_s() + self.chance.choice((0, 20 * YEAR_S)),
        )
        wrong = self.chance.choice(WRONG_KEYS)
        return sign_reply(reply, wrong.private, self._kid(wrong))

    def _forged_orders(self, site: int, question: bytes) -> bytes:
        answer = Answer(site=site, to=digest(question), issued_at=self.desk.now_s() + 20 * YEAR_S, orders=[])
        wrong = self.chance.choice(WRONG_KEYS)
        return sign_answer(answer, wrong.private, self._kid(wrong))

    def _kid(self, wrong: Issuer) -> bytes:
        """Its own name, or the hub's."""
        return self.chance.choice((wrong.key.kid, self.desk.keys.by_role("hub").key.kid))
