"""Collection by courier: overdue parcels and returns, scanned out; missing and extra ones are branches, not errors."""

from __future__ import annotations

import pytest

from edge.core import events
from edge.core.screens import Screen
from edge.core.words import (
    CompartmentState,
    Content,
    ContentSensor,
    Evidence,
    ParcelState,
    PulseOutcome,
    Purpose,
)
from tests.core.desk import DAY_S, Desk, Sent, sent
from tests.core.rounds import let_and_freed, other_courier_comes, roster

ONE, TWO, THREE = sent("JD0001"), sent("JD0002"), sent("JD0003")
SENSORS = [ContentSensor.NONE, ContentSensor.SCALE]


def overdue(stands: dict[int, Sent | tuple[Sent, ...]] | None = None, **more: object) -> tuple[Desk, Screen]:
    """Parcels whose hold is over stand behind 1 and 3; the courier has come."""
    desk = Desk(stands=stands or {1: ONE, 3: TWO}, **more)  # type: ignore[arg-type]
    desk.skip(8 * DAY_S)
    desk.skip(61)
    roster(desk)
    return desk, desk.courier_comes(purpose=Purpose.COLLECTION)


def begun(**more: object) -> Desk:
    """The courier collects all; the first door stands open."""
    desk, _ = overdue(**more)  # type: ignore[arg-type]
    desk.tap("collect")
    desk.tap("all")
    desk.door_opens(desk.screen().door)
    assert desk.screen().name == "scan_out"
    return desk


def shut(desk: Desk, content: Content = Content.EMPTY) -> Screen:
    door = desk.screen().door
    desk.wait(3)
    desk.holds(door, content)
    desk.door_closes(door)
    return desk.screen()


def test_how_many_are_waiting_is_said_first() -> None:
    desk, shown = overdue()
    assert shown.params["to_collect"] == 2
    shown = desk.tap("collect")
    assert (shown.name, shown.params["parcels"], shown.params["doors"]) == ("collect", 2, 2)


@pytest.mark.parametrize("sensor", SENSORS)
def test_all_one_after_another_scanned_out(sensor: ContentSensor) -> None:
    desk = begun(content=sensor)
    assert desk.screen().params["numbers"] == [ONE.parcel[:8]]  # the card never had its number
    desk.scan(ONE.tracking)
    shown = shut(desk)
    assert (shown.name, shown.door) == ("opening", 3)
    desk.door_opens(3)
    desk.scan(TWO.tracking)
    shown = shut(desk)
    assert (shown.name, shown.params["out"], shown.params["to_collect"]) == ("ready", 2, 0)
    expected = Evidence.PERSON if sensor is ContentSensor.NONE else Evidence.SENSOR
    assert [(e.parcel, e.reason, e.evidence) for e in desk.of(events.ParcelGone)] == [
        (ONE.parcel, "collected", expected),
        (TWO.parcel, "collected", expected),
    ]
    assert desk.compartment(1).state is desk.compartment(3).state is CompartmentState.FREE
    assert desk.tap("end").params["out"] == 2
    let_and_freed(desk)


def test_one_by_one() -> None:
    desk, _ = overdue()
    desk.tap("collect")
    desk.tap("one")
    desk.door_opens(1)
    desk.scan(ONE.tracking)
    shown = shut(desk)
    assert (shown.name, shown.params["to_collect"], shown.params["out"]) == ("ready", 1, 1)


def test_back_without_opening_anything() -> None:
    desk, _ = overdue()
    desk.tap("collect")
    assert desk.tap("back").name == "ready"
    assert desk.of(events.OpeningAuthorised) == []


def test_returns_are_collected_as_well() -> None:
    desk = Desk()
    back = sent("RT0001")
    desk.announce(back, parcel_kind="return")
    desk.scan(desk.code(back, purpose=Purpose.DROP_OFF))
    door = desk.tap("S").door
    desk.put(door)
    desk.wait(40)
    desk.courier_comes(purpose=Purpose.COLLECTION)
    desk.tap("collect")
    desk.tap("all")
    desk.door_opens(door)
    assert desk.screen().params["numbers"] == [back.tracking]
    desk.scan(back.tracking)
    shut(desk)
    assert desk.parcel(back).state is ParcelState.GONE


def test_another_carriers_parcels_are_left_alone() -> None:
    _, shown = overdue({1: sent("GL0001", carrier="gls"), 3: TWO})
    assert shown.params["to_collect"] == 1


def test_the_code_of_a_collected_parcel_opens_nothing() -> None:
    desk = begun()
    desk.scan(ONE.tracking)
    shut(desk)
    shut_all(desk)
    desk.tap("end")
    desk.wait(10)
    assert desk.scan(desk.code(ONE)).name == "refused"


def shut_all(desk: Desk) -> None:
    desk.door_opens(3)
    desk.scan(TWO.tracking)
    shut(desk)


