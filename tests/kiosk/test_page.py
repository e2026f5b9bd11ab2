"""The story played through the page: real server, real core, sockets in place of a browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.core.desk import Desk, sent
from tests.kiosk.house import House

PARCEL = sent("JD0146000399", pin="24681357")


@pytest.fixture
def house() -> Iterator[House]:
    desk = Desk(stands={3: PARCEL})
    with House(desk) as house:
        yield house


def test_a_parcel_is_picked_up_with_a_pin(house: House) -> None:
    visitor = house.visitor()
    assert "Type your PIN." in visitor.tap("pin")
    assert "Door 3 is opening." in visitor.type("24681357")
    house.play(lambda desk: desk.door_opens(3))
    assert "Take your parcel, then close the door." in visitor.events.until("take")
    house.play(lambda desk: desk.wait(5))
    house.play(lambda desk: desk.door_closes(3))
    assert "Thank you." in visitor.events.until("thanks")
