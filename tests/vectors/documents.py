"""Vectors of key bundles, rosters and standing lists."""

from __future__ import annotations

from typing import Any

import msgspec

from edge.core.claims import Permission
from edge.core.credential import parcel_id
from edge.core.documents import DocumentType, ParcelKind, sign_document
from edge.core.keys import KeyBundle, KeyPurpose, accept_keys
from edge.core.pin import pin_verifier
from edge.core.roster import Badge, Roster, accept_roster, judge_age
from edge.core.standing import Standing, StandingList, accept_standing
from edge.core.words import Purpose, Role, Size
from sync.hub.issue import second_factor_verifier, sign_keys, sign_roster, sign_standing
from tests.credentials.known_keys import (
    BUNDLE,
    COMMAND,
    GROUP,
    HERE,
    ISSUERS,
    NOW,
    NOW_S,
    PICKUP,
    PIN_KEY,
    ROOT,
    SITE,
    issuer,
    private,
    seed,
)
from tests.vectors.form import DAY_S, ID, PARCEL, flipped, place, plain, refused


def keys() -> dict[str, Any]:
    names = ("pickup", "other pickup", "next", "old", "courier", "service", "command", "opening")
    good = sign_keys(BUNDLE, ROOT)

    def read(data: bytes) -> KeyBundle:
        return accept_keys(6, data, ROOT.public_key().public_bytes_raw(), HERE)

    twice = msgspec.structs.replace(BUNDLE, keys=(PICKUP.key, PICKUP.key))
    both = issuer("both", "0501", KeyPurpose.PICKUP, KeyPurpose.SERVICE)
    return {
        "about": "Key bundles. The private seeds are known to everybody and sign every other vector.",
        "given": {
            **place(),
            "current_version": 6,
            "root_public": ROOT.public_key().public_bytes_raw().hex(),
            "root_seed": seed("root").hex(),
            "seeds": {one.key.kid.hex(): seed(name).hex() for name, one in zip(names, ISSUERS, strict=True)},
        },
        "good": [{"name": "for every site", "in": good.hex(), "out": plain(read(good))}],
        "refused": refused(
            read,
            {
                "signed by a key that is not the root": sign_keys(BUNDLE, private("thief")),
                "signed under another key id": sign_document(BUNDLE, DocumentType.KEYS, b"\x01\x01", PICKUP.private),
                "a version that was reached before": sign_keys(msgspec.structs.replace(BUNDLE, version=6), ROOT),
                "for another site": sign_keys(msgspec.structs.replace(BUNDLE, site=99), ROOT),
                "a key id twice": sign_keys(msgspec.structs.replace(twice, version=8), ROOT),
                "pickups and service on one key": sign_keys(msgspec.structs.replace(BUNDLE, keys=(both.key,)), ROOT),
                "one bit of the signature flipped": flipped(good, -1),
                "a byte after the end": good + b"\x00",
                "a roster's type": sign_document(BUNDLE, DocumentType.ROSTER, b"\x00\x00", ROOT),
            },
        ),
    }


def roster() -> dict[str, Any]:
    entries = (
        Badge(
            badge=ID.hex(),
            role=Role.COURIER,
            verifier=second_factor_verifier("4711", b"sixteen salt by."),
            until=NOW_S + 90 * DAY_S,
            permissions=(Permission.DEPOSIT, Permission.INSPECT),
            carriers=("dpd",),
            number="100234",
        ),
        Badge(
            badge="00112233445566aa",
            role=Role.TECHNICIAN,
            verifier=second_factor_verifier("an old goat", b"another salt 16."),
            until=NOW_S + 30 * DAY_S,
            permissions=(Permission.SERVICE, Permission.COLLECT_OVERDUE),
        ),
    )
    listed = Roster(site=SITE, issued_at=NOW_S, version=3, badges=entries)
    weak = msgspec.structs.replace(entries[0].verifier, n=5000)
    weak_entry = msgspec.structs.replace(entries[0], verifier=weak)

    def read(data: bytes) -> Roster:
        return accept_roster(2, data, BUNDLE, HERE, NOW)

    def signed(**changes: Any) -> bytes:
        return sign_roster(msgspec.structs.replace(listed, **changes), COMMAND)

    return {
        "about": "Rosters. The second factors are 4711 and `an old goat`.",
        "given": {**place(), "bundle": sign_keys(BUNDLE, ROOT).hex(), "current_version": 2},
        "good": [{"name": "two badges", "in": signed().hex(), "out": plain(read(signed()))}],
        "refused": refused(
            read,
            {
                "a version that was reached before": signed(version=2),
                "for another site": signed(site=77),
                "a badge twice": signed(badges=(entries[0], entries[0])),
                "scrypt with an n that is no power of two": signed(badges=(weak_entry,)),
                "signed by a key for pickups": sign_document(
                    listed, DocumentType.ROSTER, PICKUP.key.kid, PICKUP.private
                ),
                "one bit of the signature flipped": flipped(signed(), -1),
            },
        ),
        "age": [
            {"days": days, "purpose": purpose, "refused": judge_age(NOW_S - days * DAY_S, purpose, NOW)}
            for days in (0, 7, 8, 14, 15, 1000)
            for purpose in (Purpose.PICKUP, Purpose.DEPOSIT, Purpose.SERVICE)
        ],
    }


def standing() -> dict[str, Any]:
    parcels = (
        Standing(
            door=7,
            parcel=PARCEL,
            reservation=ID.hex(),
            carrier="dpd",
            hold_until=NOW_S + 5 * DAY_S,
            generation=1,
            size=Size.M,
            pin=pin_verifier(PIN_KEY, "12345678"),
        ),
        Standing(
            door=8,
            parcel=parcel_id("gls", "ZF8S2K11").hex(),
            reservation=parcel_id("gls", "ZF8S2K11").hex(),
            carrier="gls",
            hold_until=NOW_S,
            kind=ParcelKind.RETURN,
            returning=True,
        ),
    )
    listed = StandingList(site=SITE, issued_at=NOW_S, version=9, after_order=40, parcels=parcels)

    def read(data: bytes) -> StandingList:
        return accept_standing(8, data, BUNDLE, HERE, NOW)

    def signed(**changes: Any) -> bytes:
        return sign_standing(msgspec.structs.replace(listed, **changes), COMMAND)

    return {
        "about": "Standing lists.",
        "given": {**place(), "bundle": sign_keys(BUNDLE, ROOT).hex(), "current_version": 8},
        "good": [{"name": "a parcel and a return", "in": signed().hex(), "out": plain(read(signed()))}],
        "refused": refused(
            read,
            {
                "a version that was reached before": signed(version=8),
                "for a group": signed(site=GROUP),
                "a parcel twice": signed(parcels=(parcels[0], parcels[0])),
                "a door 0": sign_standing(
                    msgspec.structs.replace(listed, parcels=(msgspec.structs.replace(parcels[0], door=0),)), COMMAND
                ),
                "one bit of the signature flipped": flipped(signed(), -1),
            },
        ),
    }
