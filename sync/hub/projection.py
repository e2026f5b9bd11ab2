"""What the events of a site add up to, for pages and standing lists.  Tolerant: it reads fields by their names.

It decides nothing about doors.  A kind or a field that it does not know, or of another type than expected, changes
nothing here and is no reason to refuse a row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct

from edge.core.rows import Row
from sync.hub.store import HubStore

__all__ = ["IN_THE_WALL", "erase_beside", "project"]

IN_THE_WALL: Final = ("standing", "leaving", "overdue", "returning", "uncertain")


class Told(Struct, frozen=True):
    """One event: whose, when by the site's clock, and its fields."""

    site: int
    wall_ms: int
    fields: dict[str, Any]

    def text(self, name: str, default: str = "") -> str:
        value = self.fields.get(name)
        return value[:200] if isinstance(value, str) else default

    def number(self, name: str, default: int = 0) -> int:
        value = self.fields.get(name)
        return value if type(value) is int and abs(value) < 2**53 else default


def project(store: HubStore, site: int, row: Row) -> None:
    """Take one row into the books, inside the transaction that stores it."""
    act = _ACTS.get(row.kind)
    if act is None:
        return
    try:
        fields = msgspec.json.decode(row.payload)
    except (msgspec.DecodeError, RecursionError):
        return
    if isinstance(fields, dict):
        act(store, Told(site, row.wall_ms, fields))


def erase_beside(store: HubStore, site: int, subject: str) -> None:
    """Forget what identifies a person.  What happened stays."""
    store.run("DELETE FROM besides WHERE site = ? AND subject = ?", site, subject)
    store.run("DELETE FROM particulars WHERE site = ? AND parcel = ?", site, subject)


def _known(store: HubStore, told: Told) -> bool:
    """Whether the event names a parcel; it is in the books from then on."""
    parcel = told.text("parcel")
    if not parcel:
        return False
    store.run("INSERT OR IGNORE INTO parcels (site, parcel) VALUES (?, ?)", told.site, parcel)
    for name in ("reservation", "carrier", "size", "parcel_kind"):
        if value := told.text(name):
            _set(store, told, name, value)
    _set(store, told, "told_ms", told.wall_ms)
    return True


def _set(store: HubStore, told: Told, column: str, value: str | int) -> None:
    """`column` is one of ours, never of the event."""
    sql = f"UPDATE parcels SET {column} = ? WHERE site = ? AND parcel = ?"
    store.run(sql, value, told.site, told.text("parcel"))


def _state(store: HubStore, told: Told, state: str, door: int | None = None) -> None:
    _set(store, told, "state", state)
    if door is not None:
        _set(store, told, "door", door)


def _announced(store: HubStore, told: Told) -> None:
    parcel = told.text("parcel")
    before = store.one("SELECT state FROM parcels WHERE site = ? AND parcel = ?", told.site, parcel)
    if not _known(store, told):
        return
    _set(store, told, "second_factor", int(told.fields.get("second_factor") is True))
    if before is None or before["state"] not in IN_THE_WALL:
        _state(store, told, "announced", 0)


