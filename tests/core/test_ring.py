"""The ring: the last inputs, bounded, without secrets (I11), and decided again to the same events and effects."""

from __future__ import annotations

import base64
from typing import Any, get_args

import msgspec
import pytest

from edge.app.incident import form
from edge.app.incident.telling import ring_lines
from edge.core import decide as product
from edge.core import effects, inputs
from edge.core.decide import decide
from edge.core.findings import Finder, Looking, look
from edge.core.inputs import Input, Moment
from edge.core.memory import Memory
from edge.core.orders import Announce, Particulars
from edge.core.pin import pin_verifier
from edge.core.redeciding import Redeciding, redecide, ring_agrees, told_in_words
from edge.core.ring import LONGEST_SEGMENT, MAX_BYTES, MAX_INPUTS, SEGMENT_INPUTS, Note, Ring
from edge.core.site import Site
from edge.core.turn import Books, Decision
from edge.core.words import ContentSensor, Size
from tests.core.desk import COURIER_NUMBER, COURIER_PIN, Desk, sent
from tests.credentials.known_keys import PIN_KEY

LABEL, PIN, NAME = "JD014600006281", "48213579", "Marlowe, Ph."
ABROAD = "ZZ998877665544"


def a_day() -> Desk:
    """A pickup by code, one by PIN, guesses, an announcement, a deposit, something unreadable."""
    stands = {3: sent("JD0003"), 4: sent("JD0004", pin=PIN)}
    desk = Desk(content=ContentSensor.INFRARED, stands=stands)
    desk.order(
        Announce(
            parcel=sent(LABEL).parcel,
            reservation=sent(LABEL).reservation,
            carrier="dpd",
            size=Size.S,
            particulars=Particulars(LABEL, NAME, pin_verifier(PIN_KEY, "11223344")),
        )
    )
    desk.scan(desk.code(sent("JD0003")))
    desk.take(3)
    desk.wait(60)
    desk.pin("90817263")
    desk.wait(60)
    desk.pin(PIN)
    desk.take(4)
    desk.wait(60)
    desk.scan("LK1:NONSENSE")
    desk.scan(desk.code(sent("JD0009")))
    desk.wait(60)
    desk.tap("courier")
    desk.enter(COURIER_NUMBER)
    desk.pin(COURIER_PIN)
    while desk.screen().name == "look":
        desk.tap("not_now")
    for label in (LABEL, ABROAD):
        desk.scan(label)
        if desk.screen().door:
            desk.put(desk.screen().door)
    desk.tap("end")
    desk.wait(60)
    return desk


# -- the same again ---------------------------------------------------------------------------------------------------


def test_a_day_is_decided_again_without_a_difference() -> None:
    desk = a_day()
    assert sum(len(segment.notes) for segment in desk.again.ring.segments) > 80
    assert ring_agrees(desk.site, desk.again.ring) == []


def test_a_day_is_decided_again_from_its_bytes_on_a_site_without_keys() -> None:
    desk = a_day()
    again: Redeciding | None = None
    kept = iter([note for segment in desk.again.ring.segments for note in segment.notes])
    for text in [msgspec.json.encode(line) for line in ring_lines(desk.again.ring, desk.site)]:
        line = msgspec.json.decode(text, type=form.Line)
        if isinstance(line, form.SegmentLine):
            assert not line.site.pin_key
            again = Redeciding(line.site, line.books, line.memory)
            continue
        assert isinstance(line, form.NoteLine)
        assert again is not None
        note, live = form.note_of(line), next(kept)
        assert msgspec.structs.replace(live, events=()) == note
        assert again.step(note, live.events) is None


def test_every_input_and_every_effect_has_its_form() -> None:
    assert set(get_args(form.AnyInput)) == set(product._HANDLERS)
    assert set(get_args(form.AnyEffect)) == set(effects.Effect.__subclasses__())


# -- what is not in it (I11) ------------------------------------------------------------------------------------------


def spellings(secret: str | bytes) -> list[bytes]:
    raw = secret.encode() if isinstance(secret, str) else secret
    return [raw, raw.hex().encode(), base64.b64encode(raw).rstrip(b"=")[:-1]]


def test_i11_no_code_pin_label_name_or_verifier_is_in_the_ring() -> None:
    desk = a_day()
    text = b"\n".join(msgspec.json.encode(line) for line in ring_lines(desk.again.ring, desk.site))
    roster = desk.books.shelf.roster
    assert roster is not None
    verifiers = [badge.verifier.hash for badge in roster.badges] + [badge.verifier.salt for badge in roster.badges]
    verifiers += [pin_verifier(PIN_KEY, pin) for pin in (PIN, "11223344")]
    salts = [item.body[:16] for item in desk.besides.values() if item.name == "particulars"]
    words: list[str | bytes] = [LABEL, ABROAD, PIN, "11223344", "90817263", NAME, COURIER_PIN, COURIER_NUMBER, PIN_KEY]
    codes = [desk.code(sent(label)) for label in ("JD0003", "JD0009")]
    assert salts
    words += [*codes, *verifiers, *salts]
    for secret in words:
        for spelt in spellings(secret):
            assert spelt not in text, secret


def test_i11_a_segment_that_begins_with_a_label_on_the_screen_does_not_keep_it() -> None:
    desk = Desk(content=ContentSensor.NONE)
    desk.tap("courier")
    desk.enter(COURIER_NUMBER)
    desk.pin(COURIER_PIN)
    desk.scan(LABEL)
    desk.door_opens(desk.screen().door)
    assert desk.screen().params["label"] == LABEL
    ring = Ring()
    ring.begin(desk.books, desk.memory)
    text = b"".join(msgspec.json.encode(line) for line in ring_lines(ring, desk.site))
    assert LABEL.encode() not in text


