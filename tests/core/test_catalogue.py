"""The catalogue on disk is this release's; kinds and fields are only added."""

from __future__ import annotations

import json

from jsonschema import Draft202012Validator

from edge.core import events
from edge.core.events import KINDS
from edge.core.words import Evidence
from tests.vectors import FOLDER
from tests.vectors.catalogue import event_schema, state_tables


def test_the_event_catalogue_on_disk_is_what_this_release_writes() -> None:
    assert (FOLDER / "events.schema.json").read_text(encoding="utf-8") == event_schema(), "run: python -m tests.vectors"


def test_the_tables_of_states_on_disk_are_those_of_the_code() -> None:
    assert (FOLDER.parent / "states.md").read_text(encoding="utf-8") == state_tables(), "run: python -m tests.vectors"


def test_every_kind_is_in_the_catalogue_and_a_payload_validates() -> None:
    catalogue = json.loads(event_schema())
    assert set(catalogue["kinds"]) == set(KINDS)
    collected = events.ParcelCollected("a" * 16, "b" * 16, 7, 12, Evidence.SENSOR)
    schema = {"$ref": "#/$defs/ParcelCollected", "$defs": catalogue["$defs"]}
    Draft202012Validator(schema).validate(json.loads(events.encode(collected)))
