"""Every frame of each make as it is published, against the fake board: what it does and what it says."""

from __future__ import annotations

import pytest

from edge.core.words import ContentSensor
from hal.bench.make import Contact
from tests.bench_top.desk import Desk

SHUT = Contact.CLOSED_WHEN_SHUT
OPEN = Contact.CLOSED_WHEN_OPEN


# make, address, doors, wiring, doors that stand open before, request, answer, coils driven (door, ms)
Row = tuple[str, int, int, Contact, tuple[int, ...], str, str, list[tuple[int, int]]]
TABLE: list[Row] = [
    # YS, contact closed when shut: 00 is opened
    ("ys", 1, 24, SHUT, (), "8A 01 01 11 9B", "8A 01 01 00 8A", [(1, 500)]),
    ("ys", 1, 24, SHUT, (), "8A 01 02 11 98", "8A 01 02 00 89", [(2, 500)]),
    ("ys", 2, 24, SHUT, (), "8A 02 01 11 98", "8A 02 01 00 89", [(1, 500)]),
    # closed when open: all the other way round, so that success looks like the request
    ("ys", 1, 24, OPEN, (), "8A 01 01 11 9B", "8A 01 01 11 9B", [(1, 500)]),
    ("ys", 1, 24, SHUT, (), "80 01 01 33 B3", "80 01 01 11 91", []),
    ("ys", 1, 24, SHUT, (1,), "80 01 01 33 B3", "80 01 01 00 80", []),
    ("ys", 1, 24, OPEN, (1,), "80 01 01 33 B3", "80 01 01 11 91", []),
    ("ys", 1, 24, SHUT, (2,), "80 01 00 33 B2", "80 01 FF FF FD 33 4F", []),
    ("ys", 1, 24, OPEN, (1, 9, 17), "80 01 00 33 B2", "80 01 01 01 01 33 B3", []),
    ("ys", 2, 12, OPEN, (1, 2, 9, 11), "80 02 00 33 B1", "80 02 05 03 33 B7", []),
    ("ys", 1, 8, SHUT, (), "80 01 00 33 B2", "80 01 FF 33 4D", []),
    ("ys", 1, 18, OPEN, (18,), "80 01 00 33 B2", "80 01 02 00 00 33 B0", []),
    ("ys", 1, 24, SHUT, (), "90 01 02 02 02 93", "", [(2, 500), (10, 500), (18, 500)]),
    ("ys", 1, 8, SHUT, (), "8A 01 00 11 9A", "8A 01 00 11 9A", [(door, 500) for door in range(1, 9)]),
    # Kerong CU16
    ("cu16", 0, 16, SHUT, (), "02 00 31 03 36", "", [(1, 500)]),
    ("cu16", 0, 16, SHUT, (), "02 0F 31 03 45", "", [(16, 500)]),
    ("cu16", 1, 16, SHUT, (), "02 10 31 03 46", "", [(1, 500)]),
    ("cu16", 0, 16, SHUT, (), "02 00 30 03 35", "02 00 35 FF FF 00 00 03 38", []),
    ("cu16", 0, 16, SHUT, (1,), "02 00 30 03 35", "02 00 35 FE FF 00 00 03 37", []),
    ("cu16", 0, 16, SHUT, (5,), "02 00 30 03 35", "02 00 35 EF FF 00 00 03 28", []),
    ("cu16", 1, 16, OPEN, (), "02 10 30 03 45", "02 10 35 00 00 00 00 03 4A", []),
    ("cu16", 0, 16, OPEN, (), "02 F0 32 03 27", "02 00 36 00 00 00 00 03 3B", []),
    ("cu16", 1, 16, OPEN, (), "02 F0 32 03 27", "02 10 36 00 00 00 00 03 4B", []),
    ("cu16", 0, 16, SHUT, (), "02 00 33 03 38", "", [(door, 500) for door in range(1, 17)]),
    # Kerong CU48
    ("cu48", 0, 24, SHUT, (), "02 00 00 61 03 66", "", [(1, 500)]),
    ("cu48", 0, 24, SHUT, (), "02 00 04 61 03 6A", "", [(5, 500)]),
    (
        "cu48",
        0,
        48,
        SHUT,
        (5,),
        "02 00 00 60 03 65",
        "02 00 00 75 EF FF FF FF FF FF 00 00 00 00 00 00 03 64",
        [],
    ),
    ("cu48", 0, 2, SHUT, (), "02 00 30 61 03 96", "", [(1, 500), (2, 500)]),
    # Winnsen
    ("winnsen", 1, 12, SHUT, (), "90 06 05 01 03 03", "90 07 85 01 03 01 03", [(3, 500)]),
    ("winnsen", 1, 12, SHUT, (), "90 06 12 01 03 03", "90 07 92 01 00 03 03", []),
    ("winnsen", 1, 12, SHUT, (3,), "90 06 12 01 03 03", "90 07 92 01 01 03 03", []),
    # WKLY
    ("wkly", 0, 12, SHUT, (), "57 4B 4C 59 09 00 82 03 81", "57 4B 4C 59 0B 00 82 00 03 00 83", [(3, 400)]),
    ("wkly", 0, 12, SHUT, (), "57 4B 4C 59 09 00 82 01 83", "57 4B 4C 59 0B 00 82 00 01 00 81", [(1, 400)]),
    ("wkly", 0, 12, SHUT, (7,), "57 4B 4C 59 09 00 83 07 84", "57 4B 4C 59 0B 00 83 00 07 00 86", []),
    (
        "wkly",
        0,
        12,
        SHUT,
        (1, 4),
        "57 4B 4C 59 08 00 84 85",
        "57 4B 4C 59 16 00 84 00 0C 00 01 01 00 01 01 01 01 01 01 01 01 97",
        [],
    ),
    # Waveshare
    ("waveshare", 1, 8, SHUT, (), "01 05 02 00 00 07 8D B0", "01 05 02 00 00 07 8D B0", [(1, 700)]),
    ("waveshare", 1, 8, SHUT, (), "01 05 02 01 00 08 9C 74", "01 05 02 01 00 08 9C 74", [(2, 800)]),
    ("waveshare", 1, 8, SHUT, (), "01 05 02 00 00 02 4D B3", "01 05 02 00 00 02 4D B3", [(1, 200)]),
    ("waveshare", 1, 8, OPEN, (6,), "01 02 00 00 00 08 79 CC", "01 02 01 20 A0 50", []),
    ("waveshare", 1, 8, OPEN, (), "01 02 00 00 00 08 79 CC", "01 02 01 00 A1 88", []),
    ("waveshare", 1, 8, SHUT, (), "01 05 00 FF 00 00 FD FA", "01 05 00 FF 00 00 FD FA", []),
    ("waveshare", 1, 8, SHUT, (), "01 05 00 00 00 00 CD CA", "01 05 00 00 00 00 CD CA", []),
    ("waveshare", 1, 8, SHUT, (), "01 05 01 00 FF 00 8D C6", "01 85 02 C3 51", []),
]


