"""Who shows the screen, whose taps count, and what changes of a page without the core."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from kiosk_ui.options import KioskOptions
from kiosk_ui.presenter import Presenter
from tests.core.desk import Desk, sent
from tests.kiosk.house import House, name_in, number_in

PIN = "24681357"


@pytest.fixture
def house() -> Iterator[House]:
    with House(Desk(stands={3: sent("JD0146000399", pin=PIN)})) as house:
        yield house


# -- one page at a time -----------------------------------------------------------------------------------------------


def test_each_page_has_a_token_of_its_own(house: House) -> None:
    assert len({house.visitor().token for _ in range(3)}) == 3


def test_a_page_that_was_replaced_is_refused_and_told_so(house: House) -> None:
    old, _ = house.visitor(), house.visitor()
    for path, fields in (("/choice", {"choice": "pin"}), ("/typed", {"text": PIN}), ("/look", {"field": "menu"})):
        assert old.post(path, choices=number_in(old.page), **fields)[0] == 410
    assert old.post("/heartbeat", choices=number_in(old.page), errors=0)[0] == 410
    assert old.events.kind() == "replaced"
    answer, text = house.ask("GET", f"/events?page={old.token}", cookie=old.cookie)
    assert (answer.status, text.split("\n")[0]) == (200, "event: replaced"), "it may not try again for ever"
    assert house.stage.told == []
    assert house.stage.beats == []


def test_a_page_that_is_only_fetched_takes_nothing_from_the_one_that_shows(house: House) -> None:
    showing = house.visitor()
    house.ask("GET", "/")
    assert name_in(showing.tap("pin")) == "pin"


@pytest.mark.parametrize("token", ["", "1", "a.b.c", "a.1.c", "x" * 65, "a.²." + "0" * 32])
def test_what_is_no_token_of_this_start_is_refused(house: House, token: str) -> None:
    visitor = house.visitor()
    visitor.token = token
    assert visitor.post("/choice", choice="pin", choices=number_in(visitor.page))[0] == 403
    assert house.ask("GET", f"/events?page={quote(token)}", cookie=visitor.cookie)[0].status == 403
    assert house.stage.told == []


def test_a_token_of_another_start_is_refused(house: House) -> None:
    with House() as other:
        token = other.visitor().token
    visitor = house.visitor()
    visitor.token = token
    assert visitor.post("/choice", choice="pin", choices=number_in(visitor.page))[0] == 403


# -- the look ---------------------------------------------------------------------------------------------------------


def test_a_language_is_chosen_without_the_core_and_no_tap_becomes_stale(house: House) -> None:
    visitor = house.visitor()
    number = number_in(visitor.page)
    assert visitor.post("/look", field="language", value="ar") == (204, "")
    visitor.events.next()
    assert {key: visitor.events.message[key] for key in ("lang", "dir")} == {"lang": "ar", "dir": "rtl"}
    assert house.stage.told == []
    assert visitor.post("/choice", choice="pin", choices=number) == (204, "")


def test_contrast_and_size_are_names_of_classes(house: House) -> None:
    visitor = house.visitor()
    visitor.post("/look", field="contrast", value="on")
    visitor.post("/look", field="large", value="on")
    while visitor.events.message["look"] != "contrast large":
        visitor.events.next()
    assert 'class="contrast large"' in house.ask("GET", "/")[1], "a page that is loaded anew looks the same"


def test_the_look_goes_with_the_session(house: House) -> None:
    visitor = house.visitor()
    visitor.post("/look", field="language", value="de")
    visitor.events.next()
    visitor.tap("pin")
    assert visitor.events.message["lang"] == "de"
    visitor.tap("end")
    assert (name_in(visitor.events.newest), visitor.events.message["lang"]) == ("attract", "en")


@pytest.mark.parametrize("field", ["", "door", "language"])
def test_a_look_that_there_is_not_is_refused(house: House, field: str) -> None:
    assert house.visitor().post("/look", field=field, value="xx")[0] == 400


def test_only_the_languages_of_the_site_are_offered() -> None:
    with House(options=KioskOptions(languages=("de", "en"))) as house:
        visitor = house.visitor()
        assert visitor.events.message["lang"] == "de"
        assert visitor.post("/look", field="language", value="fr")[0] == 400


def test_without_the_script_a_look_leads_back_to_the_page(house: House) -> None:
    visitor = house.visitor()
    body = f"field=language&value=de&page={visitor.token}"
    answer, _ = house.ask("POST", "/look", body, cookie=visitor.cookie, accept="text/html")
    assert (answer.status, answer.getheader("location")) == (303, "/")


# -- taps that come while the screen changes ---------------------------------------------------------------------------


def test_a_tap_on_a_choice_that_the_warning_has_taken_the_place_of_is_not_stale(house: House) -> None:
    visitor = house.visitor()
    visitor.tap("pin")
    visitor.type(PIN)
    house.play(lambda desk: desk.door_opens(3))
    visitor.events.until("take")
    house.play(lambda desk: desk.wait(1))
    house.play(lambda desk: desk.door_closes(3))
    visitor.events.until("did_you_get_it")
    number = number_in(visitor.events.newest)
    house.play(lambda desk: desk.wait(31))
    warned = visitor.events.next()
    assert (number_in(warned), 'value="problem"' in warned) == (number, False)
    assert visitor.post("/choice", choice="problem", choices=number) == (204, "")
    assert name_in(visitor.events.next()) == "problem"


def test_a_second_tap_of_one_finger_changes_nothing(house: House) -> None:
    visitor = house.visitor()
    number = number_in(visitor.page)
    assert visitor.post("/choice", choice="help", choices=number)[0] == 204
    status, shown = visitor.post("/choice", choice="help", choices=number)
    assert (status, name_in(shown), len(house.stage.told)) == (409, "help", 1)


# -- the heartbeat ----------------------------------------------------------------------------------------------------


def test_a_beat_of_the_page_that_shows_the_present_screen_counts(house: House) -> None:
    visitor = house.visitor()
    assert visitor.post("/heartbeat", choices=number_in(visitor.page), errors=3) == (204, "")
    assert visitor.post("/heartbeat", choices=number_in(visitor.page), errors="many") == (204, "")
    assert house.stage.beats == [3, 0]


class LaterOn(Presenter):
    """Ten seconds later a beat still names the same choice set."""

    def shows_truth(self, number: int, now_s: float) -> bool:
        return super().shows_truth(number, now_s + 10)


def test_a_beat_of_a_page_that_is_stuck_does_not_count_and_brings_the_present_screen(house: House) -> None:
    visitor = house.visitor()
    house.app.state.presenter = LaterOn(house.stage, KioskOptions())
    visitor.post("/look", field="menu", value="")
    status, html = visitor.post("/heartbeat", choices=99, errors=0)
    assert (status, name_in(html), house.stage.beats) == (409, "attract", [])


def test_without_the_cookie_no_beat_counts(house: House) -> None:
    visitor = house.visitor()
    visitor.cookie = "kiosk=other"
    assert visitor.post("/heartbeat", choices=number_in(visitor.page), errors=0)[0] == 403
    assert house.stage.beats == []


# -- panel and prompts ------------------------------------------------------------------------------------------------


def test_the_panel_says_how_long_a_millimetre_is(house: House) -> None:
    assert house.ask("GET", "/panel.css")[1] == ""
    with House(options=KioskOptions(px_per_mm=6.68)) as measured:
        answer, css = measured.ask("GET", "/panel.css")
    assert (answer.getheader("content-type"), css) == ("text/css; charset=utf-8", ":root{--mm:6.68px}\n")


def test_prompts_are_served_from_their_folder_and_nothing_else_is(tmp_path: Path) -> None:
    (tmp_path / "prompts/de").mkdir(parents=True)
    (tmp_path / "prompts/de/take.wav").write_bytes(b"RIFF")
    (tmp_path / "prompts/de/long.wav").write_bytes(b"R" * (1 << 20 | 1))
    (tmp_path / "prompts/secret.wav").write_bytes(b"no")
    with House(options=KioskOptions(languages=("de",), prompts=tmp_path / "prompts")) as house:
        answer, sound = house.ask("GET", "/prompts/de/take.wav")
        assert (answer.status, answer.getheader("content-type"), sound) == (200, "audio/wav", "RIFF")
        for path in ("de/none.wav", "de/long.wav", "en/take.wav", "de/take", "de/..%2Fsecret.wav", "..%2F/take.wav"):
            assert house.ask("GET", f"/prompts/{path}")[0].status == 404, path


def test_without_a_folder_there_are_no_prompts(house: House) -> None:
    assert house.ask("GET", "/prompts/en/take.wav")[0].status == 404
