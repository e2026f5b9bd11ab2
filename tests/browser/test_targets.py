"""What is tapped is large enough for a finger, in mm, on the four panels that the project is measured on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.exhibition import one_of_each, shots
from tests.browser.studio import Studio

# Pixels of 20 mm, of 18 mm, and of a capital of 4.8 mm.
PIXELS = {
    "7in": (133, 120, 32),
    "7in-fine": (165, 148, 39),
    "10in": (117, 105, 28),
    "15in": (111, 100, 26),
}
SMALLEST = """(selector) => {
  const boxes = [...document.querySelectorAll(selector)].map((each) => each.getBoundingClientRect());
  return Math.min(...boxes.filter((box) => box.width).flatMap((box) => [box.width, box.height]));
}"""
LETTERS = "(selector) => parseFloat(getComputedStyle(document.querySelector(selector)).fontSize)"
CAPITAL_EM = 0.668  # of Atkinson Hyperlegible Next


@pytest.mark.parametrize("panel", PIXELS)
def test_every_target_and_every_gap_is_large_enough(studio_with: Callable[[str], Studio], panel: str) -> None:
    assert studio_with(panel).faults(one_of_each()) == []


@pytest.mark.parametrize("panel", PIXELS)
def test_a_millimetre_is_one_on_the_glass(studio_with: Callable[[str], Studio], panel: str) -> None:
    studio, (target, key, capital) = studio_with(panel), PIXELS[panel]
    studio.show(next(shot for shot in shots() if shot.name == "pin"))
    assert studio.page.evaluate(SMALLEST, ".choice") >= target
    assert studio.page.evaluate(SMALLEST, ".key") >= key
    assert studio.page.evaluate(LETTERS, ".choice") * CAPITAL_EM >= capital
    assert studio.page.evaluate(LETTERS, "h1") * CAPITAL_EM >= capital
