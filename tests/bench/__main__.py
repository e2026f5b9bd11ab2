"""`python -m tests.bench`: run the benchmarks, print them, write bench.json.

Exit codes: 0 all ran; 1 one of them failed, which is named; 2 wrong usage.  A missed target is printed and
fails nothing: times depend on what else the machine does.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from msgspec import structs

from tests.bench import (
    committing,
    counting,
    decoding,
    edges,
    growing,
    hopping,
    idling,
    machine,
    memory,
    opening,
    polling,
    report,
    sealing,
    showing,
    starting,
    unlocking,
    verifying,
)
from tests.bench.figures import Effort, Table

Benchmark = Callable[[Effort], list[Table]]

BENCHMARKS: Final[dict[str, Benchmark]] = {
    "decode": decoding.decode,
    "verify": verifying.verify_credential,
    "commit": committing.commit,
    "opening": opening.scan_to_pin,
    "fsyncs": counting.fsyncs_before_the_pulse,
    "hop": hopping.camera_hop,
    "start": starting.start_to_ready,
    "memory": memory.memory,
    "growth": growing.commit_at_sizes,
    "sync": sealing.seal_batches,
    "polls": polling.poll_boards,
    "unlock": unlocking.unlock_to_byte,
    "edge": edges.door_to_journal,
    "idle": idling.idle,
    "screen": showing.show_the_door,
}
TEN_MILLION: Final = 10_000_000
OUTPUT: Final = "bench.json"


def main(argv: list[str] | None = None) -> int:
    wanted = _wanted(argv)
    chosen = {name: BENCHMARKS[name] for name in wanted.only or BENCHMARKS}
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=Path.cwd()) as directory:  # on the disk that is meant
        effort = _effort(wanted, Path(directory))
        about = machine.described(effort.directory)
        print(f"{about['processor']}, Python {about['python']}, SQLite {about['sqlite']}, {about['file_system']}")
        tables, failures = run(chosen, effort)
    about["load_after"] = machine.load()
    Path(OUTPUT).write_bytes(report.as_json(tables, about, failures))
    print(f"\nload before {about['load']}, after {about['load_after']}; written: {OUTPUT}")
    for name, why in failures.items():
        print(f"FAILED: {name}: {why}", file=sys.stderr)
    return 1 if failures else 0


def run(chosen: Mapping[str, Benchmark], effort: Effort) -> tuple[dict[str, list[Table]], dict[str, str]]:
    """Run and print each; return the tables, and why some failed."""
    tables: dict[str, list[Table]] = {}
    failures: dict[str, str] = {}
    for name, benchmark in chosen.items():
        began_s = time.monotonic()
        try:
            tables[name] = benchmark(effort)
        except Exception as error:  # noqa: BLE001  (one that fails is named, the others still run)
            failures[name] = "".join(traceback.format_exception_only(error)).strip()
            print(f"\n{name} FAILED: {failures[name]}", flush=True)
            continue
        for table in tables[name]:
            print("", *report.lines(table), sep="\n")
        print(f"  ({name}: {time.monotonic() - began_s:.0f} s)", flush=True)
    return tables, failures


def _wanted(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description="Print the figures and write bench.json."
    )
    parser.add_argument("only", nargs="*", metavar="NAME", help=f"only these: {', '.join(BENCHMARKS)}")
    parser.add_argument("--full", action="store_true", help="commit cost at ten million events too: some minutes, 3 GB")
    parser.add_argument("--rounds", type=int, help="how often each thing is timed (default 200)")
    wanted = parser.parse_args(argv)
    if unknown := [name for name in wanted.only if name not in BENCHMARKS]:
        parser.error(f"no benchmark {unknown[0]!r}; there are {', '.join(BENCHMARKS)}")
    if wanted.rounds is not None and not 3 <= wanted.rounds <= 100_000:
        parser.error(f"--rounds {wanted.rounds}: must be 3 to 100000")
    return wanted


def _effort(wanted: argparse.Namespace, directory: Path) -> Effort:
    effort = Effort(directory)
    if wanted.full:
        effort = structs.replace(effort, events=(*effort.events, TEN_MILLION))
    if wanted.rounds is not None:
        effort = structs.replace(effort, rounds=wanted.rounds, openings=min(wanted.rounds, effort.openings))
    return effort


if __name__ == "__main__":
    sys.exit(main())
