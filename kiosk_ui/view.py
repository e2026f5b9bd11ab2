"""A screen as HTML: which sentences, which number is huge, what stands beside it.  Every text is escaped."""

from __future__ import annotations

from datetime import tzinfo
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from edge.core.screens import Screen
from edge.core.site import Site
from kiosk_ui.choices import choices_of
from kiosk_ui.heading import heading_of
from kiosk_ui.layout import SMALL, door_of, layout_of, typing
from kiosk_ui.look import NOBODY, SWITCHES, Look
from kiosk_ui.present import Present, classes
from kiosk_ui.prompts import said_aloud, switches_aloud
from kiosk_ui.slips import card_of, tables_of
from kiosk_ui.wall import Room, wall_map
from kiosk_ui.words import LANGUAGES, Words, words_of

__all__ = ["MOST_LETTERS", "fragment", "page"]

MOST_DIGITS: Final = 16
MOST_LETTERS: Final = 64  # of a label: as many as the core takes
MAP_ROOM: Final = Room()
MAP_BELOW_KEYS: Final = Room(65, 33)  # where the number of a label is typed above the map

_PAGES: Final = Environment(
    loader=PackageLoader("kiosk_ui"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def page(site: Site, present: Present, zone: tzinfo | None = None) -> str:
    """The whole page with the present screen in it.  zone: whose wall time is shown; None is the machine's."""
    words = words_of(present.look.language)
    return _PAGES.get_template("page.html").render(
        labels=words.labels,
        lang=words.language.code,
        dir=words.language.direction,
        classes=classes(present),
        token=present.page,
        title=words.label("locker", {"site_number": site.number}),
        telephone=words.label("telephone", {"telephone": site.policy.telephone}),
        stage=fragment(site, present, zone),
    )


def fragment(site: Site, present: Present, zone: tzinfo | None = None) -> str:
    """The screen alone."""
    screen, look, words = present.screen, present.look, words_of(present.look.language)
    spoken = words.parameters({**screen.params, "door": screen.door or screen.params.get("door", "")}, zone)
    card = card_of(site, screen, words)
    layout = layout_of(screen, card=card is not None)
    headline, sentences = words.said(screen.name, spoken)
    note = _note(screen, words)
    return _PAGES.get_template(f"{look.menu or 'screen'}.html").render(
        screen=screen,
        page=present.page,
        labels=words.labels,
        layout=look.menu or layout,
        nobody=screen.name in NOBODY,
        heading=heading_of(site, present, words, spoken, zone),
        headline=headline,
        sentences=_spared(screen, sentences, note),
        note=note,
        door=door_of(screen),
        number=0 if screen.name in SMALL or layout != "map" else screen.door,
        parcel=str(spoken.get("label") or "") if layout == "map" and screen.entry == "label" else "",
        card=card,
        say=" ".join(_aloud(screen, look, words, zone, card.number if card else "")),
        tables=tables_of(screen, words),
        wall=wall_map(site.compartments, screen.doors, MAP_BELOW_KEYS if screen.entry == "label" else MAP_ROOM),
        choices=choices_of(screen, words),
        back=words.choice("", "back"),
        more_time=words.choice("", "more_time"),
        most={"pin": MOST_DIGITS, "number": MOST_DIGITS, "label": MOST_LETTERS}.get(screen.entry, 0),
        left_s=present.left_s,
        look=look,
        languages=[LANGUAGES[code] for code in present.languages],
        switches=[(name, getattr(look, name)) for name in SWITCHES],
    )


def _aloud(screen: Screen, look: Look, words: Words, zone: tzinfo | None, number: str) -> tuple[str, ...]:
    """Names of recordings, for who asked for sound."""
    if not look.sound or look.menu == "languages":
        return ()
    if look.menu == "comfort":
        return switches_aloud(words, [(name, getattr(look, name)) for name in SWITCHES], door_of(screen))
    return said_aloud(words, screen, zone, number)


def _note(screen: Screen, words: Words) -> str:
    """What is not as it should be, beside what the screen is about: a code that is not read, a hint of the flow, or
    another open door."""
    if f"unread.{screen.unread}" in words.labels:
        return words.label(f"unread.{screen.unread}")
    if screen.params.get("hint"):
        return words.said("refused", {"reason": screen.params["hint"]})[0]
    if not screen.others:
        return ""
    return words.label("other" if len(screen.others) == 1 else "others", {"others": words.listed(screen.others)})


def _spared(screen: Screen, sentences: tuple[str, ...], note: str) -> tuple[str, ...]:
    """What is said besides the headline: where there is little room a note, or the warning, comes first."""
    if typing(screen) and (note or screen.idle):
        return sentences[:1]
    return () if screen.name == "attract" and note else sentences
