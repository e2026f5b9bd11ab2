"""Which locker lives a life: its wall, its rules and the sizes of its journal, drawn from the seed."""

from __future__ import annotations

import random
from typing import Final

from edge.core.site import CompartmentPlan, Policy
from edge.core.words import ContentSensor, Feedback, Size
from edge.journal import JournalLimits
from tests.sim.truth import CARRIER

DAY_S: Final = 86_400
HOUR_S: Final = 3600
LONG_H: Final = 2.0  # a life beyond it has time for what takes hours


def draw_wall(chance: random.Random) -> tuple[CompartmentPlan, ...]:
    """Four to eight doors: with every kind of feedback and content sensor, or of one kind throughout."""
    content = chance.choice(
        (list(ContentSensor), [ContentSensor.NONE], [ContentSensor.SCALE], [ContentSensor.INFRARED])
    )
    feedback = chance.choice(
        ([Feedback.SWITCH], [Feedback.SWITCH], [Feedback.LATCH], [Feedback.SWITCH, Feedback.LATCH])
    )
    return tuple(
        CompartmentPlan(
            door,
            chance.choice((Size.S, Size.S, Size.M, Size.M, Size.L, Size.XL)),
            chance.choice(feedback),
            chance.choice(content),
            reachable=door % 2 == 1,
        )
        for door in range(1, chance.randint(4, 8) + 1)
    )


def draw_policy(chance: random.Random, hours: float) -> Policy:
    """Half an hour until particulars are erased, or, where a life is long enough, the day that sites have."""
    hold_s = chance.choice((HOUR_S, 2 * HOUR_S, DAY_S))
    erase_after_s = chance.choice((HOUR_S // 2, HOUR_S // 2, DAY_S)) if hours > LONG_H else HOUR_S // 2
    quotas = chance.choice(({}, {}, {}, {CARRIER: 40}))
    return Policy(
        default_hold_s=hold_s,
        erase_after_s=erase_after_s,
        overdue_pickup=chance.choice(("open", "open", "refuse")),
        unannounced=chance.choice(("accept", "accept", "accept", "refuse", "hold")),
        carrier_quota_percent=quotas,
    )


def draw_limits(chance: random.Random) -> JournalLimits:
    """Snapshots and compaction as often as in the product, or so often that a short life sees many."""
    often = chance.choice((20, 100, 1000))
    kept = chance.choice((150, 400)) if often < 1000 and chance.random() < 0.6 else JournalLimits().rows_kept
    return JournalLimits(snapshot_every_rows=often, rows_kept=kept, wal_idle_pages=chance.choice((16, 256)))


def draw_boards(chance: random.Random, plans: tuple[CompartmentPlan, ...]) -> dict[str, list[int]]:
    """All doors on one board, or half of them on another."""
    doors = [plan.door for plan in plans]
    half = chance.choice((0, 0, len(doors) // 2))
    return {"A": doors[:half], "B": doors[half:]} if half else {"A": doors}


def draw_lines(chance: random.Random, boards: dict[str, list[int]]) -> tuple[str, ...]:
    """Some boards are bare lines, whose coils the host switches itself."""
    return tuple(board for board in boards if chance.random() < 0.15)
