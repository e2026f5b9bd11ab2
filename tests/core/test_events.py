"""Every event kind has its fields, fold, sentence and EPCIS mapping side by side; rows are read back as they were."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.core import decide, events, turn
from edge.core.events import KINDS, Epcis, Event, Unknown, decode, encode
from edge.core.fold import fold, fold_rows
from edge.core.rows import Row, Stamp
from edge.core.state import Authority, State
from edge.core.words import AuthorityKind, Evidence
from tests.core.desk import Desk, sent

CORE = Path(inspect.getfile(turn)).parent
STAMP = Stamp(1, 1000, 1_790_000_000_000, "ntp")
# These change nothing in the state: what they say is for people, and for the cloud.
TOLD_ONLY = {
    "credential_refused",
    "deposit_refused",
    "door_shut",
    "extra_found",
    "courier_entered",
    "courier_left",
    "act_done",
    "inputs_dropped",
    "parcel_weighed",
}
# What a trading partner is told, after EPCIS 2.0 and CBV 2.0.
TOLD_AS_EPCIS = {
    "parcel_deposited",
    "parcel_collected",
    "parcel_declined",
    "parcel_cancelled",
    "parcel_gone",
    "parcel_found",
}


def example(kind: str) -> Event:
    """An event of that kind with plain values for the fields that have no default."""
    fields: dict[str, Any] = {}
    for field in msgspec.structs.fields(KINDS[kind]):
        if field.required:
            fields[field.name] = _value(field.type)
    return KINDS[kind](**fields)


def _value(kind: Any) -> Any:
    if kind is int:
        return 7
    if kind is str:
        return "ab" * 8
    if kind is Authority:
        return Authority(AuthorityKind.CODE, "ab" * 8)
    if kind is bool:
        return True
    if getattr(kind, "__origin__", None) is tuple:
        return (_value(kind.__args__[0]),)
    return next(iter(kind))


def test_every_kind_is_exported_and_every_exported_event_has_a_kind() -> None:
    exported = {getattr(events, name) for name in events.__all__ if isinstance(getattr(events, name), type)}
    kinds = {event for event in exported if issubclass(event, Event) and event not in (Event, Unknown)}
    assert kinds == set(KINDS.values())


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_read_back_and_has_a_sentence(kind: str) -> None:
    event = example(kind)
    assert decode(kind, encode(event)) == event
    assert event.sentence().endswith(".")


def test_the_four_sets_agree_struct_fold_sentence_epcis() -> None:
    folds = {kind for kind, event in KINDS.items() if "fold" in vars(event)}
    sentences = {kind for kind, event in KINDS.items() if "sentence" in vars(event)}
    mapped = {kind for kind, event in KINDS.items() if isinstance(event.epcis, Epcis)}
    assert folds | TOLD_ONLY == set(KINDS)
    assert not folds & TOLD_ONLY
    assert sentences == set(KINDS)
    assert mapped == TOLD_AS_EPCIS
    assert {kind for kind, event in KINDS.items() if event.epcis is None} == set(KINDS) - TOLD_AS_EPCIS


def test_what_bears_on_custody_is_sent_at_once() -> None:
    custody = {kind for kind, event in KINDS.items() if event.custody}
    assert custody >= TOLD_AS_EPCIS
    assert "opening_authorised" in custody
    assert "credential_refused" not in custody


def test_every_kind_is_recorded_somewhere_in_the_core() -> None:
    named: set[str] = set()
    for path in CORE.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    unused = {event.__name__ for event in KINDS.values()} - named
    assert not unused, f"never recorded: {unused}"


def test_a_kind_of_a_later_release_is_kept_counted_and_without_effect() -> None:
    state = fold(State(), events.Started("1.0.0", (1, 2)), 1, STAMP)
    later = decode("parcel_teleported", b'{"parcel":"x"}')
    assert isinstance(later, Unknown)
    after = fold(state, later, 2, STAMP)
    assert after == state.with_(head=2)
    assert "parcel_teleported" in later.sentence()


def test_a_field_of_a_later_release_is_passed_over() -> None:
    event = decode("door_shut", b'{"door":3,"evidence":"switch","humidity":40}')
    assert event == events.DoorShut(3, Evidence.SWITCH)


def test_rows_fold_to_the_state_of_the_desk() -> None:
    desk = Desk(stands={3: sent("JD000301")})
    desk.scan(desk.code(sent("JD000301")))
    desk.take(3)
    rows = [
        Row(seq, stamp.boot, stamp.mono_ms, stamp.wall_ms, stamp.trust, kind, payload, b"")
        for seq, (kind, payload, stamp) in enumerate(desk.rows, start=1)
    ]
    assert fold_rows(State(), rows) == desk.state


# -- timers ------------------------------------------------------------------------------------------------------------


def timers_set_in_the_source() -> set[str]:
    """The first word of every timer key that the core sets."""
    found: set[str] = set()
    for path in CORE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "after":
                key = node.args[1]
                if isinstance(key, ast.Constant):
                    found.add(str(key.value))
    return found


def test_every_timer_that_is_set_is_handled_and_every_handler_has_a_timer() -> None:
    assert timers_set_in_the_source() == set(decide.TIMERS)
