"""Deciding in turn adds up to what the rows add up to, and a snapshot of it is the same bytes however it came about."""

from __future__ import annotations

from edge.core.fold import freeze
from tests.core.desk import Desk, sent
from tests.core.pickups import ONE, Sees

TWO = sent("JD000302")


def test_deciding_in_turn_adds_up_to_what_the_rows_add_up_to() -> None:
    desk = Desk(stands={3: ONE}, content=Sees)
    desk.scan(desk.code(ONE))
    desk.take(3)
    desk.courier_comes()
    desk.deposit(TWO)
    desk.tap("end")
    desk.wait(400)
    assert desk.refolded() == desk.state
    assert freeze(desk.refolded()) == freeze(desk.state)


def test_a_snapshot_gives_the_same_bytes_whatever_order_things_happened_in() -> None:
    first, second = Desk(), Desk()
    for desk, order in ((first, (2, 7)), (second, (7, 2))):
        for door in order:
            desk.health("camera", f"number {door}", ok=False)
    assert list(first.state.faults) != list(second.state.faults)
    same = {"head": 0, "mono_ms": 0}
    assert freeze(first.state.with_(**same)) == freeze(second.state.with_(**same))
