"""Measures how much is read, and how fast: the tables of docs/decoding.md.

    python -m tests.camera.rates [--per N] [--only CONDITION …]    still pictures, by condition
    python -m tests.camera.rates --street [--per N]                 the live pipeline before the world's camera
    python -m tests.camera.rates --frames                           milliseconds a frame, and memory

Every picture comes from a seed: the same command gives the same rates on every machine that is not so slow that the
search ends by its budget; times differ.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import cv2

from hal.camera import effort, retouch
from hal.camera.eye import Eye
from hal.camera.reader import Grey, scan
from hal.camera.wire import Formats
from hal.sim.phone import EMPTY, Light, Phone, Scene, render
from tests.camera.gallery import CONDITIONS, photograph
from tests.camera.street import SCENES, credential_text

FRAMES_A_SCENE = 10  # two thirds of a second before the camera
PER_LIMIT = 500


@dataclass
class Tally:
    """How many codes stood in the pictures of a condition, and how many each pipeline read."""

    codes: int = 0
    plain: int = 0
    stack: int = 0
    all_efforts: int = 0
    false_reads: int = 0
    times_ms: list[float] = field(default_factory=list)


def read_plain(grey: Grey) -> set[bytes]:
    return {reading.raw for reading in scan(grey).readings}


def read_stack(grey: Grey, wanted: set[bytes]) -> set[bytes]:
    """Plain, then doubled, then equalised, the next only where the one before left something."""
    found = read_plain(grey)
    if not wanted <= found:
        found |= read_plain(retouch.resize(grey, 2))
    if not wanted <= found:
        found |= read_plain(retouch.equalize(grey))
    return found


def measure(condition: str, seeds: Sequence[int], now: Callable[[], float] = time.perf_counter) -> Tally:
    """Read the condition's pictures with every pipeline; all efforts have their usual budget of `now`."""
    tally = Tally()
    for seed in seeds:
        picture, texts = photograph(condition, seed)
        wanted = {text.encode() for text in texts}
        grey = retouch.grey_of(picture)
        begun = time.perf_counter()
        read = {reading.raw for reading in effort.read_all(picture, Formats.QR, now)}
        tally.times_ms.append((time.perf_counter() - begun) * 1000)
        tally.codes += len(wanted)
        tally.plain += len(read_plain(grey) & wanted)
        tally.stack += len(read_stack(grey, wanted) & wanted)
        tally.all_efforts += len(read & wanted)
        tally.false_reads += len(read - wanted)
    return tally


def measure_street(name: str, seeds: Sequence[int]) -> tuple[int, int, int]:
    """Return how many scenes were read in their first frame, within FRAMES_A_SCENE, and how many reads were false."""
    first = within = false_reads = 0
    for seed in seeds:
        rng = random.Random(f"{name} {seed}")
        scene = SCENES[name](rng)
        assert scene.subject is not None
        text = scene.subject.text
        eye = Eye(Formats.QR if isinstance(scene.subject, Phone) else Formats.ALL)
        for frame in range(FRAMES_A_SCENE):
            codes = eye.feed(render(scene, rng), frame / 15).codes
            false_reads += sum(code.text != text for code in codes)
            if any(code.text == text for code in codes):
                first += frame == 0
                within += 1
                break
    return first, within, false_reads


def _stills(per: int, names: Sequence[str]) -> int:
    print("| condition | zxing-cpp alone | zxing → 2× → CLAHE | all efforts | ms, median | ms, max |")
    print("|---|---|---|---|---|---|")
    tallies = []
    for name in names:
        tally = measure(name, range(per))
        tallies.append(tally)
        cells = [f"{part / tally.codes:.0%}" for part in (tally.plain, tally.stack, tally.all_efforts)]
        middle, most = statistics.median(tally.times_ms), max(tally.times_ms)
        print(f"| {name} | {' | '.join(cells)} | {middle:.0f} | {most:.0f} |", flush=True)
    shares = [
        statistics.mean(getattr(tally, part) / tally.codes for tally in tallies)
        for part in ("plain", "stack", "all_efforts")
    ]
    times = [ms for tally in tallies for ms in tally.times_ms]
    mean = " | ".join(f"**{share:.1%}**" for share in shares)
    print(f"| **mean of conditions** | {mean} | {statistics.median(times):.0f} | {max(times):.0f} |")
    wrong = sum(tally.false_reads for tally in tallies)
    print(f"\n{sum(tally.codes for tally in tallies)} codes, {wrong} false reads")
    return 1 if wrong else 0


