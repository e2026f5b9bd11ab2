"""What must be true after any life, whatever happened: read from the card and held against the world."""

from __future__ import annotations

from edge.core import events
from edge.core.words import CompartmentState, CredentialState, ParcelState
from tests.core.desk import sent
from tests.sim.site import SimSite

HERE = {ParcelState.STANDING, ParcelState.LEAVING, ParcelState.UNCERTAIN, ParcelState.OVERDUE, ParcelState.RETURNING}


def check(site: SimSite, labels: list[str]) -> None:
    """I1, I2, I3, I5, I6 and I8 between the card and the world, at rest."""
    told = site.events()
    granted = {(e.opening, 1): e.door for e in told if isinstance(e, events.OpeningAuthorised)}
    granted |= {(e.opening, e.attempt): e.door for e in told if isinstance(e, events.OpeningRetried)}
    pulses = site.pulses()
    assert len({(p.opening, p.attempt) for p in pulses}) == len(pulses), "I1: a pulse was driven twice"
    for pulse in pulses:
        assert granted.get((pulse.opening, pulse.attempt)) == pulse.door, f"I1: {pulse} without a durable authority"
    collected = [e.parcel for e in told if isinstance(e, events.ParcelCollected)]
    assert len(set(collected)) == len(collected), "I2: a parcel left twice"
    assert not site.world.damage, f"I8: {site.world.damage}"
    for label in labels:
        _one_parcel(site, label, collected)
    for door, record in site.state.compartments.items():
        if record.state is CompartmentState.FREE:
            assert not site.world.inside(door), f"I6: compartment {door} is free and holds {site.world.inside(door)}"


def _one_parcel(site: SimSite, label: str, collected: list[str]) -> None:
    known = site.state.parcels.get(sent(label).parcel)
    behind = [door for door in site.world.doors if any(p.name == label for p in site.world.inside(door))]
    if known is None:
        return
    booked = [d for d, record in site.state.compartments.items() if known.id in record.parcels]
    assert len(booked) <= 1, f"{label} is booked behind {booked}"
    if known.state is ParcelState.COLLECTED:
        assert not behind, f"I5: {label} counts as collected and is behind {behind}"
    if known.state is ParcelState.STANDING:
        assert behind == [known.door], f"{label} is booked behind {known.door} and is behind {behind}"
    right = site.state.reservations.get(known.reservation)
    if behind and right is not None and known.id not in collected:
        assert right.state is not CredentialState.CONSUMED, f"I3: the code of {label} is burnt, it is behind {behind}"
