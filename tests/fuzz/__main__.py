"""Fuzz everything that reads what comes from outside.

    python -m tests.fuzz --minutes 5            all targets in turn, the time shared among them
    python -m tests.fuzz --minutes 1 code cbor  only these
    python -m tests.fuzz TARGET FILE            one finding once more

Led by coverage where the fuzzer (atheris) is installed, by hypothesis where it is not.  The last line is one JSON
object; the exit status is 1 when something was found.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from tests.fuzz.findings import FOLDER, again
from tests.fuzz.hunting import RULES, hunt, hunt_rules, play_rules
from tests.fuzz.targets import TARGETS

NAMES: Final = (*TARGETS, RULES)
HEAVY: Final = {"decide": 4, RULES: 4}  # shares of the time; all others have one
SHOWN_LINES: Final = 60  # of what is said about a finding
GRACE_S: Final = 120  # for a guided process to begin and to shrink nothing


class GaveWay(Exception):
    """The process in which a target was played ended otherwise than by the clock or by a finding."""


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("words", nargs="*", help="targets; or one target and a file")
    options.add_argument("--minutes", type=float, default=5.0)
    options.add_argument("--seed", type=int, default=0, help="0: another one each time")
    options.add_argument("--unguided", action="store_true", help="without coverage, as where the fuzzer is missing")
    told = options.parse_args()
    if len(told.words) == 2 and told.words[0] in NAMES and Path(told.words[1]).is_file():
        return _play(told.words[0], Path(told.words[1]))
    unknown = [name for name in told.words if name not in NAMES]
    if unknown:
        options.error(f"no target {unknown[0]!r}; there are {', '.join(NAMES)}")
    guided = not told.unguided and find_spec("atheris") is not None
    if not guided:
        print("fuzz: no coverage-guided fuzzer here; hypothesis plays all targets", flush=True)
    names, seed = tuple(told.words) or NAMES, told.seed or time.time_ns() % 2**31
    return _hunt_all(names, told.minutes * 60, seed, guided=guided)


def _play(name: str, file: Path) -> int:
    """Once more; what is wrong is raised."""
    data = file.read_bytes()
    if name == RULES:
        play_rules(data)
    else:
        TARGETS[name](data)
    print(f"{name}: {file} is let pass or refused as it should be")
    return 0


def _hunt_all(names: tuple[str, ...], seconds: float, seed: int, *, guided: bool) -> int:
    shares = sum(HEAVY.get(name, 1) for name in names)
    inputs, gave_way = 0, 0
    found: list[tuple[str, Path]] = []
    for name in names:
        span_s = max(1.0, seconds * HEAVY.get(name, 1) / shares)
        try:
            tried, findings = _hunt(name, span_s, seed, guided=guided)
        except GaveWay as why:
            gave_way += 1
            print(f"{name:16} {why}", flush=True)
            continue
        inputs += tried
        found += [(name, file) for file in findings]
        result = "FOUND" if findings else "nothing found"
        print(f"{name:16} {tried:9,} inputs in {span_s:5.1f} s   {result}", flush=True)
    for name, file in found:
        print(f"found: {again(name, file)}")
    figures = {"targets": len(names), "inputs": inputs, "guided": guided, "seed": seed, "gave_way": gave_way}
    print(json.dumps(figures | {"findings": len(found)}))
    return 1 if found or gave_way else 0


def _hunt(name: str, seconds: float, seed: int, *, guided: bool) -> tuple[int, list[Path]]:
    if name == RULES:
        return hunt_rules(seconds, seed)
    return _guided(name, seconds, seed) if guided else hunt(TARGETS[name], seconds, seed)


def _guided(name: str, seconds: float, seed: int) -> tuple[int, list[Path]]:
    FOLDER.mkdir(exist_ok=True)
    before = set(FOLDER.glob(f"{name}-*"))
    command = [sys.executable, "-m", "tests.fuzz.guided", name, str(max(1, round(seconds))), str(FOLDER), str(seed)]
    try:
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", errors="replace", check=False, timeout=seconds + GRACE_S
        )
    except subprocess.TimeoutExpired:
        raise GaveWay(f"came to no end within {seconds + GRACE_S:g} s") from None
    findings = sorted(set(FOLDER.glob(f"{name}-*")) - before)
    if done.returncode:
        print(_told(done.stdout + done.stderr), flush=True)
    if done.returncode and not findings:
        raise GaveWay(f"ended with status {done.returncode} and without a finding")
    executed = re.search(r"stat::number_of_executed_units: (\d+)", done.stderr)
    return int(executed[1]) if executed else 0, findings


def _told(text: str) -> str:
    """What the process said of its finding: the lines of the exception, not those of the fuzzer."""
    start = text.rfind("=== Uncaught Python exception")
    lines = text[start:].splitlines()[:SHOWN_LINES] if start >= 0 else text.splitlines()[-SHOWN_LINES:]
    return "\n".join(f"  {line}" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
