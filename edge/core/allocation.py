"""Which free compartment a parcel gets.

The smallest that fits; among those a reachable one for whoever needs it (and, where there is a choice, an unreachable
one for whoever does not), a low one for what is heavy, then the door with the lowest number.  A carrier's quota is a
percentage of the compartments in service, rounded up: what the carrier has let may not exceed it.
"""

from __future__ import annotations

from msgspec import Struct

from edge.core.memory import Memory
from edge.core.refusal import Refusal
from edge.core.site import CompartmentPlan, Site, fits
from edge.core.state import State
from edge.core.words import SIZE_ORDER, CompartmentState, Content, ContentSensor, DoorState, Size


class Wish(Struct, frozen=True):
    """What a parcel needs."""

    carrier: str
    size: Size
    reachable: bool = False
    heavy: bool = False
    not_these: frozenset[int] = frozenset()


def lettable(site: Site, state: State, memory: Memory) -> tuple[CompartmentPlan, ...]:
    """Compartments that may be let now: free in the books, seen closed, not sensed full, no opening under way (I6)."""
    return tuple(
        plan
        for plan in site.compartments
        if plan.door in state.compartments
        and state.compartments[plan.door].state is CompartmentState.FREE
        and memory.sense(plan.door).state is DoorState.CLOSED
        and state.live(plan.door) is None
        and not _sensed_full(plan, memory)
    )


def _sensed_full(plan: CompartmentPlan, memory: Memory) -> bool:
    """Whatever the books say: with something inside it is not let."""
    reading = memory.contents.get(plan.door)
    return plan.content is not ContentSensor.NONE and reading is not None and reading.content is Content.PRESENT


def allocate(site: Site, state: State, memory: Memory, wish: Wish) -> int | Refusal:
    """The door for a parcel, or why there is none."""
    able = [
        plan
        for plan in lettable(site, state, memory)
        if fits(wish.size, plan.size) and plan.door not in wish.not_these and (plan.reachable or not wish.reachable)
    ]
    if not able:
        return Refusal.NO_FREE_COMPARTMENT
    if over_quota(site, state, wish.carrier, wish.not_these):
        return Refusal.CARRIER_QUOTA
    return min(able, key=lambda plan: _order(plan, wish)).door


def _order(plan: CompartmentPlan, wish: Wish) -> tuple[int, bool, int, int]:
    wasted_reach = plan.reachable and not wish.reachable
    return (SIZE_ORDER[plan.size], wasted_reach and not wish.heavy, plan.bottom_mm if wish.heavy else 0, plan.door)


def over_quota(site: Site, state: State, carrier: str, but: frozenset[int] = frozenset()) -> bool:
    """Whether one more compartment would be over the carrier's share; doors in `but` are on their way back."""
    percent = site.policy.carrier_quota_percent.get(carrier)
    if percent is None:
        return False
    records = [state.compartments[plan.door] for plan in site.compartments if plan.door in state.compartments]
    in_service = sum(record.state is not CompartmentState.OUT_OF_SERVICE for record in records)
    let = sum(
        state.compartments[plan.door].carrier == carrier
        and state.compartments[plan.door].state in (CompartmentState.HELD, CompartmentState.OCCUPIED)
        for plan in site.compartments
        if plan.door in state.compartments and plan.door not in but
    )
    return let + 1 > -(-in_service * percent // 100)


def free_by_size(site: Site, state: State, memory: Memory) -> dict[str, int]:
    """How many compartments of each size may be let now; what a courier is told before unloading."""
    free = lettable(site, state, memory)
    return {str(size): sum(plan.size is size for plan in free) for size in Size}
