"""The showroom: a stage on which a visitor plays, and the page of the street beside the locker's screen."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Final

from starlette.applications import Starlette

from edge.app import configuration
from edge.app.demo.cast import Cast
from edge.app.demo.configured import DOORS, UNHURRIED
from edge.app.demo.screen import Page
from edge.app.demo.stage import START_S, Stage
from edge.app.demo.street.bulletin import Bulletin
from edge.app.demo.street.cargo import Street
from edge.app.demo.street.drawing import Photographer, label_svg, qr_svg
from edge.app.demo.street.hands import Hands
from edge.app.demo.street.lookout import Lookout
from edge.app.demo.street.scene import Scene
from edge.app.demo.street.site import make_app
from edge.app.demo.street.switches import SwitchBoard
from edge.app.demo.street.view import Ground, ground
from edge.app.embedded import HOST, EmbeddedServer
from edge.clock import SystemClock
from edge.core.errors import BadInput, Busy
from hal.sim.client import WorldClient

__all__ = ["Showroom"]

JOIN_S: Final = 5.0


class Showroom:
    """Enter it, and the page is up; `prepare` then fills wall and van while it is watched.

    board: a make of lock boards to hang the doors on; none: the world's own.
    """

    def __init__(self, board: str = "") -> None:
        port = _free_port()
        self.stage = Stage(board, timers=UNHURRIED, kiosk_port=port)
        self.screen_address = f"http://{HOST}:{port}/"
        self._ends: contextlib.ExitStack = contextlib.ExitStack()

    def __enter__(self) -> Showroom:
        with contextlib.ExitStack() as ends:
            stage = ends.enter_context(self.stage)
            self.cast, self.street = Cast(stage), Street(stage)
            self._hands = Hands(stage.world, self.street, time.monotonic)
            self._board = SwitchBoard(self.cast)
            beside = ends.enter_context(contextlib.closing(WorldClient(stage.world_socket)))  # a picture takes a while
            self._photographer = Photographer(beside, time.monotonic)
            self._ground = ground(configuration.load(stage.configuration).compartments, self.screen_address)
            server = _Server(self)
            ends.enter_context(server.served())
            self.address = server.address
            self._lookout = Lookout(self.cast, self.street, self._hands, self._board, server.post)
            ends.enter_context(_running(self._lookout.run, self._lookout.end))
            self._ends = ends.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ends.close()

    def prepare(self) -> None:
        """Switch the locker on, let a courier bring two parcels, and a van come; then the screen is the visitor's.

        An error of the tree when something of that does not come about.
        """
        cast, stage, street, look = self.cast, self.stage, self.street, self._lookout
        cast.founds()
        stage.start_site()
        stage.until(lambda: cast.count("free") == DOORS, START_S, f"{DOORS} free compartments")
        look.curtain = "A courier brings two parcels …"
        waiting = street.waiting()
        stage.until(lambda: cast.state(waiting[-1].label) == "announced", what="the announcement at the site")
        cast.courier_enters()
        for it in waiting:
            cast.put(it.label)
        Page(self.screen_address).tap("end")
        street.van()
        look.guide.begin(SystemClock().read()[0])
        look.curtain = ""

    # -- what the page asks -------------------------------------------------------------------------------------------

    @property
    def ground(self) -> Ground:
        return self._ground

    def act(self, verb: str, what: str, door: int, how: str) -> None:
        if self._lookout.curtain:
            raise Busy("One moment: the courier is still at the wall.")
        if verb in self._hands.verbs:
            self._hands.act(verb, what, door, how)
        elif verb == "van":
            self.street.van()
        else:
            self._board.act(verb, door)

    def code_svg(self, message: str) -> str:
        text = self._hands.texts.get(message)
        if text is None:
            raise BadInput(f"The telephone has no message {message[:20]!r}.")
        return qr_svg(text)

    def label_svg(self, label: str) -> str:
        return label_svg(self.street.named(label).label)

    def picture(self) -> bytes:
        return self._photographer.picture()


class _Server(EmbeddedServer):
    """Serves the page in a thread of its own."""

    def __init__(self, street: Showroom) -> None:
        self._street = street
        self._bound = socket.create_server((HOST, 0))
        self._up = threading.Event()
        super().__init__(self._made, factory=True)

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self._bound.getsockname()[1]}/"

    def post(self, scene: Scene) -> None:
        self._bulletin.post(scene)

    @contextlib.contextmanager
    def served(self) -> Iterator[None]:
        thread = threading.Thread(target=lambda: asyncio.run(self.serve(sockets=[self._bound])), name="street")
        thread.start()
        self._up.wait(JOIN_S)
        try:
            yield
        finally:
            self.should_exit = True
            self._bulletin.close()
            thread.join(JOIN_S)

    def _made(self) -> Starlette:
        self._bulletin = Bulletin(asyncio.get_running_loop())
        self._up.set()
        return make_app(self._street, self._bulletin)


@contextlib.contextmanager
def _running(run: Callable[[], None], end: Callable[[], None]) -> Iterator[None]:
    """In a thread of its own, until left."""
    thread = threading.Thread(target=run, name="lookout")
    thread.start()
    try:
        yield
    finally:
        end()
        thread.join(JOIN_S)


def _free_port() -> int:
    """A port for the screen that stays the same when the locker is killed and started again."""
    with socket.create_server((HOST, 0)) as probe:
        return int(probe.getsockname()[1])
