"""The page about the world names every fault, verb, deed and operation there is."""

from __future__ import annotations

from pathlib import Path

from hal.sim.chronicle import Deed
from hal.sim.faults import FAULTS
from hal.sim.operations import Operations
from hal.sim.world import World
from tests.world.wall import PLANS

PAGE = (Path(__file__).parents[2] / "docs" / "world.md").read_text(encoding="utf-8")


def test_the_page_names_every_fault_and_what_it_belongs_to() -> None:
    assert [name for name, of in FAULTS.items() if f"| `{name}` | {of} |" not in PAGE] == []


def test_the_page_names_every_deed_verb_and_operation() -> None:
    operations = Operations(World(PLANS, 1))
    names = [*Deed, *operations._ops]
    assert [name for name in names if f"`{name}`" not in PAGE] == []
    assert [verb for verb in operations._verbs if f"`{verb}(" not in PAGE] == []
