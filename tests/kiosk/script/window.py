"""The window of a browser, and what a hand does in it."""

from __future__ import annotations

from playwright.sync_api import Page

PIN = "24681357"
LABEL = "JD0146000777"
PANEL = {"width": 1024, "height": 600}
WITHIN_MS = 5000
SETTLED = "#stage:not(.settling):not(.waiting)"


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
