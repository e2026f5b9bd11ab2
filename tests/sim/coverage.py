"""How often a life hit each thing that the product can do, against everything that it can do.

    coverage = Coverage()
    coverage.mark("crash: at the pulse")   # whoever arranges something names it: "group: name"
    coverage.of_row(row)                   # every row of the journal, in order
    coverage.of_screen(screen)             # every screen that is shown
    coverage.of_choice("take", "decline")  # every tap that was not stale
    coverage.counts                        # Counter of marks, adds up over lives

What can be hit (`known()`) is read from the product's own tables and source, so that a hole shows by itself: screens
and their choices, event kinds and the words in them, refusals, orders, faults, troubles.  The branches of the flows
and the rows of the crash table are named in tests/sim/branches.py.

    python -m tests.sim.coverage --from FILE.json   # the counts of a run (Report.coverage), as Markdown
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol

from msgspec import structs

from edge.core import orders
from edge.core.documents import RefusedBecause
from edge.core.events import KINDS
from edge.core.refusal import Refusal
from edge.core.screens import STAGES, Screen
from edge.core.words import ContentSensor, Feedback
from hal.sim.faults import FAULTS
from tests.sim.branches import FLOWS
from tests.sim.unreachable import UNREACHABLE
from tests.sim.vocabulary import words

HOME: Final = {
    "attract": ("pin", "send", "courier", "help"),
    "restoring": ("pin", "help"),
    "out_of_order": ("help",),
}
# Choices that a screen has instead of, or beside, those of its stage.
ALSO: Final = (
    "put/undo",
    "choose_size/end",
    "jammed/end",
    "board_silent/next",
    "stands_open/next",
    "one_moment/next",
    "too_late/next",
)
SOURCES: Final = (
    "code × pickup",
    "pin × pickup",
    "code × grace",
    "pin × grace",
    "badge × deposit",
    "code × drop_off",
    "badge × collection",
    "badge × inspection",
    "technician × service",
    "command × service",
)
ACTS: Final = ("open", "out_of_service", "in_service", "empty", "clear_alarm", "time_reset")
DOCUMENTS: Final = ("keys", "roster", "standing")
ORDER_REFUSED: Final = (
    "announce refused: collected",
    "announce refused: pin_collision",
    "cancel refused: unknown parcel",
    "cancel refused: ended",
    "extend refused: unknown parcel",
    "extend refused: ended",
    "open refused: wrong_nonce",
    "open refused: brake",
    "open refused: no door",
    "open refused: hindered",
    "open lapsed",
    "out_of_service refused: held",
    "out_of_service refused: under_way",
    "out_of_service refused: no door",
    "in_service refused: no door",
    "keys refused",
    "roster refused",
    "standing refused",
    "time_reset refused",
    "expired",
    "malformed content",
    "unknown kind",
)
ENDED: Final = ("collected", "gone")
# Words that are computed, not written in the source.
COMPUTED: Final = {
    "act_done.act": ACTS,
    "compartment_to_review.reason": ("forced", "grace"),
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
    "opening_lapsed.reason": ("late_after_pulse", "coil_limit_after_pulse", "board_after_pulse"),
    "parcel_uncertain.reason": ("empty", "wrong", "cannot_reach"),
    "person_said.said": ("occupied", "dirty", "empty", "something_else"),
    "space_marked.mark": ("ok", "low", "reserve", "ballast", "zero"),
    "time_signed.source": ("keys", "roster", "standing", "watermark"),
    "fault_raised.what": ("supply",),
    "fault_cleared.what": ("board", "supply"),
    "courier_entered.role": ("courier", "technician"),
    "parcel_announced.parcel_kind": ("pickup", "return", "send"),
    "compartment_let.parcel_kind": ("return",),
    "parcel_cancelled.reason": ("cancelled", "redirected"),
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
# Names that whoever arranges troubles marks with "trouble: …"; the faults of the hardware mark themselves.
TROUBLES: Final = (
    "power cut",
    "power cut at a deed",
    "power cut after an fsync",
    "power cut in the recovery",
    "power cut at a scan",
    "process killed",
    "fsync fails",
    "fsync stalls",
    "slow card",
    "card full",
    "card copied",
    "card restored",
    "card replaced",
    "clock wrong",
    "clock wrong at the start, no cloud",
    "line cut",
    "line loses",
    "hub backed up",
    "hub restored",
    "forged orders",
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
        self._told: tuple[str, int] = ("", -1)

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

    # -- power ----------------------------------------------------------------------------------------------------

    def told(self, what: str, committed: int) -> None:
        """A scan or a PIN goes in, while so many rows are durable."""
        self._told = (what, committed)

    def power_gone(self, committed: int) -> None:
        what, before = self._told
        if what and before == committed:
            self.mark(f"cut: after a {what}, nothing durable")
        self._told = ("", -1)

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
            if isinstance(value, str) and f"{kind}.{name}" in _fields():
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
    if result == "done":
        return f"{kind} done"
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
        return "open lapsed" if reason.startswith("lapsed") else "open refused: hindered"
    return f"{kind} refused: {reason}"


@cache
def _defaults(kind: str) -> dict[str, Any]:
    """Words that a row leaves out, because they are the usual ones."""
    known = KINDS.get(kind)
    fields = structs.fields(known) if known is not None else ()
    return {field.name: str(field.default) for field in fields if isinstance(field.default, str) and field.default}


@cache
def _fields() -> dict[str, frozenset[str]]:
    fields = {name: known for name, known in words().items() if name not in REFUSED_ELSEWHERE}
    fields = {name: known for name, known in fields.items() if name.rpartition(".")[2] not in NOT_WORDS}
    for name, more in COMPUTED.items():
        fields[name] = fields.get(name, frozenset()) | frozenset(more)
    return dict(sorted(fields.items()))


def known() -> dict[str, list[str]]:
    """Group → every mark of it that the product can make."""
    choices = [f"{stage}/{choice}" for stage, (choices, _, _) in STAGES.items() for choice in choices]
    choices += [f"{stage}/{choice}" for stage, choices in HOME.items() for choice in choices]
    typed = [stage for stage, (_, _, entry) in STAGES.items() if entry]
    kinds = [str(shape.__struct_config__.tag) for shape in orders.What.__args__]
    refused = [f"not taken: {reason}" for reason in RefusedBecause if reason != RefusedBecause.UNKNOWN_KIND]
    groups = {
        "screen": [*STAGES, *HOME],
        "choice": [*choices, *ALSO, "more_time"],
        "typed": ["attract", *typed],
        "event": list(KINDS),
        "word": [f"{name}={word}" for name, known in _fields().items() for word in sorted(known)] + list(FLAGS),
        "refusal": [str(reason) for reason in Refusal],
        "credential": list(SOURCES),
        "order": [f"{kind} done" for kind in kinds] + list(ORDER_REFUSED) + refused,
        "document": list(DOCUMENTS),
        "act": [f"{act} {how}" for act in ACTS for how in ("done", "refused")],
        "fault": list(FAULTS),
        "trouble": list(TROUBLES),
        "wall": [f"{feedback} and {content}" for feedback in Feedback for content in ContentSensor],
    }
    return {**groups, **{group: list(branches) for group, branches in FLOWS.items()}}


def hits(counts: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Group → name → how often; branches of the flows by the marks that they name."""
    found: dict[str, dict[str, int]] = {}
    for group, names in known().items():
        branches = FLOWS.get(group)
        found[group] = {
            name: sum(_both(counts, either) for either in branches[name])
            if branches is not None
            else counts.get(f"{group}: {name}", 0)
            for name in names
        }
    return found


