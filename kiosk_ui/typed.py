"""What a keyboard of any country types, in the letters and digits that labels and PINs are made of."""

from __future__ import annotations

import unicodedata
from typing import Final

__all__ = ["plain"]

# The key of the letter I on a Turkish keyboard types the first, that of i with Shift the second.
_TURKISH: Final = {"\u0131": "I", "\u0130": "I"}


def plain(text: str) -> str:
    """Digits of every script as 0 to 9, letters and signs of full width and spaces of any as the plain ones, without
    marks of direction.

    Any other letter stays what it is: the core says that no label and no PIN has it, as it does of every wrong one.
    Never longer than `text`.
    """
    return "".join(_plain(letter) for letter in text if unicodedata.category(letter) != "Cf")


def _plain(letter: str) -> str:
    digit = unicodedata.decimal(letter, None)
    if digit is not None:
        return str(digit)
    if unicodedata.category(letter) == "Zs":
        return " "
    wide = unicodedata.east_asian_width(letter) == "F"
    narrow = unicodedata.normalize("NFKC", letter) if wide else _TURKISH.get(letter, letter)
    return narrow if narrow.isascii() else letter
