"""What site and hub say to each other: batches, watermarks, questions for orders and their answers, enrolment."""

from __future__ import annotations

import atexit
import functools
import hashlib
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

import msgspec
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.core import cose
from edge.core.errors import NotAllowed
from edge.core.rows import Fork
from sync.enrol import Enrolment, Request, Welcome, enrol, load_enrolment, read_request, sign_request, sign_welcome
from sync.envelope import Batch, Gap, LeftOut, seal, site_of, split, unseal
from sync.hub.issue import public_bytes, sign_keys, sign_roster
from sync.polling import Answer, Numbered, Poll, read_answer, read_poll, sign_answer, sign_poll
from sync.signed import MessageType, digest, key_id, public_of
from sync.watermark import Accepted, Reply, TheirEpoch, WhyNot, judge, read_reply, sign_reply
from tests.core.desk import make_roster
from tests.credentials import known_keys
from tests.fuzz import signing
from tests.fuzz.feed import Feed
from tests.fuzz.target import Finding, Target
from tests.sync.past import DEVICE, EPOCH, HUB, HUB_KID, LATER, SITE, batch_of, begin, end, follow, past_of, with_beside

THIEF: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(64, 96)))
TO: Final = digest(b"the question")
ROWS: Final = follow(begin(), 5)
PAST: Final = past_of(ROWS)
SENT: Final = 4  # the last row whose place the answered batch asserted
DEVICE_PUBLIC: Final = public_of(DEVICE)


def hub_key(kid: bytes) -> bytes:
    if kid != HUB_KID:
        raise NotAllowed(f"key {kid.hex()} is not the hub's")
    return public_of(HUB)


class Kind(NamedTuple):
    """One kind of message.  The first signer is the only one that is believed."""

    name: str
    type: MessageType
    signers: tuple[tuple[bytes, Ed25519PrivateKey], ...]
    genuine: tuple[bytes, ...]
    read: Callable[[bytes], Any]
    again: Callable[[Any], Any]
    holds: Callable[[Any], None] = lambda _: None


def _payload(message: bytes) -> bytes:
    return bytes(cose.decode(message, len(message))[2])


def target(kind: Kind) -> Target:
    def sign(payload: bytes, signer: int) -> bytes:
        kid, key = kind.signers[signer % len(kind.signers)]
        return cose.sign(payload, kid, key, kind.type)

    def read(data: bytes) -> tuple[Any, signing.Made]:
        made = signing.make(data, kind.genuine, _payload, sign)
        return kind.read(made.message), made

    def holds(read: tuple[Any, signing.Made]) -> None:
        accepted, made = read
        signing.only_if_signed(made, kind.genuine, kind.name)
        if made.signer >= 0 and made.signer % len(kind.signers):
            raise Finding(f"{kind.name}: believed of another key: {made.message.hex()}")
        if kind.again(accepted) != accepted:
            raise Finding(f"{kind.name}: {accepted} is read back as {kind.again(accepted)}")
        kind.holds(accepted)

    return Target(
        kind.name, read, holds, lambda: signing.seeds(kind.genuine, _payload, len(kind.signers)), max_bytes=8192
    )


# -- watermarks and orders --------------------------------------------------------------------------------------------


def _reply(seq: int, of: bytes, **more: Any) -> bytes:
    said = Reply(**{"site": SITE, "epoch": EPOCH, "seq": seq, "hash": of, "to": TO, "issued_at": 1_790_000_000, **more})
    return sign_reply(said, HUB, HUB_KID)


REPLIES: Final = (
    _reply(4, ROWS[3].hash),
    _reply(2, ROWS[1].hash, why_not=WhyNot.GAP, agrees=False),
    _reply(9, bytes(32), theirs=TheirEpoch.SUPERSEDED),
    _reply(3, bytes(32), epoch=LATER, theirs=TheirEpoch.UNKNOWN, why_not=WhyNot.FORK_UNKNOWN),
    _reply(0, bytes(32)),
)


def _only_ours_counts(reply: Reply) -> None:
    """Whatever the hub signs: a watermark counts up to what was sent, with our hash, and not otherwise (I4)."""
    ours = ROWS[reply.seq - 1].hash if reply.epoch == EPOCH and 1 <= reply.seq <= len(ROWS) else None
    verdict = judge(reply, PAST, SENT, 1, ours)
    if isinstance(verdict, Accepted) and not (reply.seq <= SENT and verdict.mark.hash == ours and reply.site == SITE):
        raise Finding(f"watermark: {reply} counted")


