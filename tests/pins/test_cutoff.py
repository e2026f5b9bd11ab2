"""I8: a bank says what ends a pulse when this program dies; what is not true, and what nobody accepted, is refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hal.sim import header
from tests.pins.house import WITHIN_S, expander, locker, pins, written

NONE = "nothing would end a pulse when this process dies; accept_no_cutoff must give the reason to accept that"


def starts(path: Path) -> bool:
    """Whether `locker run` comes to the line that says it is ready; it is stopped then."""
    command = [sys.executable, "-m", "edge.app.cli", "run", "--config", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout is not None
        ready = "is ready" in daemon.stdout.readline()
        daemon.terminate()
        _, said = daemon.communicate(timeout=WITHIN_S)
        assert daemon.returncode == (0 if ready else 1), said
    return ready


@pytest.mark.parametrize("bank", ["gpio", "mcp23017"])
def test_i8_cutoff_none_is_refused_by_the_check_and_by_the_start(tmp_path: Path, bank: str) -> None:
    path = written(tmp_path, pins(1, "none") if bank == "gpio" else expander(1, tmp_path / "chips", cutoff="none"))
    for command in (("config", "check", path), ("run", "--config", path)):
        done = locker(*command)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == f'{path}: bank[1].cutoff = "none": {NONE}\n'


def test_i8_an_empty_reason_is_none(tmp_path: Path) -> None:
    path = written(tmp_path, pins(1, "none", more='accept_no_cutoff = " "\n'))
    assert locker("config", "check", path).returncode == 1


def test_i8_cutoff_none_that_is_accepted_in_writing_starts(tmp_path: Path) -> None:
    path = written(tmp_path, pins(1, "none", more='accept_no_cutoff = "a lamp on a bench, no coil"\n'))
    assert locker("config", "check", path).returncode == 0
    assert starts(path)


def test_i8_cutoff_kernel_starts_where_the_kernel_lets_go(tmp_path: Path) -> None:
    header.lay_out(tmp_path / "header", strict=True)
    assert starts(written(tmp_path, pins(1, "kernel", tmp_path / "header")))


def test_i8_cutoff_kernel_is_refused_by_the_start_where_the_kernel_keeps_outputs(tmp_path: Path) -> None:
    kept = tmp_path / "header"
    header.lay_out(kept, strict=False)
    path = written(tmp_path, pins(1, "kernel", kept))
    assert locker("config", "check", path).returncode == 0, "it may be checked on another machine"
    done = locker("run", "--config", path)
    assert done.returncode == 1
    assert done.stderr == f"bank g1: cutoff kernel is not true here: {kept}: this kernel keeps outputs driven\n"


@pytest.mark.parametrize("cutoff", ["kernel", "board"])
def test_i8_an_expander_has_no_kernel_and_no_timer(tmp_path: Path, cutoff: str) -> None:
    done = locker("config", "check", written(tmp_path, expander(1, tmp_path / "chips", cutoff=cutoff)))
    assert done.returncode == 1
    assert f"bank[1]: cutoff {cutoff}: an expander drives on when this program dies" in done.stderr


def test_i8_an_active_low_lock_is_refused_with_the_reason(tmp_path: Path) -> None:
    done = locker("config", "check", written(tmp_path, pins(1, "monostable", more='active = "low"\n')))
    assert done.returncode == 1
    assert "active low is refused: the pin library claims an output low before it sets it" in done.stderr


def test_two_banks_on_one_expander_are_refused(tmp_path: Path) -> None:
    chips = tmp_path / "chips"
    done = locker("config", "check", written(tmp_path, expander(1, chips), expander(2, chips)))
    assert done.returncode == 1
    assert "is bank e1's already" in done.stderr
