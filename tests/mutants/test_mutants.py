"""The table of sabotages fits the product, and some that are quick to find are found, by the check with that name."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from edge.core.errors import BadInput
from tests.mutants.hunt import Killer, hunt, read_killers
from tests.mutants.mutant import Mutant
from tests.mutants.scratch import ROOT, scratch_copy
from tests.mutants.table import MUTANTS
from tests.sim.checks import CHECKS
from tests.sim.scenarios import LIVES, STREET

QUICK = ("head_not_persisted", "wrong_door_pulsed", "brake_off_by_one")


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_each_sabotage_stands_for_one_line_that_is_there_once(mutant: Mutant) -> None:
    text = (ROOT / mutant.file).read_text()
    assert text.count(mutant.old) == 1, f"{mutant.name}: its text has to stand once in {mutant.file}"
    assert mutant.old != mutant.new
    compile(text.replace(mutant.old, mutant.new), mutant.file, "exec")


def test_no_sabotage_names_what_is_not_there(tmp_path: Path) -> None:
    """It would end the process with an error of its own, and say nothing of what it is to break."""
    for mutant in MUTANTS:
        text = (ROOT / mutant.file).read_text().replace(mutant.old, mutant.new)
        (tmp_path / f"{mutant.name}.py").write_text(text)
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F821,F823", str(tmp_path)]
    looked = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert looked.returncode == 0, looked.stdout + looked.stderr


def test_each_sabotage_has_a_name_of_its_own_and_dies_by_checks_that_there_are() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert {mutant.life for mutant in MUTANTS} <= {STREET, *LIVES}
    assert {check for mutant in MUTANTS for check in mutant.dies_by} <= CHECKS.keys()


def test_each_sabotage_was_killed_before() -> None:
    killers = read_killers()
    assert killers.keys() == {mutant.name for mutant in MUTANTS}
    assert all(killers[mutant.name].check in mutant.dies_by for mutant in MUTANTS)


def test_quick_sabotages_die_by_their_check() -> None:
    command = [sys.executable, "-m", "tests.mutants", *QUICK, "--json", "--no-control"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    caught = {one["name"]: one["check"] for one in map(json.loads, ended.stdout.splitlines())}
    assert caught == {name: read_killers()[name].check for name in QUICK}


def test_what_breaks_nothing_survives() -> None:
    harmless = Mutant(
        name="harmless",
        file="edge/core/service.py",
        old="TEN_MINUTES_MS: Final = 600_000\n",
        new="TEN_MINUTES_MS: Final = 10 * 60 * 1000\n",
        breaks="Nothing.",
        dies_by=("i10_brake",),
        life="commands",
        seeds=1,
    )
    caught = hunt(harmless, Killer(1, "i10_brake"))
    assert (caught.check, caught.strays, caught.lives) == ("", (), 1)


def test_a_sabotage_whose_line_is_gone_says_so() -> None:
    gone = Mutant(name="gone", file="edge/core/service.py", old="not there", breaks="", dies_by=("i10_brake",))
    with scratch_copy() as root, pytest.raises(BadInput, match="stands 0 times"):
        gone.apply(root)


def test_a_crash_is_no_death() -> None:
    with pytest.raises(BadInput, match="checks that have a name"):
        Mutant(name="crash", file="", old="a", new="b", breaks="", dies_by=("the_life_goes_on",))


def test_the_scratch_copy_leaves_the_product_alone(tmp_path: Path) -> None:
    before = (ROOT / MUTANTS[0].file).read_text()
    with scratch_copy() as root:
        MUTANTS[0].apply(root)
        assert (root / MUTANTS[0].file).read_text() != before
    assert (ROOT / MUTANTS[0].file).read_text() == before
