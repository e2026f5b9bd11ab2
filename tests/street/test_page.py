"""The page of the street: it fits, it says no in plain words, and it speaks to this machine only."""

from __future__ import annotations

import http.client
import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from edge.app.demo.street.showroom import Showroom
from tests.street.visitor import WAIT_MS, Visitor


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1440, 900), (1920, 1080)])
def test_everything_is_in_one_window(visitor: Visitor, width: int, height: int) -> None:
    visitor.page.set_viewport_size({"width": width, "height": height})
    size = visitor.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert size == [width, height]
    cut = """() => [...document.querySelectorAll("button, h1, h2, .device, #told")].filter((it) => {
      const box = it.getBoundingClientRect(), within = it.closest("#parcels");
      return !within && (box.right > innerWidth || box.bottom > innerHeight || box.width < 8);
    }).map((it) => it.textContent)"""
    assert visitor.page.evaluate(cut) == []


def test_every_door_of_the_wall_is_drawn_to_scale(visitor: Visitor) -> None:
    sides = visitor.page.evaluate(
        """[13, 2].map((door) => {
          const box = document.querySelector(`#door-${door} .inside`).getBBox();
          return [box.width + 16, box.height + 16];
        })"""
    )
    assert sides == [[450, 400], [450, 100]]


def test_a_shut_door_holds(visitor: Visitor) -> None:
    visitor.door(24).click()
    visitor.is_answered("Door 24 is shut: its latch holds.")


def test_a_door_is_pulled_and_shut_with_the_keyboard_alone(visitor: Visitor) -> None:
    visitor.page.select_option("#fault-door", "23")
    visitor.page.get_by_role("button", name="Break open").click()
    expect(visitor.door(23)).to_contain_class("wide", timeout=WAIT_MS)
    visitor.hears("Door 23 went open although nobody was let in")
    visitor.page.get_by_role("button", name="Repair", exact=True).click()
    expect(visitor.door(23)).to_contain_class("shut", timeout=WAIT_MS)
    visitor.door(23).focus()
    visitor.page.keyboard.press("Enter")
    visitor.is_answered("Door 23 is shut")


def test_the_camera_shows_what_it_sees_while_something_is_held(visitor: Visitor) -> None:
    visitor.hold_code("elsewhere")
    expect(visitor.page.locator("#sight")).to_be_visible(timeout=WAIT_MS)
    expect(visitor.page.locator("#picture")).to_have_attribute("href", re.compile("^/camera.jpg"), timeout=WAIT_MS)
    visitor.reads("This code is for locker 8. That is Mill Lane.")
    expect(visitor.page.locator("#sight")).to_be_hidden(timeout=WAIT_MS)  # the arm is tired


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", {"Host": "street.example"}, 403),
        ("/", {"Origin": "http://elsewhere.example"}, 403),
        ("/events", {}, 403),
        ("/code/badge.svg", {}, 403),
        ("/static/nothing.css", {}, 404),
        ("/", {}, 200),
    ],
)
def test_who_may_see_it(room: Showroom, path: str, headers: dict[str, str], status: int) -> None:
    line = http.client.HTTPConnection(urlsplit(room.address).netloc, timeout=10)
    line.request("GET", path, headers=headers)
    answer = line.getresponse()
    answer.read()
    line.close()
    assert answer.status == status
    assert str(answer.getheader("content-security-policy")).startswith("default-src 'self';")


def test_without_the_page_nothing_is_done(room: Showroom) -> None:
    line = http.client.HTTPConnection(urlsplit(room.address).netloc, timeout=10)
    line.request("POST", "/do", "verb=kill", {"Content-Type": "application/x-www-form-urlencoded"})
    assert line.getresponse().status == 403
    line.close()
    status = room.stage.status()
    assert status is not None
    assert status["site"] == 7
