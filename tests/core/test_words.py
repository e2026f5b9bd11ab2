"""States move as the tables say; anything else raises and names both."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import pytest

from edge.core.errors import IllegalMove
from edge.core.memory import Memory
from edge.core.state import Parcel, State
from edge.core.words import (
    COMPARTMENT_MOVES,
    CREDENTIAL_MOVES,
    DOOR_MOVES,
    PARCEL_MOVES,
    CompartmentState,
    CredentialState,
    DoorState,
    ParcelState,
    legal,
)

TABLES: dict[str, Mapping[Any, frozenset[Any]]] = {
    "compartment": COMPARTMENT_MOVES,
    "parcel": PARCEL_MOVES,
    "credential": CREDENTIAL_MOVES,
    "door": DOOR_MOVES,
}
STATES: dict[str, type[StrEnum]] = {
    "compartment": CompartmentState,
    "parcel": ParcelState,
    "credential": CredentialState,
    "door": DoorState,
}


@pytest.mark.parametrize("which", TABLES)
def test_every_state_has_its_row(which: str) -> None:
    assert set(TABLES[which]) == set(STATES[which])


@pytest.mark.parametrize("which", TABLES)
def test_a_legal_move_is_made_and_an_illegal_one_raises_and_names_both(which: str) -> None:
    table = TABLES[which]
    for old in STATES[which]:
        for new in STATES[which]:
            if new is old or new in table[old]:
                assert legal(dict(table), which, old, new) is new
            else:
                with pytest.raises(IllegalMove, match=f"{which}: {old} → {new}"):
                    legal(dict(table), which, old, new)


def test_what_must_never_be_a_move() -> None:
    assert CompartmentState.FREE not in COMPARTMENT_MOVES[CompartmentState.OUT_OF_SERVICE]  # I6
    assert CompartmentState.OCCUPIED not in COMPARTMENT_MOVES[CompartmentState.FREE]  # let first
    assert CredentialState.CONSUMED not in CREDENTIAL_MOVES[CredentialState.GOOD]  # reserved first
    assert not CREDENTIAL_MOVES[CredentialState.REVOKED]
    assert ParcelState.STANDING not in PARCEL_MOVES[ParcelState.COLLECTED]  # I2
    assert DoorState.OPEN not in DOOR_MOVES[DoorState.JAMMED]  # pulsed again, or forced


def test_the_state_raises_on_an_illegal_move() -> None:
    state = State().with_new_parcel(Parcel("p", "r", "dpd"))
    with pytest.raises(IllegalMove, match="parcel p: announced → collected"):
        state.with_parcel("p", state=ParcelState.COLLECTED)
    with pytest.raises(IllegalMove, match="compartment 4: review → held"):
        state.with_compartment(4, state=CompartmentState.HELD)
    with pytest.raises(IllegalMove, match="credential of r: good → consumed"):
        state.with_reservation("r", state=CredentialState.CONSUMED)


def test_the_memory_raises_on_an_illegal_move() -> None:
    memory = Memory().with_door(1, state=DoorState.CLOSED)
    with pytest.raises(IllegalMove, match="door 1: closed → jammed"):
        memory.with_door(1, state=DoorState.JAMMED)
