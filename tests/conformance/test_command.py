"""`locker driver check` on a rig of its own folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]


def check(rig: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "edge.app.cli", "driver", "check", rig],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=TOP,
        env={**os.environ, "PYTHONPATH": str(TOP)},
    )


def test_a_sound_driver_is_told_so_line_by_line() -> None:
    done = check("tests.conformance.plain:PlainRig")
    assert (done.returncode, done.stderr) == (0, "")
    assert "passed     drives nothing after not_after_s\n" in done.stdout
    assert done.stdout.endswith("22 passed, 0 failed, 0 not tried\n")


def test_a_broken_promise_is_told_and_is_exit_code_1() -> None:
    done = check("tests.conformance.plain:DoneOnSilenceRig")
    assert done.returncode == 1
    assert (
        "failed     does not know of a pulse that nothing answered\n"
        "             sent, and nothing answered: outcome done; wanted unknown\n"
    ) in done.stdout


@pytest.mark.parametrize(
    ("rig", "why"),
    [
        ("nowhere", "must be MODULE:CLASS"),
        ("no_such_module:Rig", "No module named 'no_such_module'"),
        ("tests.conformance.plain:NoRig", "has no attribute 'NoRig'"),
        ("tests.conformance.plain:PlainBoard", "must be a class of hal.conformance.Rig"),
    ],
)
def test_what_is_no_rig_is_one_line(rig: str, why: str) -> None:
    done = check(rig)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert why in done.stderr
