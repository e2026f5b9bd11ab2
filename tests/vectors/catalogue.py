"""The event catalogue as JSON Schema, and the tables of states, both made from the code."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from edge.core import words
from edge.core.events import KINDS


def event_schema() -> str:
    """One definition a kind, in alphabetical order."""
    kinds = sorted(KINDS)
    _, definitions = msgspec.json.schema_components([KINDS[kind] for kind in kinds], ref_template="#/$defs/{name}")
    by_kind = {kind: KINDS[kind] for kind in kinds}
    catalogue: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Payloads of the journal, by kind",
        "description": (
            "Kinds and fields are only added. A reader keeps kinds and fields that it does not know. "
            "A field that is absent has its default."
        ),
        "kinds": {
            kind: {
                "$ref": f"#/$defs/{event.__name__}",
                "custody": event.custody,
                "epcis": None if event.epcis is None else msgspec.to_builtins(event.epcis),
            }
            for kind, event in by_kind.items()
        },
        "$defs": {name: definitions[name] for name in sorted(definitions)},
    }
    return json.dumps(catalogue, indent=1, ensure_ascii=False) + "\n"


def state_tables() -> str:
    """Every legal move, as a page."""
    lines = [
        "# States and their legal moves",
        "",
        "Made from `edge/core/words.py` by `python -m tests.vectors`. A move that is not listed raises `IllegalMove`.",
        "",
    ]
    for title, moves in (
        ("Compartment", words.COMPARTMENT_MOVES),
        ("Parcel", words.PARCEL_MOVES),
        ("Credential", words.CREDENTIAL_MOVES),
        ("Door", words.DOOR_MOVES),
    ):
        lines += [f"## {title}", "", "| from | to |", "|---|---|"]
        for old, new in moves.items():
            lines.append(f"| {old} | {', '.join(sorted(new)) or '–'} |")
        lines.append("")
    return "\n".join(lines)
