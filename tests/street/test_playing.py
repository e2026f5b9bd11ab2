"""The whole story by hand: every test is one of the things that the page proposes to try."""

from __future__ import annotations

from tests.street.visitor import Visitor


def test_a_parcel_is_collected_with_the_code_on_the_telephone(visitor: Visitor) -> None:
    door = visitor.collect("101")
    visitor.hears(f"Parcel JD4711000101 was collected from door {door}")
    visitor.done("Collect a parcel")


def test_a_courier_puts_in_what_is_scanned(visitor: Visitor) -> None:
    visitor.becomes_a_courier()
    for label in ("103", "104"):  # the second was never announced
        visitor.hold_parcel(label)
        door = visitor.opened()
        visitor.put(label, door)
        visitor.shut(door)
        visitor.hears(f"Parcel JD4711000{label} of dpd was deposited behind door {door}")
    visitor.done("Be the courier")
    visitor.taps("end")
    visitor.reads("Thank you")


def test_a_parcel_that_is_larger_than_announced_goes_behind_a_larger_door(visitor: Visitor) -> None:
    visitor.becomes_a_courier()
    visitor.hold_parcel("105")
    small = visitor.opened()
    visitor.put("105", small)
    visitor.is_answered("does not fit")
    visitor.taps("does_not_fit")
    larger = visitor.opened(besides=small)
    visitor.put("105", larger)
    visitor.shut(larger)
    visitor.hears(f"Parcel JD4711000105 of dpd was deposited behind door {larger}")
    visitor.pull(small)
    visitor.shut(small)
    visitor.taps("end")


def test_with_the_cable_out_everything_goes_on_and_is_told_later(visitor: Visitor) -> None:
    visitor.turn("cable", "out")
    visitor.collect("103")
    visitor.reads("Thank you")
    assert not visitor.page.locator("#told li", has_text="JD4711000103 was collected").count()
    visitor.turn("cable", "plugged in")
    visitor.hears("Parcel JD4711000103 was collected")
    visitor.done("Pull the network cable")


def test_a_jammed_door_stays_shut_and_its_code_stays_good(visitor: Visitor) -> None:
    inside = str(visitor.page.locator("#inside").text_content())
    door = int(inside.partition("102 is in ")[2].partition(",")[0].rstrip("."))
    visitor.page.select_option("#fault-door", str(door))
    visitor.page.get_by_role("button", name="Jam", exact=True).click()
    visitor.hold_code("102")
    visitor.hears(f"Door {door} is jammed")
    visitor.page.get_by_role("button", name="Repair", exact=True).click()
    visitor.hears(f"Compartment {door} is back in service")
    visitor.done("Jam a door")
    visitor.open_the_screen()
    visitor.taps("end")
    visitor.reads("Hold your code to the camera")
    assert visitor.collect("102") == door
    visitor.hears("Parcel JD4711000102 was collected")


def test_what_is_taken_while_the_locker_is_dead_is_known_after_its_start(visitor: Visitor) -> None:
    visitor.hold_code("104")
    door = visitor.opened()
    visitor.hears(f"Door {door} opened")
    visitor.turn("power", "dead")
    visitor.reads("not running")
    visitor.pull(door)
    visitor.take(door, "104")
    visitor.shut(door)
    visitor.turn("power", "runs")
    visitor.hears("Parcel JD4711000104 was collected")
    visitor.done("Kill the locker")


def test_an_empty_card_learns_again_what_stands_in_the_wall(visitor: Visitor) -> None:
    visitor.page.get_by_role("button", name="Memory card").click()
    visitor.done("Change the card")
    visitor.collect("105")
    visitor.hears("Parcel JD4711000105 was collected")
