"""python -m tests.mutants.lives --life NAME --seeds 3,1,2: lives one after another, each in a process of its own.

One JSON line for each, as soon as it is over.  Started in a scratch copy; nothing here knows which line was changed.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from multiprocessing.connection import Connection

import msgspec
from msgspec import Struct

from tests.sim.scenarios import live

FORK = multiprocessing.get_context("fork")  # SQLite's own chance is the process's; what is imported is kept


class Fate(Struct, frozen=True):
    """How one life ended.  `checks`: those that failed; none when it ran to its end, or was cut off after `took_s`."""

    seed: int
    checks: tuple[str, ...] = ()
    text: str = ""
    step: int = 0
    over: bool = True
    took_s: float = 0.0
    last_steps: tuple[str, ...] = ()


def main(arguments: list[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    for seed in (int(text) for text in asked.seeds.split(",")):
        fate = _fate(asked.life, seed, asked.hours, asked.life_s)
        print(msgspec.json.encode(fate).decode(), flush=True)
    return 0


def _fate(life: str, seed: int, hours: float, most_s: float) -> Fate:
    began_s = time.monotonic()
    ours, theirs = FORK.Pipe(duplex=False)
    process = FORK.Process(target=_live, args=(theirs, life, seed, hours))
    process.start()
    theirs.close()
    try:
        fate = ours.recv() if ours.poll(most_s) else Fate(seed, over=False)
    except EOFError:
        fate = Fate(seed, ("the_life_goes_on",), "the process ended without a word")
    if not fate.over:
        process.terminate()
    process.join()
    return msgspec.structs.replace(fate, took_s=round(time.monotonic() - began_s, 1))


def _live(told: Connection, life: str, seed: int, hours: float) -> None:
    report = live(life, seed, hours)
    checks = tuple(check for check, _ in report.violations)
    text = report.violations[0][1] if report.violations else ""
    told.send(Fate(seed, checks, text, report.at_step, last_steps=report.last_steps))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants.lives", description="lives, one JSON line each")
    parser.add_argument("--life", default="street", help="which kind of life")
    parser.add_argument("--seeds", default="1", help="comma-separated, in the order in which they are lived")
    parser.add_argument("--hours", type=float, default=0.25, help="simulated hours of a life of the street")
    parser.add_argument("--life-s", type=float, default=60.0, help="a life that takes longer is cut off")
    return parser


if __name__ == "__main__":
    sys.exit(main())
