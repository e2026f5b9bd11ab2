"""A served world for one test: a child process, its socket in a short directory, ended at the end."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Served:
    """The process and its socket."""

    def __init__(self, path: Path, seed: int = 5) -> None:
        self.path, self._seed = path, seed
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.world.serve_world", str(self.path), str(self._seed)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def kill(self) -> None:
        self.process.kill()
        self._gone()

    def stop(self) -> int:
        self.process.terminate()
        return self._gone()

    def _gone(self) -> int:
        code = self.process.wait(timeout=20)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


@contextmanager
def served_world() -> Iterator[Served]:
    with tempfile.TemporaryDirectory(prefix="world-") as folder:
        served = Served(Path(folder) / "world.sock")
        try:
            yield served
        finally:
            if served.process.poll() is None:
                served.stop()
