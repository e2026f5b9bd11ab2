"""A screen as HTML: which sentences, which number is huge, what stands beside it.  Every text is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any, Final

import segno
from jinja2 import Environment, PackageLoader, StrictUndefined

from edge.core.screens import Screen
from edge.core.site import Site
from kiosk_ui.present import Present
from kiosk_ui.sentences import LABELS, choice, label, said
from kiosk_ui.spoken import parameters
from kiosk_ui.wall import wall_map

__all__ = ["fragment", "page"]

MOST_DIGITS: Final = 16
MOST_LETTERS: Final = 64  # of a label: as many as the core takes

# Where nobody has a session, the keys come up after "Type my PIN", not before.
HOME: Final = frozenset({"attract", "restoring", "out_of_order"})
# A number in a frame, to be read out or photographed: its parameter, and what is written above it.
CARDS: Final = {
    "jammed": ("ticket", "number"),
    "help": ("incident", "number"),
    "thanks": ("receipt", "receipt"),
    "receipt": ("receipt", "receipt"),
}
# Here the headline names the door, or it is not the thing to look for: no huge number.
SMALL: Final = frozenset(
    {
        "problem",
        "look",
        "what_is_inside",
        "others_inside",
        "is_it_inside",
        "last",
        "collect",
        "did_you_get_it",
        "reopen",
        "stands_open",
        "no_parcel",
        "taken",
    }
)
# Every answer is as good as the others: none is filled.
QUESTIONS: Final = frozenset(
    {
        "send",
        "problem",
        "did_you_get_it",
        "is_it_inside",
        "choose_size",
        "look_inside",
        "what_is_inside",
        "others_inside",
        "taken",
    }
)
SIZES: Final = ("S", "M", "L", "XL")

_PAGES: Final = Environment(
    loader=PackageLoader("kiosk_ui"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def page(site: Site, present: Present, zone: tzinfo | None = None) -> str:
    """The whole page with the present screen in it.  zone: whose wall time is shown; None is the machine's."""
    return _PAGES.get_template("page.html").render(
        labels=LABELS, title=f"Locker {site.number}", stage=fragment(site, present, zone)
    )


def fragment(site: Site, present: Present, zone: tzinfo | None = None) -> str:
    """The screen alone."""
    screen, left_s = present.screen, present.left_s
    spoken = parameters({**screen.params, "door": screen.door or screen.params.get("door", "")}, zone)
    headline, instruction = said(screen.name, spoken)
    return _PAGES.get_template("screen.html").render(
        screen=screen,
        labels=LABELS,
        layout=_layout(screen, spoken),
        headline=headline,
        instruction=instruction,
        locker=label("locker", spoken),
        site_name=site.name,
        telephone=label("telephone", spoken) if screen.name != "help" else "",
        pill=_pill(screen, spoken),
        number=0 if screen.name in SMALL else screen.door,
        card=_card(screen, spoken),
        note=_note(screen),
        typed_label=str(spoken.get("label") or ""),
        wall=wall_map(site.compartments, screen.doors),
        **_round(screen, spoken),
        choices=_choices(screen),
        most={"pin": MOST_DIGITS, "number": MOST_DIGITS, "label": MOST_LETTERS}.get(screen.entry, 0),
        left_s=left_s,
    )


def _layout(screen: Screen, spoken: Mapping[str, Any]) -> str:
    if screen.name == "attract":
        return "attract"
    if screen.entry in ("pin", "number") and screen.name not in HOME:
        return "keypad"
    if screen.name == "ready":
        return "round"
    if _card(screen, spoken) is not None:
        return "card"
    return "map" if screen.door and screen.name != "refused" else "plain"


def _pill(screen: Screen, spoken: Mapping[str, Any]) -> str:
    """The few words in the upper corner."""
    if screen.name == "jammed":
        return label("stuck", spoken)
    if int(spoken.get("of") or 0) > 1:
        return label("parcel_of", {**spoken, "nth": int(spoken.get("done") or 0) + 1})
    return "" if screen.entry == "label" else str(spoken.get("label") or "")


def _round(screen: Screen, spoken: Mapping[str, Any]) -> dict[str, list[tuple[str, int]]]:
    """What a courier is told before unloading."""
    if screen.name != "ready":
        return {"free": [], "tally": []}
    return {
        "free": [(LABELS[size], spoken["free"].get(size, 0)) for size in SIZES],
        "tally": [(LABELS[name], spoken[name]) for name in ("expected", "to_collect", "in", "out")],
    }


def _card(screen: Screen, spoken: Mapping[str, Any]) -> dict[str, str] | None:
    name, caption = CARDS.get(screen.name, ("", ""))
    number = spoken.get(name)
    if number:
        code = _code(str(number)) if screen.name == "receipt" else ""
        return {"caption": LABELS[caption], "number": str(number), "code": code}
    if screen.name == "help" and spoken.get("telephone"):
        return {"caption": LABELS["call"], "number": spoken["telephone"], "code": ""}
    return None


def _code(text: str) -> str:
    """The proof of deposit as a QR for the phone: modules as one path, coloured by the style sheet."""
    drawn = segno.make_qr(f"LOCKER RECEIPT {text}", error="m")
    return drawn.svg_inline(omitsize=True, svgclass="code", lineclass="dark", border=4)


def _note(screen: Screen) -> str:
    """What is not as it should be, beside what the screen is about: a code that is not read, a hint of the flow, or
    another open door."""
    if f"unread.{screen.unread}" in LABELS:
        return LABELS[f"unread.{screen.unread}"]
    if screen.params.get("hint"):
        return said("refused", {"reason": screen.params["hint"]})[0]
    if not screen.others:
        return ""
    return label("other" if len(screen.others) == 1 else "others", {"others": ", ".join(map(str, screen.others))})


def _choices(screen: Screen) -> list[tuple[str, str, bool]]:
    """Id, words, and whether it is the main one: the first, or "more time" while the screen warns."""
    main = "more_time" if screen.idle and "more_time" in screen.choices else next(iter(screen.choices), "")
    # While a door stands open the main thing is to take and to shut; no tap is meant to be the first.
    open_now = screen.tone == "good" and screen.name != "receipt"
    typing = screen.entry in ("pin", "number") and screen.name not in HOME  # there Enter is the main one
    filled = main == "more_time" or not (open_now or typing or screen.name in QUESTIONS)
    return [(each, choice(screen.name, each), filled and each == main) for each in screen.choices]
