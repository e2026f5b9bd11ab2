"""Every screen is known, reachable, small enough for a tap, and a tap that comes too late does nothing."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import edge.core
from edge.core import inputs
from edge.core.screens import MAX_CHOICES, STAGES
from edge.core.sessions import LAST, WAITING
from tests.core.screen_routes import ROUTES


def test_every_screen_has_a_route() -> None:
    assert set(ROUTES) == set(STAGES)


@pytest.mark.parametrize("stage", sorted(STAGES))
def test_every_screen_is_reached_and_has_at_most_four_choices(stage: str) -> None:
    desk = ROUTES[stage]()
    shown = desk.screen()
    assert shown.name == stage
    assert len(shown.choices) <= MAX_CHOICES
    assert set(shown.choices) <= set(STAGES[stage][0]) | {"end"}


@pytest.mark.parametrize("stage", sorted(set(STAGES) - WAITING))
def test_every_screen_that_waits_for_no_door_goes_home_by_itself(stage: str) -> None:
    desk = ROUTES[stage]()
    for door in desk.level:
        desk.door_closes(door)
    desk.wait(400)
    assert desk.memory.session is None, desk.screen()


@pytest.mark.parametrize("stage", sorted(WAITING))
def test_every_screen_that_waits_for_a_door_outlives_the_idle_time(stage: str) -> None:
    desk = ROUTES[stage]()
    if stage in ("opening", "push_then_pull"):
        desk.wait(60)
        assert desk.screen().name == "jammed" or desk.memory.session is None
    else:
        desk.wait(60)
        assert desk.screen().name == stage


@pytest.mark.parametrize("stage", sorted(STAGES))
def test_every_choice_leads_somewhere_or_changes_something(stage: str) -> None:
    for choice in ROUTES[stage]().screen().choices:
        desk = ROUTES[stage]()
        number, head = desk.memory.choices, desk.state.head
        desk.tap(choice)
        assert desk.memory.choices != number or desk.state.head != head, f"{choice!r} at {stage} does nothing"


@pytest.mark.parametrize("stage", sorted(STAGES))
def test_a_stale_tap_or_entry_is_ignored_everywhere(stage: str) -> None:
    desk = ROUTES[stage]()
    memory, head = desk.memory, desk.state.head
    for choice in {"end", "back", "yes", "open_again", "S", "all", *desk.screen().choices}:
        desk.tap_late(choice, desk.memory.choices - 1)
    desk.tell(inputs.Typed("11112222", desk.memory.choices - 1))
    assert (desk.memory, desk.state.head) == (memory, head)


def stages_named_in_the_source() -> set[str]:
    """Every string that a flow hands to `show`, `good_bye`, `at` or `Session` as a stage."""
    found: set[str] = set()
    for path in Path(edge.core.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                found |= _stage_of(node)
    return found


def _stage_of(call: ast.Call) -> set[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    place = {"show": 2, "good_bye": 2, "at": 0, "Session": 1}.get(name)
    if place is None or len(call.args) <= place:
        return set()
    strings = ast.walk(call.args[place])
    return {node.value for node in strings if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_every_stage_that_a_flow_names_is_a_screen() -> None:
    named = stages_named_in_the_source() - {"late", "coil_limit", "undo", "back", "left_inside"}
    assert named <= set(STAGES), named - set(STAGES)
    assert len(named) > 20


def test_stages_that_wait_or_go_by_themselves_are_screens() -> None:
    assert set(STAGES) >= WAITING | LAST
    assert not WAITING & LAST
