"""People with something that opens nothing: another locker's code, an old one, a screenshot, a forgery, a guess."""

from __future__ import annotations

import base45

from edge.core import cose
from edge.core.claims import Claims, claims_payload
from sync.hub.issue import Issuer, mint_code
from tests.core.desk import DAY_S
from tests.credentials.known_keys import (
    COURIER,
    NEXT_PICKUP,
    NOW_S,
    OLD_PICKUP,
    OTHER_PICKUP,
    PICKUP,
    SITE,
    UNLISTED,
    YEAR_S,
)
from tests.sim.person import Person, Street
from tests.sim.site import NEIGHBOUR
from tests.sim.truth import Consignment

FAR_S = NOW_S + 40 * DAY_S


def unchecked(payload: bytes, issuer: Issuer, kid: bytes = b"") -> str:
    """A code as no honest issuer would make it."""
    return f"LK1:{base45.b45encode(cose.sign(payload, kid or issuer.key.kid, issuer.private)).decode()}"


class Stranger(Person):
    """Shows one thing that opens nothing, and goes."""

    who = "stranger"

    def __init__(self, street: Street) -> None:
        super().__init__(street)
        self._id = self.chance.randbytes(8)

    async def visit(self) -> None:
        await self.home()
        acts = (
            self._of_another_site,
            self._forged,
            self._of_another_key,
            self._out_of_time,
            self._nonsense,
            self._screenshot,
            self._pin,
            self._pin_of_two_factors,
            self._old_generation,
            self._help,
        )
        what = self.chance.choice(acts)()
        if what:
            self.do(f"shows {what[:12]}… of {len(what)} characters")
            self.scan(what)
        await self.pause(0.5, 2.0)
        if not self.tap("pin"):
            self.tap("back") or self.tap("end")
        elif self.likely(0.5):
            await self.pause()
            self.type(f"{self.chance.randrange(10**8):08d}")
            await self.pause()
            self.tap("back")
        else:
            await self.pause()
            self.tap("end")

    async def show_good_code(self) -> None:
        """Of a parcel that nobody has told the site of."""
        self.do("shows the code of a parcel that is not here")
        self.scan(mint_code(self._claims(), PICKUP))
        await self.pause()
        self.tap("back")
        await self.pause()

    def _claims(self, **more: object) -> Claims:
        fields: dict[str, object] = {"id": self._id, "site": SITE, "expires_s": FAR_S, **more}
        return Claims(**fields)  # type: ignore[arg-type]  # a forger keeps to no type

    def _of_another_site(self) -> str:
        return mint_code(self._claims(site=self.chance.choice((NEIGHBOUR, SITE + 99))), PICKUP)

    def _forged(self) -> str:
        """Signed by somebody else in the name of a good key, or after a bit has flipped."""
        sent = self._somebodys()
        claims = self._claims(id=bytes.fromhex(sent.reservation) if sent is not None else self._id)
        return unchecked(claims_payload(claims), UNLISTED, PICKUP.key.kid)

    def _of_another_key(self) -> str:
        sent = self._somebodys()
        ours = bytes.fromhex(sent.reservation) if sent is not None else self._id
        kind = self.chance.choice(("unlisted", "purpose", "carrier", "their parcel"))
        if kind == "unlisted":
            return mint_code(self._claims(), UNLISTED)
        if kind == "purpose":
            return unchecked(claims_payload(self._claims()), COURIER)
        if kind == "carrier":
            return unchecked(claims_payload(self._claims(carrier="dpd")), OTHER_PICKUP)
        return mint_code(self._claims(id=ours, generation=sent.generation if sent is not None else 0), OTHER_PICKUP)

    def _out_of_time(self) -> str:
        """Really too early or too late: by any clock that is believed."""
        kind = self.chance.choice(("expired", "not_yet_valid", "key_expired", "key_not_valid_yet"))
        self.truth.untimely[kind] += 2  # a reader may give it twice
        if kind == "expired":
            return mint_code(self._claims(expires_s=NOW_S - 2 * DAY_S), PICKUP)
        if kind == "not_yet_valid":
            return mint_code(self._claims(not_before_s=NOW_S + 5 * DAY_S), PICKUP)
        if kind == "key_expired":
            return mint_code(self._claims(expires_s=NOW_S - 3 * DAY_S), OLD_PICKUP)
        return mint_code(self._claims(expires_s=NOW_S + YEAR_S // 2), NEXT_PICKUP)

    def _nonsense(self) -> str:
        """Signed, and yet not understood; or nothing at all."""
        payload = cose.decode(claims_payload(self._claims()), 240)
        kind = self.chance.choice(("claim", "purpose", "text", "long"))
        if kind == "claim":
            return unchecked(cose.encode({**payload, -20: 1}), PICKUP)
        if kind == "purpose":
            return unchecked(cose.encode({**payload, -2: 9}), PICKUP)
        return "LK1:ABCDEF" if kind == "text" else "LK1:" + "0" * 300

    def _screenshot(self) -> str:
        """Of a code that another person has used already."""
        used = [s for s in self._known() if s.kind == "pickup" and s.parcel in self.site.state.parcels]
        used = [s for s in used if self.site.state.parcels[s.parcel].state == "collected"]
        if not used:
            return self._forged()
        self.mark("shows a code that another person used")
        return self.chance.choice(used).code

    def _pin(self) -> str:
        shown = self.screen()
        if shown is not None and shown.entry == "pin":
            self.type(f"{self.chance.randrange(10**8):08d}"[: self.chance.choice((2, 8, 8, 8))])
        return ""

    def _pin_of_two_factors(self) -> str:
        twofold = [s for s in self._known() if s.second_factor and s.pin]
        shown = self.screen()
        if twofold and shown is not None and shown.entry == "pin":
            self.type(self.chance.choice(twofold).pin)
            return ""
        return self._forged()

    def _old_generation(self) -> str:
        """Forwarded before it was replaced, or of a right that was revoked."""
        renewed = [s for s in self._known() if s.generation > 0]
        if not renewed:
            return self._out_of_time()
        sent = self.chance.choice(renewed)
        return sent.code_of(sent.generation - 1)

    def _help(self) -> str:
        """Only asks."""
        self.tap("help")
        return ""

    def _known(self) -> list[Consignment]:
        """What was sent here, as far as the locker can have heard of it."""
        ready = self.site.runtime is not None and self.site.runtime.books is not None
        return list(self.truth.parcels.values()) if ready else []

    def _somebodys(self) -> Consignment | None:
        known = [sent for sent in self._known() if sent.kind == "pickup"]
        return self.chance.choice(known[-20:]) if known else None


__all__ = ["Stranger", "unchecked"]
