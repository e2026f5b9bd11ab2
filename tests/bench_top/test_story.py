"""The whole story with the locks on fake boards behind a serial line.

One make runs with every test; the others take as long each, and are played by hand: `locker demo --once --board MAKE`.
"""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("make", ["ys"])
def test_every_step_of_the_story_holds_with_the_locks_on_a_board(make: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "edge.app.cli", "demo", "--once", "--board", make],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"fake {make} boards" in done.stdout
    assert "10 steps held" in done.stdout
