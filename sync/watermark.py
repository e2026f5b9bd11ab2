"""What the hub says that it has, and what follows from it.  Pure.

The watermark is the highest row that the hub has committed, with its hash and the epoch it belongs to.  It counts only
when it is signed by the hub, answers *our* request, is not beyond the last row that we sent, and has our hash.
Anything else means that one of the two has another past than the other thinks:

    beyond our head, or a foreign hash      our card was copied or restored  →  Fork: a new epoch
    lower than what had counted             the hub was restored             →  Rewind: send again from there
    higher than sent, but ours              its last answer was lost         →  Ahead: go on from there
    rows that it needs were compacted                                        →  Rewind with a declared gap
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Meta, Struct

from edge.core import rows
from edge.core.errors import NotAllowed
from edge.core.rows import EPOCH_BYTES, HASH_BYTES, Epoch, Head, Watermark
from sync.envelope import EpochId, Gap, Hash, Seq
from sync.signed import DIGEST_BYTES, FindKey, MessageType, read_signed, sign

__all__ = [
    "NOTHING",
    "Accepted",
    "Ahead",
    "Fork",
    "ForkReason",
    "Past",
    "Refused",
    "Reply",
    "Rewind",
    "TheirEpoch",
    "Verdict",
    "WhyNot",
    "judge",
    "read_reply",
    "sign_reply",
]

MAX_REPLY_BYTES: Final = 1024

NOTHING: Final = Watermark(bytes(EPOCH_BYTES), 0, bytes(HASH_BYTES))  # a hub that has no row of this site


class TheirEpoch(StrEnum):
    """What the epoch of a batch is to the hub."""

    CURRENT = "current"  # the one it goes on with
    UNKNOWN = "unknown"  # it never had a row of it
    SUPERSEDED = "superseded"  # it had, but has gone on with another


class WhyNot(StrEnum):
    """Why the hub did not take a batch."""

    TAKEN = ""
    GAP = "gap"  # begins beyond the next row, and declares no gap from the hub's watermark
    OTHER_HASH = "other_hash"  # the hub has other rows with these numbers
    SUPERSEDED = "superseded"
    FORK_UNKNOWN = "fork_unknown"  # the epoch leaves another at a row that the hub does not have
    FORK_NOT_NAMED = "fork_not_named"  # a new epoch must begin at row 1, at its fork, or after a declared gap


class Reply(Struct, frozen=True, kw_only=True):
    """The hub's signed answer to one batch."""

    site: Annotated[int, Meta(ge=1, lt=2**32)]
    epoch: EpochId
    seq: Seq
    hash: Hash
    to: Annotated[bytes, Meta(min_length=DIGEST_BYTES, max_length=DIGEST_BYTES)]  # SHA-256 of the request
    issued_at: Annotated[int, Meta(ge=0, lt=2**32)]  # signed time, seconds since 1970
    theirs: TheirEpoch = TheirEpoch.CURRENT
    agrees: bool = True  # the hub has the place before the batch's first row, with the same hash
    why_not: WhyNot = WhyNot.TAKEN

    @property
    def mark(self) -> Watermark:
        return Watermark(self.epoch, self.seq, self.hash)


class Past(Struct, frozen=True):
    """What a site has: its epochs, oldest first, and where its rows begin and end.

    base: the last row that compaction took away; (0, genesis) while all are here.
    """

    site: int
    epochs: tuple[Epoch, ...]
    base: Head
    head: Head

    @property
    def epoch(self) -> bytes:
        return self.epochs[-1].epoch

    def life_of(self, seq: int) -> int:
        """The index of the epoch that row `seq` belongs to (for a row to come: the newest)."""
        return max((i for i, life in enumerate(self.epochs) if life.first_seq <= seq), default=0)

    def left(self, index: int) -> rows.Fork | None:
        """Where that epoch left an older one.  Epochs in between that never had a row of their own are passed over:
        no hub has heard of them."""
        lives = {life.epoch: life for life in self.epochs}
        fork = self.epochs[index].fork
        while fork is not None and fork.epoch in lives:
            older = lives[fork.epoch]
            if older.fork is None or fork.seq != older.first_seq - 1:
                return fork
            fork = older.fork
        return fork

    def end_of(self, index: int) -> int:
        """The last row of an epoch that is still ours."""
        return self.epochs[index + 1].first_seq - 1 if index + 1 < len(self.epochs) else self.head.seq


