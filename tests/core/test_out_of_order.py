"""A locker that cannot serve says so and whom to call; one that is only offline serves on."""

from __future__ import annotations

from edge.core import inputs
from tests.core.desk import DAY_S, Desk
from tests.core.screen_routes import ONE, standing


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