def _both(counts: Mapping[str, int], marks: str) -> int:
    return min(counts.get(mark, 0) for mark in marks.split(" & "))


def holes(counts: Mapping[str, int]) -> list[str]:
    """What can be hit in a life, and was not."""
    every = [(f"{group}: {name}", times) for group, names in hits(counts).items() for name, times in names.items()]
    return [name for name, times in every if not times and name not in UNREACHABLE]


def unknown(counts: Mapping[str, int]) -> list[str]:
    """What was hit although no table has it: the tables here are then too short."""
    groups = known()
    shown = [name for name in counts if name.partition(": ")[0] in groups]
    return sorted(name for name in shown if name.partition(": ")[2] not in groups[name.partition(": ")[0]])


def table(counts: Mapping[str, int]) -> str:
    """For a terminal: group, name, hits; the holes at the end."""
    lines = []
    for group, names in hits(counts).items():
        for name, times in names.items():
            why = UNREACHABLE.get(f"{group}: {name}", "")
            lines.append(f"{group:20} {times:9}  {name}{f'  (not in lives: {why})' if why else ''}")
    lines += [f"{'in no table':20} {counts[name]:9}  {name}" for name in unknown(counts)]
    missing = holes(counts)
    lines += ["", f"HOLES: {len(missing)}", *(f"  {name}" for name in missing)]
    return "\n".join(lines)


def markdown(counts: Mapping[str, int]) -> str:
    """For the documentation."""
    lines = []
    for group, names in hits(counts).items():
        never = sum(not times for times in names.values())
        lines += [
            f"### {group}",
            "",
            f"{len(names)} known, {len(names) - never} hit.",
            "",
            "| what | hits |",
            "|---|---|",
        ]
        for name, times in names.items():
            why = UNREACHABLE.get(f"{group}: {name}", "")
            shown = f"{times:,}" if times or not why else f"not in lives: {why}"
            lines.append(f"| {name.replace('|', '/')} | {shown} |")
        lines.append("")
    missing = holes(counts)
    lines += [f"Holes: {len(missing)}.", *(f"- {name}" for name in missing)]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.sim.coverage", description="a table of what lives hit")
    parser.add_argument("--from", dest="file", type=Path, required=True, help="JSON with the counts of a run")
    found = json.loads(parser.parse_args(arguments).file.read_text(encoding="utf-8"))
    print(markdown(found.get("coverage", found)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
