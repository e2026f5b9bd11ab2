"""The table of serial scale protocols.  Its facts are those of docs/scales.md; none was tried on a scale.

MT-SICS, Toledo 8217 and Toledo continuous: the makers' manuals and code that agrees.  NCI: four manuals, its
status bits from general knowledge.  SMA, A&D, Ohaus, CAS and SBI: manuals, with line settings or fields that no second
source confirms.
"""

from __future__ import annotations

from typing import Final

from hal.scales.protocol import Bit, Exponent, Framing, LineSettings, Protocol, Says, Tier

__all__ = ["PROTOCOLS"]

_7E1: Final = LineSettings(9600, 7, "E", 1)
_STX, _CR, _LF, _ETX = b"\x02", b"\r", b"\n", b"\x03"

# SI asks for what is shown now: S would wait until it has settled.  The number has ten places, to the right.
MT_SICS: Final = Protocol(
    name="mt-sics",
    tier=Tier.VENDOR_TEXT,
    sources="Mettler Toledo's manuals, an open driver and .NET IoT's messages; ten places: general knowledge",
    ask=b"SI\r\n",
    patterns=(
        rb"S (?:(?P<stable>S)|(?P<moving>D)) (?P<weight>[ 0-9.+-]{10}) (?P<unit>[A-Za-z]{1,5}) *\r\n",
        rb"S (?:(?P<over>\+)|(?P<under>-)|(?P<unknown>I))\r\n",
        rb"(?P<error>E[STL])\r\n",
    ),
    zero=b"Z\r\n",
    tare=b"T\r\n",
    refused=rb"[ZT] [I+-]\r\n|E[STL]\r\n",
)

# A weight is sent only once it has settled; otherwise a question mark and a status byte, whose bit 6 is always set.
_8217: Final = Protocol(
    name="toledo-8217",
    tier=Tier.VENDOR_TEXT,
    sources="a service manual of a maker who speaks it, and an open driver",
    line=_7E1,
    ask=b"W",
    framing=Framing(_STX, _CR),
    mask=0x7F,
    unit_told=False,
    patterns=(rb"\x02(?P<stable>)(?P<weight>[0-9]{1,4}\.[0-9]{1,3})\r", rb"\x02\?(?P<status>.)\r"),
    bits=(
        Bit("status", 0x40, Says.UNKNOWN, "its status byte is none", when=False),
        Bit("status", 0x01, Says.MOVING),
        Bit("status", 0x02, Says.OVER),
        Bit("status", 0x04, Says.UNDER, "below zero"),
        Bit("status", 0x08, Says.ERROR, "outside its range of zero: take everything off, and zero it"),
        Bit("status", 0x10, Says.ZERO),
        Bit("status", 0x20, Says.NET),
    ),
)

# Bits 5 and 6 of the status bytes differ from maker to maker, so nothing rests on them.  The last three bits of the
# third byte name other units on some scales: then the number is not pounds or kilograms.
_CONTINUOUS: Final = rb"\x02(?P<a>.)(?P<b>.)(?P<c>.)(?P<weight>[ 0-9]{6})[ 0-9]{6}\r"
_CONTINUOUS_BITS: Final = (
    Bit("c", 0x07, Says.UNKNOWN, "another unit than kg and lb"),
    Bit("b", 0x01, Says.NET),
    Bit("b", 0x02, Says.NEGATIVE),
    Bit("b", 0x04, Says.OVER, "out of range"),
    Bit("b", 0x08, Says.MOVING),
    Bit("b", 0x08, Says.STABLE, when=False),
)


def _continuous(name: str, length: int, end: bytes) -> Protocol:
    return Protocol(
        name=name,
        tier=Tier.VENDOR_TEXT,
        sources="four manuals of three makers, which differ in the bits that are not looked at here",
        framing=Framing(_STX, length=length),
        mask=0x7F,
        patterns=(_CONTINUOUS + end,),
        bits=_CONTINUOUS_BITS,
        unit_bit=("b", 0x10, "kg", "lb"),
        exponent=Exponent("a", 0x07, highest=2),
        checksum=length == 18,
    )


_NCI: Final = Protocol(
    name="nci",
    tier=Tier.CODE_CONFIRMED,
    sources="four manuals of three makers (Weigh-Tronix, Brecknell, Adam); line and status bits: general knowledge",
    line=_7E1,
    ask=b"W\r",
    framing=Framing(_LF, _ETX),
    mask=0x7F,
    patterns=(
        rb"\n(?:(?P<over>\^+)|(?P<under>_+)|(?P<error>-+)) ?[A-Za-z]{0,2}\r\n..\r\x03",
        rb"\n(?P<weight>[ 0-9.-]{6,9}) ?(?P<unit>[A-Za-z]{1,2})\r\n(?P<one>.)(?P<two>.)(?P<stable>)\r\x03",
        rb"\n(?P<unknown>\?)\r\x03",
    ),
    bits=(Bit("one", 0x01, Says.MOVING), Bit("two", 0x01, Says.UNDER), Bit("two", 0x02, Says.OVER)),
    zero=b"Z\r",
    refused=rb"\n\?\r\x03|\n-+ ?[A-Za-z]{0,2}\r\n..\r\x03",
)

