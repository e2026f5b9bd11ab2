"""Every screen is known, reachable, small enough for a tap, and a tap that comes too late does nothing."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

import edge.core
from edge.core import inputs
from edge.core.orders import Cancel
from edge.core.screens import MAX_CHOICES, STAGES
from edge.core.sessions import LAST, MAX_EXTENSIONS, WAITING
from edge.core.site import Policy
from edge.core.words import Content, ContentSensor, PulseOutcome, Purpose
from tests.core.desk import COURIER_NUMBER, COURIER_PIN, DAY_S, Desk, sent

ONE = sent("JD000301", pin="11112222")
MATE = sent("JD000302", reservation=ONE.reservation)
RETURN = sent("RR000401", reservation="ee" * 8)
Sees = ContentSensor.INFRARED


# -- routes: how each screen is reached -------------------------------------------------------------------------------


def standing(content: ContentSensor = ContentSensor.NONE) -> Desk:
    return Desk(stands={3: ONE}, content=content)


def presented(content: ContentSensor = ContentSensor.NONE) -> Desk:
    desk = standing(content)
    desk.scan(desk.code(ONE))
    return desk


def opened(content: ContentSensor = ContentSensor.NONE) -> Desk:
    desk = presented(content)
    desk.door_opens(3)
    return desk


def shut_at_once() -> Desk:
    desk = opened()
    desk.wait(1)
    desk.door_closes(3)
    return desk


def tapped(desk: Desk, *choices: str) -> Desk:
    for choice in choices:
        desk.tap(choice)
    return desk


def waited(desk: Desk, seconds: float) -> Desk:
    desk.wait(seconds)
    return desk


def failed(outcome: PulseOutcome) -> Desk:
    desk = standing()
    desk.outcomes.append(outcome)
    desk.scan(desk.code(ONE))
    return desk


def found_open() -> Desk:
    desk = standing()
    desk.level[3] = desk.level[3].OPEN
    desk.reboot()
    desk.scan(desk.code(ONE))
    return desk


def under_way() -> Desk:
    desk = Desk(stands={3: ONE, 5: sent("JD000555")}, policy=Policy(live_openings=1))
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.wait(181)
    desk.scan(desk.code(sent("JD000555")))
    return desk


def collected() -> Desk:
    desk = presented()
    desk.take(3)
    return desk


def left_inside() -> Desk:
    desk = opened(Sees)
    desk.wait(3)
    desk.door_closes(3)
    desk.door_opens(3)
    return desk


def second_factor() -> Desk:
    desk = standing()
    desk.scan(desk.code(ONE, second_factor=True))
    return desk


def returning(content: ContentSensor = ContentSensor.NONE, size: bool = False) -> Desk:
    desk = Desk(content=content)
    desk.announce(RETURN, parcel_kind="return")
    desk.scan(desk.code(RETURN, purpose=Purpose.DROP_OFF))
    return tapped(desk, "S") if size else desk


def placing(content: ContentSensor = ContentSensor.NONE) -> Desk:
    desk = returning(content, size=True)
    desk.door_opens(desk.screen().door)
    return desk


def shut(desk: Desk, content: Content, seconds: float = 5) -> Desk:
    door = desk.screen().door
    desk.wait(seconds)
    desk.holds(door, content)
    desk.door_closes(door)
    return desk


def badge_shown() -> Desk:
    desk = Desk()
    desk.scan(desk.courier_code())
    return desk


def courier(content: ContentSensor = ContentSensor.NONE, *, looked: bool = True) -> Desk:
    desk = Desk(content=content, looked=looked)
    desk.tap("courier")
    desk.enter(COURIER_NUMBER)
    desk.pin(COURIER_PIN)
    return desk


def putting(content: ContentSensor = ContentSensor.NONE) -> Desk:
    desk = courier(content)
    desk.scan(ONE.tracking)
    desk.door_opens(desk.screen().door)
    return desk


def deposited() -> Desk:
    desk = courier()
    desk.deposit(ONE)
    return desk


def undone() -> Desk:
    desk = tapped(deposited(), "last", "undo")
    desk.door_opens(desk.screen().door)
    return desk


def offered() -> Desk:
    desk = Desk(stands={3: ONE})
    desk.announce(MATE)
    desk.number_comes()
    desk.scan(MATE.tracking)
    return desk


def looking() -> Desk:
    desk = tapped(courier(looked=False), "open")
    desk.door_opens(desk.screen().door)
    return desk


def to_collect() -> Desk:
    desk = standing()
    desk.order(Cancel(ONE.parcel))
    desk.number_comes()
    return tapped(desk, "collect")


def collecting() -> Desk:
    desk = tapped(to_collect(), "all")
    desk.door_opens(3)
    return desk


def one_of_two() -> Desk:
    """Two stood there when the door was forced; the courier has scanned one of them and shut the door."""
    two = (sent("JD000321"), sent("JD000322"))
    desk = Desk(stands={3: two})
    desk.door_opens(3)
    desk.door_closes(3)
    desk.courier_comes(look=True)
    desk.tap("open")
    desk.door_opens(3)
    desk.scan(two[0].tracking)
    desk.door_closes(3)
    return desk


ROUTES: dict[str, Callable[[], Desk]] = {
    "pin": lambda: tapped(Desk(), "pin"),
    "second_factor": second_factor,
    "send": lambda: tapped(Desk(), "send"),
    "courier_number": lambda: tapped(Desk(), "courier"),
    "refused": lambda: waited(failed_scan(), 1),
    "opening": presented,
    "push_then_pull": lambda: waited(presented(), 6),
    "take": opened,
    "left_inside": left_inside,
    "problem": lambda: tapped(opened(), "problem"),
    "help": lambda: tapped(Desk(), "help"),
    "did_you_get_it": shut_at_once,
    "reopen": lambda: tapped(shut_at_once(), "no"),
    "jammed": lambda: waited(presented(), 15),
    "board_silent": lambda: failed(PulseOutcome.BROKEN),
    "too_late": lambda: failed(PulseOutcome.LATE),
    "stands_open": found_open,
    "one_moment": under_way,
    "thanks": collected,
    "choose_size": returning,
    "place": placing,
    "no_parcel": lambda: shut(placing(Sees), Content.EMPTY),
    "is_it_inside": lambda: shut(placing(), Content.PRESENT, seconds=0.5),
    "receipt": lambda: shut(placing(Sees), Content.PRESENT),
    "cancelled": lambda: shut(tapped(placing(Sees), "cancel"), Content.EMPTY),
    "badge_pin": badge_shown,
    "look": lambda: courier(looked=False),
    "look_inside": looking,
    "what_is_inside": lambda: shut(looking(), Content.EMPTY),
    "others_inside": one_of_two,
    "ready": courier,
    "last": lambda: tapped(deposited(), "last"),
    "collect": to_collect,
    "offer": offered,
    "put": putting,
    "take_out": undone,
    "scan_out": collecting,
    "taken": lambda: shut(collecting(), Content.EMPTY),
    "summary": lambda: tapped(courier(), "end"),
}


def failed_scan() -> Desk:
    desk = Desk()
    desk.scan("LK1:NO")
    return desk


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


# -- idling ------------------------------------------------------------------------------------------------------------


def test_idle_warns_after_thirty_seconds_and_goes_home_after_twenty_more() -> None:
    desk = tapped(Desk(), "pin")
    desk.wait(29)
    assert not desk.screen().idle
    desk.wait(2)
    assert desk.screen().idle
    assert desk.screen().choices == ("end", "more_time")
    desk.wait(18)
    assert desk.screen().name == "pin"
    desk.wait(2)
    assert desk.screen().name == "attract"


def test_the_warning_does_not_make_a_tap_stale() -> None:
    desk = tapped(Desk(), "pin")
    number = desk.screen().number
    desk.wait(31)
    assert desk.screen().idle
    assert desk.screen().number == number


def test_more_time_is_given_ten_times() -> None:
    desk = tapped(Desk(), "pin")
    for _ in range(MAX_EXTENSIONS):
        desk.wait(31)
        desk.tap("more_time")
        assert desk.screen().name == "pin"
        assert not desk.screen().idle
    desk.wait(31)
    assert desk.screen().idle
    assert "more_time" not in desk.screen().choices
    desk.wait(20)
    assert desk.screen().name == "attract"


def test_more_time_takes_the_place_of_the_last_choice_and_never_of_the_main_one() -> None:
    desk = shut_at_once()
    desk.wait(31)
    assert desk.screen().choices == ("yes", "no", "open_again", "more_time")


def test_out_of_order_has_a_telephone_number() -> None:
    desk = Desk()
    desk.health("supply", "locks", ok=False)
    shown = desk.screen()
    assert (shown.name, shown.params["telephone"]) == ("out_of_order", "0800 123")
    desk.health("supply", "locks", ok=True)
    assert desk.screen().name == "attract"
    desk.tell(inputs.Space("zero"))
    assert desk.screen().name == "out_of_order"


def test_a_locker_whose_boards_are_all_silent_is_out_of_order() -> None:
    desk = Desk()
    for door in desk.level:
        desk.door_silent(door)
    assert desk.screen().name == "out_of_order"


def test_offline_is_shown_and_serves_on() -> None:
    desk = standing()
    desk.link(True)
    assert not desk.screen().offline
    desk.link(False)
    assert desk.screen().offline
    desk.skip(DAY_S)
    assert desk.scan(desk.code(ONE)).name == "opening"


# -- a code that is seen and not read ---------------------------------------------------------------------------------


def test_a_code_that_is_seen_and_not_read_is_a_live_hint_that_makes_no_tap_stale() -> None:
    desk = standing()
    before = desk.screen()
    desk.tell(inputs.Unread("too_far"))
    assert (desk.screen().unread, desk.screen().number) == ("too_far", before.number)
    assert "pin" in desk.screen().choices
    desk.tell(inputs.Unread(""))
    assert desk.screen() == before


def test_the_hint_stays_away_where_no_code_is_wanted() -> None:
    desk = opened()
    desk.tell(inputs.Unread("glare"))
    assert (desk.screen().name, desk.screen().unread) == ("take", "")
    desk = courier()
    desk.tell(inputs.Unread("glare"))
    assert (desk.screen().name, desk.screen().unread) == ("ready", "glare")