def test_not_all_scanned_out_is_asked_about_all_taken() -> None:
    desk = begun()
    shown = shut(desk)
    assert (shown.name, shown.params["left"]) == ("taken", 1)
    assert desk.tap("all_taken").name == "opening"
    assert desk.parcel(ONE).state is ParcelState.GONE
    assert desk.compartment(1).state is CompartmentState.FREE


def test_scanned_after_the_door_was_shut() -> None:
    desk = begun()
    shut(desk)
    assert desk.scan(ONE.tracking).name == "opening"
    assert desk.last(events.ParcelGone).parcel == ONE.parcel


def test_missing_is_a_branch() -> None:
    desk = begun()
    shut(desk)
    desk.tap("missing")
    gone = desk.last(events.ParcelGone)
    assert (gone.parcel, gone.reason, gone.evidence) == (ONE.parcel, "missing", Evidence.PERSON)
    assert desk.last(events.IncidentReported).complaint == "missing"
    assert desk.memory.session is not None
    assert desk.memory.session.collected == ()


@pytest.mark.parametrize("content", [ContentSensor.NONE, ContentSensor.SCALE])
def test_i6_where_something_is_missing_something_else_may_stand(content: ContentSensor) -> None:
    """Who says that a parcel is missing has not said that nothing is inside: a sensor says so, or somebody looks."""
    desk = begun(content=content)
    desk.sensors_answer = content is ContentSensor.NONE
    shut(desk)
    desk.wait(6)
    desk.tap("missing")
    assert desk.compartment(1).state is CompartmentState.REVIEW
    assert desk.compartment(1).reason == "missing"
    desk.sensors_answer = True
    if content is ContentSensor.SCALE:
        desk.content(1, Content.EMPTY)
        assert desk.compartment(1).state is CompartmentState.FREE


def test_one_of_two_behind_a_door_is_missing() -> None:
    desk, _ = overdue({1: (ONE, TWO)})
    desk.tap("collect")
    desk.tap("all")
    desk.door_opens(1)
    desk.scan(ONE.tracking)
    assert shut(desk).params["left"] == 1
    desk.tap("missing")
    assert [(e.parcel, e.reason) for e in desk.of(events.ParcelGone)] == [
        (ONE.parcel, "collected"),
        (TWO.parcel, "missing"),
    ]
    assert desk.screen().params["out"] == 1


def test_one_of_two_behind_a_door_is_left() -> None:
    desk, _ = overdue({1: (ONE, TWO)})
    desk.tap("collect")
    desk.tap("all")
    desk.door_opens(1)
    desk.scan(ONE.tracking)
    shut(desk)
    desk.tap("left")
    assert desk.parcel(ONE).state is ParcelState.GONE
    assert desk.parcel(TWO).state is ParcelState.OVERDUE
    assert desk.compartment(1).state is CompartmentState.OCCUPIED


def test_left_as_it_was() -> None:
    desk = begun()
    shut(desk, Content.PRESENT)
    desk.tap("left")
    assert desk.parcel(ONE).state is ParcelState.OVERDUE
    assert desk.compartment(1).state is CompartmentState.OCCUPIED


def test_left_as_the_scale_says() -> None:
    desk = begun(content=ContentSensor.SCALE)
    assert shut(desk, Content.PRESENT).name == "opening"
    assert desk.parcel(ONE).state is ParcelState.OVERDUE


def test_taken_as_the_scale_says_without_a_scan() -> None:
    desk = begun(content=ContentSensor.SCALE)
    shut(desk)
    assert desk.last(events.ParcelGone).evidence is Evidence.SENSOR


def test_extra_is_a_branch() -> None:
    desk = begun()
    shown = desk.scan("JD7777")
    assert (shown.name, shown.params["extra"]) == ("scan_out", "JD7777")
    desk.scan("JD7777")
    assert [e.parcel for e in desk.of(events.ExtraFound)] == [sent("JD7777").parcel]
    desk.scan(ONE.tracking)
    assert shut(desk).name == "opening"


def test_a_code_that_is_no_number_is_hinted_at_and_nothing_else() -> None:
    desk = begun()
    shown = desk.scan("§§§")
    assert (shown.name, shown.params["hint"]) == ("scan_out", "label_unreadable")


def test_i6_all_scanned_out_and_yet_something_is_sensed_inside() -> None:
    desk = begun(content=ContentSensor.SCALE)
    desk.scan(ONE.tracking)
    shut(desk, Content.PRESENT)
    assert desk.parcel(ONE).state is ParcelState.GONE
    assert (desk.compartment(1).state, desk.compartment(1).reason) == (CompartmentState.REVIEW, "extra_inside")


