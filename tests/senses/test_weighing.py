"""What a load cell may say of a compartment, on a simulated converter: unknown rather than wrong (I5, I6)."""

from __future__ import annotations

import random

import pytest

from edge.core.words import Content
from hal.loadcell.line import SAMPLES, Burst, Sample
from hal.loadcell.options import LoadCell, Nau7802Cell, faults_of
from hal.loadcell.sensors import PATIENCE
from hal.loadcell.weighing import Weighing
from tests.senses.bench import Bench, plan

EMPTY, PRESENT, UNKNOWN = Content.EMPTY, Content.PRESENT, Content.UNKNOWN


@pytest.mark.parametrize(
    ("load_g", "content", "weight_g"),
    [
        (0, EMPTY, 0),
        (7, EMPTY, 7),
        (15, UNKNOWN, None),
        (16, UNKNOWN, 16),
        (29, UNKNOWN, 29),
        (30, PRESENT, 30),
        (1234.4, PRESENT, 1234),
        (20_000, PRESENT, 20_000),
        (20_001, UNKNOWN, None),
        (-15, EMPTY, -15),
        (-16, UNKNOWN, None),
    ],
)
def test_i6_between_empty_and_present_nobody_knows(load_g: float, content: Content, weight_g: int | None) -> None:
    bench = Bench()
    bench.read()  # it was seen empty, and then something came or went
    bench.chips[1].load_g = load_g
    reading = bench.read()[1]
    assert (reading.content, reading.weight_g) == (content, weight_g)


@pytest.mark.parametrize(("load_g", "content"), [(5, EMPTY), (8, UNKNOWN), (15, UNKNOWN), (35, PRESENT)])
def test_i6_the_first_word_of_a_life_takes_no_light_parcel_that_crept_for_an_empty_compartment(
    load_g: float, content: Content
) -> None:
    bench = Bench()
    bench.chips[1].load_g = load_g
    for _ in range(3):
        assert bench.read()[1].content is content


def test_a_parcel_comes_and_goes() -> None:
    bench = Bench()
    said = []
    for load_g in (0, 800, 800, 0, 40, 0):
        bench.chips[1].load_g = load_g
        said.append(bench.content())
    assert said == [EMPTY, PRESENT, PRESENT, EMPTY, PRESENT, EMPTY]


def test_one_of_two_parcels_taken_leaves_one_inside() -> None:
    bench = Bench()
    for load_g in (0, 800, 3800, 3000, 800):
        bench.chips[1].load_g = load_g
        last = bench.content()
    assert last is PRESENT


def test_what_is_put_in_piece_by_piece_is_present() -> None:
    bench = Bench()
    for load_g in (0, 12, 24, 36):
        bench.chips[1].load_g = load_g
        last = bench.content()
    assert last is PRESENT


def test_i5_what_swings_is_unknown_until_it_is_still() -> None:
    bench = Bench()
    bench.chips[1].load_g, bench.chips[1].wobble = 800, 400
    assert bench.why() == "moving"
    bench.chips[1].wobble = 40
    assert bench.content() is PRESENT


def test_a_reading_is_as_old_as_the_first_sample_that_counts() -> None:
    bench = Bench()
    bench.read()
    asked_s = bench.now_s
    at_s = bench.read()[1].at_s
    assert asked_s < at_s < bench.now_s - 0.3


def test_the_zero_of_an_empty_compartment_is_followed_slowly_and_within_its_limit() -> None:
    bench = Bench()
    bench.read()
    bench.drift(to_g=9, over_s=3 * 3600)
    assert abs(bench.weighs() or 0) <= 1, "three hours at three grams an hour"
    bench.drift(to_g=24, over_s=12 * 3600)
    assert (bench.content(), bench.weighs()) == (EMPTY, 14), "ten grams were followed and no more"


def test_a_zero_that_nobody_looked_at_is_not_followed_at_once() -> None:
    bench = Bench()
    bench.read()
    bench.chips[1].load_g = 5
    bench.now_s += 86_400
    bench.read()
    assert bench.weighs() == 5


def test_i6_no_parcel_is_followed_away() -> None:
    bench = Bench()
    bench.read()
    bench.chips[1].load_g = 30
    assert bench.content() is PRESENT
    for _ in range(2000):
        bench.now_s += 30
        assert bench.content() is PRESENT


def test_i6_an_empty_compartment_that_creeps_upwards_is_never_present() -> None:
    bench = Bench()
    bench.read()
    said = set()
    for _ in range(60):
        bench.drift(to_g=bench.chips[1].load_g + 3, over_s=30)
        said.add(bench.content())
    assert said == {EMPTY, UNKNOWN}
    assert bench.why() == "crept"


def test_i6_a_parcel_that_creeps_downwards_is_never_empty() -> None:
    bench = Bench()
    bench.read()
    bench.chips[1].load_g = 60
    assert bench.content() is PRESENT
    said = set()
    for _ in range(60):
        bench.drift(to_g=bench.chips[1].load_g - 1, over_s=30)
        said.add(bench.content())
    assert said == {PRESENT, UNKNOWN}


