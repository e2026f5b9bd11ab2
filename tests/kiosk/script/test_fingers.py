"""Taps, and the keys of the screen."""

from __future__ import annotations

from playwright.sync_api import Page

from edge.core.inputs import Chosen, Typed
from tests.kiosk.house import House
from tests.kiosk.script.window import PIN, SETTLED, at_pin, choose, until, value


def test_a_parcel_is_picked_up_with_a_finger(house: House, page: Page) -> None:
    at_pin(page)
    for digit in "9" + PIN:
        page.tap(f"[data-key='{digit}']")
        if digit == "9":
            page.tap("[data-key=delete]")
    page.tap("[form=entry].key.main")
    page.wait_for_selector("[data-screen=opening]")
    house.play(lambda desk: desk.door_opens(3))
    until(page, "take")
    assert [type(one) for one in house.stage.told] == [Chosen, Typed]


def test_a_label_is_typed_with_digits_and_letters_of_the_screen(house: House, page: Page) -> None:
    house.play(lambda desk: desk.courier_comes())
    until(page, "ready")
    page.tap("input.typed")
    assert page.get_attribute("#stage", "data-pages") == "digits"
    page.tap("[data-key='7']")
    page.tap("button[data-pages=letters]")
    page.tap("[data-key='J']")
    page.tap("button[data-pages=digits]")
    page.tap("[data-key='1']")
    assert value(page) == "7J1"
    page.keyboard.press("Escape")
    assert page.get_attribute("#stage", "data-pages") is None
    assert value(page) == "7J1", "the keys are laid away, what was typed stays"


def test_two_taps_of_one_finger_are_one(house: House, page: Page) -> None:
    page.evaluate("() => { const b = document.querySelector('[value=help]'); b.click(); b.click(); }")
    until(page, "help")
    assert house.stage.told == [Chosen("help", 0)]


def test_a_tap_that_was_meant_for_the_screen_before_is_not_taken(house: House, page: Page) -> None:
    page.evaluate(
        """() => new MutationObserver(() => document.querySelector('[data-screen=pin] .choice[value=end]')?.click())
        .observe(document.getElementById('stage'), {childList: true, subtree: true})"""
    )
    choose(page, "pin")
    until(page, "pin")
    assert house.stage.told == [Chosen("pin", 0)]


def test_a_second_tap_on_back_of_a_menu_chooses_nothing_below_it(house: House, page: Page) -> None:
    page.tap("form.comfort button")
    page.wait_for_selector(".options")
    page.wait_for_selector(SETTLED)
    there = page.locator("form.back button").bounding_box()
    assert there is not None
    finger = there["x"] + there["width"] / 2, there["y"] + there["height"] / 2
    page.touchscreen.tap(*finger)
    page.wait_for_selector("form.choices")
    page.touchscreen.tap(*finger)
    until(page, "attract")
    assert house.stage.told == []


def test_what_a_finger_does_in_a_browser_is_not_done_here(page: Page) -> None:
    prevented = page.evaluate(
        """() => ["contextmenu", "dragstart"].map((kind) =>
        !document.body.dispatchEvent(new Event(kind, {bubbles: true, cancelable: true})))"""
    )
    assert prevented == [True, True]
