"""Lines of JSON between processes of one machine: the control socket, the simulated world, the camera's child."""

from __future__ import annotations

import contextlib
import functools
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec

from edge.control import wire as control
from edge.control.client import ControlClient
from edge.core.errors import LockerError
from edge.core.site import CompartmentPlan
from edge.core.words import ContentSensor
from hal.camera import wire as camera
from hal.sim import wire as world
from hal.sim.client import WorldLine
from hal.sim.operations import Operations
from hal.sim.world import World
from tests.fuzz.feed import Feed
from tests.fuzz.target import Finding, Target

# -- questions --------------------------------------------------------------------------------------------------------


def _ask_is_read_back(ask: control.Ask) -> None:
    line = msgspec.json.encode(ask)
    if control.parse(line) != ask:
        raise Finding(f"control: {ask} is read back as {control.parse(line)}")


CONTROL_ASKS: Final = (
    b'{"op":"status"}',
    b'{"op":"open","door":3,"reason":"asked for"}',
    b'{"op":"clear_alarm","reason":"seen","alarm":"door:3"}',
    b'{"op":"time_reset","reason":"r","document":"00ff"}',
    b'{"op":"journal","after":12,"last":3}',
)
CONTROL_ASK: Final = Target("control_ask", control.parse, _ask_is_read_back, lambda: CONTROL_ASKS, control.LINE_LIMIT)

WORLD_ASKS: Final = (
    b'{"op":"unlock","id":3,"door":1,"ms":300,"opening":1,"attempt":1}',
    b'{"op":"read"}',
    b'{"op":"contents","doors":[1,2,9]}',
    b'{"op":"do","verb":"put","parcel":"box","door":1}',
    b'{"op":"do","verb":"pull","door":1,"after_s":0.5}',
    b'{"op":"do","verb":"show_phone","text":"LK1:AB","pose":{"tilt_deg":3.0},"light":{"lux":3}}',
    b'{"op":"do","verb":"collects","door":2,"shuts":false}',
    b'{"op":"set_fault","name":"jam","door":1,"seconds":3}',
    b'{"op":"clear_fault"}',
    b'{"op":"parcel","parcel":"box2","weight_g":700,"size":"M","text":"JD1","symbology":"Code128"}',
    b'{"op":"doors"}',
    b'{"op":"chronicle","since":0,"limit":10}',
)
WALL: Final = tuple(CompartmentPlan(door=door, content=ContentSensor.SCALE) for door in (1, 2))


def _world_answers(data: bytes) -> list[Any]:
    """A fresh world is asked line by line, as a client asks it; an answer must be writable."""
    street = World(WALL, 7, clock=lambda: 5.0)
    street.parcels.make("box")
    operations = Operations(street)
    answers = []
    for line in data.split(b"\n")[:20]:
        with contextlib.suppress(LockerError):
            ask = world.parse(line)
            answers.append((ask, operations.answer(ask)))
    return answers


def _world_answer_can_be_sent(answers: list[Any]) -> None:
    for ask, answer in answers:
        if world.parse(msgspec.json.encode(ask)) != ask:
            raise Finding(f"world: {ask} is not read back as it is")
        line = msgspec.json.encode(world.Reply(ask.id, ok=True, result=answer.result))
        if len(line) > world.LINE_LIMIT:
            raise Finding(f"world: {ask} is answered with {len(line)} bytes, limit {world.LINE_LIMIT}")
        if not 0 <= answer.after_s <= 86_400:
            raise Finding(f"world: {ask} is answered after {answer.after_s} s")


WORLD_ASK: Final = Target(
    "world_ask",
    _world_answers,
    _world_answer_can_be_sent,
    lambda: [*WORLD_ASKS, b"\n".join(WORLD_ASKS)],
    max_bytes=8192,
)

# -- answers, over a real socket --------------------------------------------------------------------------------------