# status, range, gross or net, motion, a spare field, ten places, three letters.
_SMA: Final = Protocol(
    name="sma",
    tier=Tier.EXPERIMENTAL,
    sources="the association's text, by one copy; its commands to zero and tare: general knowledge",
    ask=b"\nW\r",
    framing=Framing(_LF, _CR),
    patterns=(
        (
            rb"\n[ Z][^\r\n](?:[Gg]|(?P<net>[Nn]))(?:(?P<moving>M)|(?P<stable> ))[^\r\n]"
            rb"(?P<weight>[ 0-9.+-]{10})(?P<unit>[A-Za-z ]{3})\r"
        ),
        rb"\n(?:(?P<over>O)|(?P<under>U)|(?P<error>[EIT]))[^\r\n]{17}\r",
        rb"\n(?P<unknown>[?!])\r",
    ),
    zero=b"\nZ\r",
    tare=b"\nT\r",
    refused=rb"\n[EIT][^\r\n]{17}\r|\n[?!]\r",
)

# The header is looked at before any digit: beyond its range the scale shows 9999999E+19.
_A_AND_D: Final = Protocol(
    name="a-and-d",
    tier=Tier.EXPERIMENTAL,
    sources="four of the maker's manuals and code; its line: general knowledge",
    line=LineSettings(2400, 7, "E", 1),
    ask=b"Q\r\n",
    mask=0x7F,
    patterns=(
        rb"(?:(?P<stable>ST)|(?P<moving>US)),(?:(?:HI|OK|LO),)?(?P<weight>[+-][0-9.]{8})(?P<unit>[A-Za-z ]{3})\r\n",
        rb"OL,(?:(?:HI|OK|LO),)?(?:(?P<over>\+)|(?P<under>-))[^\r\n]{7,16}\r\n",
        rb"(?P<unknown>QT),[^\r\n]{1,24}\r\n",
    ),
    zero=b"Z\r\n",
    tare=b"T\r\n",
)

# Two forms: of industrial scales, field by field, and of portable ones.  A question mark: it has not settled.
_OHAUS: Final = Protocol(
    name="ohaus",
    tier=Tier.EXPERIMENTAL,
    sources="three of the maker's manuals; older scales: 2400 baud, 7 bits, no parity, 2 stop bits",
    ask=b"IP\r\n",
    patterns=(
        (
            rb"(?P<sign>[ +-]) (?P<weight>[ 0-9.]{7}) (?P<unit>[A-Za-z ]{5})(?:(?P<moving>\?)|(?P<stable> ))"
            rb"(?:(?P<net>N..)|[^N\r\n]..)\r\n"
        ),
        (
            rb"(?P<weight>[ 0-9.+-]{9}) (?P<unit>[A-Za-z]{1,5})"
            rb"(?:(?P<moving> \?)|(?P<stable>))(?: {0,3}| *(?P<net>N[A-Z]*))\r\n"
        ),
        rb"(?P<error>ES)\r\n",
    ),
    zero=b"Z\r\n",
    tare=b"T\r\n",
    refused=rb"ES\r\n",
)

# The eighth byte is a row of lamps with its highest bit set: a byte at its place, never a letter.
_CAS: Final = Protocol(
    name="cas",
    tier=Tier.EXPERIMENTAL,
    sources="three of the maker's manuals and code; scales that have to be asked are not in it",
    patterns=(
        (
            rb"(?:(?P<stable>ST)|(?P<moving>US)),(?:GS|(?P<net>NT)),.(?P<lamps>[\x80-\xff]),"
            rb"(?P<weight>[ 0-9.+-]{8}) (?P<unit>[A-Za-z ]{2})\r\n"
        ),
        rb"(?P<over>OL),(?:GS|NT),..,.{8} .{2}\r\n",
    ),
    bits=(
        Bit("lamps", 0x40, Says.MOVING, when=False),
        Bit("lamps", 0x10, Says.UNKNOWN, "the shown weight is held"),
    ),
)

# A blank unit: it has not settled.  Six letters may stand before: what is shown, gross or net.
_SBI: Final = Protocol(
    name="sbi",
    tier=Tier.EXPERIMENTAL,
    sources="two of the maker's manuals; its line and the meaning of a blank unit: general knowledge",
    line=LineSettings(9600, 8, "O", 1),
    ask=b"\x1bP",
    patterns=(
        (
            rb"(?:(?P<net>N {5})|[A-Z# 0-9]{6})?(?P<sign>[ +-]) (?P<weight>[ 0-9.]{8}) "
            rb"(?:(?P<moving>   )|(?P<stable>)(?P<unit>[A-Za-z][A-Za-z ]{2}))\r\n"
        ),
        rb"(?:[A-Z# 0-9]{6})?(?:Stat)? {1,12}(?:(?P<over>H+)|(?P<under>L+)|(?P<unknown>-+)) *\r\n",
        rb"(?:Stat|[A-Z# 0-9]{6})? *(?P<error>Err) *[0-9]{1,3} *\r\n",
    ),
    zero=b"\x1bV",
    tare=b"\x1bT",
)

PROTOCOLS: Final[dict[str, Protocol]] = {
    one.name: one
    for one in (
        MT_SICS,
        _8217,
        _continuous("toledo-continuous", 18, b"."),
        _continuous("toledo-continuous-plain", 17, b""),
        _NCI,
        _SMA,
        _A_AND_D,
        _OHAUS,
        _CAS,
        _SBI,
    )
}
