"""The person before the wall: what they are told, what they are asked, and what they answer, line by line.

Answers come from a stream, so that a test gives them as a person would.  The end of the stream is a person who left.
"""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Collection, Mapping, Sequence
from typing import Final, Protocol

from edge.core.errors import NotAllowed

__all__ = ["TRIES", "Answers", "Left", "Page", "Technician"]

TRIES: Final = 5  # answers to one question that are none; then nobody is reading what is asked
NARROWEST, WIDEST = 40, 118  # columns; longer lines are hard to read
_PROMPT: Final = "  > "


class Answers(Protocol):
    """What the person types, such as `sys.stdin`."""

    def readline(self, limit: int = -1, /) -> str:
        """The next line with its end; empty when there will be none."""
        ...


class Page(Protocol):
    """What the person reads, such as `sys.stdout`."""

    def write(self, text: str, /) -> object: ...

    def flush(self) -> None: ...


class Left(NotAllowed):
    """Nobody answers any more, or the person wants to stop here."""


class Technician:
    """Reads from `answers`, writes to `page`.  `width` in columns; the terminal's where it is not given."""

    def __init__(self, answers: Answers, page: Page, width: int = 0) -> None:
        self._answers, self._page = answers, page
        told = width or shutil.get_terminal_size((100, 24)).columns
        self.width = max(NARROWEST, min(told, WIDEST))

    def say(self, text: str = "", indent: int = 0) -> None:
        """One paragraph, folded at the width."""
        hanging = " " * (indent + 2) if indent else ""
        self._write(textwrap.fill(text, self.width, initial_indent=" " * indent, subsequent_indent=hanging))

    def heading(self, text: str) -> None:
        self._write(f"\n{text}\n{'=' * min(len(text), self.width)}")

    def lines(self, lines: Sequence[str]) -> None:
        """As they are: a table, a piece of a file."""
        self._write("\n".join(lines))

    def ask(self, question: str, keys: Mapping[str, str]) -> str:
        """One of `keys`, each with its meaning; "" is an empty answer.  Left on `q` and at the end of the answers."""
        for _ in range(TRIES):
            said = self._answer(question, keys)
            if said in keys:
                return said
            self.say("That is none of these.", 2)
        raise Left(f"no answer to “{question}” in {TRIES} tries")

    def yes(self, question: str) -> bool:
        return self.ask(question, {"y": "yes", "n": "no"}) == "y"

    def go(self, question: str, then: str) -> None:
        """Wait until they say so."""
        self.ask(question, {"": then})

    def ask_doors(self, question: str, known: Collection[int], keys: Mapping[str, str]) -> tuple[int, ...] | str:
        """Numbers of `known` doors, or one of `keys`."""
        for _ in range(TRIES):
            said = self._answer(question, keys, "a number: that door")
            if said in keys:
                return said
            words = [word for word in re.split(r"[,\s]+", said) if word]
            if words and all(word.isdecimal() and int(word[:6]) in known for word in words):
                return tuple(dict.fromkeys(int(word) for word in words))
            self.say("That is none of these, and no door of this wall.", 2)
        raise Left(f"no answer to “{question}” in {TRIES} tries")

    def _answer(self, question: str, keys: Mapping[str, str], more: str = "") -> str:
        told = [f"{key or 'Enter'}: {meaning}" for key, meaning in keys.items()]
        choices = ", ".join([*told[:1], *([more] if more else []), *told[1:], "q: stop"])
        self._write(textwrap.fill(question, self.width, initial_indent="  ? ", subsequent_indent="    "))
        self._write(textwrap.fill(choices, self.width, initial_indent="    ", subsequent_indent="    "))
        self._page.write(_PROMPT)
        self._page.flush()
        line = self._answers.readline(200)
        if not line:
            self._write("")
            raise Left("nobody answers: the input has ended")
        said = line.strip().lower()
        if said == "q":
            raise Left("stopped by the technician")
        return said

    def _write(self, text: str) -> None:
        self._page.write(text + "\n")
        self._page.flush()
