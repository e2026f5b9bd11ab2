"""A world in a process of its own: `python -m tests.world.serve_world SOCKET SEED`.  Says "ready" once it is."""

from __future__ import annotations

import sys
from pathlib import Path

from hal.sim.server import run_world
from tests.world.wall import PLANS


def main() -> None:
    run_world(Path(sys.argv[1]), PLANS, int(sys.argv[2]), ready=lambda: print("ready", flush=True))


if __name__ == "__main__":
    main()