@pytest.mark.parametrize(("make", "address", "doors", "contact", "ajar", "request_", "answer", "pulses"), TABLE)
def test_a_published_frame_is_obeyed_and_answered(
    make: str,
    address: int,
    doors: int,
    contact: Contact,
    ajar: tuple[int, ...],
    request_: str,
    answer: str,
    pulses: list[tuple[int, int]],
) -> None:
    desk = Desk(make, address, doors=doors, contact=contact)
    desk.open(*ajar)
    assert desk.hears(request_, within_s=9.0 if len(pulses) > 2 else 1.5) == answer
    assert desk.pulses() == pulses


def test_a_lock_that_does_not_open_is_answered_with_the_request_itself() -> None:
    desk = Desk("ys", 1)
    desk.world.faults.set("jam", 1)
    assert desk.hears("8A 01 01 11 9B") == "8A 01 01 11 9B"


def test_infrared_bits_stand_behind_the_hooks() -> None:
    desk = Desk("cu16", 0, doors=16, content=ContentSensor.INFRARED)
    desk.open(3)
    desk.world.parcels.make("P1")
    desk.world.person.put("P1", 3)
    desk.world.person.shut(3)
    desk.later(0.5)
    assert desk.hears("02 00 30 03 35") == "02 00 35 FF FF 04 00 03 3C"


def test_a_scale_is_no_infrared_input() -> None:
    desk = Desk("cu48", 0, doors=16, content=ContentSensor.SCALE)
    assert desk.hears("02 00 00 60 03 65").split()[10:16] == ["00"] * 6


def test_relays_modes_and_a_toggle_are_remembered() -> None:
    desk = Desk("waveshare", 1, doors=8)
    assert desk.hears("01 05 00 00 55 00 F2 9A", 0.1) == "01 05 00 00 55 00 F2 9A"
    assert desk.hears("01 01 00 00 00 08 3D CC", 0.1) == "01 01 01 01 90 48"
    assert desk.hears("01 05 00 00 55 00 F2 9A", 0.1) == "01 05 00 00 55 00 F2 9A"
    assert desk.hears("01 06 10 02 00 01 ED 0A", 0.1) == "01 06 10 02 00 01 ED 0A"
    assert desk.hears("01 03 10 02 00 01 21 0A", 0.1) == "01 03 02 00 01 79 84"
