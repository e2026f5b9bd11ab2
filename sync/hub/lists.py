"""Rosters and standing lists: signed from what the hub's books say, with versions that only rise."""

from __future__ import annotations

from typing import Final

import msgspec

from edge.core.roster import Badge, Roster
from edge.core.standing import MAX_STANDING, Standing, StandingList
from sync.hub.issue import sign_roster, sign_standing
from sync.hub.keys import HubKeys
from sync.hub.projection import IN_THE_WALL
from sync.hub.store import HubStore
from sync.hub.versions import next_version

__all__ = ["put_badge", "signed_roster", "signed_standing", "standing_list"]

_ROSTER_VERSION: Final = "roster version"


def put_badge(store: HubStore, site: int, entry: Badge) -> None:
    """`site`: the site or group that the badge is for."""
    store.run("INSERT OR REPLACE INTO badges VALUES (?, ?, ?)", entry.badge, site, msgspec.json.encode(entry))


def signed_roster(store: HubStore, keys: HubKeys, site: int, now_s: int) -> bytes:
    """A new version of the roster of a site, of this moment: its badges and those of its groups that are not over.

    Call inside a transaction.
    """
    numbers = [site, *msgspec.json.decode(store.site(site)["groups"], type=list[int])]
    sql = f"SELECT entry FROM badges WHERE site IN ({','.join('?' * len(numbers))}) ORDER BY badge"
    entries = [msgspec.json.decode(record["entry"], type=Badge) for record in store.all(sql, *numbers)]
    version = next_version(int(store.setting(_ROSTER_VERSION) or b"0"), now_s)
    store.put_setting(_ROSTER_VERSION, str(version).encode())
    good = tuple(entry for entry in entries if entry.until > now_s)
    roster = Roster(site=site, issued_at=now_s, version=version, badges=good)
    return sign_roster(roster, keys.by_role("commands", now_s))


def signed_standing(store: HubStore, keys: HubKeys, site: int, now_s: int) -> bytes:
    """A new version of the standing list of a site.  Call inside a transaction."""
    version = next_version(int(store.site(site)["standing_version"]), now_s)
    store.run("UPDATE sites SET standing_version = ? WHERE site = ?", version, site)
    return sign_standing(standing_list(store, site, version, now_s), keys.by_role("commands", now_s))


def standing_list(store: HubStore, site: int, version: int, now_s: int) -> StandingList:
    """What stands where, as the events say.  A parcel whose record makes no sound entry is left to the review."""
    found = store.all(
        "SELECT p.*, max(r.generation, r.revoked + 1) AS generation, r.second_factor AS asks,"
        " coalesce(q.pin, b.body) AS pin FROM parcels p"
        " LEFT JOIN reservations r ON r.site = p.site AND r.reservation = p.reservation"
        " LEFT JOIN particulars q ON q.site = p.site AND q.parcel = p.parcel"
        " LEFT JOIN besides b ON b.site = p.site AND b.subject = 'pin:' || p.reservation AND b.name = 'pin'"
        f" WHERE p.site = ? AND p.door > 0 AND p.state IN ({','.join('?' * len(IN_THE_WALL))})"
        " ORDER BY p.door, p.parcel LIMIT ?",
        site,
        *IN_THE_WALL,
        MAX_STANDING,
    )
    entries = [entry for record in found if (entry := _entry(record)) is not None]
    handled = int(store.site(site)["handled_order"])
    return StandingList(site=site, issued_at=now_s, version=version, after_order=handled, parcels=tuple(entries))


def _entry(record: dict[str, object]) -> Standing | None:
    fields = {
        "door": record["door"],
        "parcel": record["parcel"],
        "reservation": record["reservation"],
        "carrier": record["carrier"],
        "hold_until": record["hold_until"],
        "generation": record["generation"] or 0,
        "size": record["size"],
        "kind": record["parcel_kind"],
        "returning": record["state"] == "returning",
        "second_factor": bool(record["asks"] or record["second_factor"]),
        "pin": record["pin"],
    }
    try:
        return msgspec.convert(fields, Standing, builtin_types=(bytes,))
    except msgspec.ValidationError:
        return None
