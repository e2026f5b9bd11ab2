"""The signed code: as small as it must be, readable by others, believed in the order of checks (I2, I9, I11)."""

from __future__ import annotations

import hashlib

import base45
import numpy
import pytest
import segno
import zxingcpp
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cwt import COSE, CWT, COSEKey
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from edge.core import cose
from edge.core.claims import Claims, Permission, claims_payload, read_claims
from edge.core.credential import (
    BADGE_LIFE_S,
    CredentialRefused,
    carrier_allowed,
    expiry_refuses,
    judge_time,
    parcel_id,
    parse,
    rank,
    verify,
)
from edge.core.documents import DocumentType
from edge.core.errors import BadInput, NotAllowed
from edge.core.judgement import JudgementTime, TimeVerdict
from edge.core.keys import KeyPurpose
from edge.core.refusal import Refusal
from edge.core.words import Purpose, Size
from sync.hub.issue import Issuer, choose_issuer, mint_code
from tests.credentials.known_keys import (
    BUNDLE,
    COURIER,
    HERE,
    ISSUERS,
    NEXT_PICKUP,
    NOW,
    NOW_S,
    PICKUP,
    SITE,
    UNLISTED,
    UNSYNCED,
    issuer,
)

DAY_S = 86_400
ID = bytes.fromhex("c0ffee0123456789")
PLAIN = Claims(id=ID, site=SITE, expires_s=NOW_S + 40 * DAY_S)


def code_bytes(text: str) -> bytes:
    return bytes(base45.b45decode(text[4:]))


def signed_text(payload: bytes) -> str:
    signed = cose.sign(payload, PICKUP.key.kid, PICKUP.private)
    return f"LK1:{base45.b45encode(signed).decode()}"


# -- size and form -------------------------------------------------------------------------------------------------


def test_the_plain_code_is_100_bytes_154_characters_and_a_qr_of_41_at_level_m() -> None:
    text = mint_code(PLAIN, PICKUP)
    assert len(code_bytes(text)) == 100
    assert len(text) == 154
    symbol = segno.make_qr(text, error="m", boost_error=False)
    assert (symbol.version, symbol.mode, symbol.symbol_size(border=0)) == (6, "alphanumeric", (41, 41))


def test_the_largest_site_id_and_expiry_do_not_make_the_plain_code_larger() -> None:
    text = mint_code(Claims(id=b"\xff" * 8, site=2**32 - 1, expires_s=2**32 - 1), eternal())
    assert len(text) == 154


@pytest.mark.parametrize("level", ["m", "q"])
def test_the_symbol_reads_back_as_the_text(level: str) -> None:
    text = mint_code(PLAIN, PICKUP)
    rows = segno.make_qr(text, error=level, boost_error=False).matrix_iter(scale=4, border=4)
    picture = numpy.array([[0 if dark else 255 for dark in row] for row in rows], dtype=numpy.uint8)
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [text]


def test_the_bytes_are_exactly_those_of_the_protocol_page() -> None:
    data = code_bytes(mint_code(PLAIN, PICKUP))
    head = "8447 a201270442 0101 a057 a3 041a" + PLAIN.expires_s.to_bytes(4, "big").hex()
    assert data[:36] == bytes.fromhex(head + " 0748 c0ffee0123456789 201a00bc614e 5840")


def eternal() -> Issuer:
    return issuer("pickup", "0101", KeyPurpose.PICKUP, carriers=("dpd",), not_after=2**32 - 1)


def test_an_independent_library_verifies_the_code_with_the_tag_in_front() -> None:
    claims = structs.replace(PLAIN, expires_s=2**32 - 1)  # that library looks at the real clock
    tagged = b"\xd2" + code_bytes(mint_code(claims, eternal()))
    pem = public_pem()
    key = COSEKey.from_pem(pem, kid=PICKUP.key.kid)
    assert COSE.new().decode(tagged, key) == claims_payload(claims)
    assert CWT.new().decode(tagged, key) == {4: 2**32 - 1, 7: ID, -1: SITE}


def test_an_independent_library_refuses_a_code_of_another_key() -> None:
    tagged = b"\xd2" + code_bytes(mint_code(PLAIN, UNLISTED))
    with pytest.raises(Exception, match="Failed to verify"):
        COSE.new().decode(tagged, COSEKey.from_pem(public_pem(), kid=UNLISTED.key.kid))


def public_pem() -> bytes:
    return PICKUP.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


