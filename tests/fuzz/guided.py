"""One target led by coverage, in a process of its own: `python -m tests.fuzz.guided TARGET SECONDS FOLDER SEED`.

The fuzzer counts which branches an input reaches and goes on from those that reach a new one.  It needs the modules
instrumented while they are imported, and it ends the process itself: at the first finding, or when the time is over.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

__all__ = ["main"]

INSTRUMENTED: Final = ("edge", "sync", "hal")
TIMEOUT_S: Final = 20  # of one input, where it does not even come back
MEMORY_MIB: Final = 1024


def main(name: str, seconds: str, folder: str, seed: str) -> None:
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=INSTRUMENTED, enable_loader_override=False):
        from tests.fuzz.targets import TARGETS

        target = TARGETS[name]
    with TemporaryDirectory() as corpus:
        for number, data in enumerate(target.seeds()):
            Path(corpus, f"{number:04}").write_bytes(data)
        options = (
            f"-max_total_time={seconds}",
            f"-max_len={target.max_bytes}",
            f"-timeout={TIMEOUT_S}",
            f"-report_slow_units={TIMEOUT_S}",
            f"-rss_limit_mb={MEMORY_MIB}",
            f"-artifact_prefix={folder}/{name}-",
            f"-seed={seed}",
            "-print_final_stats=1",
        )
        atheris.Setup([sys.argv[0], *options, corpus], target)
        atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
