"""A visitor of the showroom: the street in one window, the locker's screen in another, and two hands."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Browser, Locator, Page, expect

from edge.app.demo.cast import COURIER_PIN
from edge.app.demo.street.showroom import Showroom

__all__ = ["WAIT_MS", "Visitor"]

WAIT_MS: Final = 30_000  # on a machine that does something else as well
WINDOW: Final = {"width": 1280, "height": 800}


class Visitor:
    """Everything is done on the page, as people do it; two looks are not.

    They are at what the page complains of, and at whether the locker knows of a door that went open.
    """

    def __init__(self, browser: Browser, room: Showroom) -> None:
        self.complaints: list[str] = []
        self._stage = room.stage
        self._context = browser.new_context(viewport=WINDOW)  # type: ignore[arg-type]
        self._context.set_default_timeout(WAIT_MS)
        self.page = self._context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.goto(room.address)
        self.page.wait_for_selector("body[data-ready=true]")
        self.screen: Page | None = None

    def leave(self) -> None:
        self._context.close()

    # -- the telephone and the screen ---------------------------------------------------------------------------------

    def choose(self, message: str) -> None:
        """A message on the telephone: `badge`, or the last three digits of a parcel."""
        self.page.locator("#messages").get_by_text(message, exact=True).click()

    def hold_code(self, message: str) -> None:
        self.choose(message)
        self.page.get_by_role("button", name="To the camera").first.click()

    def open_the_screen(self) -> Page:
        """In a window of its own."""
        with self.page.expect_popup() as opened:
            self.page.click("#open-screen")
        self.screen = opened.value
        self.screen.wait_for_selector("[data-screen]")
        return self.screen

    def becomes_a_courier(self) -> Page:
        screen = self.screen or self.open_the_screen()
        self.hold_code("badge")
        screen.wait_for_selector("#stage:not(.settling) [data-screen=badge_pin] .typed:focus")
        screen.keyboard.type(COURIER_PIN)
        screen.keyboard.press("Enter")
        screen.wait_for_selector("[data-screen=ready]")
        return screen

    def taps(self, choice: str) -> None:
        assert self.screen is not None
        self.screen.click(f"#stage:not(.settling):not(.waiting) button[name=choice][value={choice}]")

    # -- the wall -----------------------------------------------------------------------------------------------------

    def door(self, number: int) -> Locator:
        return self.page.locator(f"#door-{number}")

    def opened(self, besides: int = 0) -> int:
        """The door that stands ajar, another one than `besides`, once the locker knows it.

        Nobody's hand is back at the door while its coil is still on: pushed shut then, it springs open again.
        """
        found = self.page.locator(f".door.ajar:not(#door-{besides})").first
        door = int(str(found.get_attribute("data-door")))
        self._stage.until(lambda: self._is_known_open(door), WAIT_MS / 1000, f"door {door} open for the locker")
        return door

    def _is_known_open(self, door: int) -> bool:
        return any(it["door"] == door and it["state"] == "open" for it in self._stage.ask("doors"))

    def pull(self, door: int) -> None:
        self.door(door).click()
        expect(self.door(door)).to_contain_class("wide", timeout=WAIT_MS)

    def shut(self, door: int) -> None:
        self.door(door).click(position={"x": 8, "y": 8})
        expect(self.door(door)).to_contain_class("shut", timeout=WAIT_MS)

    def take(self, door: int, label: str) -> None:
        self.door(door).locator(".parcel", has_text=label).click()
        expect(self.card(label)).to_contain_text("In your hands", timeout=WAIT_MS)

    def collect(self, label: str) -> int:
        """With the code on the telephone; the parcel is then in hand, and the door shut."""
        self.hold_code(label)
        door = self.opened()
        self.pull(door)
        self.take(door, label)
        self.shut(door)
        return door

    # -- parcels ------------------------------------------------------------------------------------------------------

    def card(self, label: str) -> Locator:
        return self.page.locator("#parcels li", has_text=f"000{label}")

    def hold_parcel(self, label: str) -> None:
        self.card(label).get_by_role("button", name="To the camera").click()

    def put(self, label: str, door: int) -> None:
        self.card(label).get_by_role("button", name=f"Put into {door}", exact=True).click()

    # -- what is told -------------------------------------------------------------------------------------------------

    def hears(self, words: str) -> None:
        """The cloud hears an event with these words."""
        expect(self.page.locator("#told li", has_text=words).first).to_be_visible(timeout=WAIT_MS)

    def reads(self, words: str) -> None:
        """The summary of the screen says so."""
        expect(self.page.locator("#said")).to_contain_text(words, timeout=WAIT_MS)

    def is_answered(self, words: str) -> None:
        """The page says why something cannot be done."""
        expect(self.page.locator("#answer")).to_contain_text(words, timeout=WAIT_MS)

    def turn(self, switch: str, then: str) -> None:
        """Turn a switch; `then`: what it says afterwards."""
        self.page.click(f"#{switch}")
        expect(self.page.locator(f"#{switch}")).to_contain_text(then, timeout=WAIT_MS)

    def done(self, step: str) -> None:
        """The list of things to try has a tick there."""
        expect(self.page.locator("#steps button.done", has_text=step)).to_be_visible(timeout=WAIT_MS)
