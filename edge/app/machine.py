"""Which machine this is, so that a copied or moved card is noticed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from edge.core.errors import HardwareFault

__all__ = ["machine_id"]

# The board's own number first: the other file lies on the card, and is copied with it.
SOURCES: Final = (Path("/sys/firmware/devicetree/base/serial-number"), Path("/etc/machine-id"))
MAX_CHARS: Final = 64


def machine_id(sources: Sequence[Path] = SOURCES) -> str:
    """A text that no other machine has.  HardwareFault when none of the sources has one."""
    for source in sources:
        try:
            known = source.read_text(errors="replace").strip("\0\n ")[:MAX_CHARS]
        except OSError:
            continue
        if known:
            return known
    raise HardwareFault(f"machine id: none in {' or '.join(map(str, sources))}; systemd-machine-id-setup makes one")
