"""What one site is: its wall, its policy, its keys.  Read once from the configuration; never changed by a command."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct, field

from edge.core.words import SIZE_ORDER, ContentSensor, Feedback, Size

Seconds = Annotated[float, Meta(ge=0, le=31_536_000)]
Count = Annotated[int, Meta(ge=0, le=100_000)]


class CompartmentPlan(Struct, frozen=True, forbid_unknown_fields=True):
    """One compartment as built.  Lengths in mm; `x`, `y`, `width`, `height` place the door on the map of the wall."""

    door: Annotated[int, Meta(ge=1, le=9999)]
    size: Size = Size.M
    feedback: Feedback = Feedback.SWITCH
    content: ContentSensor = ContentSensor.NONE
    reachable: bool = True  # from a wheelchair: handle between 400 and 1100 mm
    bottom_mm: Annotated[int, Meta(ge=0, le=4000)] = 0  # heavy parcels go low
    x: Annotated[int, Meta(ge=0, le=100_000)] = 0
    y: Annotated[int, Meta(ge=0, le=100_000)] = 0
    width: Annotated[int, Meta(ge=1, le=100_000)] = 1
    height: Annotated[int, Meta(ge=1, le=100_000)] = 1


class Timers(Struct, frozen=True, forbid_unknown_fields=True):
    """Waits in seconds, all monotonic."""

    idle_s: Seconds = 30  # at a choice, until the warning
    warning_s: Seconds = 20  # then home
    edge_s: Seconds = 4  # pulse → switch edge, then the second pulse
    status_s: Seconds = 1.5  # a fresh status reading must come within this
    push_s: Seconds = 3  # from "push the door, then pull" until the second pulse: to read it, and to do it
    shortest_open_s: Seconds = 2  # shorter: nobody took a parcel out
    latch_s: Seconds = 1  # a latch says "open" or "closed" only when it has stood so for this long
    open_reminder_s: Seconds = 30
    open_operator_s: Seconds = 180
    grace_s: Seconds = 180
    thanks_s: Seconds = 8
    settle_s: Seconds = 4  # content sensor after a door has closed
    unlock_deadline_s: Seconds = 5  # after the input that caused it
    outcome_s: Seconds = 15  # an unlock without any outcome by then: the board is broken


class Policy(Struct, frozen=True, forbid_unknown_fields=True):
    """What the operator may decide.  Every choice has a safe default."""

    timers: Timers = field(default_factory=Timers)
    overdue_pickup: Annotated[str, Meta(pattern="^(open|refuse)$")] = "open"
    unannounced: Annotated[str, Meta(pattern="^(accept|refuse|hold)$")] = "accept"
    unannounced_by_carrier: dict[str, Annotated[str, Meta(pattern="^(accept|refuse|hold)$")]] = field(
        default_factory=dict
    )
    default_size: Size = Size.S  # for a parcel nobody announced; "does not fit" gives a larger door
    heavy_g: Annotated[int, Meta(ge=100, le=1_000_000)] = 10_000  # from here a parcel on the courier's scale goes low
    default_hold_s: Annotated[int, Meta(ge=3600, le=90 * 86400)] = 7 * 86400
    # The most compartments that a carrier may have let at once, as a percentage of all in service (rounded up).
    carrier_quota_percent: dict[str, Annotated[int, Meta(ge=0, le=100)]] = field(default_factory=dict)
    erase_after_s: Annotated[int, Meta(ge=0, le=30 * 86400)] = 86400  # particulars, after collection
    pin_tries: Annotated[int, Meta(ge=1, le=20)] = 5
    pin_failures_a_day: Annotated[int, Meta(ge=5, le=1000)] = 60
    openings_an_hour: Annotated[int, Meta(ge=1, le=20)] = 5  # the books remember the last 20
    reopenings_in_grace: Annotated[int, Meta(ge=0, le=10)] = 2
    live_openings: Annotated[int, Meta(ge=1, le=16)] = 4
    deposit_doors_at_once: Annotated[int, Meta(ge=1, le=4)] = 2
    brake_openings: Annotated[int, Meta(ge=0, le=3)] = 3  # by command, in ten minutes; may be lowered, never raised
    brake_openings_a_day: Annotated[int, Meta(ge=0, le=10)] = 10
    telephone: Annotated[str, Meta(max_length=32)] = ""


class Neighbour(Struct, frozen=True, forbid_unknown_fields=True):
    """Another site, for "your parcel is at …"."""

    number: int
    name: str
    address: str = ""


class Site(Struct, frozen=True):
    """One site.  `pin_key` is per site; `root_public` is the 32-byte Ed25519 key that signs the key bundles."""

    number: int
    compartments: tuple[CompartmentPlan, ...]
    name: str = ""
    address: str = ""
    groups: frozenset[int] = frozenset()
    neighbours: tuple[Neighbour, ...] = ()
    policy: Policy = field(default_factory=Policy)
    root_public: bytes = b""
    pin_key: bytes = b""

    def plan(self, door: int) -> CompartmentPlan:
        """The compartment behind `door`; KeyError when the wall has none."""
        for plan in self.compartments:
            if plan.door == door:
                return plan
        raise KeyError(door)

    def has(self, door: int) -> bool:
        return any(plan.door == door for plan in self.compartments)

    def neighbour(self, number: int) -> Neighbour | None:
        return next((other for other in self.neighbours if other.number == number), None)


def fits(wanted: Size, compartment: Size) -> bool:
    """Whether a parcel of size `wanted` goes into a compartment of size `compartment`."""
    return SIZE_ORDER[compartment] >= SIZE_ORDER[wanted]
