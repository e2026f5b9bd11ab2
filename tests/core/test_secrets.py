"""I11: secrets and persons: no PIN, verifier, code or particular in an event; a screen forgets with its session."""

from __future__ import annotations

import msgspec

from edge.core import events
from edge.core.events.base import encode
from edge.core.fold import freeze
from edge.core.orders import Cancel
from edge.core.pin import pin_verifier
from edge.core.words import CompartmentState, ContentSensor, Evidence
from tests.core.desk import COURIER_PIN, DAY_S, Desk, sent
from tests.credentials.known_keys import PIN_KEY

HOUR_S = 3600
ONE = sent("JD000301XY", reservation="ab" * 8, pin="11112222")
TWO = sent("JD000302XY", pin="33334444")
RETURN = sent("RR000303XY", reservation="cd" * 8)


def a_busy_day() -> Desk:
    """Announced, deposited, collected, refused, declined, dropped off, looked into, cut off, erased."""
    desk = Desk(content=ContentSensor.INFRARED)
    desk.announce(ONE)
    desk.announce(TWO, second_factor=True)
    desk.announce(RETURN, parcel_kind="return")
    desk.courier_comes()
    desk.deposit(ONE)
    desk.deposit(TWO)
    desk.scan("JD000388XY")
    desk.wait(30)
    desk.reboot()
    desk.scan(desk.code(TWO))
    desk.pin("99999999")
    desk.wait(60)
    desk.scan(desk.code(TWO))
    desk.pin(TWO.pin)
    desk.take(desk.screen().door)
    desk.wait(60)
    desk.pin("44445555")
    desk.wait(60)
    desk.pin(ONE.pin)
    desk.take(desk.screen().door)
    desk.wait(60)
    desk.tap("send")
    desk.scan(RETURN.tracking)
    desk.wait(60)
    desk.scan("a stray text with JD000301XY")
    desk.wait(60)
    return desk


def secrets(desk: Desk) -> list[bytes]:
    texts = [ONE.tracking, TWO.tracking, RETURN.tracking, "JD000388XY", "A. B.", COURIER_PIN, "99999999", "44445555"]
    pins = [ONE.pin, TWO.pin]
    verifiers = [pin_verifier(PIN_KEY, pin) for pin in pins]
    codes = [desk.code(ONE)[4:40], desk.code(TWO)[4:40], desk.courier_code()[4:40]]
    return [
        *(text.encode() for text in (*texts, *pins, *codes)),
        *verifiers,
        *(verifier.hex().encode() for verifier in verifiers),
        *(msgspec.json.encode(verifier)[1:-3] for verifier in verifiers),
    ]


def test_i11_no_event_holds_a_pin_a_verifier_a_code_or_a_particular() -> None:
    desk = a_busy_day()
    assert len({event.kind for event in desk.events}) > 15
    for event in desk.events:
        for secret in secrets(desk):
            assert secret not in encode(event), f"{event.kind} holds {secret!r}"
            assert secret not in event.sentence().encode()


def test_i11_no_state_holds_them_either() -> None:
    desk = a_busy_day()
    frozen = freeze(desk.state)
    assert not [secret for secret in secrets(desk) if secret in frozen]


def test_i11_a_screen_forgets_with_its_session() -> None:
    desk = Desk()
    desk.announce(ONE)
    desk.courier_comes()
    desk.scan(ONE.tracking)
    assert ONE.tracking in str(desk.screen())
    desk.put(desk.screen().door)
    desk.tap("end")
    desk.wait(10)
    shown = msgspec.json.encode(desk.screen())
    assert desk.memory.session is None
    assert not [secret for secret in secrets(desk) if secret in shown]


def test_i11_particulars_are_erased_a_day_after_collection_and_the_event_keeps_only_a_hash() -> None:
    desk = Desk(content=ContentSensor.INFRARED)
    desk.announce(ONE)
    desk.courier_comes()
    door = desk.deposit(ONE)
    desk.tap("end")
    assert desk.books.shelf.particulars[ONE.parcel].tracking == ONE.tracking
    desk.scan(desk.code(ONE))
    desk.take(door)
    desk.skip(DAY_S - 60)
    assert ONE.parcel in desk.books.shelf.particulars
    desk.skip(HOUR_S + 60)
    assert ONE.parcel not in desk.books.shelf.particulars
    assert not [item for item in desk.besides.values() if ONE.tracking.encode() in item.body]
    assert ONE.parcel in desk.last(events.ParticularsErased).subjects
    assert desk.parcel(ONE).erased
    desk.reboot()
    assert ONE.parcel not in desk.books.shelf.particulars


