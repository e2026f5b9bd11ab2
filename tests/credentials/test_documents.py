"""Key bundles, rosters and standing lists: newer only, signed by whom they must be, sound, and bounded."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from edge.core import cose
from edge.core.claims import Claims, Permission
from edge.core.documents import (
    EVERY_SITE,
    Document,
    DocumentRefused,
    DocumentType,
    Here,
    RefusedBecause,
    read_document,
    sign_document,
)
from edge.core.judgement import JudgementTime
from edge.core.keys import MAX_BUNDLE_BYTES, KeyBundle, KeyPurpose, accept_keys, require_key
from edge.core.refusal import Refusal
from edge.core.roster import (
    DEPOSIT_AGE_S,
    SERVICE_AGE_S,
    Badge,
    Roster,
    accept_roster,
    derive,
    judge_age,
    judge_badge,
    permissions,
    roster_age_s,
    second_factor_holds,
)
from edge.core.standing import Standing, StandingList, accept_standing
from edge.core.words import Purpose, Role
from sync.hub.issue import second_factor_verifier, sign_keys, sign_roster, sign_standing
from tests.credentials.known_keys import (
    BUNDLE,
    COMMAND,
    GROUP,
    HERE,
    NEXT_PICKUP,
    NOW,
    NOW_S,
    OLD_PICKUP,
    PICKUP,
    ROOT,
    SITE,
    UNSYNCED,
    issuer,
    private,
)

DAY_S = 86_400
ROOT_PUBLIC = ROOT.public_key().public_bytes_raw()
COURIER_ENTRY = Badge(
    badge="c0ffee0123456789",
    role=Role.COURIER,
    verifier=second_factor_verifier("4711", bytes(16)),
    until=NOW_S + DAY_S,
    permissions=("deposit", "inspect", "fly"),
    carriers=("dpd",),
    number="100234",
)
ROSTER = Roster(site=SITE, issued_at=NOW_S, version=3, badges=(COURIER_ENTRY,))
STANDING = Standing(door=7, parcel="11" * 8, reservation="22" * 8, carrier="dpd", hold_until=NOW_S)
LIST = StandingList(site=SITE, issued_at=NOW_S, version=3, after_order=9, parcels=(STANDING,))


def take_keys(bundle: KeyBundle, current: int = 0) -> KeyBundle:
    return accept_keys(current, sign_keys(bundle, ROOT), ROOT_PUBLIC, HERE)


def refusal_of(bundle: KeyBundle, current: int = 0) -> RefusedBecause:
    with pytest.raises(DocumentRefused) as refused:
        take_keys(bundle, current)
    return refused.value.reason


# -- keys ----------------------------------------------------------------------------------------------------------


def test_a_bundle_is_taken_for_this_site_for_its_group_and_for_every_site() -> None:
    for site in (SITE, GROUP, EVERY_SITE):
        assert take_keys(structs.replace(BUNDLE, site=site)).version == BUNDLE.version
    assert refusal_of(structs.replace(BUNDLE, site=SITE + 1)) is RefusedBecause.OTHER_SITE


@pytest.mark.parametrize("current", [7, 8])
def test_a_bundle_never_goes_back(current: int) -> None:
    assert refusal_of(BUNDLE, current) is RefusedBecause.NOT_NEWER


def test_i10_only_the_root_signs_keys() -> None:
    for kid, key in ((b"\0\0", private("thief")), (COMMAND.key.kid, COMMAND.private)):
        with pytest.raises(DocumentRefused) as refused:
            accept_keys(0, sign_document(BUNDLE, DocumentType.KEYS, kid, key), ROOT_PUBLIC, HERE)
        assert refused.value.reason in (RefusedBecause.BAD_SIGNATURE, RefusedBecause.UNKNOWN_KEY)


def test_whoever_mints_pickups_cannot_mint_technicians() -> None:
    both = issuer("both", "0501", KeyPurpose.DROP_OFF, KeyPurpose.SERVICE)
    assert refusal_of(structs.replace(BUNDLE, keys=(both.key,))) is RefusedBecause.MALFORMED


def test_no_key_of_a_bundle_has_the_name_of_the_root() -> None:
    impostor = structs.replace(PICKUP.key, kid=b"\0\0")
    assert refusal_of(structs.replace(BUNDLE, keys=(impostor,))) is RefusedBecause.MALFORMED


def test_a_bundle_of_64_keys_with_many_carriers_is_within_the_limit_and_65_are_refused() -> None:
    carriers = tuple(f"carrier-{number:02}" for number in range(20))
    keys = tuple(structs.replace(PICKUP.key, kid=bytes([9, number]), carriers=carriers) for number in range(65))
    assert len(sign_keys(structs.replace(BUNDLE, keys=keys[:64]), ROOT)) <= MAX_BUNDLE_BYTES
    assert len(take_keys(structs.replace(BUNDLE, keys=keys[:64])).keys) == 64
    assert refusal_of(structs.replace(BUNDLE, keys=keys)) is RefusedBecause.MALFORMED


def test_a_purpose_of_a_later_release_does_not_keep_the_bundle_out() -> None:
    later = structs.replace(PICKUP.key, purposes=("pickup", "teleport"))
    assert take_keys(structs.replace(BUNDLE, keys=(later,))).keys[0].purposes == ("pickup", "teleport")


def test_the_next_key_is_known_before_it_is_valid() -> None:
    assert BUNDLE.coming(NOW) == (NEXT_PICKUP.key,)
    assert NEXT_PICKUP.key.kid.hex() in BUNDLE.kids()


@pytest.mark.parametrize(
    ("kid", "purpose", "reason"),
    [
        (b"\x99\x99", KeyPurpose.COMMAND, RefusedBecause.UNKNOWN_KEY),
        (NEXT_PICKUP.key.kid, KeyPurpose.PICKUP, RefusedBecause.KEY_NOT_VALID_YET),
        (OLD_PICKUP.key.kid, KeyPurpose.PICKUP, RefusedBecause.KEY_EXPIRED),
        (PICKUP.key.kid, KeyPurpose.COMMAND, RefusedBecause.KEY_PURPOSE),
        (COMMAND.key.kid, KeyPurpose.OPEN, RefusedBecause.KEY_PURPOSE),
    ],
)
def test_a_key_signs_only_what_and_when_it_may(kid: bytes, purpose: KeyPurpose, reason: RefusedBecause) -> None:
    with pytest.raises(DocumentRefused) as refused:
        require_key(BUNDLE, kid, purpose, NOW)
    assert refused.value.reason is reason


def test_i9_a_site_without_time_still_hears_its_cloud() -> None:
    in_1970 = JudgementTime(trusted=False, wall_s=0, floor_s=0)
    assert require_key(BUNDLE, COMMAND.key.kid, KeyPurpose.COMMAND, in_1970) == COMMAND.key


# -- roster --------------------------------------------------------------------------------------------------------


def test_a_roster_is_found_by_badge_and_by_number() -> None:
    roster = accept_roster(2, sign_roster(ROSTER, COMMAND), BUNDLE, HERE, NOW)
    assert roster.find("c0ffee0123456789") == roster.find_number("100234") == COURIER_ENTRY
    assert roster.find("00" * 8) is roster.find_number("") is None


def test_a_roster_never_goes_back_and_is_for_this_site() -> None:
    for current, site, reason in ((3, SITE, RefusedBecause.NOT_NEWER), (2, SITE + 1, RefusedBecause.OTHER_SITE)):
        with pytest.raises(DocumentRefused) as refused:
            accept_roster(current, sign_roster(structs.replace(ROSTER, site=site), COMMAND), BUNDLE, HERE, NOW)
        assert refused.value.reason is reason


@pytest.mark.parametrize(
    "entry",
    [
        structs.replace(COURIER_ENTRY, role=Role.CUSTOMER),
        structs.replace(COURIER_ENTRY, badge="C0FFEE0123456789"),
        structs.replace(COURIER_ENTRY, number="12"),
        structs.replace(COURIER_ENTRY, verifier=structs.replace(COURIER_ENTRY.verifier, n=2**20)),
        structs.replace(COURIER_ENTRY, verifier=structs.replace(COURIER_ENTRY.verifier, n=2**12 + 1)),
        structs.replace(COURIER_ENTRY, verifier=structs.replace(COURIER_ENTRY.verifier, p=9)),
        structs.replace(COURIER_ENTRY, verifier=structs.replace(COURIER_ENTRY.verifier, salt=b"short")),
    ],
)
def test_a_roster_with_an_unsound_entry_is_refused_whole(entry: Badge) -> None:
    with pytest.raises(DocumentRefused) as refused:
        accept_roster(2, sign_roster(structs.replace(ROSTER, badges=(entry,)), COMMAND), BUNDLE, HERE, NOW)
    assert refused.value.reason is RefusedBecause.MALFORMED


def test_a_badge_may_do_what_both_the_roster_and_the_badge_allow() -> None:
    badge = Claims(id=bytes(8), site=SITE, expires_s=NOW_S, permissions=frozenset({Permission.DEPOSIT}))
    assert permissions(COURIER_ENTRY, badge) == {Permission.DEPOSIT}
    assert permissions(COURIER_ENTRY, None) == {Permission.DEPOSIT, Permission.INSPECT}


def test_a_second_factor_holds_only_for_its_pin() -> None:
    assert second_factor_holds(COURIER_ENTRY.verifier, "4711")
    assert not any(second_factor_holds(COURIER_ENTRY.verifier, pin) for pin in ("4712", "", "4711 ", "4" * 33))


def test_scrypt_is_the_one_of_rfc_7914_within_our_bounds() -> None:
    assert derive("4711", bytes(16), n=2**12) == hashlib.scrypt(b"4711", salt=bytes(16), n=2**12, r=8, p=1, dklen=32)
    with pytest.raises(ValueError, match="scrypt n"):
        derive("4711", bytes(16), n=2**16)


AGES = [
    (0, None, None),
    (DEPOSIT_AGE_S, None, None),
    (DEPOSIT_AGE_S + 1, Refusal.ROSTER_TOO_OLD, None),
    (SERVICE_AGE_S, Refusal.ROSTER_TOO_OLD, None),
    (SERVICE_AGE_S + 1, Refusal.ROSTER_TOO_OLD, Refusal.ROSTER_TOO_OLD),
]


@pytest.mark.parametrize(("age_s", "deposit", "service"), AGES)
def test_an_old_roster_stops_deposits_then_service_and_never_pickups(
    age_s: int, deposit: Refusal | None, service: Refusal | None
) -> None:
    at = JudgementTime(trusted=True, wall_s=NOW_S + age_s, floor_s=NOW_S)
    for purpose in (Purpose.DEPOSIT, Purpose.COLLECTION):
        assert judge_age(NOW_S, purpose, at) is deposit
    for purpose in (Purpose.SERVICE, Purpose.INSPECTION):
        assert judge_age(NOW_S, purpose, at) is service
    assert judge_age(NOW_S, Purpose.PICKUP, at) is judge_age(None, Purpose.DROP_OFF, at) is None


def test_without_a_roster_nobody_but_customers_may_act() -> None:
    assert judge_age(None, Purpose.DEPOSIT, NOW) is judge_age(None, Purpose.SERVICE, NOW) is Refusal.NO_ROSTER


def test_i9_on_a_clock_that_is_not_trusted_the_roster_ages_by_the_floor() -> None:
    in_2061 = JudgementTime(trusted=False, wall_s=2_871_763_200, floor_s=NOW_S + DAY_S)
    assert roster_age_s(NOW_S, in_2061) == DAY_S
    in_1970 = JudgementTime(trusted=False, wall_s=0, floor_s=NOW_S + 8 * DAY_S)
    assert judge_age(NOW_S, Purpose.DEPOSIT, in_1970) is Refusal.ROSTER_TOO_OLD
    assert roster_age_s(NOW_S, JudgementTime(trusted=False, wall_s=0, floor_s=0)) == 0


def test_i9_a_badge_ends_by_a_trusted_clock_or_by_the_floor() -> None:
    assert judge_badge(COURIER_ENTRY, NOW) is None
    assert judge_badge(None, NOW) is Refusal.UNKNOWN_BADGE
    in_2061 = JudgementTime(trusted=False, wall_s=2_871_763_200, floor_s=NOW_S)
    assert judge_badge(COURIER_ENTRY, in_2061) is None
    assert judge_badge(COURIER_ENTRY, structs.replace(in_2061, trusted=True)) is Refusal.BADGE_ENDED
    assert judge_badge(COURIER_ENTRY, structs.replace(in_2061, floor_s=NOW_S + 2 * DAY_S)) is Refusal.BADGE_ENDED


# -- standing list -------------------------------------------------------------------------------------------------


def test_a_standing_list_is_taken_once_and_for_this_very_site() -> None:
    data = sign_standing(LIST, COMMAND)
    assert accept_standing(2, data, BUNDLE, HERE, UNSYNCED) == LIST
    for current, changed, reason in (
        (3, LIST, RefusedBecause.NOT_NEWER),
        (2, structs.replace(LIST, site=GROUP), RefusedBecause.OTHER_SITE),
        (2, structs.replace(LIST, site=EVERY_SITE), RefusedBecause.OTHER_SITE),
        (2, structs.replace(LIST, parcels=(STANDING, STANDING)), RefusedBecause.MALFORMED),
        (
            2,
            structs.replace(LIST, parcels=(structs.replace(STANDING, pin=b"15 bytes exactl"),)),
            RefusedBecause.MALFORMED,
        ),
    ):
        with pytest.raises(DocumentRefused) as refused:
            accept_standing(current, sign_standing(changed, COMMAND), BUNDLE, HERE, NOW)
        assert refused.value.reason is reason


def test_a_wall_of_a_thousand_parcels_is_within_the_limit_and_one_more_is_refused() -> None:
    many = tuple(structs.replace(STANDING, parcel=f"{number:016x}", pin=bytes(16)) for number in range(1001))
    listed = structs.replace(LIST, parcels=many[:1000])
    assert len(accept_standing(2, sign_standing(listed, COMMAND), BUNDLE, HERE, NOW).parcels) == 1000
    with pytest.raises(DocumentRefused):
        accept_standing(2, sign_standing(structs.replace(LIST, parcels=many), COMMAND), BUNDLE, HERE, NOW)


# -- any bytes -----------------------------------------------------------------------------------------------------


@given(st.binary(max_size=300), st.sampled_from(list(DocumentType)))
def test_any_payload_is_refused_with_a_reason(payload: bytes, kind: DocumentType) -> None:
    data = cose.sign(payload, COMMAND.key.kid, COMMAND.private, kind)

    def nobody(kid: bytes, _: Document) -> bytes:
        return COMMAND.key.public

    with pytest.raises(DocumentRefused):
        read_document(data, kind, Roster, Here(SITE), nobody, max_bytes=1000)
