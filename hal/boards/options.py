"""What a bank of a board on a serial line may be told, make by make."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from hal.boards.codec import Codec
from hal.boards.cu16 import Cu16
from hal.boards.cu48 import Cu48
from hal.boards.kerong import BAUD as KERONG_BAUD
from hal.boards.waveshare import Waveshare
from hal.boards.winnsen import Winnsen
from hal.boards.wkly import Wkly
from hal.boards.ys import SIZES, Ys

__all__ = [
    "MAKES",
    "BoardOptions",
    "Cu16Options",
    "Cu48Options",
    "WaveshareOptions",
    "WinnsenOptions",
    "WklyOptions",
    "YsOptions",
    "channels_of",
    "codec_of",
    "fits",
]

Channel = Annotated[int, Meta(ge=1, le=64)]


class BoardOptions(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every make has.

    contact: what the feedback contact does while the door is shut.  It is the lock's wiring, not the board's, so it has
    no default.  evidence: whether that contact is at the latch or at the door.
    channels: where the bank's doors hang, in their order; without it 1, 2, …
    pulse_ms: how long the board drives a coil; where its firmware fixes that, what it is reckoned with.
    """

    port: Annotated[str, Meta(min_length=1, max_length=200)]
    address: Annotated[int, Meta(ge=0, le=247)]
    baud: int
    contact: Literal["closed_when_shut", "closed_when_open"]
    evidence: Literal["latch", "switch"]
    channels: Annotated[tuple[Channel, ...], Meta(max_length=64)] = ()
    pulse_ms: Annotated[int, Meta(ge=20, le=1000)] = 300

    @property
    def board(self) -> str:
        """Which board it is, by the device that the port's name leads to now: no two banks may be the same."""
        return f"{os.path.realpath(self.port)}, address {self.address}"


class YsOptions(BoardOptions, frozen=True, kw_only=True):
    """YS / ShuoMing.  size: locks of the board, which its answers' length follows; 0: the smallest that has all."""

    address: Annotated[int, Meta(ge=1, le=32)]
    baud: Literal[9600] = 9600
    size: Literal[0, 8, 12, 18, 24, 36, 50] = 0


class Cu16Options(BoardOptions, frozen=True, kw_only=True):
    """Kerong CU16, CU12.  infrared: its sensors are fitted, in all compartments that say so."""

    address: Annotated[int, Meta(ge=0, le=15)]
    baud: Literal[9600, 19200, 57600, 115200] = KERONG_BAUD
    infrared: bool = False


class Cu48Options(BoardOptions, frozen=True, kw_only=True):
    """Kerong CU48, CU24.  infrared: as with a CU16."""

    address: Annotated[int, Meta(ge=0, le=31)]
    baud: Literal[9600, 19200, 57600, 115200] = KERONG_BAUD
    infrared: bool = False


class WaveshareOptions(BoardOptions, frozen=True, kw_only=True):
    """Waveshare Modbus RTU Relay (D).  The board counts in 100 ms, and so must pulse_ms."""

    address: Annotated[int, Meta(ge=1, le=247)]
    baud: Literal[4800, 9600, 19200, 38400, 57600, 115200] = 9600


class WklyOptions(BoardOptions, frozen=True, kw_only=True):
    """WKLY.  first_id: what this board calls its first lock."""

    address: Annotated[int, Meta(ge=0, le=31)]
    baud: Literal[9600] = 9600
    first_id: Literal[0, 1] = 1


class WinnsenOptions(BoardOptions, frozen=True, kw_only=True):
    """Winnsen-style, experimental."""

    address: Annotated[int, Meta(ge=0, le=4)]
    baud: Literal[9600] = 9600


MAKES: Final[dict[str, type[BoardOptions]]] = {
    "ys": YsOptions,
    "cu16": Cu16Options,
    "cu48": Cu48Options,
    "waveshare": WaveshareOptions,
    "wkly": WklyOptions,
    "winnsen": WinnsenOptions,
}


def codec_of(options: BoardOptions, channels: Sequence[int]) -> Codec:
    """The codec of the board that these options describe, with doors at these channels."""
    match options:
        case YsOptions():
            return Ys(
                options.address, options.size or next((n for n in SIZES if n >= max(channels, default=0)), SIZES[-1])
            )
        case Cu16Options():
            return Cu16(options.address)
        case Cu48Options():
            return Cu48(options.address)
        case WaveshareOptions():
            return Waveshare(options.address)
        case WklyOptions():
            return Wkly(options.address, options.first_id)
        case WinnsenOptions():
            return Winnsen(options.address)
        case _:
            pass
    raise AssertionError(f"no codec for {type(options).__name__}")


def channels_of(options: BoardOptions, doors: Sequence[int]) -> dict[int, int]:
    """The channel of each door."""
    return dict(zip(doors, options.channels or range(1, len(doors) + 1), strict=False))


def fits(options: BoardOptions, doors: Sequence[int]) -> list[str]:
    """What cannot be, of these options with these doors, a line each."""
    lines = []
    told, has = options.channels, len(doors)
    if told and len(told) != has:
        lines.append(f"channels: there are {len(told)}, but {has} doors; one channel for each door, in their order")
    if len(set(told)) != len(told):
        lines.append("channels: one is named twice; each door has its own")
    if isinstance(options, WaveshareOptions) and options.pulse_ms % 100:
        lines.append(f"pulse_ms {options.pulse_ms}: this board counts in steps of 100 ms")
    channels = tuple(channels_of(options, doors).values())
    locks = codec_of(options, channels).channels
    if channels and max(channels) > locks:
        lines.append(f"channel {max(channels)}: this board has {locks}")
    return lines
