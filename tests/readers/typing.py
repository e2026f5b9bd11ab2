"""What a US keyboard sends for a text, written down by hand for the tests: key codes of input-event-codes.h."""

from __future__ import annotations

import struct

SHIFT, CTRL, ENTER = 42, 29, 28
KEYS = {
    "1": 2, "2": 3, "3": 4, "4": 5, "5": 6, "6": 7, "7": 8, "8": 9, "9": 10, "0": 11, "-": 12, "=": 13,
    "q": 16, "w": 17, "e": 18, "r": 19, "t": 20, "y": 21, "u": 22, "i": 23, "o": 24, "p": 25, "[": 26, "]": 27,
    "a": 30, "s": 31, "d": 32, "f": 33, "g": 34, "h": 35, "j": 36, "k": 37, "l": 38, ";": 39, "'": 40, "`": 41,
    "\\": 43, "z": 44, "x": 45, "c": 46, "v": 47, "b": 48, "n": 49, "m": 50, ",": 51, ".": 52, "/": 53, " ": 57,
}  # fmt: skip
WITH_SHIFT = dict(zip('!@#$%^&*()_+{}:"~|<>?', "1234567890-=[];'`\\,./", strict=True))


def event(kind: int, code: int, value: int) -> bytes:
    """One `struct input_event` of a 64-bit kernel: 24 bytes."""
    made = struct.pack("=qqHHi", 1_700_000_000, 5, kind, code, value)
    assert len(made) == 24
    return made


def report() -> bytes:
    return event(0, 0, 0)


def key(code: int, value: int) -> bytes:
    """With what comes around it: the scan code before, the report after."""
    return event(4, 4, 0x70000 + code) + event(1, code, value) + report()


def press(code: int) -> bytes:
    return key(code, 1) + key(code, 0)


def typed(text: str) -> bytes:
    """As a scanner types: shift down and up around each character that needs it."""
    made = b""
    for letter in text:
        plain = WITH_SHIFT.get(letter, letter.lower())
        shifted = plain != letter
        pressed = press(KEYS[plain])
        made += key(SHIFT, 1) + pressed + key(SHIFT, 0) if shifted else pressed
    return made
