"""What the hub lets in over HTTP: bounded, signed, and the administrator only from its own machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import urllib3
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.core import cose
from edge.core.errors import BadInput, NotAllowed
from sync.envelope import MAX_SEALED_BYTES, TooLarge, seal, split
from sync.hub.app import Address, HubServer
from sync.hub.doorkeeper import MAX_JSON_BYTES
from sync.polling import Poll, sign_poll
from sync.signed import MessageType, digest
from tests.sync.house import House, Locker, event, new_locker, running_hub
from tests.sync.past import batch_of, begin, follow


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running_hub(tmp_path_factory.mktemp("hub")) as house:
        yield house


@pytest.fixture(scope="module")
def locker(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Locker]:
    locker = new_locker(house, tmp_path_factory.mktemp("site"))
    yield locker
    locker.journal.close()


def post(house: House, path: str, body: bytes, **headers: str) -> tuple[int, Any]:
    pool = urllib3.connection_from_url(house.server.url)
    response = pool.request("POST", path, body=body, headers=headers, retries=False)
    pool.close()
    return response.status, msgspec.json.decode(response.data)


def get(house: House, path: str, **headers: str) -> urllib3.BaseHTTPResponse:
    pool = urllib3.connection_from_url(house.server.url)
    response = pool.request("GET", path, headers=headers, retries=False, redirect=False)
    pool.close()
    return response


BATCHES = "/v1/sites/4711/batches"
PATHS = [BATCHES, "/v1/sites/4711/orders", "/v1/enrol"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("body", [b"", b"\xff", b"{}", b"\x84" + bytes(200), bytes(range(256))])
def test_nonsense_is_one_line_of_json(house: House, locker: Locker, path: str, body: bytes) -> None:
    status, said = post(house, path, body)
    assert status in (400, 413)
    assert said["error"]


@pytest.mark.parametrize("path", PATHS)
def test_a_huge_body_is_refused_before_it_is_read(house: House, locker: Locker, path: str) -> None:
    status, said = post(house, path, bytes(MAX_SEALED_BYTES + 1))
    assert (status, "limit" in said["error"]) == (413, True)


def test_a_huge_body_without_a_length_is_refused_while_it_is_read(house: House, locker: Locker) -> None:
    pool = urllib3.connection_from_url(house.server.url)
    chunks = (bytes(64 * 1024) for _ in range(5))
    response = pool.request("POST", BATCHES, body=chunks, chunked=True, retries=False)
    assert response.status == 413
    pool.close()


def test_a_bomb_of_compression_is_refused(house: House, locker: Locker) -> None:
    head, _ = split(seal(batch_of(follow(begin(), 2), begin()), locker.device))
    body = zstandard.compress(bytes(256 * 1024 * 1024), 19)
    claims = cose.decode(cose.read_sign1(head, 1024, MessageType.BATCH).payload, 1024) | {"body": digest(body)}
    signed = cose.sign(cose.encode(claims), b"\x00\x00", locker.device, MessageType.BATCH)
    status, said = post(house, BATCHES, cose.encode([signed, body]))
    assert (status, "unpacks to" in said["error"]) == (413, True)


def test_i4_a_stranger_cannot_send_rows_nor_take_orders(house: House, locker: Locker) -> None:
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(32))
    assert post(house, BATCHES, seal(batch_of(follow(begin(), 2), begin()), stranger))[0] == 401
    assert post(house, "/v1/sites/4711/orders", sign_poll(Poll(site=4711, after=0, wait_s=0), stranger))[0] == 401
    assert house.admin.get("sites/4711")["watermark"]["seq"] == 0


@pytest.mark.parametrize("number", ["1", "99999", "0", str(2**31), "9" * 40])
def test_a_site_that_is_not_enrolled_is_not_heard(house: House, locker: Locker, number: str) -> None:
    status, said = post(house, f"/v1/sites/{number}/batches", seal(batch_of((), begin()), locker.device))
    assert (status, "site" in said["error"]) == (403, True)


def test_one_type_of_message_never_passes_as_another(house: House, locker: Locker) -> None:
    poll = sign_poll(Poll(site=4711, after=0, wait_s=0), locker.device)
    assert post(house, BATCHES, cose.encode([poll, b""]))[0] == 400
    head, _ = split(seal(batch_of((), begin()), locker.device))
    assert post(house, "/v1/sites/4711/orders", head)[0] == 400


def test_the_uplink_translates_what_the_hub_says(house: House, locker: Locker) -> None:
    line = house.uplink()
    with pytest.raises(BadInput, match="hub: 400"):
        line.send(4711, b"nonsense")
    with pytest.raises(TooLarge, match="hub: 413"):
        line.send(4711, bytes(MAX_SEALED_BYTES + 1))
    with pytest.raises(NotAllowed, match="hub: 403"):
        line.send(4712, seal(batch_of((), begin()), locker.device))
    line.close()


# -- the administrator

WRONG_WAYS: dict[str, dict[str, str]] = {
    "without a token": {},
    "with another token": {"Authorization": "Bearer 00"},
    "with another kind of token": {"Authorization": "Basic {token}"},
    "with another cookie": {"Cookie": "hub=00"},
    "through a proxy": {"Authorization": "Bearer {token}", "X-Forwarded-For": "192.0.2.1"},
    "under another name": {"Authorization": "Bearer {token}", "Host": "hub.example"},
}


@pytest.mark.parametrize("way", WRONG_WAYS)
@pytest.mark.parametrize("path", ["/", "/sites/4711", "/v1/admin/sites", "/v1/admin/sites/4711/parcels"])
def test_only_the_administrator_sees_parcels(house: House, locker: Locker, way: str, path: str) -> None:
    headers = {name: value.format(token=house.desk.admin_token) for name, value in WRONG_WAYS[way].items()}
    assert get(house, path, **headers).status in (401, 403)


def test_a_cookie_reads_but_changes_nothing(house: House, locker: Locker) -> None:
    cookie = {"Cookie": f"hub={house.desk.admin_token}"}
    assert get(house, "/v1/admin/sites", **cookie).status == 200
    assert post(house, "/v1/admin/sites", b'{"site":1}', **cookie)[0] == 401


def test_the_address_of_the_start_logs_in(house: House) -> None:
    answer = get(house, house.server.login_url.removeprefix(house.server.url))
    assert (answer.status, answer.headers["location"]) == (303, "/")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert get(house, "/login?token=00").status == 401


def test_every_answer_has_the_strict_policy(house: House, locker: Locker) -> None:
    for path in ("/", "/hub.css", "/v1/enrol", "/nowhere"):
        policy = get(house, path).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


def test_pages_show_sites_parcels_and_events_and_escape_what_came(house: House, locker: Locker) -> None:
    locker.write(event("door_opened", door="<script>alert(1)</script>"))
    locker.deliver(house)
    house.admin.post("sites/4711/parcels", carrier="dpd", tracking="<b>JD0146</b>", size="M")
    headers = {"Authorization": f"Bearer {house.desk.admin_token}"}
    page = get(house, "/sites/4711", **headers).data.decode()
    assert "door_opened" in page
    assert "&lt;script&gt;" in page
    assert "&lt;b&gt;JD0146" in page
    assert "<script" not in page
    assert "Harbour Street" in get(house, "/", **headers).data.decode()


@pytest.mark.parametrize(
    ("path", "wish", "status"),
    [
        ("sites", {"site": 0}, 400),
        ("sites", {"site": 4711}, 400),
        ("sites", {"site": 5, "colour": "red"}, 400),
        ("sites/4711/parcels", {"carrier": "DPD", "tracking": "1"}, 400),
        ("sites/4711/parcels", {"carrier": "unknown", "tracking": "1"}, 403),
        ("sites/4711/parcels", {"carrier": "dpd", "tracking": "x" * 65}, 400),
        ("sites/4711/parcels/zz/cancel", {}, 400),
        ("sites/4711/reservations/zz/revoke", {}, 403),
        ("sites/4711/orders", {"kind": "explode"}, 400),
        ("sites/4711/orders", {"kind": "open"}, 400),
        ("sites/4711/orders", {"kind": "open", "door": 7}, 400),
        ("sites/4711/orders", {"kind": "open", "door": 0, "reason": "x"}, 400),
        ("sites/4711/badges", {"purpose": "pickup", "pin": "1234"}, 400),
        ("sites/12/claims", {}, 403),
        ("keys/next", {"role": "root"}, 400),
    ],
)
def test_wishes_that_cannot_be_are_one_line_each(
    house: House, locker: Locker, path: str, wish: dict[str, Any], status: int
) -> None:
    found, said = house.admin.ask("POST", path, **wish)
    assert (found, bool(said["error"])) == (status, True)


def test_a_wish_has_a_limit(house: House) -> None:
    headers = {"Authorization": f"Bearer {house.desk.admin_token}"}
    assert post(house, "/v1/admin/sites", b" " * (MAX_JSON_BYTES + 1), **headers)[0] == 413


def test_a_taken_address_is_one_clear_error(house: House, tmp_path: Path) -> None:
    with pytest.raises(
        NotAllowed, match=rf"cannot listen on 127.0.0.1 port {house.server.port}: address already in use"
    ):
        HubServer(house.desk, Address(port=house.server.port))
