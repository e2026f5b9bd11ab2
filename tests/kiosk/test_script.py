"""What the page's script does in a real browser: taps, keys, focus, a line that is lost, a page that is replaced."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, expect

from edge.core.inputs import Chosen, Typed
from kiosk_ui.boot import boot_page
from kiosk_ui.options import KioskOptions
from kiosk_ui.prompts import prompt, recordings
from kiosk_ui.words import words_of
from tests.browser.chromium import chromium
from tests.core.desk import COURIER_NUMBER, COURIER_PIN, Desk, sent
from tests.kiosk.house import House

PIN = "24681357"
LABEL = "JD0146000777"
PANEL = {"width": 1024, "height": 600}
WITHIN_MS = 5000
SETTLED = "#stage:not(.settling):not(.waiting)"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def house() -> Iterator[House]:
    with House(Desk(stands={3: sent("JD0146000399", pin=PIN)})) as house:
        yield house


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[[House], Page]]:
    """Opens the page of a house in a window of its own.  Whatever the browser complains of fails the test."""
    complaints: list[str] = []

    def complain(message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:  # of a server that is gone
            complaints.append(message.text)

    with ExitStack() as windows:

        def open_(house: House) -> Page:
            window = browser.new_context(viewport=PANEL, has_touch=True)  # type: ignore[arg-type]
            windows.callback(window.close)
            page = window.new_page()
            page.set_default_timeout(WITHIN_MS)
            page.on("console", complain)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.goto(f"http://127.0.0.1:{house.port}/")
            page.evaluate("window.loaded = 'once'")
            return page

        yield open_
    assert [one for one in complaints if "on purpose" not in one] == []


@pytest.fixture
def page(house: House, opened: Callable[[House], Page]) -> Page:
    return opened(house)


def until(page: Page, name: str) -> None:
    """Until that screen is up and takes taps."""
    page.wait_for_selector(f"[data-screen={name}]")
    page.wait_for_selector(SETTLED)


def choose(page: Page, choice: str) -> None:
    page.wait_for_selector(SETTLED)
    page.tap(f"button[name=choice][value={choice}]")


def at_pin(page: Page) -> None:
    choose(page, "pin")
    until(page, "pin")


def value(page: Page) -> str:
    return page.input_value("input.typed")


# -- taps and keys of the screen --------------------------------------------------------------------------------------


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


# -- what stays while something changes -------------------------------------------------------------------------------


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


# -- a keyboard, and a keypad that can be felt ------------------------------------------------------------------------


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


# -- the line ---------------------------------------------------------------------------------------------------------


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


# -- the page from disk -----------------------------------------------------------------------------------------------


def test_the_page_from_disk_goes_to_the_program_once_it_answers(browser: Browser, tmp_path: Path) -> None:
    with House() as once:
        port = once.port
    file = tmp_path / "boot.html"
    file.write_text(boot_page(port, number=1042, name="Station Road", telephone="0800 123"))
    with browser.new_context(viewport=PANEL) as window:  # type: ignore[arg-type]
        page = window.new_page()
        page.goto(file.as_uri())
        expect(page.locator("h1")).to_have_text("The locker is starting.", use_inner_text=True)
        assert "1042" in page.inner_text("body")
        assert "0800 123" in page.inner_text("body")
        with House(port=port):
            page.wait_for_url(f"http://127.0.0.1:{port}/", timeout=WITHIN_MS)
            page.wait_for_selector("[data-screen=attract]")


def test_the_page_from_disk_says_something_at_every_stage(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "boot.html"
    file.write_text(boot_page(9, language="en"))
    with browser.new_context() as window:
        page = window.new_page()
        page.clock.install()
        page.goto(file.as_uri())
        said = []
        for _ in range(3):
            said.append(page.inner_text("h1"))
            for _ in range(14):
                page.clock.run_for(5000)
        assert said == [
            "The locker is starting.",
            "This takes longer than usual.",
            "The screen does not work at the moment.",
        ]


def test_no_page_of_a_file_reads_anything_but_that_somebody_is_there(
    house: House, browser: Browser, tmp_path: Path
) -> None:
    (tmp_path / "other.html").write_text("<!doctype html><title>other</title>")
    with browser.new_context() as window:
        page = window.new_page()
        page.goto((tmp_path / "other.html").as_uri())
        tried = page.evaluate(
            """async (origin) => Promise.all(["healthz", "", "static/kiosk.js", "panel.css", "events"].map(
            (path) => fetch(origin + path).then((answer) => answer.status, () => "refused")))""",
            f"http://127.0.0.1:{house.port}/",
        )
    assert tried == [200, "refused", "refused", "refused", "refused"]


# -- sound ------------------------------------------------------------------------------------------------------------


def silence(length_s: float = 0.05, rate: int = 8000) -> bytes:
    """A WAV file in which nothing is heard."""
    samples = bytes([128]) * int(length_s * rate)
    form = (
        b"fmt "
        + (16).to_bytes(4, "little")
        + bytes([1, 0, 1, 0])
        + rate.to_bytes(4, "little") * 2
        + bytes([1, 0, 8, 0])
    )
    data = b"data" + len(samples).to_bytes(4, "little") + samples
    return b"RIFF" + (4 + len(form) + len(data)).to_bytes(4, "little") + b"WAVE" + form + data


def test_prompts_are_played_one_after_the_other_when_sound_is_on(
    opened: Callable[[House], Page], tmp_path: Path
) -> None:
    (tmp_path / "en").mkdir()
    for text in recordings(words_of("en"), ())[::2]:  # what is missing is silence, and the others are heard
        (tmp_path / f"en/{prompt(text)}.wav").write_bytes(silence())
    with House(options=KioskOptions(prompts=tmp_path)) as house:
        page = opened(house)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
        page.tap("form.comfort button")
        page.tap("form:has([value=sound]) button")
        named = str(page.get_attribute("html.sound [data-say]", "data-say")).split()
        page.wait_for_selector("html.sound:not(.speaking)")
    assert len(named) > 3
    assert [name for name in dict.fromkeys(asked) if name.endswith(".wav")] == [
        f"{name}.wav" for name in dict.fromkeys(named)
    ]