whole_claims = st.builds(
    Claims,
    id=st.binary(min_size=8, max_size=8),
    site=st.integers(1, 2**32 - 1),
    expires_s=st.integers(1, 2**32 - 1),
    not_before_s=st.integers(0, 2**32 - 1),
    purpose=st.sampled_from([Purpose.PICKUP, Purpose.DROP_OFF]),
    generation=st.integers(0, 65_535),
    carrier=st.from_regex(r"([a-z0-9][a-z0-9-]{0,15})?", fullmatch=True),
    size=st.sampled_from([None, *Size]),
    reachable=st.booleans(),
    second_factor=st.booleans(),
)


@given(whole_claims)
def test_every_claim_is_read_back_as_it_was_written(claims: Claims) -> None:
    assert read_claims(claims_payload(claims), None) == claims


@given(st.sets(st.sampled_from(list(Permission)), min_size=1))
def test_permissions_are_read_back_as_they_were_written(granted: set[Permission]) -> None:
    badge = structs.replace(PLAIN, purpose=Purpose.SERVICE, permissions=frozenset(granted))
    assert read_claims(claims_payload(badge), None) == badge


def test_the_longest_code_is_within_the_limit() -> None:
    claims = Claims(
        id=ID,
        site=2**32 - 1,
        expires_s=2**32 - 1,
        not_before_s=2**32 - 1,
        purpose=Purpose.DEPOSIT,
        generation=65_535,
        carrier="a-carrier-16-cha",
        permissions=frozenset(Permission),
        size=Size.XL,
        reachable=True,
        second_factor=True,
    )
    by = issuer("long", "0101", KeyPurpose.DEPOSIT, carriers=("a-carrier-16-cha",), not_after=2**32 - 1)
    text = mint_code(claims, by)
    assert len(text) <= 240
    assert parse(text) == claims


# -- belief --------------------------------------------------------------------------------------------------------


def test_a_good_code_is_believed_with_what_its_key_may_speak_for() -> None:
    believed = verify(mint_code(PLAIN, PICKUP), BUNDLE, HERE, NOW)
    assert believed.claims == PLAIN
    assert believed.claims.reservation == "c0ffee0123456789"
    assert believed.carriers == ("dpd", "gls")


def test_a_parcel_of_a_carrier_that_the_key_does_not_speak_for_is_not_touched() -> None:
    believed = verify(mint_code(PLAIN, PICKUP), BUNDLE, HERE, NOW)
    assert [carrier_allowed(believed, carrier) for carrier in ("dpd", "gls", "posten")] == [True, True, False]


def test_a_code_that_names_its_carrier_touches_no_other() -> None:
    believed = verify(mint_code(structs.replace(PLAIN, carrier="gls"), PICKUP), BUNDLE, HERE, NOW)
    assert [carrier_allowed(believed, carrier) for carrier in ("dpd", "gls")] == [False, True]


def reason_of(text: str, at: JudgementTime = NOW) -> Refusal:
    with pytest.raises(CredentialRefused) as refused:
        verify(text, BUNDLE, HERE, at)
    return refused.value.reason


def test_the_site_is_told_before_anything_else_of_a_foreign_code() -> None:
    text = mint_code(structs.replace(PLAIN, site=4711), UNLISTED)
    with pytest.raises(CredentialRefused) as refused:
        verify(text, BUNDLE, HERE, NOW)
    assert (refused.value.reason, refused.value.site) == (Refusal.OTHER_SITE, 4711)


def test_a_foreign_code_with_unknown_claims_still_is_only_foreign() -> None:
    assert reason_of(signed_text(cose.encode({4: 1, 7: ID, -1: 4711, -9: 1}))) is Refusal.OTHER_SITE


def test_a_refusal_tells_nothing_of_the_code_but_the_site() -> None:
    with pytest.raises(CredentialRefused) as refused:
        verify(mint_code(PLAIN, UNLISTED), BUNDLE, HERE, NOW)
    assert ID.hex() not in str(refused.value)
    assert refused.value.site is None


def test_a_key_that_is_to_come_is_refused_by_a_trusted_clock_only() -> None:
    text = mint_code(PLAIN, NEXT_PICKUP)
    assert reason_of(text) is Refusal.KEY_NOT_VALID_YET
    assert verify(text, BUNDLE, HERE, UNSYNCED).claims == PLAIN


def test_i9_a_key_is_never_refused_as_expired_by_a_clock_that_is_not_trusted() -> None:
    text = mint_code(PLAIN, PICKUP)
    in_2061 = JudgementTime(trusted=False, wall_s=2_871_763_200, floor_s=NOW_S)
    assert verify(text, BUNDLE, HERE, in_2061).claims == PLAIN
    assert reason_of(text, structs.replace(in_2061, trusted=True)) is Refusal.KEY_EXPIRED


