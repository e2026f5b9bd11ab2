"""Stories of credentials: grace and its limits, codes that were called off, tries, tap and taps too late, clocks."""

from __future__ import annotations

import asyncio
from typing import ClassVar, Final

from msgspec import structs

from edge.core import inputs, orders
from edge.core.claims import Claims
from edge.core.words import ClockTrust, ContentSensor
from sync.hub.issue import Issuer, mint_code
from tests.core.desk import DAY_S
from tests.credentials.known_keys import NOW_S, PICKUP, SITE, UNLISTED, YEAR_S
from tests.sim.badges import badge
from tests.sim.couriers import Courier
from tests.sim.customers import Customer
from tests.sim.person import Person
from tests.sim.scenarios.directed import Directed
from tests.sim.truth import Consignment

GRACE_S: Final = 180.0
GATHERED_S: Final = 7200.0  # erasures of an hour go together, after the time that the policy gives


class Grace(Directed):
    """One door; what was in it is collected, and then its code is shown again: too often, after a cut, too late, and
    when somebody else's parcel was about to go in."""

    doors: ClassVar[int] = 1

    async def story(self) -> None:
        acts = [self._too_often, self._after_a_cut, self._let_again, self._too_late]
        self.chance.shuffle(acts)
        for act in acts:
            sent = await self.delivered()
            await self.comes(sent)
            await act(sent)
            await self.mended()
            await asyncio.sleep(2 * GRACE_S)

    async def _too_often(self, sent: Consignment) -> None:
        for _ in range(3):
            await self.comes(sent)

    async def _after_a_cut(self, sent: Consignment) -> None:
        await self.cut(self.chance.uniform(0, 60))
        await self.comes(sent)

    async def _too_late(self, sent: Consignment) -> None:
        await asyncio.sleep(GRACE_S)
        await self.comes(sent)

    async def _let_again(self, sent: Consignment) -> None:
        await asyncio.sleep(10)
        other = await self.announced()
        await ChangesMind(self.street, [other.label]).visit()
        await asyncio.sleep(5)
        await self.comes(sent)


class ChangesMind(Courier):
    """Opens a door for a parcel, and takes it away again."""

    def __init__(self, *args: object, **how: object) -> None:
        super().__init__(*args, **how, careful=True)  # type: ignore[arg-type]

    async def _put(self, door: int, label: str) -> bool:
        if self.is_shut(door) and not self.pull(door):
            return True
        await self.pause(2.5, 3.0)
        self.tap("cancel")
        await self.pause(0.5, 1.0)
        self.shut(door, own=True)
        return True


class CalledOff(Directed):
    """A forged code, one that a newer code has replaced, and one that was revoked."""

    async def story(self) -> None:
        sent = await self.delivered()
        await self._shown("i2_forged_opens_nothing", _forged(sent))
        old = sent.code
        sent.generation = 1
        self.dispatcher.announce(sent)
        await asyncio.sleep(60)
        await self._shown("i2_an_old_generation_opens_nothing", old)
        self.dispatcher.give(orders.Revoke(reservation=sent.reservation, generation=1), f"revoke {sent.label}")
        sent.called_off = True
        await asyncio.sleep(60)
        await self.comes(sent)

    async def _shown(self, check: str, code: str) -> None:
        person = Person(self.street)
        await person.home()
        person.do(f"shows a code that opens nothing: {check}")
        self.takes_part(check, "a code")
        person.scan(code)
        await asyncio.sleep(20)
        await self.mended()
        await person.home()


def _forged(sent: Consignment) -> str:
    claims = Claims(id=bytes.fromhex(sent.reservation), site=SITE, expires_s=NOW_S + 40 * DAY_S)
    return mint_code(claims, claiming_to_be(PICKUP))


def claiming_to_be(issuer: Issuer) -> Issuer:
    """Somebody's own key, under the name of one of ours."""
    return structs.replace(UNLISTED, key=structs.replace(UNLISTED.key, kid=issuer.key.kid))


class AgainAndAgain(Directed):
    """A customer who opens the door, shuts it at once, and shows the code again."""

    async def story(self) -> None:
        sent = await self.delivered()
        person = Person(self.street)
        for _ in range(9):
            await person.home()
            person.scan(sent.code)
            await asyncio.sleep(2)
            for door in self.site.world.doors:
                person.shut(door)
            await asyncio.sleep(12)
        await self.mended()


class Hammer(Directed):
    """Wrong PINs, until the keypad is closed; more of them; and after a cut again."""

    async def story(self) -> None:
        person = Person(self.street)
        await person.home()
        for _ in range(4):
            for _ in range(self.chance.randint(6, 9)):
                person.tap("back")
                await asyncio.sleep(0.5)
                person.type(f"{self.chance.randrange(10**8):08d}")
                await asyncio.sleep(0.5)
            if self.chance.random() < 0.7:
                await self.cut()


class Alone(Directed):
    """Without cloud and with a clock in 2061 everything that is good opens; also after a start there."""

    async def story(self) -> None:
        first, second = await self.delivered(), await self.delivered()
        self.hub.line.up = False
        wrong_s = float(NOW_S + self.chance.choice((35, 3, 1)) * YEAR_S)
        source = self.chance.choice((ClockTrust.NTP, ClockTrust.NTP, ClockTrust.RTC))
        self.site.wall.set(wrong_s, source)
        await self.cut(self.chance.uniform(0, 30))
        await asyncio.sleep(130)
        await self.comes(first)
        person = Person(self.street)
        await person.home()
        person.scan(badge())
        await asyncio.sleep(2)
        await person.home()
        await self.comes(second)
        self.site.wall.set(NOW_S + self.site.loop.time(), ClockTrust.NTP)
        self.hub.line.up = True


class StaleTaps(Directed):
    """Taps that come when their screen is gone."""

    content: ClassVar[ContentSensor] = ContentSensor.NONE

    async def story(self) -> None:
        for _ in range(2):
            sent = await self.delivered()
            customer = Late(self.street, sent, "honest", by_pin=0.0)
            customer.told = lambda: self.takes_part("a_stale_tap_does_nothing", "a tap on a screen that is gone")
            await customer.visit()
            await asyncio.sleep(3)
            await self.mended()


class Late(Customer):
    """Taps everything that could be tapped, each time for the screen before this one."""

    told = staticmethod(lambda: None)

    async def act(self, stage: str) -> bool:
        shown = self.screen()
        if shown is not None:
            for choice in shown.choices:
                self.told()
                self.site.tell(inputs.Chosen(choice, shown.number - 1))
                await asyncio.sleep(0.1)
        return await super().act(stage)


class WalksOff(Directed):
    """Somebody leaves in the middle: soon nobody is at the screen any more."""

    async def story(self) -> None:
        sent = await self.announced()
        courier = Courier(self.street, [sent.label], careful=True)
        await courier.home()
        await courier._enter()
        courier.do("walks off")
        await asyncio.sleep(400)
        runtime = self.site.runtime
        if runtime is not None and runtime.memory.session is not None:
            self.observer.find("sessions_end", f"{runtime.screen().name} is up, 400 s after the last tap")


class Erasure(Directed):
    """What was collected is forgotten when its time has come, in every byte."""

    async def story(self) -> None:
        for _ in range(self.chance.randint(2, 4)):
            await self.comes(await self.delivered(pin=True), by_pin=0.5)
        await asyncio.sleep(GATHERED_S)
