"""The locker in figures, for status, tables and health: pure, from site, books and memory to plain values.

Nothing here names a person: parcels are told by their id, which is a hash, never by their tracking number (I11).
"""

from __future__ import annotations

from typing import Any

from edge.core.memory import Memory
from edge.core.site import CompartmentPlan, Site
from edge.core.state import HERE, Parcel, State
from edge.core.words import CompartmentState, ContentSensor, DoorState

__all__ = ["compartments", "doors", "openings", "parcels"]


def doors(site: Site, state: State, memory: Memory) -> list[dict[str, Any]]:
    """Every door: how it stands, and what its compartment is to the books."""
    return [_door(plan, state, memory) for plan in sorted(site.compartments, key=lambda plan: plan.door)]


def _door(plan: CompartmentPlan, state: State, memory: Memory) -> dict[str, Any]:
    sense, record, live = memory.sense(plan.door), state.compartments.get(plan.door), state.live(plan.door)
    content = memory.contents.get(plan.door) if plan.content is not ContentSensor.NONE else None
    return {
        "door": plan.door,
        "size": plan.size,
        "state": sense.state,
        "evidence": None if sense.reading is None else sense.reading.evidence,
        "compartment": None if record is None else record.state,
        "reason": "" if record is None else record.reason,
        "parcels": [] if record is None else list(record.parcels),
        "content": None if content is None else content.content,
        "weight_g": None if content is None else content.weight_g,
        "opening": 0 if live is None else live.number,
        "reachable": plan.reachable,
    }


def parcels(state: State, running_ms: int) -> list[dict[str, Any]]:
    """Every parcel in the books, those in the wall first."""
    ordered = sorted(state.parcels.values(), key=lambda one: (one.state not in HERE, one.door, one.id))
    return [_parcel(one, running_ms) for one in ordered]


def _parcel(parcel: Parcel, running_ms: int) -> dict[str, Any]:
    stopped = parcel.hold_left_ms >= 0
    left_ms = parcel.hold_left_ms if stopped else max(0, parcel.hold_ends_ms - running_ms)
    return {
        "parcel": parcel.id,
        "reservation": parcel.reservation,
        "carrier": parcel.carrier,
        "kind": parcel.kind,
        "state": parcel.state,
        "door": parcel.door if parcel.state in HERE else 0,
        "size": parcel.size,
        "hold_left_s": left_ms // 1000 if parcel.state in HERE else None,
        "hold_stopped": stopped,
    }


def openings(state: State, running_ms: int) -> list[dict[str, Any]]:
    """Openings under way."""
    return [
        {
            "opening": one.number,
            "door": one.door,
            "purpose": one.purpose,
            "authority": one.authority.kind,
            "attempt": one.attempt,
            "open_s": None if one.opened_ms < 0 or one.closed else max(0, running_ms - one.opened_ms) // 1000,
            "adopted": one.adopted,
        }
        for one in state.openings.values()
    ]


def compartments(state: State, memory: Memory) -> dict[str, Any]:
    """How many compartments are in which state, and which doors are not shut."""
    counts = {str(kind): 0 for kind in CompartmentState}
    for record in state.compartments.values():
        counts[record.state] += 1
    shut = (DoorState.CLOSED, DoorState.JAMMED)
    not_shut = {door: sense.state for door, sense in sorted(memory.doors.items()) if sense.state not in shut}
    return {"compartments": counts, "not_shut": {str(door): state for door, state in not_shut.items()}}
