"""The daemon with a cloud: enrolled by a claim code, told its documents once, and its journal at the hub."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.clock import SystemClock
from tests.app.street import Street, locker, refused
from tests.sync.house import Clock, House, running_hub


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with running_hub(tmp_path / "hub", Clock(int(SystemClock().read()[0]))) as made:
        yield made


@pytest.fixture
def street(house: House) -> Iterator[Street]:
    with Street(world=False) as made:
        made.add(f'[cloud]\nurl = "{house.server.url}"\nfirst_connect_s = 0\nlongest_wait_s = 1\nbatch_age_s = 0\n')
        yield made


def claim(house: House, site: int) -> str:
    house.admin.post("sites", site=site, name="Station Road", address="")
    return str(house.admin.post(f"sites/{site}/claims")["claim"])


def test_an_enrolled_site_sends_its_journal_and_takes_orders(house: House, street: Street) -> None:
    code = claim(house, 7)
    done = street.locker("enrol", code)
    assert done.stdout == "enrolled as site 7; a locker that runs takes it at its next start\n", done
    assert "enrolled already as site 7" in refused(street.locker("enrol", code))

    daemon = street.run(WATCHDOG_USEC="400000")
    street.until(lambda: street.ask("status")["online"] and street.ask("status")["unsent"] == 0)
    status = street.ask("status")
    assert (status["enrolled"], status["link"]) == (True, "up")
    assert status["clock"] == status["clock"] | {"trust": "cloud", "trusted": True}
    mark = house.admin.get("sites/7")["watermark"]
    assert (mark["epoch"], mark["seq"]) == (status["epoch"], status["head"])
    assert street.kinds().count("document_received") == 3, "keys, roster and standing list"

    house.admin.post("sites/7/orders", kind="out_of_service", door=2, reason="flood")
    street.until(lambda: street.ask("doors")[1]["compartment"] == "out_of_service")
    house.admin.post("sites/7/orders", kind="open", door=3, reason="a call to the operator")
    street.until(lambda: street.kinds().count("order_handled") == 2)
    assert "wrong_nonce" not in street.locker("journal", "show", "--last", "3").stdout

    street.ended(daemon, signal.SIGTERM)
    street.run(WATCHDOG_USEC="400000")
    street.until(lambda: bool(street.ask("status")["online"]))
    assert street.kinds().count("document_received") == 3, "they are told once"


def test_a_site_that_cannot_reach_its_cloud_says_so_and_serves(house: House, street: Street) -> None:
    street.locker("enrol", claim(house, 7))
    street.put(house.server.url, "http://127.0.0.1:9")
    street.run(WATCHDOG_USEC="400000")
    street.until(lambda: "connection refused" in street.ask("status")["link"])
    status = street.ask("status")
    assert (status["online"], status["unsent"]) == (False, status["head"])
    assert "connection refused" in street.locker("status").stdout


def test_an_enrolment_of_another_site_is_one_line(house: House, street: Street) -> None:
    line = refused(street.locker("enrol", claim(house, 8)))
    assert line.endswith("enrolment.cbor is the enrolment of site 8")
    assert refused(street.locker("run")) == line


def test_the_reference_cloud_is_a_command(tmp_path: Path) -> None:
    with Street(world=False) as street:
        hub = street.start("hub", "--directory", tmp_path / "hub", "--port", "0", "--carrier", "dpd")
        assert hub.stdout is not None
        url = hub.stdout.readline().strip().removeprefix("hub: ")
        port = url.rpartition(":")[2]
        line = refused(locker("hub", "--directory", tmp_path / "other", "--port", port))
        assert line == f"locker: hub: cannot listen on 127.0.0.1 port {port}: address already in use"
        assert "unknown, over or used" in refused(street.locker("enrol", "0000-0000", "--url", url))
        code, said = street.ended(hub, signal.SIGTERM)
        assert said.startswith(f"hub: log in at {url}/login?token=")
        assert code in (0, -signal.SIGTERM)
