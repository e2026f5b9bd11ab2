"""I4 against a hub that lies, or does not do its part: what is not signed for this request counts for nothing."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import structs

from sync.watermark import Reply, WhyNot, sign_reply
from tests.sync.street import Street, counted, doors


def test_i4_a_forged_watermark_counts_for_nothing(street: Street) -> None:
    locker = street.locker()
    locker.write(*doors(1, 50))
    somebody = Ed25519PrivateKey.from_private_bytes(bytes(32))
    hub = street.desk.keys.by_role("hub")
    street.wire.sign = lambda reply: sign_reply(reply, somebody, hub.key.kid)
    street.send_all(locker, 3600)
    assert counted(locker) == 0
    assert locker.of("link") == [(False, f"signature of key {hub.key.kid.hex()} does not hold")]
    assert locker.of("signed_time") == [], "I9: nor does its time"
    street.wire.sign = None
    street.send_all(locker, 60)
    assert counted(locker) == 50


def test_i4_another_key_of_the_bundle_cannot_sign_watermarks(street: Street) -> None:
    locker = street.locker()
    locker.write(*doors(1, 5))
    commands = street.desk.keys.by_role("commands")
    street.wire.sign = lambda reply: sign_reply(reply, commands.private, commands.key.kid)
    street.send_all(locker, 600)
    assert counted(locker) == 0
    assert "may not sign for watermark" in locker.of("link")[0][1]


def test_i4_an_answer_to_another_request_counts_for_nothing(street: Street) -> None:
    locker = street.locker()
    locker.write(*doors(1, 5))
    kept: list[bytes] = []

    def always_the_first(reply: Reply) -> bytes:
        kept.append(street.wire._signed(reply))
        return kept[0]

    street.wire.sign = always_the_first
    street.send_all(locker, 60)
    assert counted(locker) == 5
    locker.write(*doors(6, 5))
    street.send_all(locker, 600)
    assert counted(locker) == 5


def test_i4_a_hub_that_takes_nothing_is_asked_again_but_not_in_a_circle(street: Street) -> None:
    locker = street.locker()
    locker.write(*doors(1, 5))

    def stuck(reply: Reply) -> Reply:
        return structs.replace(reply, epoch=bytes(8), seq=0, hash=bytes(32), why_not=WhyNot.GAP)

    street.wire.answer = stuck
    street.send_all(locker, 3600)
    assert len(street.wire.requests) < 60
    assert counted(locker) == 0
    assert "was not taken: gap" in locker.of("link")[-1][1]
    street.wire.answer = lambda reply: reply
    street.send_all(locker, 60)
    assert counted(locker) == 5
