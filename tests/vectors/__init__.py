"""docs/vectors: bytes in, meaning out, reasons of refusal.  `python -m tests.vectors` writes them anew.

Everything is signed with the keys of tests.credentials.known_keys, so the files come out the same on every machine.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from tests.vectors import codes, commands, documents

FOLDER: Final = Path(__file__).parent.parent.parent / "docs" / "vectors"


def all_files() -> dict[str, str]:
    """File name → content."""
    files = {
        "keys.json": documents.keys(),
        "credential.json": codes.credential(),
        "pin.json": codes.pin(),
        "command.json": commands.command(),
        "roster.json": documents.roster(),
        "standing.json": documents.standing(),
    }
    return {name: json.dumps(content, indent=1, ensure_ascii=False) + "\n" for name, content in files.items()}