ANSWERS: Final = tuple(
    sign_answer(Answer(site=SITE, to=TO, issued_at=1_790_000_000, orders=orders), HUB, HUB_KID)
    for orders in ([], [Numbered(3, b"\0" * 20), Numbered(4, b"")])
)
POLLS: Final = (
    sign_poll(Poll(site=SITE, after=3, nonce=bytes(16), keys_version=7, keys=[b"\1\1"], wait_s=9), DEVICE),
    sign_poll(Poll(site=SITE, after=0), DEVICE),
)
HUB_SIGNERS: Final = ((HUB_KID, HUB), (HUB_KID, THIEF), (b"\1\1", HUB))
SITE_SIGNERS: Final = ((key_id(DEVICE_PUBLIC), DEVICE), (key_id(DEVICE_PUBLIC), THIEF))

# -- enrolment --------------------------------------------------------------------------------------------------------

CLAIM: Final = "ABCD-EFGH"
REQUEST: Final = sign_request(Request("ABCDEFGH", DEVICE_PUBLIC), DEVICE)


def _read_own_request(message: bytes) -> Request:
    request = read_request(message)
    signed = cose.read_sign1(message, 512, MessageType.ENROL)
    cose.check(signed, request.device)  # the key that it names has signed it, whoever that is
    return request


def _request(data: bytes) -> Request:
    made = signing.make(
        data, (REQUEST,), _payload, lambda payload, _: cose.sign(payload, b"\0\0", DEVICE, MessageType.ENROL)
    )
    return _read_own_request(made.message)


def _request_again(request: Request) -> None:
    if request.device == DEVICE_PUBLIC and read_request(sign_request(request, DEVICE)) != request:
        raise Finding(f"enrolment request: {request} is not read back as it is")


class _Line:
    """The way to a hub that says what it is told to."""

    def __init__(self) -> None:
        self.says: Callable[[bytes], bytes] = lambda _: b""

    def enrol(self, request: bytes) -> bytes:
        return self.says(request)


@functools.cache
def _folder() -> Path:
    folder = TemporaryDirectory()
    atexit.register(folder.cleanup)
    return Path(folder.name)


def _told() -> Enrolment:
    issuer = known_keys.COMMAND
    return Enrolment(
        site=known_keys.SITE,
        root=public_bytes(known_keys.ROOT),
        pin_key=known_keys.PIN_KEY,
        keys=sign_keys(known_keys.BUNDLE, known_keys.ROOT),
        roster=sign_roster(make_roster(), issuer),
        groups=[known_keys.GROUP],
        name="Old Brewery",
    )


def _welcome(data: bytes) -> tuple[Enrolment, int]:
    """The hub's answer to a claim: whatever it is, what is kept is what the hub's own key signed."""
    issuer, feed, line, signer = known_keys.COMMAND, Feed(data), _Line(), -1
    thief = msgspec.structs.replace(issuer, private=THIEF)  # under the name of the good key

    def says(request: bytes) -> bytes:
        nonlocal signer
        genuine = sign_welcome(
            Welcome(enrolment=_told(), to=digest(request), issued_at=1), issuer.private, issuer.key.kid
        )

        def sign(payload: bytes, number: int) -> bytes:
            by = (issuer, thief)[number & 1]
            return cose.sign(payload, by.key.kid, by.private, MessageType.ENROLMENT)

        made = signing.make(feed.rest(), (genuine,), _payload, sign)
        signer = 0 if made.message == genuine else made.signer
        return made.message

    line.says = says
    told = enrol(line, CLAIM, _folder(), lambda size: hashlib.sha512(b"entropy").digest()[:size], replace=True)
    return told, signer


def _is_kept(read: tuple[Enrolment, int]) -> None:
    told, signer = read
    if signer < 0 or signer & 1:
        raise Finding(f"enrolment: believed of signer {signer}: {told}")
    if load_enrolment(_folder()) != told:
        raise Finding(f"enrolment: {told} is kept as {load_enrolment(_folder())}")


# -- batches ----------------------------------------------------------------------------------------------------------

_FORK: Final = Fork(EPOCH, 5, ROWS[-1].hash)
BATCHES: Final = tuple(
    seal(batch, DEVICE)
    for batch in (
        with_beside(ROWS, begin()),
        batch_of((), end(ROWS)),
        msgspec.structs.replace(batch_of(follow(begin(LATER, 5), 2), begin(LATER, 5), LATER, _FORK), gap=Gap(3)),
        msgspec.structs.replace(batch_of(ROWS, begin()), left_out=(LeftOut(2, "00112233aabbccdd", "photo"),)),
    )
)


