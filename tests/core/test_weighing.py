"""The courier's scale: a settled weight belongs to the parcel whose label is scanned, and decides little."""

from __future__ import annotations

import pytest

from edge.core import events, inputs
from edge.core.effects import AdjustScale
from edge.core.ports import Weighing
from edge.core.site import Policy
from edge.core.words import ParcelState, ScaleState, Size
from tests.core.deposits import JD, jam, ready
from tests.core.desk import Desk, sent
from tests.core.desk.walls import wall

LOW, HIGH = 1, 2  # the two doors that fit: of the test's wall, even ones hang high
FEATHER_G, ANVIL_G = 800, 12_000


def weigh(desk: Desk, weight_g: int | None, state: ScaleState = ScaleState.STABLE) -> None:
    desk.tell(inputs.Weighed(Weighing(state, desk.mono_s, weight_g)))


def weighed(desk: Desk) -> list[tuple[str, int]]:
    return [(event.parcel, event.weight_g) for event in desk.of(events.ParcelWeighed)]


def test_what_the_scale_shows_when_a_label_is_scanned_is_written_down_before_its_door_is_let() -> None:
    desk = ready()
    weigh(desk, FEATHER_G)
    assert weighed(desk) == []
    desk.scan(JD.tracking)
    assert weighed(desk) == [(JD.parcel, FEATHER_G)]
    kinds = [kind for kind, *_ in desk.rows]
    assert kinds.index("parcel_weighed") < kinds.index("compartment_let", kinds.index("parcel_weighed"))


@pytest.mark.parametrize(
    ("weight_g", "door"), [(FEATHER_G, HIGH), (ANVIL_G - 2001, HIGH), (10_000, LOW), (ANVIL_G, LOW)]
)
def test_a_heavy_parcel_goes_low(weight_g: int, door: int) -> None:
    desk = ready()
    weigh(desk, weight_g)
    assert desk.scan(JD.tracking).door == door


def test_what_is_heavy_the_operator_says() -> None:
    desk = ready(policy=Policy(heavy_g=500))
    weigh(desk, FEATHER_G)
    assert desk.scan(JD.tracking).door == LOW


def test_a_heavy_parcel_is_still_heavy_when_its_first_door_jams() -> None:
    desk = ready(compartments=wall(sizes=[Size.S] * 4))
    weigh(desk, ANVIL_G)
    assert desk.scan(JD.tracking).door == LOW
    weigh(desk, None, ScaleState.MOVING)
    jam(desk)
    assert desk.screen().door == 3  # 2 and 4 hang high
    assert weighed(desk) == [(JD.parcel, ANVIL_G)]


@pytest.mark.parametrize("state", [state for state in ScaleState if state is not ScaleState.STABLE])
def test_a_weight_that_has_not_settled_is_nobodys(state: ScaleState) -> None:
    desk = ready()
    weigh(desk, ANVIL_G)
    weigh(desk, ANVIL_G, state)
    assert desk.scan(JD.tracking).door == HIGH
    assert weighed(desk) == []


@pytest.mark.parametrize("weight_g", [0, 19, -12_000, None])
def test_an_empty_scale_weighs_no_parcel(weight_g: int | None) -> None:
    desk = ready()
    weigh(desk, weight_g)
    desk.scan(JD.tracking)
    assert weighed(desk) == []


def test_without_a_scale_nothing_is_different() -> None:
    desk = ready()
    shown = desk.scan(JD.tracking)
    desk.put(shown.door, 3)
    assert (shown.door, weighed(desk)) == (HIGH, [])
    assert desk.parcel(JD).state is ParcelState.STANDING


# -- one load, one parcel ---------------------------------------------------------------------------------------------


def scan_and_put(desk: Desk, tracking: str) -> None:
    desk.put(desk.scan(tracking).door, 3)


@pytest.mark.parametrize("again", [ANVIL_G, ANVIL_G + 50, ANVIL_G - 50])
def test_what_was_left_on_the_scale_is_not_the_next_parcels(again: int) -> None:
    desk = ready()
    weigh(desk, ANVIL_G)
    scan_and_put(desk, "JD0001")
    weigh(desk, None, ScaleState.MOVING)
    weigh(desk, again)
    scan_and_put(desk, "JD0002")
    assert weighed(desk) == [(sent("JD0001").parcel, ANVIL_G)]


@pytest.mark.parametrize("between", [0, None])
def test_the_next_load_is_the_next_parcels(between: int | None) -> None:
    desk = ready()
    weigh(desk, ANVIL_G)
    scan_and_put(desk, "JD0001")
    if between is not None:
        weigh(desk, between)
    weigh(desk, FEATHER_G)
    scan_and_put(desk, "JD0002")
    assert weighed(desk) == [(sent("JD0001").parcel, ANVIL_G), (sent("JD0002").parcel, FEATHER_G)]


def test_the_same_weight_once_more_counts_after_the_scale_was_seen_empty() -> None:
    desk = ready()
    weigh(desk, ANVIL_G)
    scan_and_put(desk, "JD0001")
    weigh(desk, 0)
    weigh(desk, ANVIL_G)
    scan_and_put(desk, "JD0002")
    assert [weight_g for _, weight_g in weighed(desk)] == [ANVIL_G, ANVIL_G]


def test_a_label_that_is_scanned_once_more_is_weighed_once() -> None:
    desk = ready()
    weigh(desk, ANVIL_G)
    desk.scan(JD.tracking)
    jam(desk)
    desk.scan(JD.tracking)
    assert len(weighed(desk)) == 1


# -- technicians ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("act", "tare"), [("zero_scale", False), ("tare_scale", True)])
def test_a_technician_zeroes_or_tares_it_with_a_reason_that_is_journaled(act: str, tare: bool) -> None:
    desk = Desk()
    decision = desk.tell(inputs.Technical(act, "ada", "it shows 12 g", request=7))
    assert decision.effects == (AdjustScale(tare, 7),)
    done = desk.last(events.ActDone)
    assert (done.act, done.user, done.reason) == (act, "ada", "it shows 12 g")
    assert done.sentence() == f"ada: {act}, because: it shows 12 g."


def test_without_a_reason_the_scale_is_left_alone() -> None:
    desk = Desk()
    decision = desk.tell(inputs.Technical("zero_scale", "ada", " ", request=7))
    assert not any(isinstance(effect, AdjustScale) for effect in decision.effects)
    assert [done.act for done in desk.of(events.ActDone) if done.door == 0] == []
