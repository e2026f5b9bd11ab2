"""A fake board on a pseudo-terminal, served by a world in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hal.sim.client import WorldClient

END_S = 20


@contextmanager
def plugged(
    make: str, link: Path, address: int, doors: int, extras: str = "", socket: str = ""
) -> Iterator[WorldClient]:
    """Doors 1 to `doors` on one board behind `link`; the other end of its world."""
    with tempfile.TemporaryDirectory(prefix="plugged-") as folder:
        path = Path(socket or f"{folder}/world.sock")
        board = f"{make}:{link}:{address}:1-{doors}{extras}"
        serve = ["world", "--socket", str(path), "--doors", str(doors), "--board", board]
        process = subprocess.Popen(
            [sys.executable, "-m", "edge.app.cli", *serve], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert process.stdout is not None
        try:
            said = process.stdout.readline()
            assert said.startswith("world:"), said + process.stdout.read()
            client = WorldClient(path)
            yield client
            client.close()
        finally:
            process.terminate()
            process.wait(timeout=END_S)
            process.stdout.close()
