"""What really happened in the simulated street, for whoever checks what the site says about it."""

from __future__ import annotations

import functools
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from edge.core.claims import Claims
from edge.core.credential import parcel_id
from edge.core.words import Purpose
from sync.hub.issue import Issuer, mint_code
from tests.core.desk import COURIER_NUMBER, COURIER_PIN, DAY_S, TECHNICIAN_PIN
from tests.credentials.known_keys import NOW_S, OTHER_PICKUP, PICKUP, SITE

CARRIER: Final = "dpd"
CARRIERS: Final = (CARRIER, "gls", "posten")
OTHER_NUMBER: Final = "90210001"  # of a courier of another carrier


@functools.cache
def _parcel(carrier: str, label: str) -> str:
    return parcel_id(carrier, label).hex()


@dataclass
class Consignment:
    """One parcel as its sender knows it.  `kind`: pickup, or return or send (a customer puts it in)."""

    label: str
    reservation: str
    pin: str = ""
    kind: str = "pickup"
    generation: int = 0
    announced: bool = False
    called_off: bool = False  # cancelled, or its code revoked without another: its code need not open
    declined: bool = False
    carrier: str = CARRIER
    second_factor: bool = False
    cancelled: bool = False  # the parcel itself was called off: no other code helps
    pins: set[str] = field(default_factory=set)  # every PIN that it ever had

    @property
    def parcel(self) -> str:
        return _parcel(self.carrier, self.label)

    @property
    def namesakes(self) -> list[str]:
        """What the same label is called in the hands of other carriers' couriers."""
        return [_parcel(carrier, self.label) for carrier in CARRIERS if carrier != self.carrier]

    @property
    def issuer(self) -> Issuer:
        return PICKUP if self.carrier in PICKUP.key.carriers else OTHER_PICKUP

    @property
    def recipient(self) -> str:
        """What a courier may see of them."""
        return f"{self.parcel[:4]}. Quayside {int(self.parcel[4:8], 16)}"

    @property
    def persons(self) -> list[str]:
        """What lies beside the journal until it is erased."""
        return [self.label, self.recipient]

    @property
    def codes(self) -> list[str]:
        """Every code that it ever had."""
        return [self.code_of(generation) for generation in range(self.generation + 1)]

    @property
    def code(self) -> str:
        return self.code_of(self.generation)

    def code_of(self, generation: int) -> str:
        """The code as it was in that generation."""
        purpose = Purpose.PICKUP if self.kind == "pickup" else Purpose.DROP_OFF
        claims = Claims(
            id=bytes.fromhex(self.reservation),
            site=SITE,
            expires_s=NOW_S + 40 * DAY_S,
            generation=generation,
            purpose=purpose,
            second_factor=self.second_factor,
        )
        return mint_code(claims, self.issuer)


@dataclass
class Truth:
    """The street's own book.  `hidden`: parcels that somebody left where no locker could know it."""

    parcels: dict[str, Consignment] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    secrets: list[str] = field(default_factory=list)  # PINs and codes: never on the card, in an event or on a screen
    opened_orders: dict[int, tuple[int, float]] = field(default_factory=dict)  # number → door, when it was given
    genuine_orders: set[int] = field(default_factory=set)
    untimely: Counter[str] = field(default_factory=Counter)  # so often something out of its time was shown on purpose
    badge_pins: set[str] = field(default_factory=lambda: {COURIER_PIN, TECHNICIAN_PIN})
    numbers: list[str] = field(default_factory=lambda: [COURIER_NUMBER, OTHER_NUMBER])  # typed to say who one is
    time_resets: set[int] = field(default_factory=set)  # versions of the root's own
    epoch_s: int = NOW_S  # true time when the life began
    disk_troubles: int = 0  # so often an error of the card was arranged: a process may end of it

    def add(self, consignment: Consignment) -> Consignment:
        self.parcels[consignment.label] = consignment
        self.keep_secret(consignment)
        return consignment

    def keep_secret(self, consignment: Consignment) -> None:
        """It has a new code or PIN."""
        pins = [consignment.pin] if consignment.pin else []
        self.secrets += [consignment.code, *pins]
        consignment.pins.update(pins)

    def together(self, consignment: Consignment) -> list[Consignment]:
        """Every parcel of the same right."""
        return [known for known in self.parcels.values() if known.reservation == consignment.reservation]

    def of_parcel(self, parcel: str) -> Consignment | None:
        return next((known for known in self.parcels.values() if known.parcel == parcel), None)
