"""A keyboard, and a keypad that can be felt."""

from __future__ import annotations

from playwright.sync_api import Page

from edge.core.inputs import Chosen
from tests.kiosk.house import House
from tests.kiosk.script.window import PIN, at_pin, choose, until, value


def test_digits_choose_where_nothing_is_typed_and_are_typed_where_something_is(house: House, page: Page) -> None:
    first = page.locator(".choices button").first.get_attribute("value")
    page.keyboard.press("1")
    until(page, str(first))
    page.keyboard.type("12")
    assert value(page) == "12"
    page.keyboard.press("Backspace")
    assert value(page) == "", "Clear"
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-screen=opening]")


def test_arabic_digits_of_a_keyboard_open_the_door(page: Page) -> None:
    at_pin(page)
    page.keyboard.type("\u0662\u0664\u0666\u0668\u0661\u0663\u0665\u0667")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-screen=opening]")


def test_a_letter_that_no_pin_has_is_answered(page: Page) -> None:
    at_pin(page)
    page.keyboard.type("2468135\u0142")
    page.keyboard.press("Enter")
    until(page, "refused")
    assert page.inner_text("h1") == "A PIN has eight digits."


def test_a_letter_that_no_label_has_is_answered(page: Page) -> None:
    choose(page, "send")
    until(page, "send")
    page.keyboard.type("RR48\u0142")
    page.keyboard.press("Enter")
    until(page, "refused")
    assert page.inner_text("h1") == "This label cannot be read."


def test_cancel_leads_out(page: Page) -> None:
    for key in ("Escape", "Delete"):
        at_pin(page)
        page.keyboard.press(key)
        until(page, "attract")


def test_arrows_reach_everything_and_enter_presses_it(page: Page) -> None:
    seen: list[str] = []
    for _ in range(12):
        page.keyboard.press("ArrowRight")
        seen.append(page.evaluate("document.activeElement.value || document.activeElement.className"))
        if seen[-1] == "help":
            break
    assert {"pin", "send", "courier"} <= set(seen)
    page.keyboard.press("Enter")
    until(page, "help")
    assert page.evaluate("document.activeElement.name") == "choice", "whoever uses keys finds the focus on a choice"


def test_a_key_that_is_held_is_one_press(house: House, page: Page) -> None:
    page.focus("button[value=help]")
    page.keyboard.down("Enter")
    until(page, "help")
    for _ in range(5):
        page.keyboard.down("Enter")  # as a key repeats
    page.keyboard.up("Enter")
    assert [one.choice for one in house.stage.told if isinstance(one, Chosen)] == ["help"]
