"""What a page load fetches: little, and from this machine alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Response

from tests.kiosk.house import House

MOST_BYTES = 150_000  # without letters
LETTERS = "font/woff2"


@pytest.fixture(scope="module")
def fetched(browser: Browser) -> Iterator[tuple[str, dict[str, Response]]]:
    """The address of the locker, and what was answered by the time that the page had its first screen."""
    with House() as house:
        address = f"http://127.0.0.1:{house.port}/"
        context = browser.new_context(viewport={"width": 1024, "height": 600})
        page = context.new_page()
        answers: dict[str, Response] = {}
        page.on("response", lambda answer: answers.update({answer.url: answer}))
        page.goto(address)
        page.wait_for_selector("main.screen")
        page.wait_for_load_state("load")
        page.evaluate("() => document.fonts.ready")
        yield address, answers
        context.close()


def test_nothing_is_fetched_from_elsewhere(fetched: tuple[str, dict[str, Response]]) -> None:
    address, answers = fetched
    assert [url for url in answers if not url.startswith(address)] == []
    assert [url for url, answer in answers.items() if answer.status != 200] == []


def test_a_page_load_without_letters_is_light(fetched: tuple[str, dict[str, Response]]) -> None:
    _, answers = fetched
    weights = {
        url: len(answer.body())
        for url, answer in answers.items()
        if answer.headers.get("content-type") != LETTERS and "/events" not in url
    }
    assert len(weights) >= 3  # the page, its style, its script
    assert sum(weights.values()) < MOST_BYTES, weights
