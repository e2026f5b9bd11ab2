"""Scanners as the runtime hears of them, and as the configuration and the status name them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from edge.app.configuration import load
from edge.app.reader_plans import MAX_READERS, ReaderPlan, check
from edge.app.reading import Reader
from edge.app.scanners import Scanner
from edge.core.errors import ConfigurationError
from edge.core.inputs import Health, Input, Scan
from hal.readers.kinds import LinesOptions, SsiOptions, WedgeOptions
from hal.readers.simulated import SimulatedScanner
from tests.app.street import CONFIGURATION, Street

WITHIN_S = 20.0
SCANNER = '[[reader]]\nname = "front"\nkind = "lines"\nport = "{folder}/scanner"\n'


@pytest.fixture
def device(tmp_path: Path) -> Iterator[SimulatedScanner]:
    scanner = SimulatedScanner("ssi", tmp_path / "scanner")
    yield scanner
    scanner.close()


def test_codes_become_scans_and_its_state_becomes_health(device: SimulatedScanner) -> None:
    async def listen() -> list[Input]:
        told: asyncio.Queue[Input] = asyncio.Queue()
        with ThreadPoolExecutor(1) as lane:
            scanner = Scanner(ReaderPlan("front", "ssi", SsiOptions(str(device.path))), told.put_nowait, lane)
            assert scanner.status["fault"] == "has not said anything yet"
            reading = asyncio.ensure_future(scanner.run())
            try:
                async with asyncio.timeout(WITHIN_S):
                    heard = [await told.get()]
                    device.show("LK1:ABC")
                    heard.append(await told.get())
                    device.unplug()
                    heard.append(await told.get())
            finally:
                reading.cancel()
                await asyncio.wait([reading])
            assert scanner.status["codes"] == 1
        return heard

    works, code, gone = asyncio.run(listen())
    assert works == Health("reader", "front", ok=True)
    assert code == Scan("LK1:ABC", "QRCode")
    assert isinstance(gone, Health)
    assert (gone.what, gone.which, gone.ok) == ("reader", "front", False)
    assert str(device.path) in gone.detail


def test_a_scanner_pulled_out_of_a_running_locker_is_a_fault_until_it_is_back() -> None:
    with Street(world=False) as street:
        street.add(SCANNER.format(folder=street.folder))
        device = SimulatedScanner("lines", street.folder / "scanner")
        try:
            street.run(WATCHDOG_USEC="1000000")
            street.until(lambda: street.ask("status")["readers"][0]["fault"] is None)
            device.show("no code of ours")
            street.until(lambda: street.ask("status")["screen"] == "refused")
            device.garble(b"\x1b\x1b\r")
            street.until(lambda: street.ask("status")["readers"][0]["odd"].get("characters") == 1)
            device.unplug()
            street.until(lambda: "reader:front" in {one["fault"] for one in street.ask("status")["faults"]})
            device.plug_in()
            street.until(lambda: "reader:front" not in {one["fault"] for one in street.ask("status")["faults"]})
            shown = street.locker("status").stdout
            assert "front: 1 codes, 1 characters" in shown
        finally:
            device.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "locker.toml"


def read(file: Path, more: str) -> tuple[ReaderPlan, ...]:
    file.write_text(CONFIGURATION.format(folder=file.parent) + more)
    return load(file).readers


def test_readers_are_configured_each_by_its_kind(file: Path) -> None:
    wedge = '[[reader]]\nname = "hand"\nkind = "wedge"\ndevice = "/dev/input/by-id/x"\nends = "pause"\n'
    assert read(file, "") == ()
    front, hand = read(file, SCANNER.format(folder="/run") + wedge)
    assert front == ReaderPlan("front", "lines", LinesOptions("/run/scanner"))
    assert hand == ReaderPlan("hand", "wedge", WedgeOptions("/dev/input/by-id/x", "pause"))
    assert (front.device, hand.device) == ("/run/scanner", "/dev/input/by-id/x")


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('kind = "lines"', 'kind = "psychic"', "must be one of: gm65, honeywell, lines, ssi, wedge"),
        ('kind = "lines"\n', "", "reader[1].kind: is missing"),
        ('name = "front"', 'name = "Front!"', "reader[1].name"),
        ("port =", "baud = 9601\nport =", "reader[1].baud = 9601: must be one of: 1200, 2400"),
        ("port =", "trigger = 'host'\nport =", "reader[1].trigger"),
        ("port =", "ends = 'never'\nport =", "must be one of: enter, pause"),
        ('port = "{folder}/scanner"\n', "", "reader[1].port: is missing"),
        ("[[reader]]", "[reader]", "must be tables, each [[reader]]"),
    ],
)
def test_what_is_wrong_with_a_reader_is_one_line(file: Path, old: str, new: str, line: str) -> None:
    assert old in SCANNER
    with pytest.raises(ConfigurationError) as caught:
        read(file, SCANNER.replace(old, new))
    assert any(line in one for one in caught.value.lines), caught.value.lines


def test_a_name_and_a_port_are_in_one_hand(file: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(file, SCANNER * 2)
    assert [one.partition(": ")[2] for one in caught.value.lines] == [
        'reader[2].name = "front": is the name of another reader'
    ]
    with pytest.raises(ConfigurationError, match="is reader front's already"):
        read(file, SCANNER + SCANNER.replace("front", "back"))


def test_there_are_only_so_many(file: Path) -> None:
    many = "".join(SCANNER.replace("front", f"r{n}").replace("scanner", f"s{n}") for n in range(MAX_READERS + 1))
    with pytest.raises(ConfigurationError, match=f"there are 9; must be 0 to {MAX_READERS}"):
        read(file, many)


def test_a_port_of_a_lock_board_is_not_a_reader_s() -> None:
    reader = Reader("locker.toml")
    check(reader, [ReaderPlan("front", "lines", LinesOptions("/dev/ttyUSB0"))], {"/dev/ttyUSB0": "bank a"})
    with pytest.raises(ConfigurationError, match=r'reader\[1\].port = "/dev/ttyUSB0": is bank a\'s already'):
        reader.finish()
