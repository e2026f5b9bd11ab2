"""The hub at work: its books, keys and clock, one lane for all that touches the file, and a bell for each site."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, ParamSpec, TypeVar

import apsw

from edge.core.errors import Broken, Busy
from sync.hub.enrolment import TryLimit
from sync.hub.keys import HubKeys, load_or_make
from sync.hub.store import HubStore
from sync.keyfiles import Entropy, write_secret

__all__ = ["Desk", "open_desk"]

ADMIN_TOKEN_FILE: Final = "admin.token"
MAX_LISTENERS: Final = 4000  # sites that wait at once; more are asked to come back

P = ParamSpec("P")
T = TypeVar("T")


class Desk:
    """What every route works with.  `now_s` is the hub's wall clock; `entropy` makes what must not be guessed."""

    def __init__(
        self, store: HubStore, keys: HubKeys, directory: Path, now_s: Callable[[], int], entropy: Entropy
    ) -> None:
        self.store, self.keys, self.directory, self.now_s, self.entropy = store, keys, directory, now_s, entropy
        self.admin_token = entropy(24).hex()
        self.tries = TryLimit()
        self._lane = ThreadPoolExecutor(1, "hub store")
        self._bells: dict[int, asyncio.Event] = {}
        self._closing = False

    async def do(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `act` in the lane of the file."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._lane, lambda: act(*args, **kwargs))
        except apsw.FullError as error:
            raise Busy(f"hub: its disk is full: {error}") from None
        except apsw.Error as error:
            raise Broken(f"hub: {type(error).__name__}: {error}") from None

    async def book(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `act` in the lane, in one transaction: all of it is durable, or nothing."""

        def in_transaction() -> T:
            with self.store.transaction():
                return act(*args, **kwargs)

        return await self.do(in_transaction)

    # -- bells: somebody waits for orders of a site

    def listen(self, site: int) -> asyncio.Event:
        """A bell that rings when there may be orders.  The newest listener wins: an older one is sent away."""
        if site not in self._bells and len(self._bells) >= MAX_LISTENERS:
            raise Busy(f"hub: {MAX_LISTENERS} sites are waiting, the limit")
        self.ring(site)
        bell = self._bells[site] = asyncio.Event()
        if self._closing:
            bell.set()
        return bell

    def leave(self, site: int, bell: asyncio.Event) -> None:
        if self._bells.get(site) is bell:
            del self._bells[site]

    def ring(self, site: int) -> None:
        if site in self._bells:
            self._bells[site].set()

    def ring_all(self) -> None:
        for bell in self._bells.values():
            bell.set()

    # -- the end

    def send_away(self) -> None:
        """The hub stops: nobody waits any longer."""
        self._closing = True
        self.ring_all()

    def close(self) -> None:
        self._lane.shutdown(wait=True)
        self.store.close()


def open_desk(directory: Path, now_s: Callable[[], int], entropy: Entropy, carriers: tuple[str, ...] = ()) -> Desk:
    """Open or begin the cloud that lives in `directory`; write a fresh administrator's token there (mode 0600)."""
    store = HubStore(directory)
    desk = Desk(store, load_or_make(directory, entropy, now_s(), carriers), directory, now_s, entropy)
    write_secret(directory / ADMIN_TOKEN_FILE, desk.admin_token.encode() + b"\n")
    return desk
