"""The demo is the product: world, cloud and site on loopback, and every step of the story holds."""

from __future__ import annotations

import subprocess
import sys

STEPS = (
    "enrol",
    "deposit",
    "network cut",
    "pickup offline",
    "used code",
    "jammed door",
    "kill -9",
    "network back",
    "new card",
    "parcel still there",
)


def test_every_step_of_the_story_holds() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "edge.app.cli", "demo", "--once"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = [line.removeprefix("✓ ") for line in done.stdout.splitlines() if line.startswith("✓")]
    assert [next(s for s in STEPS if line.startswith(s)) for line in told] == list(STEPS)
    assert "10 steps held" in done.stdout
