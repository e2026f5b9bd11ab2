"""kill -9 at two hundred moments of deposits and pickups, with the world alive beside it."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from edge.core.words import ContentSensor
from tests.faults.aims import Aim, deck
from tests.faults.nursery import Nursery
from tests.faults.street import Street

KILLS = 200
STREETS = 8  # at the same time, for most of it is waiting for hands and doors
BLIND = 3  # of them have nothing that senses inside


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    nursery = Nursery()
    yield nursery
    nursery.close()


def test_i1_i2_i3_i4_i6_kill_nine_at_200_moments(nursery: Nursery) -> None:
    """No acknowledged event lost, no parcel in two places, no code burnt or used twice, no pulse after start-up."""
    aims = deck(KILLS, Random(200))
    with tempfile.TemporaryDirectory(prefix="kill-") as folder, ThreadPoolExecutor(STREETS) as people:
        hands = [aims[n::STREETS] for n in range(STREETS)]
        played = list(people.map(lambda n: _play(nursery, Path(folder) / str(n), n, hands[n]), range(STREETS)))
    moments: Counter[str] = sum((street.moments for street in played), Counter())
    rows: Counter[str] = sum((street.last_rows for street in played), Counter())
    acknowledged = sum(street.record.acknowledged for street in played)
    parcels = sum(len(street.record.collected()) for street in played)
    print(
        f"\n{moments.total()} kills: {_said(moments)}; behind the rows: {_said(rows)}; "
        f"{acknowledged} acknowledged rows, {parcels} parcels collected"
    )
    assert moments.total() == KILLS


def _play(nursery: Nursery, folder: Path, number: int, aims: list[Aim]) -> Street:
    folder.mkdir()
    content = ContentSensor.NONE if number < BLIND else ContentSensor.INFRARED
    street = Street(nursery, folder, content, seed=number)
    try:
        street.play(aims)
    except AssertionError as failure:
        street.close()
        failure.add_note(f"street {number}, {content}:\n{street.story()}")
        raise
    street.close()
    return street


def _said(counted: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counted.most_common())
