"""The results as a technician reads them: a table, then what is wrong, then what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from edge.app.hardware.learn import Learned
from edge.app.hardware.probing import Asked
from edge.app.hardware.proposal import Proposal, snippet
from edge.app.hardware.scan import Scanned
from edge.app.hardware.soak import Soaked
from edge.app.hardware.table import table
from edge.app.hardware.technician import Technician
from edge.app.hardware.trial import DoorTrial, Tried
from edge.app.hardware.wear import DoorWear, Verdict
from edge.app.hardware.words import doors_in_words

__all__ = ["tell_asked", "tell_learned", "tell_proposal", "tell_scanned", "tell_soaked", "tell_tried"]


def tell_scanned(technician: Technician, scanned: Scanned) -> None:
    technician.say(scanned.machine)
    for title, things, hint in (
        ("Serial ports", scanned.serial, "port of a [[bank]] or a scale"),
        ("Cameras", scanned.cameras, "source of the camera"),
        ("Scales and scanners on USB (HID)", scanned.hid, ""),
        ("Keyboards and scanners that type", scanned.inputs, ""),
        ("I²C buses", scanned.i2c, "bus of an expander or a load cell"),
        ("GPIO chips", scanned.gpio, ""),
    ):
        technician.heading(title + (f": {hint}" if hint and things else ""))
        if not things:
            technician.say("none")
        for thing in things:
            technician.lines([thing.path])
            technician.say(f"{thing.what}; {thing.trouble or 'free'}", 4)


def tell_asked(technician: Technician, asked: Asked) -> None:
    technician.lines([asked.port])
    if asked.trouble:
        technician.say(f"could not be asked: {asked.trouble}", 4)
    for one in asked.found:
        technician.say(f"{one.make}, address {one.address}, {one.baud} baud", 4)
    if not asked.found and not asked.trouble:
        technician.say(
            "nobody answers. Look at power, A and B (swapped?), baud, the address; then ask more addresses.", 4
        )


def tell_learned(technician: Technician, learned: Learned) -> None:
    technician.heading("What was learnt")
    if learned.stopped:
        technician.say(f"Not finished: {learned.stopped}. What follows is of {len(learned.observed)} pulses.")
    good = [one.door for one in learned.observed if one.opened == (one.door,) and tuple(one.moved) == (one.door,)]
    technician.say(f"Lock and contact as expected: {doors_in_words(good)}.")
    turned = [door for door, other in learned.inverted.items() if other]
    if turned:
        technician.say(f"Contact speaks the other way round: {doors_in_words(turned)}.")
    left_out = set(learned.at_rest) - {one.door for one in learned.observed}
    if left_out:
        technician.say(f"Not pulsed: {doors_in_words(left_out)}.")
    found = learned.findings
    if not found and learned.observed:
        technician.say("Nothing is wrong with what was pulsed.")
    if found:
        technician.say()
        rows = [(str(one.kind), ", ".join(map(str, one.doors)), one.text) for one in found]
        technician.lines(table(("finding", "doors", "what was seen, what to do"), rows, technician.width))


def tell_proposal(technician: Technician, proposal: Proposal, file: str, written: str) -> None:
    technician.heading("What the configuration should say")
    for bank, doors in proposal.mixed:
        technician.say(
            f"Bank {bank}: {doors_in_words(doors)} speaks unlike the others of this bank, and one bank has one "
            "polarity. Wire it like the others, or give it a bank of its own."
        )
    for bank in proposal.without:
        technician.say(f"Bank {bank}: its driver has no option for what was found; put the wires right.")
    lines = snippet(proposal)
    if not lines:
        technician.say(f"Nothing to change in {file}. Next: locker hardware test")
        return
    technician.say(f"In place of those tables of {file}:")
    technician.say()
    technician.lines(lines)
    technician.say()
    if written:
        technician.say(f"Written to {written}, which passes the check. Use it with --config, and learn once more.")
    else:
        technician.say("Nothing was written. Learn with --write FILE writes a new file with them.")


def tell_tried(technician: Technician, tried: Tried) -> None:
    technician.heading("What was seen")
    rows = [_tried(one) for one in tried.doors]
    technician.lines(table(("door", "light", "contact", "person", "shut", "all", "verdict"), rows, technician.width))
    technician.say()
    if tried.stopped:
        technician.say(f"Not finished: {tried.stopped}.")
    if tried.all_seen is not None:
        technician.say(f"All open together, as a person saw it: {_mark(tried.all_seen)}.")
    bad = [one.door for one in tried.doors if not one.good]
    technician.say("“–” is what nobody judged.")
    if tried.good:
        technician.say("Every door is good. Next: locker hardware soak --cycles 20")
    else:
        technician.say(
            f"Not good: {doors_in_words(bad)}. Put it right; locker hardware learn says which wire is wrong."
        )


def tell_soaked(technician: Technician, soaked: Soaked) -> None:
    technician.heading(f"{soaked.cycles_done} of {soaked.cycles_wanted} cycles")
    rows = [_soaked(one) for one in soaked.doors]
    head = ("door", "cycles", "median", "p95", "trend", "2nd", "failed", "verdict")
    technician.lines(table(head, rows, technician.width))
    technician.say()
    if soaked.stopped:
        technician.say(f"Ended early: {soaked.stopped}.")
    technician.say("Times in seconds from the beginning of the pulse to the first reading that says open.")
    technician.say(soaked.rule)
    bad = [one.door for one in soaked.doors if one.verdict is not Verdict.GOOD]
    if soaked.good:
        technician.say("Every lock is good. Next: locker hardware report --out FILE")
    elif bad:
        technician.say(f"Look at {doors_in_words(bad)} before this wall goes into service.")


def _tried(one: DoorTrial) -> Sequence[str]:
    marks = [_mark(one.light), _mark(one.contact), _mark(one.seen), _mark(one.shut), _mark(one.in_all)]
    return [str(one.door), *marks, "good" if one.good else "look at it"]


def _soaked(one: DoorWear) -> Sequence[str]:
    trend = "–" if one.trend_s is None else f"{one.trend_s:+.2f}"
    failed = str(sum(one.failures.values()))
    verdict = f"{one.verdict}: {one.why}" if one.why else str(one.verdict)
    return [
        str(one.door),
        str(one.cycles),
        _time(one.median_s),
        _time(one.p95_s),
        trend,
        str(one.second_pulses),
        failed,
        verdict,
    ]


def _time(time_s: float | None) -> str:
    return "–" if time_s is None else f"{time_s:.2f}"


def _mark(judged: bool | None) -> str:
    return "–" if judged is None else "yes" if judged else "NO"
