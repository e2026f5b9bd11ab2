"""I4: what a watermark means, as tables.  It counts only when signed, asked for, not beyond what was sent, and ours."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import structs

from edge.core.errors import BadInput, NotAllowed
from edge.core.rows import Head, Watermark
from sync.envelope import Gap
from sync.signed import digest, only, public_of
from sync.watermark import (
    Accepted,
    Ahead,
    Fork,
    ForkReason,
    Past,
    Refused,
    Reply,
    Rewind,
    TheirEpoch,
    Verdict,
    WhyNot,
    judge,
    read_reply,
    sign_reply,
)
from tests.sync.past import EPOCH, FOREIGN, HUB, HUB_KID, LATER, SITE, begin, follow, forked, past_of

ROWS = follow(begin(), 90)
PAST = past_of(ROWS)
COMPACTED = past_of(ROWS, first=61)  # rows 1 to 60 are gone
COMMON = ROWS[:80]
AFTER_FORK = follow(begin(LATER, 80), 15)
FORKED = forked(COMMON, AFTER_FORK)
FORKED_AND_COMPACTED = structs.replace(FORKED, base=Head(85, AFTER_FORK[4].hash))  # rows 1 to 85 are gone
ELSEWHERE = bytes(31) + b"\x01"
TO = digest(b"the request")


def says(epoch: bytes, seq: int, row_hash: bytes, **more: object) -> Reply:
    reply = Reply(site=SITE, epoch=epoch, seq=seq, hash=row_hash, to=TO, issued_at=1_770_000_000)
    return structs.replace(reply, **more)


def ours(past: Past, reply: Reply) -> bytes | None:
    """The hash that a journal would look up."""
    rows = ROWS if past not in (FORKED, FORKED_AND_COMPACTED) else (*COMMON, *AFTER_FORK)
    here = 1 <= reply.seq <= past.head.seq and reply.seq >= past.base.seq
    return rows[reply.seq - 1].hash if here else None


def mark(seq: int, epoch: bytes = EPOCH) -> Reply:
    """A watermark at our own row `seq`."""
    rows = ROWS if epoch == EPOCH else (*COMMON, *AFTER_FORK)
    return says(epoch, seq, rows[seq - 1].hash)


# name: (past, reply, sent, counted, verdict)
TABLE: dict[str, tuple[Past, Reply, int, int, Verdict]] = {
    "all that was sent": (PAST, mark(60), 60, 50, Accepted(Watermark(EPOCH, 60, ROWS[59].hash))),
    "a part of what was sent": (PAST, mark(55), 60, 50, Accepted(Watermark(EPOCH, 55, ROWS[54].hash))),
    "nothing new": (PAST, mark(50), 60, 50, Accepted(Watermark(EPOCH, 50, ROWS[49].hash))),
    "beyond what was sent, but ours": (PAST, mark(70), 60, 50, Ahead(70)),
    "beyond our head: a restored card": (
        PAST,
        says(EPOCH, 91, ELSEWHERE),
        60,
        50,
        Fork(Watermark(EPOCH, 91, ELSEWHERE), ForkReason.BEYOND_HEAD),
    ),
    "a foreign hash: a copied card": (
        PAST,
        says(EPOCH, 60, ELSEWHERE),
        60,
        50,
        Fork(Watermark(EPOCH, 60, ELSEWHERE), ForkReason.FOREIGN_HASH),
    ),
    "a foreign hash below what had counted": (
        PAST,
        says(EPOCH, 40, ELSEWHERE),
        60,
        50,
        Fork(Watermark(EPOCH, 40, ELSEWHERE), ForkReason.FOREIGN_HASH),
    ),
    "a twin went on with its own epoch": (
        PAST,
        says(FOREIGN, 95, ELSEWHERE, theirs=TheirEpoch.SUPERSEDED),
        60,
        50,
        Fork(Watermark(FOREIGN, 95, ELSEWHERE), ForkReason.SUPERSEDED),
    ),
    "a former card's epoch, ours is new there": (
        PAST,
        says(FOREIGN, 95, ELSEWHERE, theirs=TheirEpoch.UNKNOWN),
        60,
        50,
        Rewind(0),
    ),
    "a former card's epoch, and our fork is compacted": (
        FORKED_AND_COMPACTED,
        says(FOREIGN, 120, ELSEWHERE, theirs=TheirEpoch.UNKNOWN, why_not=WhyNot.FORK_NOT_NAMED),
        95,
        80,
        Rewind(85, Gap(0)),
    ),
    "a twin's epoch, and our fork is not known": (
        FORKED,
        says(FOREIGN, 95, ELSEWHERE, theirs=TheirEpoch.UNKNOWN, why_not=WhyNot.FORK_UNKNOWN),
        85,
        80,
        Fork(Watermark(FOREIGN, 95, ELSEWHERE), ForkReason.SUPERSEDED),
    ),
    "a restored hub": (PAST, mark(30), 60, 50, Rewind(30)),
    "an empty hub": (PAST, says(bytes(8), 0, bytes(32)), 60, 50, Rewind(0)),
    "a restored hub that needs compacted rows": (
        COMPACTED,
        says(EPOCH, 30, ROWS[29].hash),
        70,
        65,
        Rewind(60, Gap(30)),
    ),
    "an empty hub, rows compacted": (COMPACTED, says(bytes(8), 0, bytes(32)), 70, 65, Rewind(60, Gap(0))),
    "a restored hub, just at the base": (COMPACTED, mark(60), 70, 65, Rewind(60)),
    "the hub has the epoch that we left, up to the fork": (FORKED, mark(80), 85, 80, Accepted(mark(80).mark)),
    "the hub has the epoch that we left, beyond the fork": (FORKED, says(EPOCH, 87, ELSEWHERE), 85, 80, Rewind(80)),
    "the hub has the epoch that we left, beyond the fork, and that is compacted": (
        FORKED_AND_COMPACTED,
        says(EPOCH, 87, ELSEWHERE, theirs=TheirEpoch.UNKNOWN, why_not=WhyNot.FORK_NOT_NAMED),
        95,
        80,
        Rewind(85, Gap(0)),
    ),
    "a restored hub behind the fork": (FORKED, mark(40), 85, 84, Rewind(40)),
    "the new epoch is taken": (FORKED, mark(85, LATER), 85, 80, Accepted(mark(85, LATER).mark)),
    "another site's": (
        PAST,
        structs.replace(mark(60), site=SITE + 1),
        60,
        50,
        Refused(f"a watermark of site {SITE + 1}; this is {SITE}"),
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_i4_what_a_watermark_means(name: str) -> None:
    past, reply, sent, counted, verdict = TABLE[name]
    assert judge(reply, past, sent, counted, ours(past, reply)) == verdict


@pytest.mark.parametrize("sent", range(50, 91, 10))
@pytest.mark.parametrize("seq", range(1, 95))
def test_i4_nothing_ever_counts_beyond_what_was_sent(seq: int, sent: int) -> None:
    reply = mark(seq) if seq <= 90 else says(EPOCH, seq, ELSEWHERE)
    verdict = judge(reply, PAST, sent, 50, ours(PAST, reply))
    assert not isinstance(verdict, Accepted) or 50 <= verdict.mark.seq <= sent


@pytest.mark.parametrize("seq", range(1, 91))
def test_i4_a_hash_that_is_not_ours_never_counts(seq: int) -> None:
    assert isinstance(judge(says(EPOCH, seq, ELSEWHERE), PAST, 90, 0, ROWS[seq - 1].hash), Fork)


def test_a_signed_watermark_is_read_back_with_its_time() -> None:
    signed = sign_reply(mark(60), HUB, HUB_KID)
    assert read_reply(signed, only(public_of(HUB)), TO) == mark(60)


def test_i4_a_forged_watermark_is_refused() -> None:
    forged = sign_reply(mark(90), Ed25519PrivateKey.from_private_bytes(bytes(32)), HUB_KID)
    with pytest.raises(NotAllowed, match="signature"):
        read_reply(forged, only(public_of(HUB)), TO)


def test_i9_an_old_watermark_cannot_be_played_back() -> None:
    with pytest.raises(NotAllowed, match="answers request"):
        read_reply(sign_reply(mark(60), HUB, HUB_KID), only(public_of(HUB)), digest(b"another request"))


@pytest.mark.parametrize("place", range(0, 300, 7))
def test_i4_an_altered_watermark_is_refused(place: int) -> None:
    signed = bytearray(sign_reply(mark(60), HUB, HUB_KID))
    signed[place % len(signed)] ^= 0x10
    with pytest.raises((BadInput, NotAllowed)):
        read_reply(bytes(signed), only(public_of(HUB)), TO)
