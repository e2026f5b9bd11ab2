"""The simulated scale: every protocol of the table, driven by a weight, well and ill; and by hand."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

from edge.core.errors import BadInput, HardwareFault
from edge.core.words import Adjusted, ScaleState
from hal.scales.options import ScaleOptions
from hal.scales.simulated import Fault, SimulatedScale
from hal.scales.table import PROTOCOLS
from tests.scales.cable import scale

STABLE, MOVING, OVER, UNDER, ERROR, UNKNOWN = ScaleState


def options(kind: str, port: str) -> ScaleOptions:
    return ScaleOptions(kind, port, unit="" if PROTOCOLS[kind].unit_told else "lb")


@pytest.mark.parametrize("kind", PROTOCOLS)
def test_every_protocol_weighs_moves_and_is_overloaded(kind: str) -> None:
    simulated = SimulatedScale(kind, stream_s=0.01)
    one = scale(options(kind, simulated.port))
    try:
        simulated.put(2340)
        said = one.read()
        assert said.state is STABLE
        assert said.weight_g is not None
        assert abs(said.weight_g - 2340) <= 3  # hundredths of a pound, at the coarsest
        simulated.put(2340, moving=True)
        assert one.read().state is MOVING
        simulated.put(0, over=True)
        assert one.read().state in (OVER, ERROR)
        simulated.put(0)
        assert (one.read().state, one.read().weight_g) == (STABLE, 0)
    finally:
        one.close()
        simulated.close()


@pytest.mark.parametrize("kind", ["mt-sics", "toledo-8217", "toledo-continuous", "cas"])
@pytest.mark.parametrize("fault", [Fault.SILENCE, Fault.GARBAGE, Fault.HALF])
def test_an_ill_scale_says_nothing_that_counts(kind: str, fault: Fault) -> None:
    simulated = SimulatedScale(kind, stream_s=0.01)
    one = scale(options(kind, simulated.port))
    try:
        simulated.put(2340)
        simulated.be(fault)
        said = one.read()
        assert (said.state, said.weight_g) == (UNKNOWN, None)
        simulated.be(Fault.WELL)
        assert one.read().state is STABLE
    finally:
        one.close()
        simulated.close()


def test_a_wrong_checksum_is_only_where_there_is_one() -> None:
    simulated = SimulatedScale("toledo-continuous", stream_s=0.01)
    one = scale(options("toledo-continuous", simulated.port))
    other = SimulatedScale("nci")
    try:
        simulated.be(Fault.WRONG_CHECKSUM)
        assert one.read().state is UNKNOWN
        with pytest.raises(BadInput, match="nci has no checksum"):
            other.be(Fault.WRONG_CHECKSUM)
    finally:
        one.close()
        simulated.close()
        other.close()


@pytest.mark.parametrize("kind", [kind for kind, row in PROTOCOLS.items() if row.zero])
def test_it_is_zeroed_and_refuses_by_not_doing_it_while_it_moves(kind: str) -> None:
    simulated = SimulatedScale(kind)
    one = scale(options(kind, simulated.port))
    try:
        simulated.put(340)
        assert one.zero() is Adjusted.DONE
        assert one.read().weight_g == 0
    finally:
        one.close()
        simulated.close()


def test_it_is_tared_and_tells_so() -> None:
    simulated = SimulatedScale("sbi")
    one = scale(options("sbi", simulated.port))
    try:
        simulated.put(340)
        assert one.tare() is Adjusted.DONE
        simulated.put(1340)
        assert one.read().weight_g == 1000
    finally:
        one.close()
        simulated.close()


def test_it_may_be_unplugged() -> None:
    simulated = SimulatedScale("mt-sics")
    one = scale(options("mt-sics", simulated.port))
    simulated.put(5)
    assert one.read().weight_g == 5
    simulated.close()
    with pytest.raises(HardwareFault):
        one.read()
    one.close()


def test_a_kind_that_nobody_speaks_is_refused() -> None:
    with pytest.raises(BadInput, match="'stone', must be one of: mt-sics"):
        SimulatedScale("stone")


def test_by_hand_it_takes_a_line_at_a_time(tmp_path: Path) -> None:
    link = tmp_path / "scale"
    command = [sys.executable, "-m", "hal.scales.simulated", "mt-sics", "--link", str(link)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def told(line: str) -> str:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(line + "\n")
            process.stdin.flush()
            assert select.select([process.stdout], [], [], 10.0)[0]
            return process.stdout.readline().strip()

        assert process.stdout.readline() == f"mt-sics at {link}\n"
        one = scale(ScaleOptions("mt-sics", os.fspath(link)))
        assert told("2340") == "good"
        assert one.read().weight_g == 2340
        assert told("2340 moving") == "good"
        assert one.read().state is MOVING
        assert told("silence") == "good"
        assert one.read().state is UNKNOWN
        assert "is not a valid Fault" in told("dance")
        one.close()
        process.stdin.close()
        assert process.wait(10.0) == 0
    assert not link.is_symlink()
