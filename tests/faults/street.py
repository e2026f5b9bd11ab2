"""One street: a world that lives on, one locker that is killed again and again, and the people before it."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Final

import msgspec

from edge.core.claims import Claims
from edge.core.standing import StandingList
from edge.core.state import HERE, State
from edge.core.words import CompartmentState, ContentSensor, ParcelState, Purpose
from hal.sim.chronicle import Deed, Entry
from hal.sim.client import WorldClient
from sync.hub.issue import mint_code, sign_keys, sign_roster, sign_standing
from tests.core.desk import COURIER_BADGE, COURIER_PIN, DAY_S, make_roster, sent
from tests.credentials.known_keys import BUNDLE, COMMAND, COURIER, NOW_S, PICKUP, ROOT, SITE
from tests.faults.aims import Aim
from tests.faults.life import WAIT_S, Life
from tests.faults.nursery import Nursery
from tests.faults.record import Record, check_books
from tests.faults.runner import JOURNAL, SOCKET

ERRAND_S: Final = 6.0  # then whatever goes on is killed
QUIET_S: Final = 0.1  # after a start, in which nobody does anything
MOST_INSIDE: Final = 4
LEAST_FREE: Final = 3


class Street:
    """`play(aims)`: one errand for each, ended by its kill, and everything checked after it."""

    def __init__(self, nursery: Nursery, folder: Path, content: ContentSensor, seed: int) -> None:
        self._nursery, self._folder, self._content = nursery, folder, str(content)
        self._senses = content is not ContentSensor.NONE  # else who leaves a parcel inside has to say so
        self._chance = Random(seed)
        self._base_s = time.monotonic()
        _, self._window = nursery.fork("world", folder, str(content), str(seed))
        self._lines = self._window.makefile("rb")
        assert self._lines.readline() == b"ready\n"
        self._world = WorldClient(folder / SOCKET)
        self.entries: list[Entry] = []
        self._task = ("", "")  # what the person before the wall does when a door opens: put or take, and which parcel
        self._onlooker = threading.Thread(target=self._look_on)
        self.record = Record(folder / JOURNAL)
        self.labels: dict[str, str] = {}  # parcel → label
        self.moments: Counter[str] = Counter()
        self.last_rows: Counter[str] = Counter()
        self._onlooker.start()
        self._life = self._born()
        self._enrol()

    def play(self, aims: list[Aim]) -> None:
        for aim in aims:
            self._errand(aim)
            self._life.kill("at rest")
            self._after_a_kill()
        self._empty_the_wall()
        self._life.kill("at the end")
        self._life.bury()
        self.record.read(self._life)
        self.record.check_pulses(self._chronicle(), self._life)
        self.record.collected()

    def close(self) -> None:
        """End whatever still runs, also after a failure."""
        self._life.kill("at the end")
        self._life.bury()
        self._world.close()
        self._window.shutdown(socket.SHUT_RDWR)
        self._onlooker.join(WAIT_S)
        self._lines.close()
        self._window.close()

    def story(self) -> str:
        """The last of what was written and of what happened, in the order of time."""
        kept = [e for e in self.entries if e.deed not in (Deed.LIGHT, Deed.BEEP)][-60:]
        happened = [(e.at_s - self._base_s, f"    {e}") for e in kept]
        killed = [(life.killed_s - self._base_s, f"killed {life.hit}") for life in self.record.lives]
        written = [(row.wall_s - NOW_S, f"{row.seq} boot {row.boot} {row.event}") for row in self.record.read_now()]
        first_s = happened[0][0] if happened else 0.0
        return "\n".join(f"{at_s:8.3f} {what}" for at_s, what in sorted(happened + killed + written) if at_s >= first_s)

    # -- lives --------------------------------------------------------------------------------------------------------

    def _born(self) -> Life:
        return Life(self._nursery, self._folder, self._content, self._base_s)

    def _enrol(self) -> None:
        nothing = StandingList(site=SITE, issued_at=NOW_S, version=1, after_order=0, parcels=())
        documents = {
            "keys": sign_keys(BUNDLE, ROOT),
            "roster": sign_roster(make_roster(), COMMAND),
            "standing": sign_standing(nothing, COMMAND),
        }
        for name, data in documents.items():
            self._life.say(f"document {name} {data.hex()}")
        assert self._life.until_shown("attract")
        self._tidy(self._life.books())

    def _after_a_kill(self) -> None:
        """Read what is left, start again, wait until all is at rest, and hold the books against the world."""
        dead = self._life
        dead.bury()
        self.moments[dead.hit] += 1
        self.record.read(dead)
        self.last_rows[self.record.last_kind()] += 1
        self._life = self._born()
        self._life.until(lambda: False, QUIET_S)
        self.record.check_pulses(self._chronicle(), self._life)
        books = self._at_rest()
        self.record.collected()
        check_books(books, self._inside(), self.labels)
        self._try_used_code(books)
        self._tidy(books)

    def _at_rest(self) -> State:
        """Every door is shut by whoever stands there, and nothing is under way any more."""
        until_s = time.monotonic() + WAIT_S
        while time.monotonic() < until_s:
            for door, truth in self._world.doors().items():
                if truth["position"] != "shut" and not self._handling(door):
                    self._world.do("shut", door=door)
            books = self._life.books()
            if not books.openings and all(truth["position"] == "shut" for truth in self._world.doors().values()):
                return books
            self._life.until(lambda: False, 0.1)
        raise AssertionError(f"not at rest after {WAIT_S} s: {self._life.books().openings}, {self._world.doors()}")

    # -- errands ------------------------------------------------------------------------------------------------------

    def _errand(self, aim: Aim) -> None:
        books = self._life.books()
        here = [self.labels[p] for p, known in books.parcels.items() if known.state in HERE]
        here = [label for label in here if self._world.where(label) != "street"]
        free = [d for d, record in books.compartments.items() if record.state is CompartmentState.FREE]
        if here and (len(here) >= MOST_INSIDE or not free or self._chance.random() < 0.55):
            self._pickup(self._chance.choice(here), aim)
        else:
            self._deposit(self._a_parcel(books), aim)

    def _pickup(self, label: str, aim: Aim | None) -> None:
        leaves_it = aim is not None and self._senses and self._chance.random() < 0.1
        self._task = ("look" if leaves_it else "take", label)
        if aim is not None:
            self._life.take_aim(aim)
        self._life.say(f"scan {self._code(label)}")
        seen = self._life.screens
        self._life.until(lambda: self._life.screens > seen)
        self._life.until_shown(
            "thanks", "refused", "did_you_get_it", "left_inside", "jammed", "too_late", "attract", wait_s=ERRAND_S
        )

    def _deposit(self, label: str, aim: Aim) -> None:
        self._courier_begins()
        self._task = ("put", label)
        self._life.take_aim(aim)
        self._life.say(f"label {label}")
        self._life.until_shown("put", "opening", wait_s=ERRAND_S)
        self._life.until_shown("ready", "jammed", "too_late", "refused", wait_s=ERRAND_S)

    def _courier_begins(self) -> None:
        claims = Claims(
            id=bytes.fromhex(COURIER_BADGE),
            site=SITE,
            purpose=Purpose.DEPOSIT,
            expires_s=NOW_S + 2 * DAY_S,
            carrier="dpd",
        )
        self._life.say(f"scan {mint_code(claims, COURIER)}")
        assert self._life.until_shown("badge_pin"), self._life.shown
        self._life.say(f"type {COURIER_PIN}")
        assert self._life.until_shown("look", "ready"), self._life.shown
        if self._life.shown[0] == "look":
            self._life.say("tap not_now")
        assert self._life.until_shown("ready"), self._life.shown

    def _a_parcel(self, books: State) -> str:
        """One that a courier still has in hand, unless the locker thinks that it may be inside; else a new one."""
        for parcel, label in self.labels.items():
            known = books.parcels.get(parcel)
            if self._world.where(label) == "street" and (known is None or known.state not in HERE):
                return label
        label = f"JD{len(self.labels):06d}"
        self._world.parcel(label)
        self.labels[sent(label).parcel] = label
        return label

    def _try_used_code(self, books: State) -> None:
        """A code that was used up in an earlier life opens nothing."""
        used = [
            p
            for p, known in books.parcels.items()
            if known.state is ParcelState.COLLECTED and known.ended_boot < books.boot
        ]
        if not used:
            return
        before = self._pulses()
        self._task = ("look", "")
        self._life.say(f"scan {self._code(self.labels[self._chance.choice(used)])}")
        assert self._life.until_shown("refused"), f"I2: {self._life.shown}"
        assert self._pulses() == before, "I2: a used code opened a door"

    def _tidy(self, books: State) -> None:
        """A technician looks into compartments in review, where they are needed, and says which are empty."""
        states = {door: record.state for door, record in books.compartments.items()}
        if sum(state is CompartmentState.FREE for state in states.values()) > LEAST_FREE:
            return
        inside = self._inside()
        for door, state in states.items():
            if state is CompartmentState.REVIEW and not inside[door]:
                self._life.say(f"empty {door}")

    def _empty_the_wall(self) -> None:
        """I3: at last every parcel that is inside comes out on its code."""
        for labels in self._inside().values():
            for label in labels:
                self._pickup(label, None)
                assert self._world.where(label) == "person", f"I3: {label} is still inside; {self._life.shown}"
                self._at_rest()

    def _code(self, label: str) -> str:
        claims = Claims(id=bytes.fromhex(sent(label).reservation), site=SITE, expires_s=NOW_S + 40 * DAY_S)
        return mint_code(claims, PICKUP)

    # -- the world ----------------------------------------------------------------------------------------------------

    def _inside(self) -> dict[int, list[str]]:
        return {door: list(truth["inside"]) for door, truth in self._world.doors().items()}

    def _chronicle(self) -> list[Entry]:
        """Everything up to now; the onlooker's list may lag by what is in the pipe."""
        return self._world.chronicle()

    def _pulses(self) -> int:
        return sum(entry.deed is Deed.PULSE_BEGAN for entry in self._chronicle())

    def _handling(self, door: int) -> bool:
        """Whether the person still has something to do at this open door."""
        opened = [e.at_s for e in self.entries if e.deed is Deed.DOOR_MOVED and e.door == door and e.of == "shut"]
        return bool(opened) and time.monotonic() - opened[-1] < 1.5

    def _look_on(self) -> None:
        """See every deed as it happens: aim, and be the person to whom a door opens."""
        for line in self._lines:
            entry = msgspec.json.decode(line, type=Entry)
            self.entries.append(entry)
            life = self._life
            if life.aim is not None and life.aim.by_deed(entry.deed):
                life.kill(life.aim.name)
            if entry.deed is Deed.DOOR_MOVED and entry.of == "shut":
                self._attend(entry.door)

    def _attend(self, door: int) -> None:
        """Nobody at a door minds whether the locker lives."""
        (what, label), first_s = self._task, self._chance.uniform(0.05, 0.3)
        if what == "put" and self._world.where(label) == "street":
            self._world.do("put", parcel=label, door=door, after_s=first_s)
        elif what == "take":
            self._world.do("take", door=door, after_s=first_s)
        self._world.do("shut", door=door, after_s=first_s + self._chance.uniform(0.35, 0.8))
