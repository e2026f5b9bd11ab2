"""Lives that are decided again: from the ring in memory, from a bundle on a desk, and where somebody altered one."""

from __future__ import annotations

import base64
import gzip
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import msgspec

from edge.app.incident.files import write
from edge.app.incident.form import FORM, HeadLine, RowLine
from edge.app.incident.reading import Evidence, read
from edge.app.incident.replaying import replay
from edge.app.incident.telling import lines_of, site_without_keys
from edge.core import inputs
from edge.core.orders import Announce, Particulars
from edge.core.pin import pin_verifier
from edge.core.redeciding import ring_agrees
from edge.core.state import FOLD_VERSION
from hal.sim.chronicle import Deed
from sync.hub.issue import sign_order
from tests.core.desk import COURIER_PIN, sent
from tests.credentials.known_keys import COMMAND, NOW_S, PIN_KEY, SITE
from tests.sim.site import SimSite

LABEL, PIN, NAME = "JD014600006281", "48213579", "Marlowe, Ph."


def served(site: SimSite, label: str) -> int:
    """A courier brings a parcel; its door, 0 when it came to nothing."""
    site.let(site.courier_comes())
    while not site.off and site.screen().name == "look":
        site.tell(inputs.Chosen("not_now", site.screen().number))
        site.run_for(0.5)
    door = site.let(site.deposits(label))
    if not site.off:
        site.tell(inputs.Chosen("end", site.screen().number))
        site.run_for(10)
    return door


def told(site: SimSite, tries: int) -> None:
    """Somebody at the keypad."""
    for digits in ("90817263", "1234", LABEL, " ")[:tries]:
        if site.runtime is not None:
            site.tell(inputs.Typed(digits, site.screen().number))
            site.run_for(1)


def drummed(site: SimSite) -> None:
    """A child at the screen."""
    for tap in range(80):
        if not site.off:
            site.tell(
                inputs.Chosen(("pin", "help", "send", "back", "courier")[tap % 5], site.screen().number - tap % 2)
            )
            site.run_for(0.1)


def announced(label: str, pin: str) -> bytes:
    what = Announce(
        parcel=sent(label).parcel,
        reservation=sent(label).reservation,
        carrier="dpd",
        particulars=Particulars(label, NAME, pin_verifier(PIN_KEY, pin)),
    )
    return sign_order(SITE, 1, what, NOW_S, COMMAND)


def test_thousands_of_inputs_through_power_cuts_and_reboots_are_decided_again_the_same() -> None:
    with SimSite(seed=11) as site:
        boots = 0
        site.start()
        site.let(site.enrolled())
        for number in range(24):
            label = f"JD00{number:04}"
            if number % 4 == 1:
                site.aim(Deed.PULSE_BEGAN, site.cut)
            if number % 4 == 2:
                site.disk.cut_after_sync(3 + number)
            door = served(site, label)
            if site.runtime is not None and number % 3:
                site.let(site.collects(label, door or 1))
            told(site, number % 5)
            drummed(site)
            site.run_for(150)
            if site.off or site.disk.dead:
                site.start()
                boots += 1
        site.decide_again()
        assert site.differences == []
        assert boots > 3
        assert site.decided_again > 2_000


# -- a bundle ---------------------------------------------------------------------------------------------------------


def head_of(site: SimSite) -> HeadLine:
    return HeadLine(FORM, site_without_keys(site.site), FOLD_VERSION, {"locker-edge": "1"}, {}, None, "of this life", 1)


async def gathered(lines: AsyncIterator[Any]) -> list[Any]:
    return [line async for line in lines]


def a_bundle(path: Path) -> list[bytes]:
    """One of a busy site, and every secret that it was told."""
    with SimSite(seed=12) as site:
        site.start()
        site.let(site.enrolled())
        assert site.runtime is not None
        order = announced(LABEL, PIN)
        site.let(site.runtime.order(order))
        site.run_for(1)
        door = served(site, LABEL)
        told(site, 4)
        site.run_for(70)
        site.world.person.collects(door)
        site.tell(inputs.Typed(PIN, site.screen().number))
        site.run_for(60)
        assert site.parcel_id(LABEL) in site.state.parcels
        assert site.state.parcels[site.parcel_id(LABEL)].state == "collected"
        write(path, site.let(gathered(lines_of(site.runtime, head_of(site), []))))
        codes = [site.code(LABEL), order.hex()]
    words = [LABEL, PIN, NAME, COURIER_PIN, "90817263", *codes]
    return [*(word.encode() for word in words), PIN_KEY, pin_verifier(PIN_KEY, PIN)]


