"""Hunting one mutant: lives in its scratch copy, first the one that killed it before, until a named check fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from tests.mutants.lives import Fate
from tests.mutants.mutant import Mutant
from tests.mutants.scratch import scratch_copy

KILLERS: Final = Path(__file__).parent / "killers.json"
LIFE_S: Final = 60.0  # a life takes a few seconds; one that spins is cut off
HUNT_S: Final = 180.0  # then the mutant has survived


class Killer(Struct, frozen=True):
    """The life that killed a mutant."""

    seed: int
    check: str


class Caught(Struct, frozen=True):
    """What became of a mutant; it survived when `check` is empty.  `strays`: checks that failed and do not count."""

    name: str
    check: str = ""
    seed: int = 0
    step: int = 0
    lives: int = 0
    took_s: float = 0.0
    text: str = ""
    strays: tuple[str, ...] = ()


def read_killers(path: Path = KILLERS) -> dict[str, Killer]:
    return msgspec.json.decode(path.read_bytes(), type=dict[str, Killer]) if path.exists() else {}


def write_killers(killers: dict[str, Killer], path: Path = KILLERS) -> None:
    text = msgspec.json.format(msgspec.json.encode(dict(sorted(killers.items()))), indent=1)
    path.write_bytes(text + b"\n")


def hunt(mutant: Mutant, known: Killer | None, most_s: float = HUNT_S) -> Caught:
    """Sabotage a copy, and live in it until a check of `mutant.dies_by` fails, or lives or time are used up."""
    with scratch_copy() as root:
        mutant.apply(root)
        return _hunt(
            mutant, _seeds(mutant, known), most_s, lambda seeds: _lives(root, mutant.life, mutant.hours, seeds)
        )


def control(life: str, hours: float, seeds: Sequence[int]) -> tuple[Fate, ...]:
    """The same lives with the product as it is: whatever fails in them says nothing about a sabotage."""
    with scratch_copy() as root:
        return tuple(fate for fate in _lives(root, life, hours, seeds) if fate.checks or not fate.over)


def _seeds(mutant: Mutant, known: Killer | None) -> list[int]:
    seeds = range(1, mutant.seeds + 1)
    return [*([known.seed] if known is not None else []), *(s for s in seeds if known is None or s != known.seed)]


def _hunt(mutant: Mutant, seeds: list[int], most_s: float, lives: Callable[[list[int]], Iterator[Fate]]) -> Caught:
    began_s = time.monotonic()
    strays: list[str] = []
    lived = 0
    with closing(lives(seeds)) as fates:  # type: ignore[type-var]
        for fate in fates:
            lived += 1
            took_s = round(time.monotonic() - began_s, 1)
            hit = next((check for check in fate.checks if check in mutant.dies_by), "")
            if hit:
                return Caught(mutant.name, hit, fate.seed, fate.step, lived, took_s, fate.text, tuple(strays))
            strays += [f"{check} (seed {fate.seed})" for check in fate.checks[:1]]
            if took_s > most_s:
                break
    took_s = round(time.monotonic() - began_s, 1)
    return Caught(mutant.name, lives=lived, took_s=took_s, strays=tuple(strays))


def _lives(root: Path, life: str, hours: float, seeds: Sequence[int]) -> Iterator[Fate]:
    command = [sys.executable, "-m", "tests.mutants.lives", "--life", life, "--hours", f"{hours:g}"]
    command += ["--life-s", f"{LIFE_S:g}", "--seeds", ",".join(map(str, seeds))]
    process = subprocess.Popen(
        command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            yield msgspec.json.decode(line, type=Fate)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # the life under way is a process of its own
        process.stdout.close()
        process.wait()
