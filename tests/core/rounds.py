"""What the tests of couriers' rounds share: other people in the roster, and what I6 asks of every compartment."""

from __future__ import annotations

from edge.core import events, inputs
from edge.core.claims import Claims
from edge.core.events.base import Event
from edge.core.roster import Badge, Roster
from edge.core.screens import Screen
from edge.core.words import Evidence, Purpose, Role
from sync.hub.issue import mint_code, sign_roster
from tests.core.desk import COURIER_PIN, DAY_S, Desk, make_roster
from tests.credentials.known_keys import COMMAND, COURIER, SITE

OTHER_BADGE = "c1c1c1c1c1c1c1c1"
DOUBT = (
    events.CompartmentToReview,
    events.CompartmentOutOfService,
    events.ParcelUncertain,
    events.DoorForced,
    events.DoorJammed,
    events.ParcelDeposited,
)
KNOWN = frozenset({Evidence.SENSOR, Evidence.PERSON, Evidence.INFERRED})


def roster(desk: Desk, *, version: int = 2, issued_at: int | None = None, until: int = 0, **badge: object) -> None:
    """A new roster: the courier of the desk, changed as said, and a second one."""
    first, *others = make_roster().badges
    now = int(desk.wall_s)
    fields = {"until": until or now + 300 * DAY_S, **badge}
    changed = Badge(
        badge=first.badge,
        role=Role.COURIER,
        verifier=first.verifier,
        until=fields["until"],  # type: ignore[arg-type]
        permissions=fields.get("permissions", first.permissions),  # type: ignore[arg-type]
        carriers=fields.get("carriers", first.carriers),  # type: ignore[arg-type]
        number=first.number,
    )
    second = Badge(
        badge=OTHER_BADGE,
        role=Role.COURIER,
        verifier=first.verifier,
        until=now + 300 * DAY_S,
        permissions=first.permissions,
        carriers=("dpd",),
    )
    made = Roster(
        site=SITE, issued_at=now if issued_at is None else issued_at, version=version, badges=(changed, second, *others)
    )
    desk.tell(inputs.Document("roster", sign_roster(made, COMMAND)))


def other_courier_code(desk: Desk) -> str:
    claims = Claims(
        id=bytes.fromhex(OTHER_BADGE),
        site=SITE,
        purpose=Purpose.DEPOSIT,
        expires_s=int(desk.wall_s) + 2 * DAY_S,
        carrier="dpd",
    )
    return mint_code(claims, COURIER)


def other_courier_comes(desk: Desk) -> Screen:
    desk.scan(other_courier_code(desk))
    shown = desk.pin(COURIER_PIN)
    return desk.tap("not_now") if shown.name == "look" else shown


def let_and_freed(desk: Desk) -> list[Event]:
    """I6: every letting in the rows follows a freeing of that door on named evidence, with no doubt in between."""
    free: set[int] = set()
    for event in desk.events:
        if isinstance(event, events.CompartmentFreed):
            assert event.evidence in KNOWN, event
            free.add(event.door)
        elif isinstance(event, events.ParcelCollected) and event.evidence is Evidence.SENSOR:
            free.add(event.door)
        elif isinstance(event, DOUBT):
            free.discard(event.door)
        elif isinstance(event, events.CompartmentLet):
            assert event.door in free, f"I6: compartment {event.door} was let without evidence that it is empty"
            free.discard(event.door)
    return [e for e in desk.events if isinstance(e, events.CompartmentLet | events.CompartmentFreed)]