def test_i6_a_cell_that_crept_is_not_believed_whatever_comes_and_goes_until_its_zero_is_back() -> None:
    bench = Bench()
    bench.read()
    bench.drift(to_g=120, over_s=3600)
    said = []
    for load_g in (620, 120, 180, 120, 0, 500, 0):
        bench.chips[1].load_g = load_g
        said.append(bench.content())
    assert said == [UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, EMPTY, PRESENT, EMPTY]


def test_i6_a_parcel_whose_weight_crept_away_is_unknown_and_then_gone() -> None:
    bench = Bench()
    for load_g in (0, 60):
        bench.chips[1].load_g = load_g
        bench.read()
    bench.drift(to_g=90, over_s=3600)
    assert bench.why() == "crept"
    bench.chips[1].load_g -= 60
    assert bench.why() == "crept", "something seems to be inside, and nothing came"
    bench.drift(to_g=10, over_s=3600)
    assert bench.content() is EMPTY


def test_a_heavy_parcel_may_creep_by_a_hundredth() -> None:
    bench = Bench()
    for load_g in (0, 8000):
        bench.chips[1].load_g = load_g
        bench.read()
    bench.drift(to_g=8090, over_s=86_400)
    assert bench.content() is PRESENT
    bench.drift(to_g=8100, over_s=86_400)
    assert bench.content() is UNKNOWN


def test_the_first_word_of_a_life_is_by_the_thresholds_alone() -> None:
    bench = Bench()
    bench.chips[1].load_g = 400
    assert bench.content() is PRESENT
    bench.chips[1].load_g = 0
    assert bench.content() is EMPTY


def test_i6_a_light_parcel_on_a_zero_that_has_sunk_is_not_called_empty() -> None:
    bench = Bench()
    bench.read()
    bench.drift(to_g=-22, over_s=12 * 3600)
    bench.chips[1].load_g += 26
    assert bench.why() == "crept"
    bench.chips[1].load_g -= 26
    bench.drift(to_g=-10, over_s=3600)
    assert bench.content() is EMPTY


def test_a_cell_wired_about_weighs_the_right_way() -> None:
    bench = Bench(counts_per_gram=-40.0)
    bench.chips[1].load_g = -500
    assert bench.weighs() == 500


def test_a_wire_that_is_off_is_over_the_range_and_soon_a_fault() -> None:
    bench = Bench()
    bench.chips[1].wire_off = True
    for _ in range(PATIENCE["over"]):
        assert bench.cells.states().get(1) is None or not bench.cells.states()[1].fault
        assert bench.content() is UNKNOWN
    assert bench.cells.states()[1].fault == "over: the converter is at its end"


FAULTS: list[tuple[list[LoadCell], list[str]]] = [
    ([plan(1, mux=0x70, branch=0), plan(2, mux=0x70, branch=1)], []),
    ([plan(1), plan(2)], ["/dev/i2c-1 has the cell of door 1 already"]),
    ([plan(1), plan(1, bus="/dev/i2c-3")], ["door 1 has the cell of door 1 already"]),
    (
        [plan(1), plan(2, mux=0x70, branch=0)],
        ["/dev/i2c-1 has a cell without a multiplexer too, which would answer in the place of this one"],
    ),
    ([plan(1, mux=0x70)], ["mux and branch: both or neither"]),
    ([plan(1, counts_per_gram=0.0)], ["counts_per_gram 0: a gram must be 0.01 counts or more"]),
    ([plan(1, empty_to_g=30)], ["empty_to_g 30, present_from_g 30, limit_g 20000: must rise"]),
    (
        [plan(1, zero_within_g=15)],
        ["zero_within_g 15: must be less than present_from_g - empty_to_g, 15, or a parcel could be followed away"],
    ),
]


@pytest.mark.parametrize(("cells", "lines"), FAULTS)
def test_cells_that_cannot_be(cells: list[Nau7802Cell], lines: list[str]) -> None:
    assert [line for _, line in faults_of(cells)] == lines


def burst_of(load_g: float, at_s: float) -> Burst:
    counts = round(12_000 + 40 * load_g)
    return Burst(tuple(Sample(counts, at_s + 0.11 * turn) for turn in range(SAMPLES)))


@pytest.mark.parametrize("seed", range(60))
def test_i6_whatever_drifts_a_parcel_is_never_empty_and_nothing_is_never_present(seed: int) -> None:
    """Parcels that the cell is set to notice, on a zero that wanders by up to 2 g between two readings, for days."""
    chance, weighing = random.Random(seed), Weighing(plan())
    zero_g, parcel_g, drift_g = 0.0, 0, chance.uniform(-2, 2)
    said = []
    for turn in range(600):
        if chance.random() < 0.05:
            parcel_g = 0 if parcel_g else round(30 * 10 ** chance.uniform(0, 2.5))
        if chance.random() < 0.02:
            drift_g = chance.choice([0.0, chance.uniform(-0.02, 0.02), chance.uniform(-2, 2)])
        zero_g += drift_g
        content = weighing.read(burst_of(parcel_g + zero_g, 30.0 * turn), 30.0 * turn).content
        assert content is not (EMPTY if parcel_g else PRESENT), (turn, parcel_g, zero_g)
        said.append(content)
    assert EMPTY in said
