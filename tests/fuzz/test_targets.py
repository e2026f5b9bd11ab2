"""Every target, played for a moment: genuine messages, the same spoilt, and anything at all.  `make fuzz` goes further.

The inputs are the same each time.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from edge.core.errors import BadInput
from tests.fuzz.findings import again, save
from tests.fuzz.hunting import hunt
from tests.fuzz.strategies import inputs_of
from tests.fuzz.target import MAX_LINE_CHARS, Finding, Target
from tests.fuzz.targets import TARGETS

EXAMPLES = 80
NAMES = pytest.mark.parametrize("name", TARGETS)


@NAMES
def test_genuine_messages_are_read(name: str) -> None:
    for seed in TARGETS[name].seeds():
        TARGETS[name](seed)


@NAMES
def test_nothing_else_is_believed_and_nothing_raises(name: str) -> None:
    target = TARGETS[name]

    @settings(max_examples=EXAMPLES, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(inputs_of(target))
    def play(data: bytes) -> None:
        target(data)

    play()


# -- the hunt itself --------------------------------------------------------------------------------------------------


def _reads_all_but_a_seven(data: bytes) -> bytes:
    if b"7" in data:
        raise KeyError("seven")
    return data


def _holds_nothing(_: bytes) -> None:
    pass


FAULTY = Target("faulty", _reads_all_but_a_seven, _holds_nothing, lambda: [b"12345678"])


def test_a_fault_is_found_and_kept(tmp_path: Path) -> None:
    _, found = hunt(FAULTY, 30, seed=1, folder=tmp_path)
    assert [b"7" in file.read_bytes() for file in found] == [True]
    assert again("faulty", found[0]) == f"python -m tests.fuzz faulty {found[0]}"


def test_a_refusal_of_the_tree_is_none() -> None:
    def refuses(data: bytes) -> bytes:
        raise BadInput("no")

    Target("refusing", refuses, _holds_nothing, lambda: [b""])(b"anything")


def test_a_refusal_that_fills_the_log_is_a_finding() -> None:
    def refuses(data: bytes) -> bytes:
        raise BadInput("no" * MAX_LINE_CHARS)

    with pytest.raises(Finding, match="a refusal with a line of 4096 characters"):
        Target("refusing", refuses, _holds_nothing, lambda: [b""])(b"anything")


def test_a_finding_is_played_once_more(tmp_path: Path) -> None:
    file = save("cbor", b"\xa0", tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", "cbor", str(file)], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, f"cbor: {file} is let pass or refused as it should be\n")


def test_a_short_hunt_ends_with_one_line_of_figures() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", "--minutes", "0.02", "--seed", "1", "--unguided", "label"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    said = json.loads(done.stdout.splitlines()[-1])
    assert (done.returncode, said["targets"], said["guided"], said["findings"]) == (0, 1, False, 0)
    assert said["inputs"] >= 100