class ForkReason(StrEnum):
    BEYOND_HEAD = "beyond_head"  # the hub has rows of this epoch that we never wrote: a restored card
    FOREIGN_HASH = "foreign_hash"  # another machine wrote rows with our numbers: a copied card
    SUPERSEDED = "superseded"  # another machine went on with an epoch of its own


class Accepted(Struct, frozen=True):
    """It counts: everything up to `mark` is the hub's now."""

    mark: Watermark


class Ahead(Struct, frozen=True):
    """The hub has ours up to here, more than this life has sent.  Go on after it; it counts when answered again."""

    after: int


class Rewind(Struct, frozen=True):
    """The hub has less than had counted, or an older epoch only.  Send again what follows `after`.

    gap: set when rows that the hub lacks are compacted; the next batch declares it.
    """

    after: int
    gap: Gap | None = None


class Fork(Struct, frozen=True):
    """The journal has to begin a new epoch at the last row that both have."""

    mark: Watermark
    reason: ForkReason


class Refused(Struct, frozen=True):
    """The reply says something that cannot be.  Nothing follows from it."""

    reason: str


Verdict = Accepted | Ahead | Rewind | Fork | Refused


def judge(reply: Reply, past: Past, sent: int, counted: int, ours: bytes | None) -> Verdict:
    """Say what `reply` means.

    sent: the last row whose place the answered batch asserted.  counted: the watermark that counts until now.
    ours: the hash that we have at `reply.seq` in `reply.epoch`; None where we have none.
    """
    if reply.site != past.site:
        return Refused(f"a watermark of site {reply.site}; this is {past.site}")
    if reply.seq == 0:
        return _again(past, 0)
    index = next((i for i, life in enumerate(past.epochs) if life.epoch == reply.epoch), None)
    if index is None:
        return _foreign_epoch(reply, past)
    return _known_epoch(reply, past, index, sent, counted, ours)


def _foreign_epoch(reply: Reply, past: Past) -> Verdict:
    """The hub goes on with an epoch that is not ours: a former card's, which is fine, or a twin's."""
    if reply.theirs is TheirEpoch.UNKNOWN and reply.why_not is not WhyNot.FORK_UNKNOWN:
        return _next_life(past, past.epochs[-1].first_seq - 1)
    return Fork(reply.mark, ForkReason.SUPERSEDED)


def _known_epoch(reply: Reply, past: Past, index: int, sent: int, counted: int, ours: bytes | None) -> Verdict:
    end = past.end_of(index)
    newest = index == len(past.epochs) - 1
    if reply.seq > end:
        # Of an epoch that we left, the hub may have more than we have in common: our next one begins there.
        return Fork(reply.mark, ForkReason.BEYOND_HEAD) if newest else _next_life(past, end)
    if ours is not None and ours != reply.hash:
        return Fork(reply.mark, ForkReason.FOREIGN_HASH)
    if ours is None and reply.seq >= past.base.seq:
        return Refused(f"row {reply.seq} is ours, but its hash was not looked up")
    if reply.seq < counted or ours is None:
        return _again(past, reply.seq)
    return Accepted(reply.mark) if reply.seq <= sent else Ahead(reply.seq)


def _next_life(past: Past, left: int) -> Rewind:
    """Send the epoch that begins behind row `left`.

    Where its beginning was compacted, no number of ours means anything to what the hub has: the gap is after 0.
    """
    return Rewind(left) if left >= past.base.seq else Rewind(past.base.seq, Gap(0))


def _again(past: Past, after: int) -> Rewind:
    """Send what follows `after`; where that was compacted, what is left, and say so."""
    if after >= past.base.seq:
        return Rewind(after)
    return Rewind(past.base.seq, Gap(after))


def sign_reply(reply: Reply, key: Ed25519PrivateKey, kid: bytes) -> bytes:
    return sign(reply, MessageType.WATERMARK, key, kid)


def read_reply(data: bytes, find_key: FindKey, to: bytes) -> Reply:
    """Return the reply when the hub signed it as the answer to the request with digest `to`.

    Raises BadInput for its form, NotAllowed for the key, the signature and an answer to something else.
    """
    reply = read_signed(data, MessageType.WATERMARK, Reply, find_key, MAX_REPLY_BYTES)
    if reply.to != to:
        raise NotAllowed(f"watermark: answers request {reply.to.hex()[:16]}…, not {to.hex()[:16]}…")
    return reply