def test_no_document_passes_as_a_code() -> None:
    for kind in DocumentType:
        signed = cose.sign(claims_payload(PLAIN), PICKUP.key.kid, PICKUP.private, kind)
        assert reason_of(f"LK1:{base45.b45encode(signed).decode()}") is Refusal.MALFORMED


# -- what the flows judge ------------------------------------------------------------------------------------------


def test_i9_only_a_trusted_clock_says_expired() -> None:
    over = JudgementTime(trusted=True, wall_s=PLAIN.expires_s + 1, floor_s=NOW_S)
    assert judge_time(PLAIN, over) is TimeVerdict.EXPIRED
    assert judge_time(PLAIN, structs.replace(over, trusted=False)) is TimeVerdict.LATE_TOLERATED
    assert judge_time(PLAIN, structs.replace(over, trusted=False, floor_s=2**32)) is TimeVerdict.LATE_TOLERATED


@pytest.mark.parametrize(
    ("stands", "hold_over", "refused"),
    [(True, False, False), (True, True, True), (False, False, True), (False, True, True)],
)
def test_i3_an_expired_code_still_opens_what_stands_within_its_hold(
    stands: bool, hold_over: bool, refused: bool
) -> None:
    assert expiry_refuses(TimeVerdict.EXPIRED, parcel_stands=stands, hold_over=hold_over) is refused
    assert not expiry_refuses(TimeVerdict.LATE_TOLERATED, parcel_stands=stands, hold_over=hold_over)


def test_a_courier_badge_lives_72_hours_by_a_trusted_clock() -> None:
    badge = structs.replace(PLAIN, purpose=Purpose.DEPOSIT, carrier="dpd", expires_s=NOW_S + 10 * DAY_S)
    assert verify(mint_code(badge, COURIER), BUNDLE, HERE, NOW).claims.is_badge
    assert judge_time(badge, NOW) is TimeVerdict.NOT_YET
    near = structs.replace(NOW, wall_s=badge.expires_s - BADGE_LIFE_S)
    assert judge_time(badge, near) is TimeVerdict.IN_TIME
    assert judge_time(badge, UNSYNCED) is TimeVerdict.IN_TIME


def test_a_higher_generation_supersedes_and_revocation_reaches_up_to_one() -> None:
    second = structs.replace(PLAIN, generation=1)
    assert rank(second, 0, -1) is None
    assert rank(PLAIN, 1, -1) is Refusal.SUPERSEDED
    assert rank(PLAIN, 0, 0) is Refusal.REVOKED
    assert rank(second, 0, 0) is None


# -- parcels that nobody announced ---------------------------------------------------------------------------------


def test_issuer_and_door_compute_the_same_id_from_a_label() -> None:
    assert parcel_id("dpd", "jd 0146 0000 03") == parcel_id("dpd", "JD0146000003")
    assert parcel_id("dpd", "JD0146000003") != parcel_id("gls", "JD0146000003")


def test_the_id_is_the_start_of_the_hash_that_the_protocol_names() -> None:
    assert parcel_id("dpd", "JD0146") == hashlib.sha256(b"LK1dpd\x00JD0146").digest()[:8]


@pytest.mark.parametrize(
    ("carrier", "tracking"),
    [
        ("DPD", "1"),
        ("", "1"),
        ("-a", "1"),
        ("a" * 17, "1"),
        ("dpd", ""),
        ("dpd", "1\x1d2"),
        ("dpd", "ß"),
        ("dpd", "1" * 65),
    ],
)
def test_a_carrier_or_label_out_of_bounds_has_no_id(carrier: str, tracking: str) -> None:
    with pytest.raises(BadInput):
        parcel_id(carrier, tracking)


# -- issuing -------------------------------------------------------------------------------------------------------


def test_an_issuer_signs_for_a_site_only_with_a_key_that_the_site_has_reported() -> None:
    assert choose_issuer(ISSUERS, BUNDLE.kids(), KeyPurpose.PICKUP, "dpd", NOW_S) is PICKUP
    with pytest.raises(NotAllowed):
        choose_issuer(ISSUERS, ("0301",), KeyPurpose.PICKUP, "dpd", NOW_S)


def test_an_issuer_does_not_mint_what_its_key_may_not_say() -> None:
    for claims in (
        structs.replace(PLAIN, purpose=Purpose.SERVICE),
        structs.replace(PLAIN, carrier="posten"),
    ):
        with pytest.raises(NotAllowed):
            mint_code(claims, PICKUP)
    with pytest.raises(BadInput):
        mint_code(structs.replace(PLAIN, expires_s=2**32 - 1), PICKUP)
