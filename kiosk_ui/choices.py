"""The row at the bottom: what each choice says, in how many lines, and which one is the main one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from edge.core.screens import Screen
from kiosk_ui.layout import QUESTIONS, typing
from kiosk_ui.words import Words

__all__ = ["ROW_LETTERS", "Choice", "choices_of", "in_lines"]

# As many letters stand side by side in the row, when every choice takes as many as its longest line has; the narrowest
# choice, 20 mm, takes five.
ROW_LETTERS: Final = 26
LEAST_LETTERS: Final = 5
KEYPAD_ROW_LETTERS: Final = 13  # the row beside the keys is half as long


class Choice(NamedTuple):
    """words: with a line break where the row is too short for one line."""

    id: str
    words: str
    main: bool


def choices_of(screen: Screen, words: Words) -> tuple[Choice, ...]:
    """The choices in their order.  The main one is the first, or "more time" while the screen warns."""
    main = "more_time" if screen.idle and "more_time" in screen.choices else next(iter(screen.choices), "")
    # While a door stands open the main thing is to take and to shut; beside keys it is Enter.
    door_open = screen.tone == "good" and screen.name != "receipt"
    filled = main == "more_time" or not (door_open or typing(screen) or screen.name in QUESTIONS)
    said = [words.choice(screen.name, each) for each in screen.choices]
    lines = in_lines(said, KEYPAD_ROW_LETTERS if typing(screen) else ROW_LETTERS)
    return tuple(Choice(tap, line, filled and tap == main) for tap, line in zip(screen.choices, lines, strict=True))


def in_lines(said: Sequence[str], most: int) -> list[str]:
    """The longest ones in two lines, until their longest lines together have at most `most` letters."""
    lines = list(said)
    for index in sorted(range(len(lines)), key=lambda index: -len(lines[index])):
        if sum(map(_width, lines)) <= most:
            break
        lines[index] = _halved(lines[index])
    return lines


def _halved(words: str) -> str:
    """Broken at the space that leaves the shorter longest line."""
    gaps = [index for index, letter in enumerate(words) if letter == " "]
    if not gaps:
        return words
    gap = min(gaps, key=lambda gap: max(gap, len(words) - gap - 1))
    return f"{words[:gap]}\n{words[gap + 1 :]}"


def _width(words: str) -> int:
    return max(LEAST_LETTERS, *map(len, words.split("\n")))
