"""`locker world`: the simulated wall and street of a configuration, or of a plain wall, on a Unix socket.

With `--board` its locks hang on fake boards, each on a pseudo-terminal: then no bank of driver sim is needed.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from edge.app import configuration
from edge.app.plugging import parse
from edge.app.wall import MAX_DOORS, Column, as_built
from edge.core.errors import BadInput, LockerError, machine_says
from edge.core.site import CompartmentPlan
from edge.core.words import ContentSensor, Size
from hal.bench.bench import benches, boards_of
from hal.sim.remote import SimOptions
from hal.sim.server import run_world

__all__ = ["plain_wall", "run"]

DOORS_A_COLUMN: Final = 6


def run(wanted: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    plans: Sequence[CompartmentPlan]
    plugged = [parse(text) for text in wanted.board]
    boards: Mapping[str, Sequence[int]] | None = boards_of(plugged) or None
    socket = wanted.socket
    if boards is not None:
        plans = _plans(wanted, boards)
    elif wanted.doors is None:
        told = configuration.load(wanted.config)
        plans = told.compartments
        sims = [bank for bank in told.banks if isinstance(bank.options, SimOptions)]
        if not sims:
            raise BadInput(f"world: {wanted.config} has no bank with driver sim")
        socket = socket or sims[0].options.socket
        boards = {bank.options.board: bank.doors for bank in sims if bank.options.socket == sims[0].options.socket}
        plans = [plan for plan in plans if any(plan.door in doors for doors in boards.values())]
    else:
        plans = plain_wall(wanted.doors)
    if not socket:
        raise BadInput("world: --doors and --board need --socket as well")
    path = Path(socket)
    try:
        run_world(
            path,
            plans,
            wanted.seed,
            boards=boards,
            ready=lambda: _say(path, len(plans)),
            beside=lambda world: benches(world, plugged),
        )
    except LockerError:  # some of them are errors of the machine by their other parent
        raise
    except OSError as error:
        raise BadInput(f"world: {path}: {machine_says(error)}") from None
    return 0


def _plans(wanted: argparse.Namespace, boards: Mapping[str, Sequence[int]]) -> list[CompartmentPlan]:
    """Those compartments that hang on a board.  BadInput when a board has a door that the wall has not."""
    told = configuration.load(wanted.config).compartments if wanted.doors is None else plain_wall(wanted.doors)
    built = {plan.door: plan for plan in told}
    hung = [door for doors in boards.values() for door in doors]
    strange = [door for door in hung if door not in built]
    if strange:
        raise BadInput(f"world: a board has door {strange[0]}, which the wall has not")
    return [built[door] for door in sorted(set(hung))]


def plain_wall(doors: int) -> tuple[CompartmentPlan, ...]:
    """Columns of six medium compartments with scales."""
    if not 1 <= doors <= MAX_DOORS:
        raise BadInput(f"world: {doors} doors, must be 1 to {MAX_DOORS}")
    columns = [
        Column(first, (Size.M,) * min(DOORS_A_COLUMN, doors - first + 1), content=ContentSensor.SCALE)
        for first in range(1, doors + 1, DOORS_A_COLUMN)
    ]
    return as_built(columns)


def _say(path: Path, doors: int) -> None:
    print(f"world: {doors} doors at {path}", flush=True)
