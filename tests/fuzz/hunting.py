"""Hunting with hypothesis alone: the rule machine always, every target where there is no coverage-guided fuzzer."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.core.rules import Anybody
from tests.fuzz.findings import FOLDER, save
from tests.fuzz.strategies import inputs_of
from tests.fuzz.target import Target

__all__ = ["RULES", "hunt", "hunt_rules", "play_rules"]

RULES: Final = "rules"  # the name of the rule machine among the targets
EXAMPLES: Final = 200  # of a target in one round; the clock is looked at between rounds
LONG_EXAMPLES: Final = 5  # sequences of the machine in one round
LONG_STEPS: Final = 200
_LONG: Final = settings(
    database=None, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink)
)


def hunt(target: Target, seconds: float, seed: int, folder: Path = FOLDER) -> tuple[int, list[Path]]:
    """Rounds of hypothesis until the time is over or something is found: how many inputs, and what was found."""
    tried, failing = 0, b""

    def play(data: bytes) -> None:
        nonlocal tried, failing
        tried += 1
        try:
            target(data)
        except Exception:  # whatever it is: hypothesis gets it, and we remember the input
            failing = data
            raise

    until_s = time.monotonic() + seconds
    while time.monotonic() < until_s:
        seed += 1
        round_of = hypothesis.seed(seed)(settings(_LONG, max_examples=EXAMPLES)(given(inputs_of(target))(play)))
        if _fails(round_of):
            return tried, [save(target.name, failing, folder)]  # the last that failed is the smallest
    return tried, []


def hunt_rules(seconds: float, seed: int, folder: Path = FOLDER) -> tuple[int, list[Path]]:
    """Rounds of the rule machine: how many sequences, and what was found.  A finding is the seed of its round."""
    tried, until_s = 0, time.monotonic() + seconds
    while time.monotonic() < until_s:
        seed += 1
        tried += LONG_EXAMPLES
        data = str(seed).encode()
        if _fails(functools.partial(play_rules, data, shrink=False)):  # which takes minutes: when it is played again
            return tried, [save(RULES, data, folder)]
    return tried, []


def play_rules(data: bytes, *, shrink: bool = True) -> None:
    """The round of the rule machine with the seed in `data`, once more; hypothesis prints the shortest way there."""
    machine = type("Anybody", (Anybody,), {})
    hypothesis.seed(int(data))(machine)
    phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)
    run_state_machine_as_test(
        machine, settings=settings(_LONG, max_examples=LONG_EXAMPLES, stateful_step_count=LONG_STEPS, phases=phases)
    )


def _fails(play: Callable[[], object]) -> bool:
    """Whether it raised anything but the wish to stop: what a target lets out is a finding, whatever it is."""
    try:
        play()
    except Exception as found:  # noqa: BLE001 - a finding is whatever a target lets out
        print(f"  {type(found).__name__}: {found}".replace("\n", "\n  ")[:2000], flush=True)
        return True
    return False