def altered(path: Path, change: Any) -> Path:
    """The same bundle, each line as `change` gives it back."""
    lines = [msgspec.json.decode(line) for line in gzip.decompress(path.read_bytes()).splitlines()][:-1]
    other = path.with_name("altered.gz")
    other.unlink(missing_ok=True)
    write(other, [change(line) for line in lines])
    return other


def checks(evidence: Evidence) -> set[str]:
    return {violation.check for violation in replay(evidence).violations}


def test_a_bundle_is_folded_checked_and_decided_again_without_a_word(tmp_path: Path) -> None:
    a_bundle(tmp_path / "incident.gz")
    done = replay(read(tmp_path / "incident.gz"))
    assert (done.violations, done.differences) == ([], [])
    assert done.inputs > 40
    assert done.folded_from == 1
    assert done.state is not None
    assert done.state.head == done.rows[1]


def test_i11_a_bundle_holds_no_code_pin_label_name_or_verifier(tmp_path: Path) -> None:
    secrets = a_bundle(tmp_path / "incident.gz")
    packed = (tmp_path / "incident.gz").read_bytes()
    for text in (packed, gzip.decompress(packed)):
        for secret in secrets:
            for spelt in spellings(secret):
                assert spelt not in text, secret


def spellings(secret: bytes) -> Iterable[bytes]:
    return secret, secret.hex().encode(), base64.b64encode(secret).rstrip(b"=")[:-1]


def test_an_altered_row_breaks_the_chain_and_differs_from_what_was_decided(tmp_path: Path) -> None:
    a_bundle(tmp_path / "incident.gz")

    def another_door(line: dict[str, Any]) -> dict[str, Any]:
        if line.get("kind") == "parcel_collected":
            payload = msgspec.json.decode(line["payload"])
            line["payload"] = msgspec.json.encode(payload | {"door": payload["door"] % 6 + 1}).decode()
        return line

    evidence = read(altered(tmp_path / "incident.gz", another_door))
    assert {"i4_chained", "i7_parcel_leaves_its_own_door"} <= checks(evidence)
    assert "ParcelCollected" in str(replay(evidence).differences[0])
    assert "events: expected" in str(replay(evidence).differences[0])


def test_a_missing_row_is_named(tmp_path: Path) -> None:
    a_bundle(tmp_path / "incident.gz")
    evidence = read(tmp_path / "incident.gz")
    gone = next(row for row in evidence.rows if row.kind == "opening_authorised")
    evidence.rows.remove(gone)
    assert {"i4_dense", "i1_authority_first"} <= checks(evidence)


def test_rows_that_say_what_must_never_happen_are_named_each_by_its_check(tmp_path: Path) -> None:
    a_bundle(tmp_path / "incident.gz")
    evidence = read(tmp_path / "incident.gz")
    changes: dict[str, tuple[str, dict[str, Any]]] = {
        "i3_consumed_on_evidence": ("parcel_collected", {"opening": 99}),
        "i5_seen": ("door_opened", {"evidence": "none"}),
        "i6_freed_on_evidence": ("compartment_freed", {"evidence": "none"}),
        "i7_door_named": ("door_opened", {"door": 5}),
        "i1_one_authority_each": ("opening_authorised", {"opening": 1}),
        "i2_consumed_opens_nothing": ("opening_authorised", {"grace": True}),
    }
    for check, (kind, change) in changes.items():
        last = max(place for place, row in enumerate(evidence.rows) if row.kind == kind)
        row = evidence.rows[last]
        payload = msgspec.json.encode(msgspec.json.decode(row.payload) | change)
        rows = [*evidence.rows[:last], msgspec.structs.replace(row, payload=payload), *evidence.rows[last + 1 :]]
        assert check in checks(msgspec.structs.replace(evidence, rows=rows)), check


def test_an_input_that_raises_ends_the_life_and_is_the_last_thing_that_the_ring_knows() -> None:
    with SimSite(seed=13) as site:
        site.start()
        runtime = site.runtime
        assert runtime is not None
        site.tell(inputs.Timer(("no such timer",)))
        site.run_for(2)
        assert isinstance(site.failure, KeyError)
        last = runtime.ring.segments[-1].notes[-1]
        assert (last.told, last.raised) == (inputs.Timer(("no such timer",)), "KeyError")
        assert ring_agrees(runtime.site, runtime.ring) == []


def test_the_rows_of_a_bundle_are_the_rows_of_the_journal(tmp_path: Path) -> None:
    with SimSite(seed=14) as site:
        site.start()
        site.let(site.enrolled())
        assert site.runtime is not None
        lines = site.let(gathered(lines_of(site.runtime, head_of(site), [])))
        assert [line.seq for line in lines if isinstance(line, RowLine)] == [row.seq for row in site.rows()]
        write(tmp_path / "incident.gz", lines)
        evidence = read(tmp_path / "incident.gz")
        assert evidence.rows == site.rows()
