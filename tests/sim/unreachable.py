"""What no life can hit, why, and which test shows it instead."""

from __future__ import annotations

from typing import Final

UNREACHABLE: Final[dict[str, str]] = {}
