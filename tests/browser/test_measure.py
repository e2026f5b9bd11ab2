"""The measuring itself: each fault of a page is found, and a good page has none."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from importlib.resources import files

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.studio import HERE, LIMITS

PX_PER_MM = 5
LETTERS = b64encode((files("kiosk_ui") / "static" / "atkinson-next-latin-400.woff2").read_bytes()).decode()
STYLE = (
    f"@font-face {{ font-family: Atkinson; src: url(data:font/woff2;base64,{LETTERS}) }}"
    """
* { margin: 0; box-sizing: border-box; font-family: Atkinson; }
body { width: 800px; height: 500px; overflow: hidden; }
main { position: absolute; inset: 0; }
h1 { position: absolute; left: 25px; top: 25px; font-size: 40px; line-height: 1.2; }
button { position: absolute; bottom: 25px; width: 150px; height: 100px; font-size: 36px; padding: 0; }
.words, .aside { position: absolute; left: 25px; top: 100px; width: 400px; height: 100px; font-size: 24px; }
"""
)
GOOD = '<h1>Take it.</h1><p class="words">Then shut it.</p><button name="choice" style="left: 25px">Open</button>'


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 800, "height": 500})
    context.add_init_script(path=HERE / "measure.js")
    page = context.new_page()
    page.goto("about:blank")
    yield page
    context.close()


def measured(page: Page, html: str) -> list[str]:
    page.set_content(f"<style>{STYLE}</style><main class=screen>{html}</main>")
    page.evaluate("() => document.fonts.load('20px Atkinson')")
    found: list[str] = page.evaluate("([px, limits]) => measured(px, limits)", [PX_PER_MM, LIMITS])
    return found


def second(style: str, words: str = "Yes", attributes: str = 'name="choice"') -> str:
    return f'{GOOD}<button {attributes} style="left: 190px; {style}">{words}</button>'


def words(style: str, text: str = "Faint") -> str:
    return f'{GOOD}<p class="words" style="top: 220px; {style}">{text}</p>'


def test_a_good_page_has_no_faults(page: Page) -> None:
    assert measured(page, second("")) == []


FAULTS = {
    "": "nothing is on the screen",
    second("", "Yes, I am very sure"): "takes 3 lines",
    second("", "Incomprehensible"): "reaches",
    second("overflow-wrap: anywhere", "Incomprehensible"): 'the word "Incomprehensible" is broken',
    second("width: 90px"): "is 18.0 × 20.0 mm, at least 20",
    second("width: 85px", "1", 'class="key"'): "is 17.0 × 20.0 mm, at least 18",
    second("left: 185px"): "are 2.0 mm apart, at least 3",
    second("width: 100px; padding: 0", "Perhaps"): "from the edge of its button, at least 0.7",
    second("left: 165px"): "lies 2.0 mm on",
    second("font-size: 30px"): "capitals of 4.0 mm, at least 4.8",
    second("left: 700px"): "reaches 10.0 mm out of the window",
    second("bottom: -10px"): "reaches 2.0 mm out of the window",
    "<h1>Take it.</h1>" + '<button name="choice">Open</button>' * 5: "5 choices, at most 4",
    '<div style="overflow: auto; height: 50px"><div style="height: 80px"></div></div>': "6.0 mm more than it shows",
    words("width: 90px; overflow: hidden; white-space: nowrap", "Station Road, north"): "more than it shows",
    words("top: 115px", "Twice"): '"Then shut it." lies',
    words("top: 100px; background: #fff", "&nbsp;"): '"Then shut it." is covered by p',
    words("font-size: 20px"): "letters of 4.0 mm, at least 4.8",
    words("font-size: 15px").replace("words", "aside"): "letters of 3.0 mm, at least 3.6",
    words("height: 20px", "Here<br>there"): "reaches",
    '<input style="width: 100px; font-size: 40px" placeholder="Number on the label">': "too long for its field",
    '<svg><rect width="30" height="40"/><text y="30" font-size="20">Here</text></svg>': '"Here" on the picture reaches',
}


@pytest.mark.parametrize("html", FAULTS)
def test_a_fault_is_found(page: Page, html: str) -> None:
    found = measured(page, html)
    assert any(FAULTS[html] in each for each in found), found


def test_what_is_hidden_or_behind_a_menu_is_not_measured(page: Page) -> None:
    behind = second("left: 165px").replace("<button", "<button inert")
    assert [each for each in measured(page, behind) if "lies" in each] == []
    assert measured(page, second("left: 165px; visibility: hidden")) == []