# -- another decider --------------------------------------------------------------------------------------------------


def forgetful(site: Site, books: Books, memory: Memory, told: Input, now: Moment, finder: Finder = look) -> Decision:
    """A decider that never unlocks."""
    decision = decide(site, books, memory, told, now, finder)
    kept = tuple(effect for effect in decision.effects if not isinstance(effect, effects.Unlock))
    return msgspec.structs.replace(decision, effects=kept)


def credulous(site: Site, books: Books, memory: Memory, told: Input, now: Moment, finder: Finder = look) -> Decision:
    """A decider that does not ask whether a signature holds."""
    if isinstance(told, inputs.Scan):
        return decide(site, books, memory, inputs.Scan(""), now, finder)
    return decide(site, books, memory, told, now, finder)


def brittle(site: Site, books: Books, memory: Memory, told: Input, now: Moment, finder: Finder = look) -> Decision:
    if isinstance(told, inputs.PulseBegan):
        raise AssertionError("no pulse may begin")
    return decide(site, books, memory, told, now, finder)


def first(desk: Desk, decider: Any) -> str:
    return str(next(redecide(desk.site, desk.again.ring.segments, decider)))


def test_a_decider_that_forgets_an_effect_is_named_with_input_and_effect() -> None:
    said = first(a_day(), forgetful)
    assert "Scan(text='LK1:'" in said
    assert "effects: expected Unlock(door=3" in said


def test_a_decider_that_does_not_look_at_the_signature_is_named() -> None:
    assert "secrets: expected what was found then, got does not ask for code" in first(a_day(), credulous)


def test_a_decider_that_raises_is_named() -> None:
    assert "error: expected none, got AssertionError('no pulse may begin')" in first(a_day(), brittle)


def test_an_altered_event_is_named() -> None:
    desk = a_day()
    segment = next(s for s in desk.again.ring.segments for n in s.notes if n.events)
    note = next(n for n in segment.notes if n.events)
    again = Redeciding(desk.site, segment.books, segment.memory)
    for earlier in segment.notes:
        if earlier is note:
            break
        assert again.step(earlier, earlier.events) is None
    found = again.step(note, note.events[1:])
    assert found is not None
    assert found.what == "events"
    assert found.got == note.events[0]


def test_an_input_that_could_not_be_decided_is_the_last_note_and_fails_again() -> None:
    desk = Desk()
    ring, looking = Ring(), Looking()
    ring.begin(desk.books, desk.memory)
    ring.add_raised(inputs.Timer(("no such timer",)), desk.moment(), desk.state.head, looking.found, "KeyError")
    assert ring_agrees(desk.site, ring) == []
    assert ring_agrees(desk.site, raising(ring, "AssertionError")) != []


def raising(ring: Ring, name: str) -> Ring:
    notes = ring.segments[-1].notes
    notes[-1] = msgspec.structs.replace(notes[-1], raised=name)
    return ring


# -- bounds -----------------------------------------------------------------------------------------------------------


def filled(ring: Ring, desk: Desk, count: int, told: Input | None = None) -> None:
    decision = decide(desk.site, desk.books, desk.memory, inputs.Link(up=True), desk.moment())
    ring.begin(desk.books, Memory())
    now = desk.moment()
    for _ in range(count):
        ring.add(told or inputs.Link(up=True), now, decision, [], wrote=False)
        if ring.due(Memory()):
            ring.begin(desk.books, Memory())


def test_the_last_ten_thousand_are_there_and_the_oldest_segment_falls_out_whole() -> None:
    ring, desk = Ring(), Desk()
    filled(ring, desk, 25_500)
    assert MAX_INPUTS <= len(ring) < MAX_INPUTS + SEGMENT_INPUTS
    assert all(len(segment.notes) == SEGMENT_INPUTS for segment in ring.segments[:-1])
    assert len(ring) == sum(len(segment.notes) for segment in ring.segments)


def test_a_segment_waits_until_nobody_is_at_the_screen_but_not_for_ever() -> None:
    ring, desk = Ring(), Desk()
    desk.tap("help")
    ring.begin(desk.books, desk.memory)
    segment = ring.segments[0]
    segment.notes += [Note(None, None, 0)] * SEGMENT_INPUTS
    assert not ring.due(desk.memory)
    assert ring.due(Memory())
    segment.notes += [Note(None, None, 0)] * (LONGEST_SEGMENT - SEGMENT_INPUTS)
    assert ring.due(desk.memory)


def test_large_inputs_make_the_oldest_fall_out_before_their_time() -> None:
    ring, desk = Ring(), Desk()
    filled(ring, desk, 2_000, inputs.Levels(dict.fromkeys(range(1, 400), desk.reading(1))))
    assert len(ring) < 1_000
    assert sum(segment.bytes for segment in ring.segments) <= MAX_BYTES


@pytest.mark.parametrize("told", ["scan", "room"])
def test_a_note_is_told_in_words(told: str) -> None:
    desk = a_day()
    if told == "room":
        assert told_in_words(Note(None, None, 7)) == "no room to write: sent home"
        return
    notes = [note for segment in desk.again.ring.segments for note in segment.notes]
    scan = next(note for note in notes if isinstance(note.told, inputs.Scan))
    assert "Scan(text='LK1:'" in told_in_words(scan)
