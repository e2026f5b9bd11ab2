"""What the ring of inputs may keep: everything that decides, nothing that opens a door or names a person (I11).

A code is kept as what it was found to be, a PIN as its length, a label as asterisks, an order and a document without
verifiers, particulars and signature.  What is blinded still has the form that the flows look at: digits stay digits,
a label stays one, what is empty stays empty.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct, structs, to_builtins

from edge.core import cose, inputs, orders
from edge.core.documents import DocumentType
from edge.core.findings import Found, Ordered, Taken
from edge.core.inputs import Input, Moment
from edge.core.label import tracking_of
from edge.core.memory import Memory, Session
from edge.core.orders import Particulars
from edge.core.pin import PIN_DIGITS, VERIFIER_BYTES, is_pin
from edge.core.roster import Roster, Verifier
from edge.core.shelf import KEYS, ROSTER, STANDING, Shelf, opened
from edge.core.standing import StandingList
from edge.core.turn import Books

LONGEST_BLANK: Final = 64  # of what is neither PIN nor label; its length says enough
NO_VERIFIER: Final = bytes(VERIFIER_BYTES)
LABELS: Final = frozenset({"label", "last", "extra", "number", "numbers", "expected"})  # parameters of screens

_TELL_SECRETS: Final = frozenset({inputs.Scan, inputs.Typed, inputs.Order, inputs.Document})
_NO_SECOND_FACTOR: Final = Verifier(salt=bytes(16), hash=bytes(32))
_ORDERED_DOCUMENTS: Final[dict[type, str]] = {
    orders.TakeKeys: KEYS,
    orders.TakeRoster: ROSTER,
    orders.TakeStanding: STANDING,
}


def moment(now: Moment, told: Input) -> Moment:
    """Chance stays where it became a nonce; elsewhere it salts particulars."""
    kind = type(told)
    if kind is inputs.Boot or (kind is inputs.Timer and told.key == ("nonce",)):  # type: ignore[attr-defined]
        return now
    return Moment(now.mono_s, now.stamp, now.time)


def told(what: Input, found: list[Found]) -> Input:
    """The input as it may be kept."""
    if type(what) not in _TELL_SECRETS:
        return what
    if isinstance(what, inputs.Scan):
        return inputs.Scan("LK1:" if what.text.startswith("LK1:") else _text(what.text), what.symbology)
    if isinstance(what, inputs.Typed):
        return inputs.Typed(_text(what.text), what.choices)
    if isinstance(what, inputs.Order):
        return inputs.Order(b"")
    if isinstance(what, inputs.Document):
        return inputs.Document(what.name, document(what.name, what.data, believed=_believed(found)))
    return what


def findings(found: list[Found]) -> tuple[Found, ...]:
    if not found:
        return ()
    believed = _believed(found)
    return tuple(
        Found(f.name, Ordered(_order(f.what.order, believed))) if isinstance(f.what, Ordered) else f for f in found
    )


def books(known: Books) -> Books:
    """The state holds no particulars; the shelf keeps who and what, not how they are told."""
    shelf = known.shelf
    return Books(
        known.state,
        Shelf(
            keys=shelf.keys,
            roster=_roster(shelf.roster) if shelf.roster is not None else None,
            standing=_standing(shelf.standing) if shelf.standing is not None else None,
            particulars={parcel: _particulars(known) for parcel, known in shelf.particulars.items()},
            pins=dict.fromkeys(shelf.pins, NO_VERIFIER),
        ),
    )


def memory(known: Memory) -> Memory:
    session = known.session
    return known if session is None else known.with_(session=_session(session))


def document(name: str, data: bytes, *, believed: bool) -> bytes:
    """A document that was believed, without verifiers, and with a signature that holds for nobody; else nothing."""
    if not believed:
        return b""
    if name == ROSTER:
        return _unsigned(_roster(opened(name, data, Roster)), DocumentType.ROSTER)
    if name == STANDING:
        return _unsigned(_standing(opened(name, data, StandingList)), DocumentType.STANDING)
    return data if name == KEYS else b""


def _text(text: str) -> str:
    if is_pin(text.strip()):
        return "0" * PIN_DIGITS
    label = tracking_of(text)
    return "*" * len(label) if label else " " * min(len(text), LONGEST_BLANK)


def _believed(found: list[Found]) -> bool:
    """Whether a document was among what was found, and was taken."""
    return any(isinstance(one.what, Taken) for one in found)


def _order(order: orders.Order, believed: bool) -> orders.Order:
    what = order.what
    if isinstance(what, orders.Announce):
        return structs.replace(order, what=structs.replace(what, particulars=_particulars(what.particulars)))
    if isinstance(what, orders.Open):
        return structs.replace(order, what=structs.replace(what, reason="*"))
    if isinstance(what, orders.TakeKeys | orders.TakeRoster | orders.TakeStanding):
        shown = document(_ORDERED_DOCUMENTS[type(what)], what.document, believed=believed)
        return structs.replace(order, what=structs.replace(what, document=shown))
    return order


def _particulars(known: Particulars) -> Particulars:
    return Particulars(tracking="*" if known.tracking else "", pin=NO_VERIFIER if known.pin else None)


def _roster(roster: Roster) -> Roster:
    badges = tuple(structs.replace(badge, verifier=_NO_SECOND_FACTOR, number="") for badge in roster.badges)
    return structs.replace(roster, badges=badges)


def _standing(standing: StandingList) -> StandingList:
    parcels = tuple(structs.replace(p, pin=NO_VERIFIER if p.pin else None) for p in standing.parcels)
    return structs.replace(standing, parcels=parcels)


def _session(session: Session) -> Session:
    return structs.replace(session, label="*" * len(session.label), params=_params(session.params))


def _params(params: dict[str, Any]) -> dict[str, Any]:
    """The same names; a label under any of them is blinded, also on a screen that waits behind this one."""
    return {name: _param(name, value) for name, value in params.items()}


def _param(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return _params(value)
    if name not in LABELS:
        return value
    if isinstance(value, str):
        return "*" * len(value)
    return ["*" * len(str(one)) for one in value] if isinstance(value, list) else value


def _unsigned(shown: Struct, document_type: DocumentType) -> bytes:
    return cose.unsigned(cose.encode(to_builtins(shown, builtin_types=(bytes,))), document_type)
