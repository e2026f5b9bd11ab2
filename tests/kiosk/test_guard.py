"""Who may speak to the page: this machine, under its own name, from its own page."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from urllib.parse import quote

import pytest

from tests.kiosk.house import House, number_in, token_in

NAMESPACE = "http://www.w3.org/1999/xhtml"  # of HTML, in the script that morphs: a name, never fetched


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with House() as house:
        yield house


@pytest.mark.parametrize("path", ["/", "/healthz", "/static/kiosk.css", "/static/kiosk.js", "/nothing"])
def test_every_answer_keeps_the_page_in_its_place(house: House, path: str) -> None:
    answer, _ = house.ask("GET", path)
    policy = str(answer.getheader("content-security-policy"))
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy
    assert answer.getheader("cache-control") == "no-store"
    assert answer.getheader("x-content-type-options") == "nosniff"


def test_the_page_names_no_address_outside_and_carries_no_inline_code(house: House) -> None:
    _, html = house.ask("GET", "/")
    assert "//" not in html.replace("<!doctype html>", "")
    assert " style=" not in html
    assert "<script>" not in html
    for file in (files("kiosk_ui") / "static").iterdir():
        if file.name.endswith((".css", ".js")):
            assert "://" not in file.read_text().replace(NAMESPACE, ""), file.name


def test_the_cookie_is_of_this_start_and_stays_here(house: House) -> None:
    cookie = str(house.ask("GET", "/")[0].getheader("set-cookie")).lower()
    assert cookie.startswith("kiosk=")
    assert {"httponly", "samesite=strict", "path=/"} <= set(cookie.split("; "))
    assert len(cookie.split(";")[0]) > 30


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("host", "locker.example"),
        ("host", "127.0.0.1.locker.example:80"),
        ("host", "127.0.0.1:evil"),
        ("host", "[::1].example"),
        ("host", ""),
        ("origin", "http://locker.example"),
        ("origin", "null"),
        ("sec_fetch_site", "cross-site"),
        ("sec_fetch_site", "same-site"),
    ],
)
def test_a_foreign_page_is_refused(house: House, header: str, value: str) -> None:
    answer, text = house.ask("GET", "/", **{header: value})
    assert answer.status == 403
    assert "data-screen" not in text
    assert answer.getheader("set-cookie") is None


@pytest.mark.parametrize(
    ("path", "mode", "dest", "status"),
    [
        ("/", "navigate", "document", 200),
        ("/", "navigate", "iframe", 403),
        ("/", "no-cors", "image", 403),
        ("/events", "navigate", "document", 403),
    ],
)
def test_a_link_from_elsewhere_opens_the_page_alone_and_nothing_else(
    house: House, path: str, mode: str, dest: str, status: int
) -> None:
    told = {"sec_fetch_site": "same-site", "sec_fetch_mode": mode, "sec_fetch_dest": dest}
    assert house.ask("GET", path, **told)[0].status == status


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_this_machine_is_known_by_its_names(house: House, host: str) -> None:
    named = f"{host}:{house.port}"
    assert house.ask("GET", "/", host=named, origin=f"http://{named}", sec_fetch_site="same-origin")[0].status == 200


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_a_page_at_the_port_that_no_browser_names_is_known_too(house: House, host: str) -> None:
    assert house.ask("GET", "/", host=host, origin=f"http://{host}", sec_fetch_site="same-origin")[0].status == 200


TAKES = ("/choice", "/typed", "/look", "/heartbeat")


@pytest.mark.parametrize(("method", "path"), [("GET", "/events"), *(("POST", path) for path in TAKES)])
@pytest.mark.parametrize("cookie", ["", "kiosk=of-an-earlier-start", "kiosk=ä"])
def test_without_the_cookie_nothing_is_shown_or_taken(house: House, method: str, path: str, cookie: str) -> None:
    body = "choice=pin&choices=0&text=12345678" if method == "POST" else None  # fields that are not wanted do no harm
    assert house.ask(method, path, body, cookie=quote(cookie, "="))[0].status == 403
    assert house.stage.told == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"x" * 1025, 413),
        (b"text=" + b"7" * 65, 400),
        (b"text=", 400),
        (b"text=%00%07", 400),
        (b"text=1%0A2", 400),
        ("text=ä".encode(), 400),
        (b"text=%FF", 400),
        (b"&".join(b"a=1" for _ in range(9)), 400),
    ],
)
def test_what_is_too_long_or_no_plain_text_is_refused(house: House, body: bytes, status: int) -> None:
    first, page = house.ask("GET", "/")
    cookie = str(first.getheader("set-cookie")).split(";")[0]
    answer, text = house.ask("POST", "/typed", f"page={token_in(page)}&".encode() + body, cookie=cookie)
    assert answer.status == status
    assert "77777" not in text
    assert house.stage.told == []


def test_health_is_told_without_a_cookie(house: House) -> None:
    answer, text = house.ask("GET", "/healthz")
    assert (answer.status, text) == (200, "ok\n")


def test_a_page_from_disk_may_ask_whether_somebody_is_here_and_nothing_else(house: House) -> None:
    from_disk = {"origin": "null", "sec_fetch_site": "cross-site", "sec_fetch_mode": "cors", "sec_fetch_dest": "empty"}
    answer, text = house.ask("GET", "/healthz", **from_disk)
    assert (answer.status, text, answer.getheader("access-control-allow-origin")) == (200, "ok\n", "null")
    assert house.ask("POST", "/healthz", "", **from_disk)[0].status == 403
    for path in ("/", "/events", "/panel.css", "/static/kiosk.js", "/prompts/en/take.wav"):
        answer, _ = house.ask("GET", path, **from_disk)
        assert (answer.status, answer.getheader("access-control-allow-origin")) == (403, None), path
    for path in TAKES:
        assert house.ask("POST", path, "", **from_disk)[0].status == 403, path
    assert house.ask("GET", "/healthz", **{**from_disk, "origin": "http://locker.example"})[0].status == 403


def test_there_is_no_other_route_on_this_port(house: House) -> None:
    for path in (
        "/status",
        "/journal",
        "/docs",
        "/openapi.json",
        "/static/",
        "/static/page.html",
        "/prompts/",
        "/look/x",
    ):
        assert house.ask("GET", path)[0].status == 404, path


def test_only_get_and_post_where_they_belong(house: House) -> None:
    assert [house.ask(method, "/choice")[0].status for method in ("GET", "PUT", "DELETE")] == [405, 405, 405]
    assert house.ask("GET", "/static/..%2Fserver.py")[0].status == 404
    assert number_in(house.ask("GET", "/")[1])
