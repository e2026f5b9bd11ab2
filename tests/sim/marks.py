"""Counts of what a life hits: from rows, screens, taps, answers and faults, each by the name that the tables know.

Who arranges something that nobody could count says so: `mark("group: name")`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, Protocol

from msgspec import structs

from edge.core.documents import RefusedBecause
from edge.core.events import KINDS
from edge.core.screens import Screen
from edge.core.words import ContentSensor, Feedback
from tests.sim.vocabulary import words

ACTS: Final = ("open", "out_of_service", "in_service", "empty", "clear_alarm", "time_reset")
DOCUMENTS: Final = ("keys", "roster", "standing")
ENDED: Final = ("collected", "gone")
# Words that are computed, not written in the source.
COMPUTED: Final = {
    "act_done.act": ("out_of_service", "in_service", "empty", "time_reset"),
    "deposit_abandoned.reason": ("occupied", "dirty"),
    "door_closed.evidence": ("switch", "latch"),
    "door_opened.evidence": ("switch",),
    "door_forced.evidence": ("switch", "latch"),
    "epoch_begun.reason": ("copied", "beyond_head", "foreign_hash", "superseded"),
    "incident_reported.complaint": ("empty", "wrong", "damaged", "cannot_reach"),
    "opening_ended.outcome": (
        "empty",
        "wrong",
        "cannot_reach",
        "cancel",
        "does_not_fit",
        "dirty",
        "undo",
        "reopen",
        "parcel",
        "something_else",
    ),
    "opening_lapsed.reason": ("late_after_pulse", "coil_limit_after_pulse", "board_after_pulse", "supply_after_pulse"),
    "parcel_uncertain.reason": ("empty", "wrong", "cannot_reach"),
    "person_said.said": ("occupied", "dirty", "empty", "something_else"),
    "space_marked.mark": ("ok", "low", "reserve", "ballast", "zero"),
    "time_signed.source": ("keys", "roster", "standing", "watermark"),
    "fault_raised.what": ("supply", "camera"),
    "fault_cleared.what": ("board", "supply", "camera"),
    "courier_entered.role": ("courier", "technician"),
    "parcel_announced.parcel_kind": ("pickup", "return", "send"),
    "compartment_let.parcel_kind": ("return", "send"),
    "parcel_cancelled.reason": ("cancelled", "redirected"),
    "compartment_out_of_service.reason": ("cleaning", "round"),
}
NOT_WORDS: Final = ("detail", "size")  # text for people, and what is measured
REFUSED_ELSEWHERE: Final = ("credential_refused.reason", "credential_refused.source", "deposit_refused.reason")
FLAGS: Final = (
    "opening_authorised.grace",
    "compartment_let.announced",
    "parcel_deposited.withheld",
    "parcel_announced.heavy",
    "parcel_announced.reachable",
    "parcel_announced.second_factor",
    "standing_adopted.returning",
    "standing_adopted.second_factor",
    "epoch_begun.gap",
    "door_forced.during",
    "compartment_to_review.maybe",
    "parcel_deposited.unannounced",
)


class Told(Protocol):
    """A row of the journal, whoever read it."""

    @property
    def kind(self) -> str: ...

    @property
    def payload(self) -> bytes: ...


class Coverage:
    """Counts.  Rows must come in order; the rest as it happens."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._purposes: dict[int, tuple[str, str]] = {}  # opening → purpose and kind of authority
        self._stages: dict[int, str] = {}  # live opening → authorised, open or closed
        self._held_over: dict[int, str] = {}  # live at a start, and what it was then
        self._announced: set[str] = set()
        self._asked: dict[int, str] = {}
        self._last = ""

    def mark(self, name: str, times: int = 1) -> None:
        """Something was hit.  `name` is "group: name"."""
        self.counts[name] += times

    def add(self, counts: Mapping[str, int]) -> None:
        self.counts.update(counts)

    # -- people ---------------------------------------------------------------------------------------------------

    def of_choice(self, stage: str, choice: str) -> None:
        self.mark("choice: more_time" if choice == "more_time" else f"choice: {stage}/{choice}")

    def of_entry(self, stage: str) -> None:
        """Something was typed."""
        self.mark(f"typed: {stage}")

    def of_scan(self, stage: str) -> None:
        self.mark(f"scanned: {stage}")

    def of_screen(self, shown: Screen) -> None:
        self.mark(f"screen: {shown.name}")
        for name, value in shown.params.items():
            if value:
                self.mark(f"shown: {shown.name}+{name}")
        if "hint" in shown.params:
            self.mark(f"refusal: {shown.params['hint']}")
        if shown.others:
            self.mark(f"shown: {shown.name}.others")
        if shown.unread:
            self.mark(f"shown: {shown.name}.unread")

    # -- rows -----------------------------------------------------------------------------------------------------

    def of_row(self, row: Told) -> None:
        event: dict[str, Any] = json.loads(row.payload)
        self.mark(f"event: {row.kind}")
        self._words(row.kind, event)
        opening = int(event.get("opening", 0))
        if row.kind == "opening_authorised":
            authority = event["authority"]["kind"]
            self._purposes[opening] = (event["purpose"], authority)
            self.mark(f"credential: {authority} × {'grace' if event.get('grace') else event['purpose']}")
            if event.get("list_age_s", -1) > 600:
                self.mark("opened without the cloud")
        if row.kind == "opening_lapsed" and self._purposes.get(opening, ("", ""))[1] == "command":
            self.mark("order: open lapsed")
        if opening in self._purposes:
            self.mark(f"at: {row.kind}@{self._purposes[opening][0]}")
        self._refusals(row.kind, event)
        if row.kind == "order_handled":
            self.mark(f"order: {_order(event['order'], event['result'])}")
        elif row.kind == "document_received":
            self.mark(f"document: {event['name']}")
        self._unannounced(row.kind, event)
        self._lives(row.kind, event, opening)
        self._last = row.kind

    def _words(self, kind: str, event: dict[str, Any]) -> None:
        for name, value in (_defaults(kind) | event).items():
            if isinstance(value, str) and f"{kind}.{name}" in fields():
                self.mark(f"word: {kind}.{name}={value}")
            elif f"{kind}.{name}" in FLAGS and value:
                self.mark(f"word: {kind}.{name}")

    def _refusals(self, kind: str, event: dict[str, Any]) -> None:
        if kind == "deposit_refused":
            self.mark(f"refusal: {event['reason']}")
        elif kind == "credential_refused":
            source, reason, count = event["source"], event["reason"], event.get("count", 1)
            if source == "order":
                self.mark(f"order: not taken: {reason}", count)
            elif source in DOCUMENTS:
                self.mark(f"document: {source} not taken: {reason}", count)
            else:
                self.mark(f"refusal: {reason}", count)

    def _unannounced(self, kind: str, event: dict[str, Any]) -> None:
        if kind in ("parcel_announced", "standing_adopted"):
            self._announced.add(event["parcel"])
        elif kind == "parcel_deposited" and event["parcel"] not in self._announced:
            self.mark("word: parcel_deposited.unannounced")

    def _lives(self, kind: str, event: dict[str, Any], opening: int) -> None:
        """What each opening was when a boot began, and what became of it."""
        if kind == "started":
            self._began()
        elif kind == "opening_authorised":
            self._stages[opening] = "authorised"
        elif kind in ("door_opened", "door_adopted"):
            self._stages[opening] = "open"
        elif kind == "door_closed":
            self._stages[opening] = "closed"
        ends = {
            "opening_lapsed": "lapsed",
            "door_adopted": "adopted",
            "compartment_to_review": "review",
            "opening_ended": "decided by content",
            "parcel_uncertain": "review",
        }
        end = ends.get(kind)
        was = self._held_over.pop(opening, "") if end else ""
        if was:
            self.mark(f"cut: {was}, then {end}")
            if self._purposes.get(opening, ("", ""))[1] == "command":
                self.mark(f"cut: a command's opening, then {end}")
        if end and end != "adopted":
            self._stages.pop(opening, None)
        if kind == "door_jammed":
            self._stages.pop(opening, None)

    def _began(self) -> None:
        self._held_over = dict(self._stages)
        if self._last in ("parcel_collected", "opening_ended"):
            self.mark("cut: after the collection")
        if self._last == "pin_failed":
            self.mark("cut: after a PIN failure")

    # -- technicians ----------------------------------------------------------------------------------------------

    def asked(self, request: int, act: str) -> None:
        """A technician asks for an act."""
        self._asked[request] = act

    def answered(self, request: int, ok: bool) -> None:
        act = self._asked.pop(request, "")
        if act:
            self.mark(f"act: {act} {'done' if ok else 'refused'}")

    # -- the world ------------------------------------------------------------------------------------------------

    def of_fault(self, name: str) -> None:
        self.mark(f"fault: {name}")

    def of_wall(self, feedback: Feedback, content: ContentSensor) -> None:
        self.mark(f"wall: {feedback} and {content}")


