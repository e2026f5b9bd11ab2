"""Our own drivers keep what every driver promises; what cannot be tried on one is listed here, with the reason."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from edge.app.drivers import driver_names, find_driver
from hal.conformance import PROMISES, Verdict
from hal.conformance.run import try_one
from tests.conformance.rigs import OURS

AT_ONCE = 8  # promises that are tried side by side, each with a board of its own: they mostly wait

# A board that times its pulses is not told of in the frames: nobody sees its coils go off.
_TIMED_BY_THE_BOARD = {"leaves_no_coil_on"}
# A pin is there or it is not: it has no answer that could be missing, late or spoilt.
_PINS = {
    "knows_no_pulse_without_an_answer",
    "knows_no_door_without_an_answer",
    "sends_nothing_again",
    "believes_no_garbage",
    "believes_no_late_answer",
    "says_broken_only_of_nothing",
    "is_well_again",
}
NOT_TRIED: dict[str, set[str]] = {
    **dict.fromkeys(("ys", "cu16", "cu48", "waveshare", "wkly", "winnsen"), _TIMED_BY_THE_BOARD),
    "gpio": {*_PINS, "outlives_an_unplugged_line"},
    "mcp23017": _PINS,
    "sim": {"believes_no_garbage"},  # the world's line carries whole messages
    "sim in the same process": {"believes_no_garbage", "refuses_unknown_keys"},
}


@pytest.mark.parametrize("name", OURS)
def test_it_keeps_every_promise(name: str) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(partial(try_one, OURS[name]), PROMISES))
    assert [(result.promise.name, result.why) for result in results if result.verdict is Verdict.FAILED] == []
    assert {result.promise.name for result in results if result.verdict is Verdict.NOT_TRIED} == NOT_TRIED[name]


@pytest.mark.parametrize("name", driver_names())
def test_every_driver_that_is_shipped_is_tried_with_its_own_options(name: str) -> None:
    driver = find_driver(name)
    assert driver is not None
    rig = OURS[name]()
    try:
        assert rig.options is driver.options
    finally:
        rig.close()
        rig.timer.close()
