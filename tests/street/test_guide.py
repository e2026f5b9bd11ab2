"""What was tried is judged by what the cloud has heard, and by when it happened."""

from __future__ import annotations

import msgspec
import pytest

from edge.app.demo.street.guide import STEPS, Guide
from edge.app.demo.street.hearing import MOST_TOLD, Ear, Heard
from edge.core import events
from edge.core.words import Evidence

BEGUN_S = 1000.0
PARCEL = "0123456789abcdef0123456789abcdef"


def row(kind: str, at_s: float = 1010.0, seq: int = 1, boot: int = 1, **fields: object) -> Heard:
    payload = msgspec.json.encode(fields).decode()
    return {"seq": seq, "kind": kind, "payload": payload, "wall_ms": round(at_s * 1000), "boot": boot}


def collected(seq: int) -> Heard:
    event = events.ParcelCollected(PARCEL, "ab" * 8, 7, 3, Evidence.SENSOR)
    return {"seq": seq, "kind": event.kind, "payload": events.encode(event).decode()}


def done(*rows: Heard, cable_out: tuple[tuple[int, int], ...] = ()) -> set[str]:
    guide = Guide()
    guide.begin(BEGUN_S)
    guide.hear(rows, cable_out)
    return {step.name for step in guide.steps if step.done}


@pytest.mark.parametrize(
    ("heard", "shows"),
    [
        (row("parcel_collected"), {"collect"}),
        (row("parcel_deposited", purpose="deposit"), {"deposit"}),
        (row("parcel_deposited", purpose="drop_off"), {"return"}),
        (row("door_jammed"), {"jam"}),
        (row("started", boot=2), {"kill"}),
        (row("started", boot=1), set()),
        (row("standing_adopted"), {"card"}),
        (row("door_opened"), set()),
        (row("parcel_collected", at_s=999.0), set()),
    ],
)
def test_each_event_shows_what_was_tried(heard: Heard, shows: set[str]) -> None:
    assert done(heard) == shows


def test_what_happened_while_the_cable_was_out_shows_that_too() -> None:
    out = ((1005, 1020),)
    assert done(row("parcel_collected", 1010), cable_out=out) == {"collect", "offline"}
    assert done(row("parcel_collected", 1030), cable_out=out) == {"collect"}


def test_before_it_has_begun_nothing_counts() -> None:
    guide = Guide()
    guide.hear([row("parcel_collected")], ())
    assert not any(step.done for step in guide.steps)


def test_every_step_can_be_done() -> None:
    everything = (
        row("parcel_collected"),
        row("parcel_deposited", purpose="deposit"),
        row("parcel_deposited", purpose="drop_off"),
        row("door_jammed"),
        row("started", boot=2),
        row("epoch_begun"),
    )
    assert done(*everything, cable_out=((1000, 1100),)) == {step.name for step in STEPS}


def test_parcels_are_called_by_their_labels() -> None:
    ear = Ear()
    ear.hear([collected(4)])
    (told,) = ear.told({PARCEL: "JD4711000101"})
    assert told.sentence == "Parcel JD4711000101 was collected from door 7 (sensor)."
    assert PARCEL not in told.sentence


def test_the_newest_events_are_kept_and_a_new_epoch_is_asked_for_from_its_beginning() -> None:
    ear = Ear()
    ear.turn_to("aa")
    ear.hear([collected(seq) for seq in range(1, 200)])
    assert (ear.epoch, ear.after) == ("aa", 199)
    ear.turn_to("bb")
    assert (ear.epoch, ear.after) == ("bb", 0)
    assert len(ear.told({})) == MOST_TOLD
    assert ear.told({})[0].number == 199
