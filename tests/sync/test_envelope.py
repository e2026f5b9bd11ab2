"""I4: what leaves in an envelope arrives whole and in order, or is refused; a forged or altered one never arrives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import structs

from edge.core import cose
from edge.core.errors import BadInput, NotAllowed
from edge.core.rows import Beside, Fork, Head
from sync.envelope import MAX_RAW_BYTES, MAX_SEALED_BYTES, Batch, Gap, LeftOut, TooLarge, seal, site_of, split, unseal
from sync.signed import MessageType, digest, key_id, public_of
from tests.sync.past import DEVICE, EPOCH, LATER, SITE, batch_of, begin, end, follow, with_beside

PUBLIC = public_of(DEVICE)
ROWS = follow(begin(), 5)


def test_i4_a_batch_arrives_as_it_was_sent() -> None:
    batch = with_beside(ROWS, begin())
    sealed = seal(batch, DEVICE)
    assert unseal(sealed, PUBLIC) == batch
    assert site_of(sealed) == SITE


def test_i4_the_hashes_on_both_sides_tie_batches_together() -> None:
    more = follow(end(ROWS), 3)
    first, second = unseal(seal(batch_of(ROWS, begin()), DEVICE), PUBLIC), batch_of(more, end(ROWS))
    assert unseal(seal(second, DEVICE), PUBLIC).before == first.end


def test_an_empty_batch_says_where_the_site_stands() -> None:
    batch = structs.replace(batch_of((), end(ROWS)), health=b'{"outbox":0}')
    arrived = unseal(seal(batch, DEVICE), PUBLIC)
    assert (arrived.first, arrived.end, arrived.health) == (6, end(ROWS), b'{"outbox":0}')


def test_what_was_declared_arrives() -> None:
    fork = Fork(EPOCH, 5, ROWS[-1].hash)
    later = follow(begin(LATER, 5), 2)
    batch = structs.replace(
        batch_of(later, begin(LATER, 5), LATER, fork), gap=Gap(3), left_out=(LeftOut(6, "00112233aabbccdd", "photo"),)
    )
    assert unseal(seal(batch, DEVICE), PUBLIC) == batch


def test_rows_travel_without_their_hashes_and_numbers() -> None:
    _, body = split(seal(batch_of(ROWS, begin()), DEVICE))
    raw = zstandard.ZstdDecompressor().decompress(body)
    assert not any(row.hash in raw for row in ROWS)
    assert len(raw) < 5 * 60


def test_the_head_alone_proves_the_last_row_without_any_particulars() -> None:
    head, _ = split(seal(with_beside(ROWS, begin()), DEVICE))
    signed = cose.read_sign1(head, 1024, MessageType.BATCH)
    cose.check(signed, PUBLIC)
    claims = cose.decode(signed.payload, 1024)
    assert (claims["epoch"], claims["last"], claims["after"]) == (EPOCH, 5, ROWS[-1].hash)
    assert b"JD0146" not in head


def _head_with(**changes: Any) -> Callable[[bytes], bytes]:
    """Sign an altered head again with the right key: what the hub must find by its own checks."""

    def altered(sealed: bytes) -> bytes:
        head, body = split(sealed)
        claims = cose.decode(cose.read_sign1(head, 1024, MessageType.BATCH).payload, 1024) | changes
        signed = cose.sign(cose.encode(claims), key_id(PUBLIC), DEVICE, MessageType.BATCH)
        return cose.encode([signed, body])

    return altered


def _body_with(**changes: Any) -> Callable[[bytes], bytes]:
    def altered(sealed: bytes) -> bytes:
        raw = cose.decode(zstandard.ZstdDecompressor().decompress(split(sealed)[1]), MAX_RAW_BYTES) | changes
        return _with_body(sealed, zstandard.compress(cose.encode(raw)))

    return altered


def _with_body(sealed: bytes, body: bytes) -> bytes:
    head, _ = split(sealed)
    return _joined(_head_with(body=digest(body))(cose.encode([head, body])), body)


def _joined(sealed: bytes, body: bytes) -> bytes:
    return cose.encode([split(sealed)[0], body])


def _row(**changes: Any) -> list[list[Any]]:
    rows = [[r.boot, r.mono_ms, r.wall_ms, r.trust, r.kind, r.payload] for r in ROWS]
    for column, value in changes.items():
        rows[2][("boot", "mono_ms", "wall_ms", "trust", "kind", "payload").index(column)] = value
    return rows


ALTERED: dict[str, Callable[[bytes], bytes]] = {
    "a row is missing": _body_with(rows=_row()[:2] + _row()[3:]),
    "a row came twice": _body_with(rows=[*_row(), _row()[4]]),
    "two rows changed places": _body_with(rows=[*_row()[:3], _row()[4], _row()[3]]),
    "a payload was altered": _body_with(rows=_row(payload=b'{"door":8}')),
    "a kind was altered": _body_with(rows=_row(kind="door_opened")),
    "a time was altered": _body_with(rows=_row(wall_ms=0)),
    "a hash before that is not theirs": _head_with(before=bytes(32)),
    "a hash after that is not theirs": _head_with(after=bytes(32)),
    "numbers moved up": _head_with(first=2),
    "fewer rows than it says": _head_with(last=9),
    "another epoch of wrong length": _head_with(epoch=b"short"),
    "row zero": _head_with(first=0, last=4),
    "a gap into the future": _head_with(gap={"after": 5}),
    "a fork at another row": _head_with(fork={"epoch": LATER, "seq": 9, "hash": bytes(32)}),
    "beside a row that is not in it": _body_with(besides=[[6, "parcel", "particulars", b"", True]]),
    "a text for a number": _body_with(rows=_row(boot="1")),
    "too many rows": _body_with(rows=_row() * 101),
    "a payload beyond its limit": _body_with(rows=_row(payload=bytes(65 * 1024))),
    "health beyond its limit": _body_with(health=bytes(17 * 1024)),
    "the body of another batch": lambda sealed: _joined(sealed, split(seal(with_beside(ROWS, begin()), DEVICE))[1]),
    "no zstd at all": lambda sealed: _with_body(sealed, b"not zstd"),
    "zstd cut short": lambda sealed: _with_body(sealed, split(sealed)[1][:-3]),
    "something after the frame": lambda sealed: _with_body(sealed, split(sealed)[1] + b"more"),
    "something after the envelope": lambda sealed: sealed + b"\x00",
    "only one part": lambda sealed: cose.encode([sealed]),
    "nothing": lambda _: b"",
    "no CBOR": lambda _: b"\xff" * 40,
}


@pytest.mark.parametrize("what", ALTERED)
def test_i4_an_altered_batch_is_refused(what: str) -> None:
    altered = ALTERED[what](seal(batch_of(ROWS, begin()), DEVICE))
    with pytest.raises(BadInput):
        unseal(altered, PUBLIC)


def test_i4_a_foreign_device_cannot_speak_for_a_site() -> None:
    forged = seal(batch_of(ROWS, begin()), Ed25519PrivateKey.from_private_bytes(bytes(32)))
    with pytest.raises(NotAllowed, match="signature"):
        unseal(forged, PUBLIC)


def test_every_flipped_bit_is_noticed() -> None:
    sealed = seal(batch_of(ROWS, begin()), DEVICE)
    for place in range(len(sealed)):
        flipped = bytearray(sealed)
        flipped[place] ^= 1 << place % 8
        with pytest.raises((BadInput, NotAllowed)):
            unseal(bytes(flipped), PUBLIC)


def _bomb(says: bool) -> bytes:
    compressor = zstandard.ZstdCompressor(level=19, write_content_size=says)
    return compressor.compress(bytes(256 * 1024 * 1024))


@pytest.mark.parametrize("says", [True, False])
def test_a_bomb_of_compression_is_refused_by_its_size(says: bool) -> None:
    bomb = _with_body(seal(batch_of(ROWS, begin()), DEVICE), _bomb(says))
    assert len(bomb) < MAX_SEALED_BYTES
    with pytest.raises(TooLarge):
        unseal(bomb, PUBLIC)


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    honest = zstandard.compress(bytes(MAX_RAW_BYTES + 1))
    size = (MAX_RAW_BYTES + 1).to_bytes(4, "little")
    assert size in honest[:16]
    with pytest.raises(BadInput):
        unseal(_with_body(seal(batch_of(ROWS, begin()), DEVICE), honest.replace(size, b"\x40\x00\x00\x00", 1)), PUBLIC)


def test_limits_are_named_when_sealing() -> None:
    with pytest.raises(TooLarge, match="501 rows, limit 500"):
        seal(batch_of(follow(begin(), 501), begin()), DEVICE)
    noise = digest(b"seed")
    while len(noise) < 300_000:
        noise += digest(noise)
    with pytest.raises(TooLarge, match=f"limit {MAX_SEALED_BYTES}"):
        seal(with_beside(ROWS, begin(), noise), DEVICE)
    big = Beside("00112233aabbccdd", "document", bytes(512 * 1024))
    many = structs.replace(batch_of(follow(begin(), 9), begin()), besides=tuple((n, big) for n in range(1, 10)))
    with pytest.raises(TooLarge, match=f"limit {MAX_RAW_BYTES}"):
        seal(many, DEVICE)
    with pytest.raises(TooLarge):
        unseal(bytes(MAX_SEALED_BYTES + 1), PUBLIC)


def test_a_hole_is_never_sealed() -> None:
    with pytest.raises(BadInput, match="row 2 is missing"):
        seal(Batch(site=SITE, epoch=EPOCH, before=begin(), rows=(ROWS[0], *ROWS[2:])), DEVICE)
    with pytest.raises(BadInput, match="does not match its hash"):
        seal(Batch(site=SITE, epoch=EPOCH, before=Head(0, bytes(32)), rows=ROWS), DEVICE)