@pytest.mark.parametrize("answer", ["all_taken", "missing"])
def test_i6_what_the_courier_says_does_not_free_what_the_scale_feels(answer: str) -> None:
    desk, _ = overdue({1: (ONE, TWO)}, content=ContentSensor.SCALE)
    desk.tap("collect")
    desk.tap("all")
    desk.door_opens(1)
    desk.scan(ONE.tracking)
    shut(desk, Content.PRESENT)
    desk.tap(answer)
    assert desk.compartment(1).state is CompartmentState.REVIEW


def test_i6_nobody_answers_and_it_is_looked_into() -> None:
    desk = begun()
    shut(desk)
    desk.wait(60)
    assert desk.compartment(1).state is CompartmentState.REVIEW
    assert desk.parcel(ONE).state is ParcelState.UNCERTAIN
    assert desk.screen().name == "attract"


@pytest.mark.parametrize("sensor", SENSORS)
def test_i6_cut_off_with_the_door_open(sensor: ContentSensor) -> None:
    desk = begun(content=sensor)
    desk.reboot()
    desk.holds(1, Content.EMPTY)
    desk.door_closes(1)
    expected = CompartmentState.REVIEW if sensor is ContentSensor.NONE else CompartmentState.FREE
    assert desk.compartment(1).state is expected
    let_and_freed(desk)


@pytest.mark.parametrize("sensor", SENSORS)
def test_i6_left_open_alarm_and_a_look(sensor: ContentSensor) -> None:
    desk = begun(content=sensor)
    desk.wait(200)
    assert desk.last(events.AlarmRaised).what == "collection_left_open"
    assert desk.screen().name == "attract"
    desk.holds(1, Content.PRESENT)
    desk.door_closes(1)
    assert desk.compartment(1).state in (CompartmentState.REVIEW, CompartmentState.OCCUPIED)


def test_jammed_is_said_and_the_next_one_follows() -> None:
    desk, _ = overdue()
    desk.tap("collect")
    desk.tap("all")
    desk.wait(15)
    assert (desk.screen().name, desk.screen().door) == ("jammed", 1)
    assert (desk.tap("next").door, desk.screen().name) == (3, "opening")
    desk.wait(15)
    assert desk.tap("next").name == "ready"
    assert desk.parcel(ONE).state is ParcelState.OVERDUE


def test_board_silent_try_again_or_leave_this_door_for_now() -> None:
    desk, _ = overdue()
    desk.outcomes.extend([PulseOutcome.BROKEN, PulseOutcome.BROKEN])
    desk.tap("collect")
    assert desk.tap("all").name == "board_silent"
    assert (desk.tap("try_again").name, desk.screen().door) == ("board_silent", 1)
    assert (desk.tap("next").name, desk.screen().door) == ("opening", 3)
    shut_all(desk)
    assert desk.screen().params["to_collect"] == 1


def test_a_jammed_door_that_opens_for_the_courier_after_all_stays_out_of_service() -> None:
    desk, _ = overdue({1: ONE})
    desk.tap("collect")
    desk.tap("all")
    desk.wait(15)
    desk.tap("next")
    desk.tap("collect")
    desk.tap("all")
    desk.door_opens(1)
    desk.scan(ONE.tracking)
    shut(desk)
    assert desk.compartment(1).state is CompartmentState.OUT_OF_SERVICE
    assert desk.parcel(ONE).state is ParcelState.GONE


def test_after_a_round_a_deposit_is_a_deposit_again() -> None:
    desk = Desk(stands={1: ONE})
    desk.skip(8 * DAY_S)
    desk.skip(61)
    roster(desk)
    desk.number_comes()
    desk.tap("collect")
    desk.tap("all")
    desk.door_opens(1)
    desk.scan(ONE.tracking)
    shut(desk)
    desk.outcomes.append(PulseOutcome.LATE)
    assert desk.scan("JD0099").name == "too_late"
    desk.put(desk.tap("try_again").door)
    assert (desk.screen().params["in"], desk.screen().params["out"]) == (1, 1)


def test_a_collected_parcel_that_is_scanned_for_a_deposit_counts_as_not_announced() -> None:
    desk = Desk()
    desk.announce(ONE)
    desk.courier_comes()
    desk.deposit(ONE)
    assert desk.parcel(ONE).announced
    desk.tap("end")
    desk.skip(8 * DAY_S)
    desk.skip(61)
    roster(desk)
    desk.courier_comes(purpose=Purpose.COLLECTION)
    desk.tap("collect")
    desk.tap("all")
    desk.take(desk.screen().door)
    desk.tap("all_taken")
    assert not desk.parcel(ONE).announced


def test_the_first_couriers_open_door_does_not_push_the_second_ones_round() -> None:
    desk = begun(content=ContentSensor.SCALE)
    desk.wait(200)
    other_courier_comes(desk)
    desk.door_closes(1)
    assert desk.screen().name == "ready"