def _deposited(store: HubStore, told: Told) -> None:
    if not _known(store, told):
        return
    going_back = told.text("purpose") == "drop_off" or told.fields.get("returning") is True
    _state(store, told, "returning" if going_back else "standing", told.number("door"))
    hold_s = told.number("hold_s")
    _set(store, told, "hold_s", hold_s)
    _set(store, told, "hold_until", told.wall_ms // 1000 + hold_s)
    generation = told.number("generation")
    sql = "UPDATE reservations SET generation = max(generation, ?) WHERE site = ? AND reservation = ?"
    store.run(sql, generation, told.site, told.text("reservation"))


def _cancelled(store: HubStore, told: Told) -> None:
    if _known(store, told):
        found = store.one("SELECT state FROM parcels WHERE site = ? AND parcel = ?", told.site, told.text("parcel"))
        _state(store, told, "returning" if found and found["state"] in IN_THE_WALL else "gone")


def _becomes(state: str, *, leaves: bool = False) -> Callable[[HubStore, Told], None]:
    def act(store: HubStore, told: Told) -> None:
        if _known(store, told):
            _state(store, told, state, 0 if leaves else (told.number("door") or None))

    return act


def _freed(store: HubStore, told: Told) -> None:
    """Whatever was booked behind that door is not there any more."""
    _empty(store, told, keep=())


def _reviewed(store: HubStore, told: Told) -> None:
    """Somebody looked: these are inside, and nothing else."""
    found = told.fields.get("parcels")
    inside = [parcel for parcel in found if isinstance(parcel, str)] if isinstance(found, list) else []
    _empty(store, told, keep=inside)
    for parcel in inside:
        one = Told(told.site, told.wall_ms, {"parcel": parcel})
        if _known(store, one):
            state = store.one("SELECT state FROM parcels WHERE site = ? AND parcel = ?", told.site, parcel)
            rests = state is not None and state["state"] in ("overdue", "returning")
            _state(store, one, state["state"] if state is not None and rests else "standing", told.number("door"))


def _empty(store: HubStore, told: Told, keep: Sequence[str]) -> None:
    """`keep`: these stay where they are."""
    door = told.number("door")
    booked = store.all("SELECT parcel FROM parcels WHERE site = ? AND door = ?", told.site, door) if door > 0 else []
    for record in booked:
        if record["parcel"] not in keep:
            _state(store, Told(told.site, told.wall_ms, {"parcel": record["parcel"]}), "gone", 0)


def _doubted(store: HubStore, told: Told) -> None:
    """What may have been put in just before somebody has to look."""
    found = told.fields.get("maybe")
    for parcel in found if isinstance(found, list) else ():
        one = Told(told.site, told.wall_ms, {"parcel": parcel})
        if isinstance(parcel, str) and _known(store, one):
            _state(store, one, "uncertain", told.number("door"))


def _extended(store: HubStore, told: Told) -> None:
    if _known(store, told):
        sql = (
            "UPDATE parcels SET hold_until = max(hold_until, ?) + ?, "
            "state = CASE state WHEN 'overdue' THEN 'standing' ELSE state END WHERE site = ? AND parcel = ?"
        )
        store.run(sql, told.wall_ms // 1000, told.number("by_s"), told.site, told.text("parcel"))


def _superseded(store: HubStore, told: Told) -> None:
    sql = "UPDATE reservations SET generation = max(generation, ?) WHERE site = ? AND reservation = ?"
    store.run(sql, told.number("generation"), told.site, told.text("reservation"))


def _revoked(store: HubStore, told: Told) -> None:
    sql = "UPDATE reservations SET revoked = max(revoked, ?) WHERE site = ? AND reservation = ?"
    store.run(sql, told.number("generation"), told.site, told.text("reservation"))


def _order_handled(store: HubStore, told: Told) -> None:
    """Its number is used up; what it carried may be personal, and is not needed any more.

    An order that the site was never sent is another one than that which was handled under its number.
    """
    number = told.number("number")
    sql = (
        "UPDATE orders SET result = ?, signed = x'' WHERE site = ? AND number = ? AND result = ''"
        " AND NOT EXISTS (SELECT 1 FROM unheard u WHERE u.site = orders.site AND u.number = orders.number)"
    )
    store.run(sql, told.text("result", "handled"), told.site, number)
    store.run("UPDATE sites SET handled_order = max(handled_order, ?) WHERE site = ?", number, told.site)


def _erased(store: HubStore, told: Told) -> None:
    subjects = told.fields.get("subjects")
    for subject in subjects if isinstance(subjects, list) else ():
        if isinstance(subject, str):
            erase_beside(store, told.site, subject)


def _raised(trouble: str) -> Callable[[HubStore, Told], None]:
    def act(store: HubStore, told: Told) -> None:
        sql = "INSERT OR REPLACE INTO troubles VALUES (?, ?, ?, ?, ?)"
        store.run(sql, told.site, trouble, told.text("what"), told.text("which"), told.text("detail"))

    return act


def _cleared(trouble: str) -> Callable[[HubStore, Told], None]:
    def act(store: HubStore, told: Told) -> None:
        sql = "DELETE FROM troubles WHERE site = ? AND class = ? AND what = ? AND which = ?"
        store.run(sql, told.site, trouble, told.text("what"), told.text("which"))

    return act


def _abandoned(store: HubStore, told: Told) -> None:
    """Behind door 0: nobody announced it, and it was never brought after all."""
    _becomes("announced" if told.number("door") else "gone", leaves=True)(store, told)


_ACTS: Final[dict[str, Callable[[HubStore, Told], None]]] = {
    "parcel_announced": _announced,
    "parcel_deposited": _deposited,
    "standing_adopted": _deposited,
    "parcel_cancelled": _cancelled,
    "compartment_freed": _freed,
    "compartment_reviewed": _reviewed,
    "compartment_to_review": _doubted,
    "parcel_collected": _becomes("collected", leaves=True),
    "parcel_gone": _becomes("gone", leaves=True),
    "parcel_uncertain": _becomes("uncertain"),
    "parcel_declined": _becomes("returning"),
    "parcel_overdue": _becomes("overdue"),
    "deposit_abandoned": _abandoned,
    "hold_extended": _extended,
    "credential_superseded": _superseded,
    "credential_revoked": _revoked,
    "order_handled": _order_handled,
    "particulars_erased": _erased,
    "fault_raised": _raised("fault"),
    "fault_cleared": _cleared("fault"),
    "alarm_raised": _raised("alarm"),
    "alarm_cleared": _cleared("alarm"),
}
