"""What the person sees, as message ids and parameters; never a sentence.  Kiosk, shell and tests read the same.

`screen` is a pure function of the site, the state and the memory.  `choices` has at most four entries, in the order
in which they stand on the screen, the main one first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from msgspec import Struct

from edge.core.allocation import free_by_size, lettable
from edge.core.memory import Memory, Session
from edge.core.sessions import MAX_EXTENSIONS
from edge.core.site import Site
from edge.core.state import State
from edge.core.words import CompartmentState, DoorState, Level, Purpose, Role

MAX_CHOICES: Final = 4
# Here somebody is about to put a parcel in.
PUTS: Final = frozenset({"opening", "push_then_pull", "put", "place"})
PUTTING_IN: Final = frozenset({Purpose.DEPOSIT, Purpose.DROP_OFF})


class Screen(Struct, frozen=True):
    """One screen.

    name: message id.  params: numbers and names for its sentences.  choices: message ids of taps.
    number: of this choice set; a tap that names another is stale.  tone: calm, good, attention, danger.
    entry: what may be typed (`pin`, `number`, `label`), or empty.  doors: how each door is drawn on the map of the
    wall (`quiet`, `this`, `open`, `fault`, `free`).  door: the one this is about, 0 for none.
    others: other doors that stand open.  idle: whether the warning "are you still there?" is up.
    unread: why the code before the camera cannot be read, where one is wanted; else empty.
    """

    name: str
    params: dict[str, Any] = {}
    choices: tuple[str, ...] = ()
    number: int = 0
    tone: str = "calm"
    entry: str = ""
    door: int = 0
    doors: dict[int, str] = {}
    others: tuple[int, ...] = ()
    idle: bool = False
    offline: bool = False
    unread: str = ""


# stage → (choices, tone, entry)
STAGES: Final[dict[str, tuple[tuple[str, ...], str, str]]] = {
    # customers
    "pin": (("end",), "calm", "pin"),
    "second_factor": (("end",), "calm", "pin"),
    "send": (("end",), "calm", "label"),
    "courier_number": (("end",), "calm", "number"),
    "refused": (("back", "pin", "help"), "attention", ""),
    "opening": ((), "calm", ""),
    "push_then_pull": ((), "attention", ""),
    "take": (("problem", "decline", "cannot_reach"), "good", ""),
    "left_inside": (("problem",), "attention", ""),
    "problem": (("empty", "wrong", "damaged", "back"), "attention", ""),
    "help": (("end",), "attention", ""),
    "did_you_get_it": (("yes", "no", "open_again", "problem"), "attention", ""),
    "reopen": (("open_again", "end"), "attention", ""),
    "jammed": (("next",), "danger", ""),
    "out_of_use": (("next", "help"), "attention", ""),
    "board_silent": (("try_again", "help", "end"), "danger", ""),
    "too_late": (("try_again", "help", "end"), "attention", ""),
    "stands_open": (("try_again", "help", "end"), "attention", ""),
    "one_moment": (("try_again", "help", "end"), "calm", ""),
    "thanks": (("open_again", "problem", "end"), "good", ""),
    # drop-off
    "choose_size": (("S", "M", "L", "XL"), "calm", ""),
    "place": (("other_size", "cancel"), "good", ""),
    "no_parcel": (("open_again", "cancel"), "attention", ""),
    "is_it_inside": (("yes", "open_again", "no"), "attention", ""),
    "receipt": (("end",), "good", ""),
    "cancelled": ((), "calm", ""),
    # couriers
    "badge_pin": (("end",), "calm", "pin"),
    "look": (("open", "not_now"), "attention", ""),
    "look_inside": (("empty", "parcel", "something_else"), "attention", "label"),
    "what_is_inside": (("empty", "parcel", "something_else", "open_again"), "attention", "label"),
    "others_inside": (("yes", "no", "open_again"), "attention", "label"),
    "ready": (("collect", "last", "look", "end"), "calm", "label"),
    "last": (("open_again", "undo", "back"), "calm", "label"),
    "collect": (("all", "one", "back"), "calm", "label"),
    "offer": (("add", "own_door"), "calm", ""),
    "put": (("does_not_fit", "occupied", "dirty", "cancel"), "good", "label"),
    "take_out": ((), "attention", ""),
    "scan_out": ((), "good", "label"),
    "taken": (("all_taken", "left", "missing"), "attention", "label"),
    "summary": ((), "good", ""),
}


def screen(site: Site, state: State, memory: Memory) -> Screen:
    """The screen for the present situation."""
    session = memory.session
    if session is None:
        return _nobody(site, state, memory)
    choices, tone, entry = STAGES[session.stage]
    if session.stage == "ready" and session.role is Role.TECHNICIAN:
        entry = ""  # who brings no parcels has no labels
    narrowed = _NARROWED.get(session.stage)
    if narrowed is not None:
        choices = narrowed(session, choices)
    return Screen(
        name=session.stage,
        params={**_person(session), **session.params, **_beside(session, memory), **_site(site)},
        choices=_with_more_time(session, choices),
        number=memory.choices,
        tone=tone,
        entry=entry,
        door=session.door,
        doors=doors(site, state, memory, session),
        others=tuple(d for d in standing_open(memory) if d != session.door),
        idle=session.warned,
        offline=not memory.online,
        unread=memory.unread if entry == "label" or session.stage == "refused" else "",
    )


def _with_more_time(session: Session, choices: tuple[str, ...]) -> tuple[str, ...]:
    """While it is asked whether anybody is still there; the last choice steps aside where there is no room."""
    if not session.warned or session.extended >= MAX_EXTENSIONS:
        return choices
    return (*choices[: MAX_CHOICES - 1], "more_time")


def _nobody(site: Site, state: State, memory: Memory) -> Screen:
    """Attract, or why nothing can be served."""
    name, tone, entry = "attract", "calm", "pin"
    choices: tuple[str, ...] = ("pin", "send", "courier", "help")
    if out_of_order(state, memory):
        name, choices, tone, entry = "out_of_order", ("help",), "danger", ""
    elif state.restoring:
        name, choices, tone = "restoring", ("pin", "help"), "attention"
    params = {
        "free": free_by_size(site, state, memory),
        "full": not lettable(site, state, memory),
        "no_camera": any(part.startswith("camera:") for part in memory.broken),
    }
    return Screen(
        name=name,
        params={**params, **_site(site)},
        choices=choices,
        number=memory.choices,
        tone=tone,
        entry=entry,
        doors=doors(site, state, memory, None),
        others=standing_open(memory),
        offline=not memory.online,
        unread="" if name == "out_of_order" else memory.unread,
    )


def out_of_order(state: State, memory: Memory) -> bool:
    """Whether no door can be opened for anybody: no space to write, no power for the locks, or no board answers."""
    silent = bool(memory.doors) and all(s.state is DoorState.UNKNOWN for s in memory.doors.values())
    return memory.full or state.space == "zero" or not memory.rail_ok or silent


def standing_open(memory: Memory) -> tuple[int, ...]:
    """Doors that are seen open now."""
    return tuple(sorted(d for d, s in memory.doors.items() if s.reading is not None and s.reading.level is Level.OPEN))


def doors(site: Site, state: State, memory: Memory, session: Session | None) -> dict[int, str]:
    """How each door is drawn.  A customer is told nothing about what stands where; a courier which doors are free and
    which are in doubt; a technician in addition what is broken or wrong, and of no door that it is free."""
    opened = set(standing_open(memory))
    role = session.role if session is not None else Role.CUSTOMER
    wrong = _complained_of(state, memory) if role is Role.TECHNICIAN else frozenset()
    return {p.door: _drawn(p.door, state, session, opened, role, wrong) for p in site.compartments}


def _drawn(
    door: int, state: State, session: Session | None, opened: set[int], role: Role, wrong: frozenset[int]
) -> str:
    if session is not None and session.door == door and session.stage != "refused":
        return "this"
    if door in opened:
        return "open"
    record = state.compartments.get(door)
    if role is Role.CUSTOMER or record is None:
        return "quiet"
    if door in wrong or record.state in (CompartmentState.OUT_OF_SERVICE, CompartmentState.REVIEW):
        return "fault"
    return "free" if role is Role.COURIER and record.state is CompartmentState.FREE else "quiet"


def _complained_of(state: State, memory: Memory) -> frozenset[int]:
    """Doors of which a fault or an alarm tells, and doors that do not answer, or did not open."""
    faults = (key for key in state.faults if key.startswith("door_") or ":door " in key)  # of others, a board's name
    told = {key.partition(":")[2].removeprefix("door ") for key in (*faults, *state.alarms)}
    unwell = {d for d, s in memory.doors.items() if s.state in (DoorState.UNKNOWN, DoorState.JAMMED, DoorState.FORCED)}
    return frozenset({int(which) for which in told if which.isdecimal()} | unwell)


def _site(site: Site) -> dict[str, Any]:
    return {"site_number": site.number, "site_name": site.name, "telephone": site.policy.telephone}


def _person(session: Session) -> dict[str, Any]:
    return {"label": session.label} if session.label else {}


def _beside(session: Session, memory: Memory) -> dict[str, Any]:
    """What is true beside the stage: the door that did not open, the weight, the wish for reach, what is not sent."""
    beside: dict[str, Any] = {}
    parcel = session.parcel if session.stage in PUTS and session.purpose in PUTTING_IN else ""
    if parcel and session.stuck[0] == parcel and session.stuck[1] != session.door:
        beside["instead"] = session.stuck[1]
    if parcel and session.weighed[0] == parcel and session.weighed[1]:
        beside["weight_g"] = session.weighed[1]
    if session.stage == "choose_size" and memory.reach:
        beside["within_reach"] = True
    if session.stage == "ready" and not memory.online and (brought := len(session.deposited) + len(session.collected)):
        beside["waiting"] = brought
    return beside


def _ready(session: Session, choices: tuple[str, ...]) -> tuple[str, ...]:
    absent = set()
    if not session.params.get("to_collect"):
        absent.add("collect")
    if not session.last_opening:
        absent.add("last")
    if not session.params.get("to_look_into"):
        absent.add("look")
    return tuple(c for c in choices if c not in absent)


def _refused(session: Session, choices: tuple[str, ...]) -> tuple[str, ...]:
    if session.role is not Role.CUSTOMER:
        return ("back",)
    return choices if session.params.get("reason") == "malformed" else ("back", "help")


def _take(session: Session, choices: tuple[str, ...]) -> tuple[str, ...]:
    if session.params.get("grace"):
        return ("problem",)  # what was collected can be declined no more
    return () if session.params.get("declined") else choices


def _place(session: Session, choices: tuple[str, ...]) -> tuple[str, ...]:
    return () if session.params.get("cancelled") else choices


def _put(session: Session, choices: tuple[str, ...]) -> tuple[str, ...]:
    if session.params.get("cancelled"):
        return ()
    if session.params.get("reopened"):
        return ("undo",)
    return ("does_not_fit", "cancel") if session.params.get("added") else choices


def _choose_size(session: Session, choices: tuple[str, ...]) -> tuple[str, ...]:
    """Sizes for which there is a door, and a way out where there is room for it."""
    free = tuple(c for c in choices if c in session.params.get("free", ()))
    return (*free, "end")[:MAX_CHOICES]


def _jammed(session: Session, choices: tuple[str, ...]) -> tuple[str, ...]:
    return choices if session.doors or session.role is not Role.CUSTOMER else ("end",)


def _out_of_use(session: Session, choices: tuple[str, ...]) -> tuple[str, ...]:
    return choices if session.doors else ("end", "help")


def _silent(session: Session, choices: tuple[str, ...]) -> tuple[str, ...]:
    """A courier on a round may leave this door for now; no courier is kept from the round by asking for help."""
    if session.purpose == Purpose.COLLECTION:
        return ("try_again", "next", "end")
    return choices if session.role is Role.CUSTOMER else ("try_again", "end")


def _thanks(session: Session, choices: tuple[str, ...]) -> tuple[str, ...]:
    return ("end",) if session.params.get("declined") else choices  # what was declined is not theirs to open again


_NARROWED: Final[dict[str, Callable[[Session, tuple[str, ...]], tuple[str, ...]]]] = {
    "ready": _ready,
    "refused": _refused,
    "take": _take,
    "place": _place,
    "put": _put,
    "choose_size": _choose_size,
    "jammed": _jammed,
    "out_of_use": _out_of_use,
    "thanks": _thanks,
    "board_silent": _silent,
    "too_late": _silent,
    "stands_open": _silent,
    "one_moment": _silent,
}
