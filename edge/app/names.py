"""Shapes that tables of the configuration have in common."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta

__all__ = ["CONTROL_SOCKET", "Name", "SocketFile"]

CONTROL_SOCKET: Final = "/run/locker/control.sock"

Name = Annotated[str, Meta(min_length=1, max_length=32, pattern="^[a-z0-9][a-z0-9_-]*$")]
SocketFile = Annotated[str, Meta(min_length=1, max_length=100)]  # the kernel takes 107 bytes