class _Liar:
    """A server at a path that answers every client with the bytes of the moment, and hangs up."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory()
        self.path = Path(self._folder.name) / "liar"
        self.says = b""
        self._door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._door.bind(str(self.path))
        self._door.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            line, _ = self._door.accept()
            with line, contextlib.suppress(OSError):
                line.recv(65_536)  # the question
                line.sendall(self.says)


@functools.cache
def _liar() -> _Liar:
    return _Liar()


def _asked(ask: Callable[[Path], Any]) -> Callable[[bytes], Any]:
    def read(data: bytes) -> Any:
        liar = _liar()
        liar.says = data
        return ask(liar.path)

    return read


def _ask_control(path: Path) -> list[Any]:
    with ControlClient(path, timeout_s=5.0) as client:
        return list(client.stream("journal"))


def _ask_world(path: Path) -> Any:
    line = WorldLine(path, timeout_s=5.0)
    try:
        return line.ask("doors")
    finally:
        line.close()


def _ask_frame(path: Path) -> tuple[int, int, bytes]:
    line = WorldLine(path, timeout_s=5.0)
    try:
        return line.frame()
    finally:
        line.close()


def _is_a_picture(frame: tuple[int, int, bytes]) -> None:
    width, height, grey = frame
    if width * height != len(grey):
        raise Finding(f"frame: {width!r} by {height!r} in {len(grey)} bytes")


def _nothing_more(_: object) -> None:
    """What was said is the other process's word; that it was read is all."""


CONTROL_ANSWERS: Final = (
    b'{"ok":true,"result":{"site":7}}\n',
    b'{"item":{"seq":1}}\n{"item":[1]}\n{"ok":true}\n',
    b'{"ok":false,"kind":"NotAllowed","error":"no"}\n',
    b'{"ok":false,"kind":"ConfigurationError","error":"no"}\n',
    b"\xff\n",
    b'{"ok":false,"kind":"NotAllo\x91ed","error":"no"}\n',
    b'{"ok":true,"result":' + b"[" * 3000 + b"}\n",
)
WORLD_ANSWERS: Final = (
    b'{"id":1,"ok":true,"result":{"1":"closed"}}\n',
    b'{"id":0,"ok":false,"kind":"LinkDown","error":"gone"}\n',
    b'{"id":1,"ok":false,"kind":"__all__","error":"gone"}\n',
    b'{"id":0,"ok":false,"kind":"LinkDown\xb7","error":"gone"}\n',
    b'{"id":1,"ok":true,"result":' + b"[" * 3000 + b"}\n",
)
FRAMES: Final = (b'{"width":2,"height":2,"bytes":4}\nabcd', b'{"error":"no camera"}\n', b"[]\n", b'{"bytes":-1}\n')

# -- the camera's child -----------------------------------------------------------------------------------------------


def _said(data: bytes) -> list[camera.CodeLine | camera.StatusLine]:
    """The stream in pieces, as a pipe gives it: neither the cuts nor what is garbage changes what is read."""
    feed = Feed(data)
    cut, stream = 1 + feed.byte(), feed.rest()
    splitter, whole = camera.LineSplitter(300), camera.LineSplitter(300)
    lines = [line for at in range(0, len(stream), cut) for line in splitter.feed(stream[at : at + cut])]
    if lines != whole.feed(stream):
        raise Finding(f"camera: cut every {cut} bytes, {stream!r} has other lines")
    return list(_understood(lines))


def _understood(lines: list[bytes]) -> Iterator[camera.CodeLine | camera.StatusLine]:
    for line in lines:
        with contextlib.suppress(LockerError):
            camera.decode_order(line)
        with contextlib.suppress(LockerError):
            yield camera.decode_line(line)


def _said_again(said: list[camera.CodeLine | camera.StatusLine]) -> None:
    for one in said:
        if isinstance(one, camera.CodeLine):
            again = camera.decode_line(camera.encode_code(one))
            same = isinstance(again, camera.CodeLine) and (again.text, again.symbology) == (one.text, one.symbology)
            if not same or any(not (" " <= letter <= "~" or letter == "\x1d") for letter in one.text):
                raise Finding(f"camera: {one} is read back as {again}")
        else:
            camera.decode_line(camera.encode_status(one))


CHILD: Final = (
    camera.encode_code(camera.CodeLine("LK1:AB", "QRCode", 0.1)),
    camera.encode_status(camera.StatusLine(0.1, 3, 1, hint=camera.Hint.GLARE, fault="gone")),
    camera.encode_order(camera.Formats.ALL),
    b'{"code":"a\\u001db","symbology":"Code128","age_ms":1e3}\n',
)

TARGETS: Final = (
    CONTROL_ASK,
    Target("control_answer", _asked(_ask_control), _nothing_more, lambda: CONTROL_ANSWERS),
    WORLD_ASK,
    Target("world_answer", _asked(_ask_world), _nothing_more, lambda: WORLD_ANSWERS),
    Target("world_frame", _asked(_ask_frame), _is_a_picture, lambda: FRAMES),
    Target("camera", _said, _said_again, lambda: [bytes([n]) + b"".join(CHILD) for n in (0, 6, 255)]),
)
