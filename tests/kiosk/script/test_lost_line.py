"""The line to the program: lost, taken over, started anew; and the page's heartbeat."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, Page, Route, expect

from edge.core.inputs import Chosen
from tests.core.desk import Desk
from tests.kiosk.house import House
from tests.kiosk.script.window import SETTLED, at_pin, choose, until, value


def test_a_program_that_starts_anew_is_followed_without_a_reload(
    browser: Browser, opened: Callable[[House], Page]
) -> None:
    with House() as first:
        page = opened(first)
        port = first.port
        choose(page, "pin")
        until(page, "pin")
    expect(page.locator("#lost")).to_be_visible()
    with House(port=port) as second:
        until(page, "attract")
        expect(page.locator("#lost")).to_be_hidden()
        choose(page, "help")
        until(page, "help")
        assert [one.choice for one in second.stage.told if isinstance(one, Chosen)] == ["help"]
        assert page.evaluate("window.loaded") == "once"


def test_what_is_half_typed_is_not_there_after_a_start_whose_choices_have_the_same_numbers(
    opened: Callable[[House], Page],
) -> None:
    with House() as first:
        page, port = opened(first), first.port
        at_pin(page)
        page.keyboard.type("246")
        number, token = page.get_attribute("[data-number]", "data-number"), page.get_attribute("html", "data-page")
    again = Desk()
    again.tap("pin")
    with House(again, port=port):
        page.wait_for_selector(f"html:not([data-page='{token}'])")
        assert page.get_attribute("[data-screen=pin]", "data-number") == number
        assert value(page) == ""


def test_a_program_of_another_release_is_loaded_anew_with_its_style_and_script(page: Page) -> None:
    with page.expect_navigation():
        page.evaluate(
            """async () => { document.documentElement.dataset.page = "other.1.proof";
            const { renew } = await import("/static/line.js"); renew(); }"""
        )
    until(page, "attract")
    assert page.evaluate("window.loaded") is None


def test_a_line_that_is_lost_for_long_gives_a_telephone_number(opened: Callable[[House], Page]) -> None:
    with House() as house:
        page = opened(house)
        page.clock.install()
        page.reload()
        until(page, "attract")
        page.clock.run_for(1000)
    with page.expect_event("requestfailed"):  # the stream is tried again
        page.clock.run_for(1000)
    page.clock.run_for(3000)
    expect(page.locator("#lost")).to_be_visible()
    expect(page.locator("#lost-long")).to_be_hidden()
    page.clock.run_for(30_000)
    expect(page.locator("#lost-long")).to_contain_text("0800 123")
    assert page.inner_text("#stage") == "", "whoever stood here may have gone"


def test_a_page_that_is_replaced_says_so_and_may_take_over_again(
    house: House, page: Page, opened: Callable[[House], Page]
) -> None:
    at_pin(page)
    other = opened(house)
    expect(page.locator("#replaced")).to_be_visible()
    assert page.inner_text("#stage") == "", "nothing of the screen is left on it"
    page.tap("#show-here")
    until(page, "pin")
    expect(other.locator("#replaced")).to_be_visible()
    assert page.evaluate("window.loaded") == "once"
    choose(page, "end")
    until(page, "attract")


def test_a_page_that_was_renewed_while_it_spoke_is_not_replaced_by_itself(page: Page) -> None:
    held: list[Route] = []
    page.route("**/choice", lambda route: held.append(route))
    page.evaluate("() => document.querySelector('button[value=help]').click()")
    page.evaluate("import('/static/line.js').then((line) => line.renew())")
    page.wait_for_selector("html[data-page*='.2.']")
    with page.expect_response("**/choice") as answered:
        held[0].continue_()
    assert answered.value.status == 410
    page.wait_for_selector(SETTLED)
    expect(page.locator("#replaced")).to_be_hidden()
    assert page.inner_text("#stage") != ""


def test_the_page_beats_with_the_number_of_its_choices_and_of_its_errors(
    house: House, opened: Callable[[House], Page]
) -> None:
    page = opened(house)
    page.clock.install()
    page.reload()
    until_beats(house, page, 1)
    page.evaluate("() => { Promise.reject(new Error('on purpose')); }")
    until_beats(house, page, 2)
    assert house.stage.beats[:1] == [0]
    assert house.stage.beats[-1] == 1


def until_beats(house: House, page: Page, beats: int) -> None:
    for _ in range(20):
        if len(house.stage.beats) >= beats:
            return
        with page.expect_response("**/heartbeat"):
            page.clock.run_for(5000)
    raise AssertionError(f"{len(house.stage.beats)} beats")