def test_i11_particulars_of_a_parcel_that_was_called_off_are_erased_too() -> None:
    desk = Desk()
    desk.announce(ONE)
    desk.order(Cancel(ONE.parcel))
    desk.skip(DAY_S + HOUR_S)
    desk.skip(60)
    assert ONE.parcel not in desk.books.shelf.particulars
    assert ONE.reservation not in desk.books.shelf.pins


def test_i11_what_is_due_in_one_hour_is_erased_together_and_nothing_waits_for_longer() -> None:
    """Each erasure writes the side table anew."""
    desk = Desk(content=ContentSensor.INFRARED)
    parcels = [sent(f"JD0004{n:02}") for n in range(6)]
    for parcel in parcels:
        desk.announce(parcel)
        desk.order(Cancel(parcel.parcel))
        desk.skip(500)
    ended = {p.id: p.ended_ms for p in desk.state.parcels.values()}
    desk.skip(DAY_S - 3000)
    while desk.books.shelf.particulars:
        desk.skip(60)
        waited_ms = [desk.running_ms() - ended[p] - DAY_S * 1000 for p in desk.books.shelf.particulars]
        assert max(waited_ms, default=0) < HOUR_S * 1000
    assert len(desk.of(events.ParticularsErased)) == 1


def test_i11_what_comes_after_it_was_called_off_and_erased_is_erased_again() -> None:
    desk = Desk()
    desk.announce(ONE)
    desk.order(Cancel(ONE.parcel))
    desk.skip(DAY_S + HOUR_S)
    desk.skip(60)
    assert desk.parcel(ONE).erased
    came = events.ParcelDeposited(ONE.parcel, ONE.reservation, "dpd", 3, 1, Evidence.PERSON)
    held = desk.state.with_compartment(3, state=CompartmentState.HELD)
    state = came.fold(held, desk.rows[-1][2])
    assert not state.parcels[ONE.parcel].erased


def test_i11_a_verifier_dies_within_the_hour_after_grace() -> None:
    desk = Desk(stands={3: ONE}, content=ContentSensor.INFRARED)
    assert ONE.reservation in desk.books.shelf.pins
    desk.pin(ONE.pin)
    desk.take(3)
    desk.wait(60)
    assert ONE.reservation in desk.books.shelf.pins
    desk.wait(HOUR_S + 180)
    assert ONE.reservation not in desk.books.shelf.pins
    assert not [item for item in desk.besides.values() if item.name == "pin"]


def test_i11_customers_are_told_nothing_about_what_stands_where() -> None:
    desk = Desk(stands={3: ONE, 5: TWO})
    drawn = desk.screen().doors
    assert set(drawn.values()) == {"quiet"}
    desk.scan(desk.courier_code())  # without the PIN this is a customer like any other
    assert set(desk.screen().doors.values()) == {"quiet"}


def test_i11_a_refused_code_is_named_only_once_its_signature_held() -> None:
    desk = Desk()
    code = desk.code(ONE)
    desk.scan(code[:-3] + "000")
    assert desk.last(events.CredentialRefused).reservation == ""
    desk.wait(60)
    desk.scan(code)
    assert desk.last(events.CredentialRefused).reservation == ONE.reservation


def test_repeats_of_a_refusal_within_a_minute_are_one_event_with_a_count() -> None:
    desk = Desk()
    for _ in range(20):
        desk.scan("something else")
        desk.wait(1)
    assert [event.count for event in desk.of(events.CredentialRefused)] == [1]
    desk.wait(60)
    assert [event.count for event in desk.of(events.CredentialRefused)] == [1, 19]
    desk.scan("something else")
    desk.wait(120)
    assert sum(event.count for event in desk.of(events.CredentialRefused)) == 21