def _street(per: int) -> int:
    print(f"| scene | read in the first frame | within {FRAMES_A_SCENE} frames |")
    print("|---|---|---|")
    wrong = 0
    for name in SCENES:
        first, within, false_reads = measure_street(name, range(per))
        wrong += false_reads
        print(f"| {name} | {first / per:.0%} | {within / per:.0%} |", flush=True)
    print(f"\n{wrong} false reads")
    return 1 if wrong else 0


def _timed(look: Callable[[], object], times: int = 40) -> str:
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        look()
        taken.append((time.perf_counter() - begun) * 1000)
    taken.sort()
    return f"{statistics.median(taken):.1f} | {taken[int(len(taken) * 0.95)]:.1f}"


def _frames() -> int:
    rng = random.Random(1)
    with_code = Scene(Phone(credential_text(rng)))
    print("| frame, 1280×720 | look | ms, median | p95 |")
    print("|---|---|---|---|")
    for noise in (0.0, 6.0):
        kind = "clean" if noise == 0 else f"noise σ {noise:g}"
        for name, scene in (("code", with_code), ("empty", EMPTY), ("empty, busy", replace(EMPTY, background="busy"))):
            frame = render(replace(scene, light=Light(noise=noise)), rng)
            print(f"| {name}, {kind} | QR alone | {_timed(lambda frame=frame: scan(frame))} |")  # type: ignore[misc]
            print(f"| {name}, {kind} | all formats | {_timed(lambda frame=frame: scan(frame, Formats.ALL))} |")  # type: ignore[misc]
            print(f"| {name}, {kind} | live, nothing moves | {_timed(_still_street(frame))} |")
            print(f"| {name}, {kind} | live, moving | {_timed(_moving_street(frame, Formats.QR))} |")
            print(f"| {name}, {kind} | live, moving, all formats | {_timed(_moving_street(frame, Formats.ALL))} |")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\npeak memory of this process, numpy, OpenCV and zxing-cpp in it: {peak:.0f} MiB")
    return 0


def _still_street(frame: Grey) -> Callable[[], object]:
    """The eye on the same frame for ever, fifteen a second, long after anything moved."""
    eye, clock = Eye(), iter(range(10**6))
    eye.feed(frame, -100.0)
    return lambda: eye.feed(frame, next(clock) / 15)


def _moving_street(frame: Grey, formats: Formats) -> Callable[[], object]:
    eye, clock = Eye(formats), iter(range(10**6))
    flipped = [frame, frame[::-1].copy()]

    def look() -> object:
        tick = next(clock)
        return eye.feed(flipped[tick % 2], tick / 15)

    return look


def main(argv: list[str] | None = None) -> int:
    """Print the tables; exit 1 where a read was false."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--per", type=int, default=25, help=f"pictures a condition, 1 to {PER_LIMIT}")
    parser.add_argument("--only", nargs="*", choices=list(CONDITIONS), default=list(CONDITIONS))
    parser.add_argument("--street", action="store_true")
    parser.add_argument("--frames", action="store_true")
    wanted = parser.parse_args(argv)
    if not 1 <= wanted.per <= PER_LIMIT:
        parser.error(f"--per {wanted.per}: 1 to {PER_LIMIT}")
    cv2.setNumThreads(1)
    if wanted.frames:
        return _frames()
    return _street(wanted.per) if wanted.street else _stills(wanted.per, wanted.only)


if __name__ == "__main__":
    sys.exit(main())
