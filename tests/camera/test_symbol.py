"""The fixed parts of QR symbols, against an independent generator; and the grid that bends."""

from __future__ import annotations

import numpy as np
import pytest

from hal.camera import mesh, symbol
from hal.camera.reader import Suspect, scan
from hal.sim import labels
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
            reading = mesh.read(picture, suspect)
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
        assert mesh.read(noise, Suspect(quad, version)) is None


def test_a_suspect_of_unknown_version_is_tried_as_the_likeliest() -> None:
    code = drawn("LK1:VERSION", px=6)
    edge, last = 60.0, code.shape[0] - 60.0
    reading = mesh.read(code, Suspect(((edge, edge), (last, edge), (last, last), (edge, last)), 0))
    assert reading is not None
    assert reading.raw == b"LK1:VERSION"
