"""Parcels, people, and the sensors that see them or do not."""

from __future__ import annotations

import pytest

from edge.core.errors import BadInput, NotAllowed
from edge.core.words import Content, Size
from hal.sim.chronicle import Deed
from tests.world.wall import Wall


def test_a_scale_settles_before_it_says_anything() -> None:
    wall = Wall()
    wall.world.parcels.make("JD1", weight_g=700)
    wall.open(1)
    wall.world.person.put("JD1", 1)
    assert wall.content(1) is Content.UNKNOWN
    wall.later(2)
    reading = wall.sensors.read([1])[1]
    assert reading.content is Content.PRESENT
    assert reading.weight_g == pytest.approx(700, abs=10)
    wall.world.person.take(1)
    wall.later(2)
    assert wall.content(1) is Content.EMPTY


def test_a_scale_swings_and_is_never_quite_still() -> None:
    wall = Wall()
    scale = wall.world.compartment(1).scale
    scale.load(1000.0, now_s=1.0)
    swing = [scale.says_g(1.0 + step / 20, drifting=False) for step in range(20)]
    assert max(swing) > 1100
    still = [scale.says_g(10.0 + step, drifting=False) for step in range(20)]
    assert len(set(still)) > 1
    assert all(abs(grams - 1000) < 12 for grams in still)


def test_an_empty_scale_keeps_its_zero_for_a_month() -> None:
    wall = Wall()
    for _ in range(30 * 24):
        wall.later(3600)
        assert wall.content(1) is Content.EMPTY


def test_a_very_light_parcel_escapes_the_scale() -> None:
    wall = Wall()
    wall.world.parcels.make("letter", weight_g=12)
    wall.open(1)
    wall.world.person.put("letter", 1)
    wall.later(3)
    assert wall.content(1) is Content.EMPTY
    assert [p.name for p in wall.world.inside(1)] == ["letter"]


def test_an_infrared_beam_sees_a_parcel_but_not_a_flat_one() -> None:
    wall = Wall()
    wall.world.parcels.make("box")
    wall.world.parcels.make("envelope", flat=True)
    wall.open(2)
    wall.world.person.put("envelope", 2)
    wall.later(1)
    assert wall.content(2) is Content.EMPTY
    wall.world.person.put("box", 2)
    wall.later(1)
    assert wall.content(2) is Content.PRESENT


def test_a_parcel_is_in_one_place() -> None:
    wall = Wall()
    wall.world.parcels.make("JD1")
    wall.open(1)
    wall.world.person.put("JD1", 1)
    assert wall.world.where("JD1") == 1
    with pytest.raises(NotAllowed, match="not at hand but in door 1"):
        wall.world.person.put("JD1", 2)
    assert wall.world.person.take(1)[0].place == "person"
    assert wall.world.inside(1) == ()
    wall.world.person.drop("JD1")
    assert wall.world.where("JD1") == "street"


def test_a_parcel_that_is_too_large_stays_outside() -> None:
    wall = Wall()
    wall.world.parcels.make("wardrobe", size=Size.XL, weight_g=20_000)
    wall.open(2)
    with pytest.raises(NotAllowed, match="size XL does not fit door 2, size S"):
        wall.world.person.put("wardrobe", 2)


def test_of_several_parcels_one_is_taken_by_name() -> None:
    wall = Wall()
    for name in ("JD1", "JD2"):
        wall.world.parcels.make(name)
    wall.open(1)
    for name in ("JD1", "JD2"):
        wall.world.person.put(name, 1)
    assert [p.name for p in wall.world.person.take(1, "JD2")] == ["JD2"]
    assert [p.name for p in wall.world.inside(1)] == ["JD1"]


def test_people_with_habits_deposit_and_collect_in_their_own_time() -> None:
    wall = Wall()
    wall.world.parcels.make("JD1")
    wall.world.person.deposits("JD1", 1)
    wall.open(1, wait_s=20)
    assert wall.world.where("JD1") == 1
    assert wall.level(1) == "closed"
    wall.world.person.collects(1, shuts=False)
    wall.open(1, wait_s=20)
    assert wall.world.where("JD1") == "person"
    assert wall.level(1) == "open"


def test_somebody_presses_the_door_shut_without_taking_anything() -> None:
    wall = Wall()
    wall.world.person.shuts(1)
    wall.open(1, wait_s=5)
    assert wall.level(1) == "closed"


def test_what_a_person_cannot_do_later_is_written_down() -> None:
    wall = Wall()
    wall.world.person.take(1, after_s=2)
    wall.later(3)
    assert wall.world.chronicle.of(Deed.GAVE_UP)[0].note == "door 1: it is shut"


def test_the_chronicle_is_bounded_and_says_what_it_dropped() -> None:
    wall = Wall()
    for _ in range(25_000):
        wall.world.beep("tick")
    assert len(wall.world.chronicle.since()) == 20_000
    assert wall.world.chronicle.dropped == 5_000


def test_watchers_see_each_deed() -> None:
    wall = Wall()
    seen: list[str] = []
    wall.world.chronicle.watch(lambda entry: seen.append(entry.deed))
    wall.open(1)
    assert seen == [entry.deed for entry in wall.world.chronicle.since()]


def test_a_parcel_must_be_possible() -> None:
    wall = Wall()
    wall.world.parcels.make("JD1")
    with pytest.raises(BadInput, match="'JD1': the name is empty or taken"):
        wall.world.parcels.make("JD1")
    with pytest.raises(BadInput, match="weight 0 g, limits 1 to 50000 g"):
        wall.world.parcels.make("ghost", weight_g=0)
