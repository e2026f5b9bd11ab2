"""Letting a new site in: a claim code, once, within 15 minutes, bound to the first key that presents it."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import Struct

from edge.core.errors import Busy, NotAllowed
from sync.claims import claim_from
from sync.enrol import Enrolment, Welcome, read_request, sign_welcome
from sync.hub.issue import site_pin_key
from sync.hub.keys import HubKeys
from sync.hub.lists import signed_roster, signed_standing
from sync.hub.store import HubStore
from sync.keyfiles import Entropy
from sync.signed import digest

__all__ = ["CLAIM_LIFE_S", "TryLimit", "exchange", "make_claim"]

CLAIM_LIFE_S: Final = 15 * 60
MAX_FAILURES: Final = 10  # of one address within a claim's life
MAX_FAILURES_OF_ALL: Final = 200  # of all addresses: 2**40 codes, so a guess within a year is one in a hundred thousand
_MAX_ADDRESSES: Final = 1000


class TryLimit:
    """Counts failed claims.  Lives in memory: a restart of the hub gives nobody more than another few tries."""

    def __init__(self) -> None:
        self._failures: dict[str, list[int]] = {}

    def check(self, address: str, now_s: int) -> None:
        """Raise Busy when too many claims have failed."""
        self._forget(now_s)
        of_one = len(self._failures.get(address, ()))
        of_all = sum(map(len, self._failures.values()))
        if of_one >= MAX_FAILURES or of_all >= MAX_FAILURES_OF_ALL:
            raise Busy(f"enrolment: {of_one} failed claims, limit {MAX_FAILURES} in {CLAIM_LIFE_S} s; come back later")

    def failed(self, address: str, now_s: int) -> None:
        if address in self._failures or len(self._failures) < _MAX_ADDRESSES:
            self._failures.setdefault(address, []).append(now_s)

    def _forget(self, now_s: int) -> None:
        young = {who: [at for at in ats if now_s - at < CLAIM_LIFE_S] for who, ats in self._failures.items()}
        self._failures = {who: ats for who, ats in young.items() if ats}


class _Accepted(Struct, frozen=True):
    site: int
    device: bytes


def make_claim(store: HubStore, site: int, entropy: Entropy, now_s: int) -> str:
    """A new claim for `site`; only its digest is kept."""
    claim = claim_from(entropy(5))
    with store.transaction():
        store.site(site)
        store.run("DELETE FROM claims WHERE expires_at <= ?", now_s)
        sql = "INSERT OR REPLACE INTO claims (digest, site, expires_at) VALUES (?, ?, ?)"
        store.run(sql, digest(claim.encode()), site, now_s + CLAIM_LIFE_S)
    return claim


def exchange(store: HubStore, keys: HubKeys, request: bytes, address: str, limit: TryLimit, now_s: int) -> bytes:
    """Exchange a claim for everything a site has to know.

    Raises NotAllowed for a claim that is unknown, over or another key's, Busy after too many of them.
    """
    limit.check(address, now_s)
    with store.transaction():
        try:
            accepted = _accept(store, request, now_s)
        except NotAllowed:
            limit.failed(address, now_s)
            raise
        _let_in(store, keys, accepted, now_s)
        enrolment = _enrolment(store, keys, accepted.site, now_s)
    hub = keys.by_role("hub", now_s)
    return sign_welcome(Welcome(enrolment=enrolment, to=digest(request), issued_at=now_s), hub.private, hub.key.kid)


def _accept(store: HubStore, request: bytes, now_s: int) -> _Accepted:
    wanted = read_request(request)
    found = store.one("SELECT * FROM claims WHERE digest = ?", digest(wanted.claim.encode()))
    if found is None or found["expires_at"] <= now_s or found["device"] not in (None, wanted.device):
        raise NotAllowed("enrolment: this claim code is unknown, over or used")
    store.run("UPDATE claims SET device = ? WHERE digest = ?", wanted.device, found["digest"])
    return _Accepted(found["site"], wanted.device)


def _let_in(store: HubStore, keys: HubKeys, accepted: _Accepted, now_s: int) -> None:
    """From here on this key speaks for the site, and no other does."""
    kids = msgspec.json.encode([issuer.key.kid.hex() for issuer in keys.every()]).decode()
    sql = "UPDATE sites SET device = ?, enrolled_at = ?, keys = ?, nonce = x'' WHERE site = ?"
    store.run(sql, accepted.device, now_s, kids, accepted.site)


def _enrolment(store: HubStore, keys: HubKeys, site: int, now_s: int) -> Enrolment:
    record = store.site(site)
    return Enrolment(
        site=site,
        root=keys.root_public,
        pin_key=site_pin_key(keys.pin_secret, site),
        keys=keys.bundle,
        roster=signed_roster(store, keys, site, now_s),
        standing=signed_standing(store, keys, site, now_s),
        groups=msgspec.json.decode(record["groups"], type=list[int]),
        name=record["name"],
        address=record["address"],
    )
