"""Findings: what only a secret can tell, such as whose PIN was typed, or that a signature holds.

The flows ask for each through `Turn.found`.  A locker that runs looks; where its past is decided again, far from its
secrets, the finding of then is handed in.  So the ring of inputs never needs a code, a PIN, a label or an order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, Protocol, TypeAlias, TypeVar, cast

from msgspec import Struct

from edge.core.claims import CredentialRefused
from edge.core.credential import Credential
from edge.core.documents import DocumentRefused, RefusedBecause
from edge.core.orders import Order, OrderRefused
from edge.core.refusal import Refusal

T = TypeVar("T")
Find: TypeAlias = Callable[[], T]


class Refused(Struct, frozen=True, tag="refused"):
    """A code, document or order that was not believed.  Which fields count, `by` says."""

    by: str  # code, document, order
    reason: str
    site: int | None = None  # the code's, when that is the reason
    number: int = 0  # the order's, when it is used up
    kind: str = ""


class Believed(Struct, frozen=True, tag="code"):
    """A code whose signature held."""

    credential: Credential


class Ordered(Struct, frozen=True, tag="order"):
    """An order whose signature held.  What identifies a person in it is blinded before it is kept."""

    order: Order


class Taken(Struct, frozen=True, tag="document"):
    """A document that was accepted, as its event tells of it."""

    version: int
    sha256: str
    issued_s: int = 0
    after_order: int = 0
    to_s: int = 0  # of a time reset


class Said(Struct, frozen=True, tag="word"):
    """An id, a hash, or whether something held; None: nobody's."""

    word: str | bool | None


Finding: TypeAlias = Refused | Believed | Ordered | Taken | Said


class Found(Struct, frozen=True):
    """One finding, and what was asked."""

    name: str
    what: Finding


class Diverged(Exception):
    """The core asks for something else than it asked for then."""


class Finder(Protocol):
    def __call__(self, name: str, find: Find[T], /) -> T: ...


def look(_: str, find: Find[T]) -> T:
    """Look, and remember nothing."""
    return find()


class Looking:
    """Looks, and keeps what was found.  Lives for one input."""

    def __init__(self) -> None:
        self.found: list[Found] = []

    def __call__(self, name: str, find: Find[T]) -> T:
        try:
            what = find()
        except (CredentialRefused, DocumentRefused) as error:  # only what it says: its trace would hold the secret
            self.found.append(Found(name, _refused(error)))
            raise
        self.found.append(Found(name, _finding(what)))
        return what


class Remembering:
    """Hands in what was found then, in its order; Diverged where the core asks for something else."""

    def __init__(self, found: Iterable[Found]) -> None:
        self._left = list(found)

    def __call__(self, name: str, find: Find[T]) -> T:
        if not self._left:
            raise Diverged(f"asks for {name}, which it did not then")
        first = self._left.pop(0)
        if first.name != name:
            raise Diverged(f"asks for {name}; then it asked for {first.name}")
        return cast(T, _value(first.what))

    def finish(self) -> None:
        if self._left:
            raise Diverged(f"does not ask for {self._left[0].name}, as it did then")


def _finding(what: Any) -> Finding:
    if isinstance(what, Credential):
        return Believed(what)
    if isinstance(what, Order):
        return Ordered(what)
    return what if isinstance(what, Taken) else Said(what)


def _value(what: Finding) -> object:
    match what:
        case Believed():
            return what.credential
        case Ordered():
            return what.order
        case Said():
            return what.word
        case Taken():
            return what
        case Refused():
            raise _error(what)


def _refused(error: CredentialRefused | DocumentRefused) -> Refused:
    if isinstance(error, CredentialRefused):
        return Refused("code", str(error.reason), error.site)
    if isinstance(error, OrderRefused):
        return Refused("order", str(error.reason), None, error.number, error.kind)
    return Refused("document", str(error.reason))


def _error(what: Refused) -> CredentialRefused | DocumentRefused:
    if what.by == "code":
        return CredentialRefused(Refusal(what.reason), site=what.site)
    if what.by == "order":
        return OrderRefused(RefusedBecause(what.reason), _THEN, what.number, what.kind)
    return DocumentRefused(RefusedBecause(what.reason), _THEN)


_THEN: Final = "as then"
