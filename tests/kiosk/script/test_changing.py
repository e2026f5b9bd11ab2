"""What stays in the page while something changes, and what goes with the person."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from edge.core.inputs import Chosen, Typed
from tests.core.desk import COURIER_NUMBER, COURIER_PIN
from tests.kiosk.house import House
from tests.kiosk.script.window import LABEL, PIN, SETTLED, at_pin, choose, until, value


def test_a_hint_and_the_warning_leave_what_is_half_typed_and_the_focus(house: House, page: Page) -> None:
    at_pin(page)
    page.keyboard.type("2468")
    page.evaluate("window.field = document.querySelector('input.typed'); field.setSelectionRange(2, 2)")
    house.play(lambda desk: desk.wait(31))
    page.wait_for_selector("#left")
    assert (value(page), page.evaluate("field === document.activeElement")) == ("2468", True)
    assert page.evaluate("field.selectionStart") == 2
    choose(page, "more_time")
    expect(page.locator("#left")).to_have_count(0)
    assert value(page) == "2468"


@pytest.mark.parametrize("menu", [False, True])
def test_what_is_half_typed_is_not_there_for_the_next_person_who_is_asked_the_same(
    house: House, page: Page, menu: bool
) -> None:
    house.play(lambda desk: desk.scan(desk.courier_code()))
    until(page, "badge_pin")
    page.keyboard.type("246")
    if menu:
        page.tap("form.comfort button")
        page.wait_for_selector(".options")
    number = page.get_attribute("[data-number]", "data-number")
    house.play(lambda desk: desk.scan(desk.technician_code()))
    page.wait_for_selector(f"[data-screen=badge_pin]:not([data-number='{number}'])")
    assert value(page) == ""


def test_a_script_that_cannot_change_a_screen_puts_up_the_new_one(house: House, page: Page) -> None:
    page.evaluate("() => { Idiomorph.morph = () => { throw new Error('on purpose'); }; }")
    page.tap("form.comfort button")
    page.wait_for_selector(".options")


def test_nothing_is_chosen_while_the_page_says_that_the_line_is_lost(house: House, page: Page) -> None:
    page.evaluate("document.getElementById('lost').hidden = false")
    page.keyboard.press("1")
    page.evaluate("document.getElementById('lost').hidden = true")
    choose(page, "help")
    until(page, "help")
    assert house.stage.told == [Chosen("help", 0)]


def test_the_seconds_of_the_warning_are_not_announced_one_by_one(house: House, page: Page) -> None:
    at_pin(page)
    house.play(lambda desk: desk.wait(31))
    page.wait_for_selector("#left")
    page.evaluate(
        """() => { window.announced = 0;
        const outside = (node) => !(node.closest ? node : node.parentElement).closest("[aria-live=off]");
        new MutationObserver((seen) => { announced += seen.filter((one) => outside(one.target)).length; })
        .observe(document.getElementById("stage"), {childList: true, subtree: true, characterData: true}); }"""
    )
    expect(page.locator("#left")).to_have_text(re.compile("1[0-7]"))
    assert page.evaluate("announced") == 0


def test_enter_before_anything_is_typed_does_nothing_and_the_browser_says_nothing_in_its_own_words(
    house: House, page: Page
) -> None:
    at_pin(page)
    page.evaluate("() => { document.addEventListener('invalid', () => { window.complained = true; }, true); }")
    page.tap("[form=entry].key.main")
    page.keyboard.type(PIN + "\n")
    page.wait_for_selector("[data-screen=opening]")
    assert page.evaluate("window.complained") is None
    assert [type(one) for one in house.stage.told] == [Chosen, Typed]


def test_a_menu_that_is_laid_over_leaves_what_is_half_typed(page: Page) -> None:
    at_pin(page)
    page.keyboard.type("2468")
    page.tap("form.comfort button")
    page.wait_for_selector(".options")
    page.wait_for_selector(SETTLED)
    page.tap("form.back button")
    page.wait_for_selector("input.typed")
    assert value(page) == "2468"


def test_the_look_is_of_the_whole_page(page: Page) -> None:
    page.evaluate(
        """() => { const body = new URLSearchParams({page: document.documentElement.dataset.page,
        field: "language", value: "ar"}); fetch("/look", {method: "POST", body}); }"""
    )
    page.wait_for_selector("html[lang=ar][dir=rtl]")
    page.evaluate(
        """() => { const body = new URLSearchParams({page: document.documentElement.dataset.page,
        field: "contrast", value: "on"}); fetch("/look", {method: "POST", body}); }"""
    )
    page.wait_for_selector("html.contrast")


def test_nothing_of_a_session_is_left_in_the_page(house: House, page: Page) -> None:
    choose(page, "courier")
    until(page, "courier_number")
    page.keyboard.type(COURIER_NUMBER + "\n")
    until(page, "badge_pin")
    page.keyboard.type(COURIER_PIN + "\n")
    until(page, "ready")
    page.keyboard.type(LABEL + "\n")
    page.wait_for_selector("[data-screen=opening]")
    house.play(lambda desk: desk.put(desk.screen().door))
    until(page, "ready")
    page.keyboard.type("half")
    choose(page, "end")
    house.play(lambda desk: desk.wait(10))
    until(page, "attract")
    left = page.evaluate(
        "document.documentElement.outerHTML + [...document.querySelectorAll('input')].map((field) => field.value)"
    )
    assert [text for text in (COURIER_NUMBER, COURIER_PIN, LABEL, "half") if text in left] == []
