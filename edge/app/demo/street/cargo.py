"""What there is to play with: parcels in the van and at home, and what the telephone shows of each.

Every code and PIN comes from the cloud; every parcel is a thing of the world.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct, structs

from edge.app.demo.configured import SITE
from edge.app.demo.stage import Stage
from edge.core.errors import BadInput, NotAllowed
from edge.core.words import Size

__all__ = ["CARRIER", "MOST_PARCELS", "Cargo", "Item", "Street"]

CARRIER: Final = "dpd"
MOST_PARCELS: Final = 60  # of one sitting; beyond, the van stays away
FIRST_LABEL: Final = 101


class Item(Struct, frozen=True):
    """A parcel as packed.  words: what is special about it, for who holds it.  told: the size that was announced.

    away: to another locker since its label was printed.  at_home: a visitor's own, to be sent back.
    """

    words: str
    size: Size = Size.S
    told: Size = Size.S
    announced: bool = True
    away: bool = False
    at_home: bool = False
    weight_g: int = 800


class Cargo(Struct, frozen=True):
    """One parcel with its label, its ids in the books, and its code and PIN (empty: none was given)."""

    label: str
    item: Item
    parcel: str
    reservation: str
    code: str
    pin: str


WAITING: Final = (Item("Somebody waits for it."), Item("Somebody waits for it.", Size.M, Size.M, weight_g=2400))
A_VAN: Final = (
    Item("Announced, and small."),
    Item("Nobody announced it."),
    Item("Announced as small. It is not.", Size.M, Size.S, weight_g=2600),
    Item("Sent to Mill Lane since its label was printed.", away=True),
    Item("Announced, and large.", Size.L, Size.L, weight_g=6500),
)
_UNANNOUNCED: Final = 1  # of A_VAN
A_RETURN: Final = Item("Your shoes, one size too small: a return.", at_home=True, weight_g=1200)


class Street:
    """All parcels of this sitting, in the order in which they came.  elsewhere: the code of one in another locker."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._cargo: dict[str, Cargo] = {}
        self.elsewhere = stage.code_for_elsewhere()

    @property
    def cargo(self) -> tuple[Cargo, ...]:
        return tuple(self._cargo.values())

    def named(self, label: str) -> Cargo:
        """BadInput when there is no such parcel."""
        if label not in self._cargo:
            raise BadInput(f"There is no parcel {label[:20]!r}.")
        return self._cargo[label]

    def waiting(self) -> tuple[Cargo, ...]:
        """The parcels that stand in the wall when the visitor comes: still to be put there."""
        return tuple(self._pack(item) for item in WAITING)

    def van(self) -> None:
        """A van comes.  NotAllowed when there are MOST_PARCELS of them, LinkDown when the cloud says no."""
        if len(self._cargo) + len(A_VAN) + 1 > MOST_PARCELS:
            raise NotAllowed(f"No more vans today: {MOST_PARCELS} parcels a day is the limit.")
        for number, item in enumerate(A_VAN):
            self._pack(structs.replace(item, announced=number != _UNANNOUNCED))
        self._pack(A_RETURN)

    def _pack(self, item: Item) -> Cargo:
        label = f"JD4711000{FIRST_LABEL + len(self._cargo)}"
        wish = {
            "carrier": CARRIER,
            "tracking": label,
            "announced": item.announced,
            "size": str(item.told),
            "parcel_kind": "return" if item.at_home else "pickup",
        }
        issued = self._stage.cloud("POST", f"sites/{SITE}/parcels", wish)
        if item.away:
            self._stage.cloud("POST", f"sites/{SITE}/parcels/{issued['parcel']}/cancel", {"reason": "redirected"})
        self._stage.world.parcel(label, weight_g=item.weight_g, size=str(item.size))
        made = Cargo(label, item, issued["parcel"], issued["reservation"], issued["code"], issued["pin"])
        self._cargo[label] = made
        return made