def _order(kind: str, result: str) -> str:
    """What an order came to, without numbers of doors and parcels."""
    if result.startswith("done"):
        return f"{kind} {result}"
    reason = result.removeprefix("refused: ")
    if reason == RefusedBecause.EXPIRED:
        return "expired"
    if reason == RefusedBecause.UNKNOWN_KIND:
        return "unknown kind"
    if reason == RefusedBecause.MALFORMED and kind not in (*DOCUMENTS, "time_reset"):
        return "malformed content"
    if kind in (*DOCUMENTS, "time_reset"):
        return f"{kind} refused"
    if reason.startswith(("brake", "no door")):
        return f"{kind} refused: {'brake' if reason.startswith('brake') else 'no door'}"
    if kind in ("cancel", "extend") and reason in ENDED:
        return f"{kind} refused: ended"
    if kind == "open" and reason != RefusedBecause.WRONG_NONCE:
        return "open refused: hindered"
    return f"{kind} refused: {reason}"


@cache
def _defaults(kind: str) -> dict[str, Any]:
    """Words that a row leaves out, because they are the usual ones."""
    known = KINDS.get(kind)
    own = structs.fields(known) if known is not None else ()
    return {field.name: str(field.default) for field in own if isinstance(field.default, str) and field.default}


@cache
def fields() -> dict[str, frozenset[str]]:
    """Field of an event → every word that can stand there."""
    found = {name: known for name, known in words().items() if name not in REFUSED_ELSEWHERE}
    found = {name: known for name, known in found.items() if name.rpartition(".")[2] not in NOT_WORDS}
    for name, more in COMPUTED.items():
        found[name] = found.get(name, frozenset()) | frozenset(more)
    return dict(sorted(found.items()))
