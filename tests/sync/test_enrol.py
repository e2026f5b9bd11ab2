"""Enrolment: a claim works once, for one key, for fifteen minutes; what it brings is kept as a whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from edge.core import cose
from edge.core.documents import Here
from edge.core.errors import BadInput, Busy, LinkDown, NotAllowed
from edge.core.judgement import JudgementTime
from edge.core.keys import accept_keys
from edge.core.roster import accept_roster
from edge.core.standing import accept_standing
from sync.claims import claim_from, claim_text, normal_claim
from sync.enrol import enrol, load_device_key, load_enrolment
from sync.hub.enrolment import CLAIM_LIFE_S, MAX_FAILURES
from sync.hub.issue import site_pin_key
from sync.keyfiles import load_key, write_secret
from sync.signed import MessageType
from sync.uplink import Uplink
from tests.sync.house import NOW_S, House, enrolled, event, new_locker, running_hub, with_particulars

SITE = 4711
AT = JudgementTime(trusted=True, wall_s=NOW_S, floor_s=NOW_S)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with running_hub(tmp_path / "hub") as house:
        house.admin.post("sites", site=SITE, name="Harbour Street", address="Quay 1", groups=[2**31 + 5])
        yield house


@pytest.fixture
def line(house: House) -> Iterator[Uplink]:
    line = house.uplink()
    yield line
    line.close()


@pytest.fixture
def card(tmp_path: Path) -> Path:
    (tmp_path / "card").mkdir()
    return tmp_path / "card"


def claim_for(house: House) -> str:
    return str(house.admin.post(f"sites/{SITE}/claims")["claim"])


def random(seed: int) -> Random:
    return Random(seed)


def test_a_new_site_learns_everything_it_needs(house: House, line: Uplink, card: Path) -> None:
    told = enrol(line, claim_for(house), card, random(1).randbytes)
    assert (told.site, told.name, told.address, told.groups) == (SITE, "Harbour Street", "Quay 1", [2**31 + 5])
    assert told.root == house.desk.keys.root_public
    assert told.pin_key == site_pin_key(house.desk.keys.pin_secret, SITE)
    bundle = accept_keys(0, told.keys, told.root, Here(SITE))
    assert accept_roster(0, told.roster, bundle, Here(SITE), AT).badges == ()
    assert accept_standing(0, told.standing, bundle, Here(SITE), AT).parcels == (), "nothing was ever sent from here"
    assert load_enrolment(card) == told


def test_i11_the_site_makes_its_key_itself_and_keeps_it_to_itself(house: House, line: Uplink, card: Path) -> None:
    enrol(line, claim_for(house), card, random(1).randbytes)
    key = load_device_key(card)
    assert key.private_bytes_raw() == random(1).randbytes(32)
    device = house.desk.store.site(SITE)["device"]
    assert device == key.public_key().public_bytes_raw()
    for name in os.listdir(card):
        assert stat.S_IMODE((card / name).stat().st_mode) == 0o600
    assert sorted(os.listdir(card)) == ["device.key", "enrolment.cbor"]


def test_i11_nothing_that_can_mint_codes_comes_to_the_site(house: House, line: Uplink, card: Path) -> None:
    enrol(line, claim_for(house), card, random(1).randbytes)
    kept = (card / "enrolment.cbor").read_bytes()
    assert all(issuer.private.private_bytes_raw() not in kept for issuer in house.desk.keys.every())


def test_a_claim_works_for_one_key_only(house: House, line: Uplink, card: Path, tmp_path: Path) -> None:
    claim = claim_for(house)
    enrol(line, claim, card, random(1).randbytes)
    (tmp_path / "thief").mkdir()
    with pytest.raises(NotAllowed, match="unknown, over or used"):
        enrol(line, claim, tmp_path / "thief", random(2).randbytes)
    assert not (tmp_path / "thief" / "enrolment.cbor").exists()


def test_a_cut_after_the_claim_was_used_costs_nothing(house: House, line: Uplink, card: Path) -> None:
    """The answer was lost: the same site asks again with the same claim and the same key."""
    claim = claim_for(house)
    first = enrol(line, claim, card, random(1).randbytes)
    (card / "enrolment.cbor").unlink()
    assert enrol(line, claim, card, random(99).randbytes).pin_key == first.pin_key
    assert load_device_key(card).private_bytes_raw() == random(1).randbytes(32), "no new key was made"


@pytest.mark.parametrize(("late_s", "good"), [(CLAIM_LIFE_S - 1, True), (CLAIM_LIFE_S, False), (86_400, False)])
def test_a_claim_lives_fifteen_minutes(house: House, line: Uplink, card: Path, late_s: int, good: bool) -> None:
    claim = claim_for(house)
    house.clock.now_s += late_s
    if good:
        assert enrol(line, claim, card, random(1).randbytes).site == SITE
    else:
        with pytest.raises(NotAllowed, match="over"):
            enrol(line, claim, card, random(1).randbytes)


def test_guessing_claims_is_slowed_down(house: House, line: Uplink, card: Path) -> None:
    for number in range(MAX_FAILURES):
        with pytest.raises(NotAllowed):
            enrol(line, claim_from(number.to_bytes(5, "big")), card, random(1).randbytes)
    with pytest.raises(Busy, match="10 failed claims, limit 10"):
        enrol(line, claim_for(house), card, random(1).randbytes)
    house.clock.now_s += CLAIM_LIFE_S
    assert enrol(line, claim_for(house), card, random(1).randbytes).site == SITE


def test_an_enrolled_site_is_not_enrolled_again_by_accident(house: House, line: Uplink, card: Path) -> None:
    enrol(line, claim_for(house), card, random(1).randbytes)
    with pytest.raises(NotAllowed, match=f"enrolled already as site {SITE}"):
        enrol(line, claim_for(house), card, random(1).randbytes)
    assert enrol(line, claim_for(house), card, random(1).randbytes, replace=True).site == SITE


def test_a_new_card_is_told_what_stands_where(house: House, tmp_path: Path) -> None:
    """Parcels in the wall, the card is gone: the standing list knows them; the old key is heard no more."""
    old = new_locker(house, tmp_path / "old card", SITE)
    old.write(
        with_particulars("parcel_deposited", "JD0146", parcel="00112233aabbccdd", reservation="00112233aabbccdd",
                         carrier="dpd", door=7, hold_s=86_400, size="M"),
        event("parcel_deposited", parcel="ffffffffffffffff", reservation="ffffffffffffffff", carrier="gls", door=9),
        event("parcel_collected", parcel="ffffffffffffffff", reservation="ffffffffffffffff", door=9),
        event("order_handled", number=12, order="time", result="done"),
    )  # fmt: skip
    old.deliver(house)
    new = enrolled(house, tmp_path / "new card", SITE, seed=6)
    bundle = accept_keys(0, new.enrolment.keys, new.enrolment.root, Here(SITE))
    standing = accept_standing(0, new.enrolment.standing, bundle, Here(SITE), AT)
    assert [(entry.door, entry.parcel) for entry in standing.parcels] == [(7, "00112233aabbccdd")]
    assert standing.after_order == 12, "no old order can be played to the new card"
    with pytest.raises(NotAllowed, match="signature"):
        old.deliver(house)
    for locker in (old, new):
        locker.journal.close()


class Liar:
    """A hub of somebody else: it answers with what it is given."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer

    def enrol(self, request: bytes) -> bytes:
        return self.answer