def _sealed(head: bytes, body: bytes, key: Ed25519PrivateKey) -> bytes:
    return cose.encode([cose.sign(head, key_id(DEVICE_PUBLIC), key, MessageType.BATCH), body])


def _made_batch(data: bytes) -> signing.Made:
    """Raw, spoilt, a head or a body of our making under the device's signature, or under a thief's."""
    feed = Feed(data)
    how, genuine = feed.byte() % 8, feed.pick(BATCHES)
    if how == 0:
        return signing.Made(feed.rest(), -1)
    if how == 1:
        return signing.Made(feed.flipped(genuine), -1)
    head_bytes, body = split(genuine)
    head: dict[str, Any] = cose.decode(_payload(head_bytes), 1024)
    if how == 2:
        body = feed.rest()
    elif how == 3:
        body = zstandard.compress(feed.rest())
    elif how == 4:
        body = feed.flipped(body)
    else:
        fields = cose.decode(zstandard.decompress(body), 2**20)
        if how == 5:
            head = feed.changed(head)
        try:
            body = zstandard.compress(cose.encode(fields if how == 5 else feed.changed(fields)))
        except (ValueError, OverflowError):
            return signing.Made(b"", -1)
    if isinstance(head, dict):
        head["body"] = digest(body)
    try:
        return signing.Made(_sealed(cose.encode(head), body, THIEF if how == 7 else DEVICE), 1 if how == 7 else 0)
    except (ValueError, OverflowError):
        return signing.Made(b"", -1)


def _batch(data: bytes) -> tuple[Batch, signing.Made]:
    made = _made_batch(data)
    claimed = site_of(made.message)
    batch = unseal(made.message, DEVICE_PUBLIC)
    if claimed != batch.site:
        raise Finding(f"batch: said to be of site {claimed}, is of {batch.site}")
    return batch, made


def _is_whole(read: tuple[Batch, signing.Made]) -> None:
    batch, made = read
    signing.only_if_signed(made, BATCHES, "batch")
    if made.signer == 1:
        raise Finding(f"batch: believed of a thief: {made.message.hex()}")
    if [row.seq for row in batch.rows] != list(range(batch.first, batch.end.seq + 1)):
        raise Finding(f"batch: rows are not dense: {batch}")
    if unseal(seal(batch, DEVICE), DEVICE_PUBLIC) != batch:
        raise Finding(f"batch: {batch} is not read back as it is")


def _batch_seeds() -> list[bytes]:
    some = [b"\0\0" + sealed for sealed in BATCHES]
    for number, sealed in enumerate(BATCHES):
        _, body = split(sealed)
        some.append(bytes([7, number]))
        some.append(bytes([3, number]) + zstandard.decompress(body))
        some += [bytes([how, number]) + bytes(range(0, 24, 3)) for how in (1, 2, 4, 5, 6, 7)]
    return some


TARGETS: Final = (
    Target("batch", _batch, _is_whole, _batch_seeds, max_bytes=8192),
    target(
        Kind(
            "watermark",
            MessageType.WATERMARK,
            HUB_SIGNERS,
            REPLIES,
            lambda message: read_reply(message, hub_key, TO),
            lambda reply: read_reply(sign_reply(reply, HUB, HUB_KID), hub_key, TO),
            _only_ours_counts,
        )
    ),
    target(
        Kind(
            "orders_answer",
            MessageType.ORDERS,
            HUB_SIGNERS,
            ANSWERS,
            lambda message: read_answer(message, hub_key, SITE, TO),
            lambda answer: read_answer(sign_answer(answer, HUB, HUB_KID), hub_key, SITE, TO),
        )
    ),
    target(
        Kind(
            "poll",
            MessageType.POLL,
            SITE_SIGNERS,
            POLLS,
            lambda message: read_poll(message, DEVICE_PUBLIC),
            lambda poll: read_poll(sign_poll(poll, DEVICE), DEVICE_PUBLIC),
        )
    ),
    Target("enrol_request", _request, _request_again, lambda: signing.seeds((REQUEST,), _payload, 1), max_bytes=1024),
    Target("enrolment", _welcome, _is_kept, lambda: [b"\1", b"\3\0\0", b"\3\1\0", b"\3\0\0" + bytes(range(30))]),
)
