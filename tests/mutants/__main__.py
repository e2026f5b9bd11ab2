"""python -m tests.mutants [NAME…]: sabotage the product line by line; each must be caught by a named check.

Prints mutant → check, seed, step, seconds.  At last the lives that killed are lived with the product as it is: nothing
may fail in them.  Ends with 1 when a mutant survived, or a life of the control failed, and says which.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from msgspec import structs

from tests.mutants.hunt import HUNT_S, Caught, Killer, control, hunt, read_killers, write_killers
from tests.mutants.mutant import Mutant
from tests.mutants.table import MUTANTS


def main(arguments: list[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    chosen = [mutant for mutant in MUTANTS if not asked.names or mutant.name in asked.names]
    unknown = sorted(set(asked.names) - {mutant.name for mutant in MUTANTS})
    if unknown:
        print(f"no mutant {', '.join(unknown)}; there are: {', '.join(m.name for m in MUTANTS)}", file=sys.stderr)
        return 2
    began_s = time.monotonic()
    killers = read_killers()
    caught: list[Caught] = []
    for one in _hunted(chosen, killers, asked.jobs, asked.seconds):
        caught.append(one)
        if one.check:
            killers[one.name] = Killer(one.seed, one.check)
        print(json.dumps(structs.asdict(one)) if asked.json else _line(one), flush=True)
    if asked.remember:
        write_killers(killers)
    survivors = sorted(one.name for one in caught if not one.check)
    failing = [] if asked.no_control else _controlled(caught, asked.jobs)
    took_s = time.monotonic() - began_s
    print(f"{len(caught)} mutants, {len(caught) - len(survivors)} caught, in {took_s:.0f} s", file=sys.stderr)
    for name in survivors:
        print(f"survived: {name}: {next(m.breaks for m in MUTANTS if m.name == name)}", file=sys.stderr)
    for text in failing:
        print(f"fails without any sabotage: {text}", file=sys.stderr)
    return 1 if survivors or failing else 0


def _hunted(chosen: Sequence[Mutant], killers: dict[str, Killer], jobs: int, most_s: float) -> Iterator[Caught]:
    known = dict(killers)
    with ThreadPoolExecutor(jobs) as pool:
        hunts = [pool.submit(hunt, mutant, known.get(mutant.name), most_s) for mutant in chosen]
        for done in as_completed(hunts):
            yield done.result()


def _controlled(caught: Sequence[Caught], jobs: int) -> list[str]:
    """Live the lives that killed once more, with the product as it is."""
    table = {mutant.name: mutant for mutant in MUTANTS}
    lives: dict[tuple[str, float], set[int]] = {}
    for one in caught:
        if one.check:
            lives.setdefault((table[one.name].life, table[one.name].hours), set()).add(one.seed)
    with ThreadPoolExecutor(jobs) as pool:
        runs = {
            (life, seed): pool.submit(control, life, hours, [seed]) for (life, hours), s in lives.items() for seed in s
        }
    return [f"{life}, seed {seed}: {fate.checks}" for (life, seed), run in runs.items() for fate in run.result()]


def _line(one: Caught) -> str:
    strays = f"  not counted: {', '.join(one.strays)}" if one.strays else ""
    if not one.check:
        return f"{one.name:40} SURVIVED {one.lives} lives, {one.took_s:.1f} s{strays}"
    return f"{one.name:40} {one.check:40} seed {one.seed:<4} step {one.step:<6} {one.took_s:5.1f} s{strays}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description="sabotages that must be noticed")
    parser.add_argument("names", nargs="*", metavar="NAME", help="these only")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="hunts at once")
    parser.add_argument("--seconds", type=float, default=HUNT_S, help="of one hunt at most")
    parser.add_argument("--no-control", action="store_true", help="do not live the same lives without a sabotage")
    parser.add_argument("--remember", action="store_true", help="write the lives that killed into killers.json")
    return parser


if __name__ == "__main__":
    sys.exit(main())
