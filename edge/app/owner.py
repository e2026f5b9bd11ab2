"""Commands that root types work on files of the daemon's own user: what they leave behind must be that user's."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["become_owner_of"]


def become_owner_of(directory: Path) -> None:
    """From here on this process acts as the owner of `directory`, where it is root's to choose.  OSError as stat."""
    owner = directory.stat()
    if os.geteuid() == 0 and owner.st_uid != 0:
        os.setgroups([])
        os.setegid(owner.st_gid)
        os.seteuid(owner.st_uid)
