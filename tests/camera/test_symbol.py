"""QR symbols from their modules: fixed parts against an independent generator, grids that bend, mended codewords."""

from __future__ import annotations

import numpy as np
import pytest

from hal.camera import codewords, equalizer, locate, mesh, reed_solomon, symbol
from hal.camera.reader import Outcome, Suspect, scan
from hal.sim import labels, optics
from tests.camera.gallery import photograph
from tests.camera.test_still import drawn


@pytest.mark.parametrize("version", symbol.VERSIONS)
def test_the_fixed_modules_of_every_version(version: int) -> None:
    fixed = symbol.template(version)
    for text, error in [("a", "l"), ("BBBB333", "h")]:
        modules = labels.code_modules(text, error=error, version=version)
        assert modules.shape == fixed.shape
        assert np.array_equal(modules[fixed != 0], fixed[fixed != 0] < 0)


def test_a_bent_code_that_the_library_sees_and_cannot_read_is_read_on_its_own_grid() -> None:
    bent = [photograph("curved", seed) for seed in range(12)]
    straightened = 0
    for picture, (text,) in bent:
        outcome = scan(picture, suspects=True)
        if outcome.readings:
            continue
        for suspect in outcome.suspects:
            reading = mesh.read(picture, [suspect])
            if reading is not None:
                assert reading.raw.decode() == text
                straightened += 1
                break
    assert straightened >= 3


@pytest.mark.parametrize("version", [0, 3])
def test_a_suspect_that_is_no_code_gives_nothing(version: int) -> None:
    rng = np.random.default_rng(7)
    noise = rng.integers(0, 255, (300, 300), dtype=np.uint8)
    for quad in [
        ((50.0, 50.0), (250.0, 50.0), (250.0, 250.0), (50.0, 250.0)),
        ((-90.0, -90.0), (-10.0, -90.0), (-10.0, -10.0), (-90.0, -10.0)),
        ((5.0, 5.0), (5.0, 5.0), (5.0, 5.0), (5.0, 5.0)),
        ((0.0, 0.0), (299.0, 0.0), (0.0, 299.0), (299.0, 299.0)),
    ]:
        assert mesh.read(noise, [Suspect(quad, version)]) is None


def test_a_suspect_of_unknown_version_is_tried_as_the_likeliest() -> None:
    code = drawn("LK1:VERSION", px=6)
    edge, last = 60.0, code.shape[0] - 60.0
    reading = mesh.read(code, [Suspect(((edge, edge), (last, edge), (last, last), (edge, last)), 0)])
    assert reading is not None
    assert reading.raw == b"LK1:VERSION"


def test_nothing_is_begun_when_the_time_is_over() -> None:
    code = drawn("LK1:VERSION", px=6)
    edge, last = 60.0, code.shape[0] - 60.0
    suspect = Suspect(((edge, edge), (last, edge), (last, last), (edge, last)), 1)
    assert mesh.read(code, [suspect], lambda: True) is None
    assert mesh.read(code, [suspect]) is not None


def test_finder_patterns_that_are_half_covered_are_found() -> None:
    code = drawn("LK1:FINDERS ARE DAMAGED", px=6)
    assert scan(code).readings
    edge = 60
    finder, middle = slice(edge, edge + 42), slice(edge + 18, edge + 24)
    code[middle, finder] = code[finder, middle] = 255  # scratches both ways through the middle of one finder
    code[middle, -edge - 42 : -edge] = code[-edge - 42 : -edge, middle] = 255  # and one through each of the others
    assert scan(code, suspects=True) == Outcome((), ())
    read = [mesh.read(code, group) for group in locate.suspects(code)]
    assert [reading.raw for reading in read if reading] == [b"LK1:FINDERS ARE DAMAGED"]


@pytest.mark.parametrize("level", codewords.LEVELS)
@pytest.mark.parametrize("version", [1, 2, 6, 7, 10, 21, 32, 40])
def test_a_whole_symbol_mends_to_itself(version: int, level: str) -> None:
    modules = labels.code_modules("LK1:AB"[:5], error=level, version=version)
    (mended, *_) = codewords.mended(np.where(modules, -1, 1).astype(np.float32), version)
    assert np.array_equal(mended, modules)


def test_a_stain_too_large_for_errors_is_mended_as_erasures() -> None:
    modules = labels.code_modules("LK1:0042 A PARCEL FOR YOU", error="m", version=4)
    stained = modules.copy()
    stained[10:22, 10:20] = True
    code = np.asarray(np.kron(np.where(np.pad(stained, 4), 0, 255), np.ones((4, 4))), dtype=np.uint8)
    assert scan(code).readings == ()
    values = np.where(stained, -1, 1).astype(np.float32)
    values[10:22, 10:20] = 0.0
    assert any(np.array_equal(mended, modules) for mended in codewords.mended(values, 4))


def test_random_modules_mend_to_nothing() -> None:
    rng = np.random.default_rng(11)
    for version in (1, 2, 3, 5):
        for _ in range(20):
            values = rng.normal(0, 1, (symbol.side(version),) * 2).astype(np.float32)
            assert codewords.mended(values, version) == []


def test_a_smeared_symbol_becomes_sharp_again() -> None:
    modules = labels.code_modules("LK1:SMEARED", error="m", version=3)
    fine = np.kron(np.pad(np.where(modules, -1.0, 1.0), 4, constant_values=1.0), np.ones((6, 6))).astype(np.float32)
    smeared = optics.motion_blur(fine, 13.0, 20.0)  # more than two modules
    middles = 4 * 6 + 3 + 6 * np.arange(modules.shape[0])
    samples = [smeared[np.ix_(middles + dy, middles + dx)] for dx, dy in ((0, 0), (3, 0), (-3, 0), (0, 3), (0, -3))]
    sharp = equalizer.sharpen(samples, symbol.template(3))
    wrong_before, wrong_after = (int(np.count_nonzero((v < 0) != modules)) for v in (samples[0], sharp))
    assert wrong_before > 60
    assert wrong_after <= 5


def test_reed_solomon_mends_errors_and_erasures_up_to_its_limit_and_no_further() -> None:
    rng = np.random.default_rng(3)
    whole = reed_solomon.mend([*rng.integers(0, 256, 20).tolist(), *[0] * 10], 10, list(range(20, 30)))
    assert whole is not None
    assert whole.spare == 0
    for erased, wrong in [(0, 5), (4, 3), (10, 0), (7, 1)]:
        spoilt = list(whole.block)
        places = [int(place) for place in rng.permutation(30)[: erased + wrong]]
        for place in places:
            spoilt[place] ^= int(rng.integers(1, 256))
        mended = reed_solomon.mend(spoilt, 10, places[:erased])
        assert mended is not None
        assert mended.block == whole.block
        assert mended.spare == 10 - erased - 2 * wrong
    assert reed_solomon.mend(whole.block, 10, list(range(11))) is None