def test_an_answer_that_does_not_hold_together_is_not_kept(house: House, line: Uplink, card: Path) -> None:
    class Recorder:
        answer = b""

        def enrol(self, request: bytes) -> bytes:
            self.answer = line.enrol(request)
            return self.answer

    recorder = Recorder()
    enrol(recorder, claim_for(house), card, random(1).randbytes)
    (card / "enrolment.cbor").unlink()
    signed = cose.read_sign1(recorder.answer, 2**20, MessageType.ENROLMENT)
    fields = cose.decode(signed.payload, 2**20)
    lies = {
        "another root": {"root": bytes(32)},
        "no keys": {"keys": b"\xa0"},
        "a roster of nobody": {"roster": b"\x80"},
        "another site": {"site": SITE + 1},
    }
    for lie in lies.values():
        forged = cose.encode(fields | {"enrolment": fields["enrolment"] | lie})
        answer = cose.encode([signed.protected, {}, forged, signed.signature])
        with pytest.raises((BadInput, NotAllowed)):
            enrol(Liar(answer), "ABCD-EFGH", card, random(1).randbytes)
    with pytest.raises(NotAllowed, match="another request"):
        enrol(Liar(recorder.answer), "ABCD-EFGH", card, random(1).randbytes)
    assert not (card / "enrolment.cbor").exists()


def test_no_network_no_enrolment_and_no_harm(card: Path) -> None:
    with pytest.raises(LinkDown):
        enrol(Uplink("http://127.0.0.1:9"), "ABCD-EFGH", card, random(1).randbytes)
    assert os.listdir(card) == ["device.key"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("abcd-efgh", "ABCDEFGH"), ("ABCD EFGH", "ABCDEFGH"), ("0il1-o0OO", "01110000"), ("zzzz-9999", "ZZZZ9999")],
)
def test_a_claim_may_be_typed_as_people_do(typed: str, meant: str) -> None:
    assert normal_claim(typed) == meant


@pytest.mark.parametrize("typed", ["", "ABCD", "ABCD-EFGHI-J", "ABCU-EFGH", "ABCD-EFG!", "ÄBCD-EFGH"])
def test_what_is_no_claim_is_said_before_the_hub_is_asked(typed: str, card: Path) -> None:
    with pytest.raises(BadInput, match="claim code"):
        enrol(Liar(b""), typed, card, random(1).randbytes)
    assert os.listdir(card) == []


def test_claims_are_forty_bits_in_crockfords_alphabet() -> None:
    assert claim_text(claim_from(bytes.fromhex("0000000000"))) == "0000-0000"
    assert claim_text(claim_from(bytes.fromhex("ffffffffff"))) == "ZZZZ-ZZZZ"
    assert normal_claim(claim_text(claim_from(b"abcde"))) == claim_from(b"abcde")


def test_a_secret_is_replaced_as_a_whole_and_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    left_over = tmp_path / "secret.new"
    left_over.write_bytes(b"of a cut")
    left_over.chmod(0o644)
    write_secret(path, b"one")
    write_secret(path, b"two")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"two", 0o600)
    assert not left_over.exists()


@pytest.mark.parametrize("content", [b"", b"nonsense", b"x" * 5000])
def test_a_broken_key_file_is_one_clear_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "device.key").write_bytes(content)
    with pytest.raises(BadInput, match=r"device\.key: "):
        load_key(tmp_path / "device.key")
