"""Every sentence of the screen, in English, by message id.  The only place where the kiosk has words.

An entry is a headline and the sentences of its instruction.  A sentence whose parameter is not known is left out,
so that no screen ever shows a gap.  Good news is short.  Bad news is complete: what happened, that the parcel is safe,
what we did, what to do now, and whom to call.
"""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from typing import Any, Final

__all__ = ["CHOICES", "LABELS", "SENTENCES", "VARIANTS", "choice", "key_of", "label", "said"]

_CALL: Final = "Questions? Call {telephone} and say locker {site_number}."
_NEW_CODE: Final = "Ask the sender of your code for a new one."
_TAKE_IT_ALONG: Final = "Keep the parcel with you."

# message id → headline, instruction…
SENTENCES: Final[dict[str, tuple[str, ...]]] = {
    # nobody at the screen
    "attract": ("Hold your code to the camera.", "Phone or paper, 20 cm away.", "Couriers: show your badge."),
    "attract.full": (
        "Hold your code to the camera.",
        "Phone or paper, 20 cm away.",
        "Pick-up works; all other doors are taken.",
    ),
    "restoring": (
        "This locker is being restored.",
        "Parcels inside are safe.",
        "Codes of parcels it knows again already work.",
        "New parcels go in later.",
        _CALL,
    ),
    "out_of_order": (
        "No door can be opened now.",
        "Parcels inside are safe, and your code stays good.",
        "Please come back later.",
        _CALL,
    ),
    # customers
    "pin": ("Type your PIN.", "It has eight digits.", "Then press Enter."),
    "second_factor": ("Now type your PIN.", "Your code asks for it as well.", "Then press Enter."),
    "send": ("Show the label or the code.", "Or type the number under the bars."),
    "courier_number": (
        "Type your courier number.",
        "Your PIN comes next.",
        "A badge at the camera is faster.",
    ),
    "opening": ("The door is opening.", "Door {instead} does not work."),
    "opening.grace": ("The door opens once more.",),
    "push_then_pull": ("Push the door, then pull.", "It has not opened yet.", "We are trying once more."),
    "take": ("Take your parcel, then close the door.",),
    "take.grace": ("Take what is left, then close the door.",),
    "take.still_open": ("Door {door} is still open.", "Take your parcel, then push the door shut."),
    "take.declined": ("Leave the parcel inside.", "Please close the door.", "It goes back to its sender."),
    "left_inside": ("Something is still inside.", "Take it out, then close the door."),
    "problem": ("What is wrong?", "The operator is told what you say."),
    "help": ("A person can help you.", "Call {telephone} and say locker {site_number}."),
    "help.shut": (
        "We have written this down.",
        "Please close door {door} now.",
        "The operator is told.",
        "Call {telephone} and say the number.",
    ),
    "help.reach": (
        "We have written this down.",
        "The parcel stays yours, and your code stays good.",
        "Push the door shut, or ask somebody near you.",
        "Call {telephone} and say the number.",
    ),
    "help.noted": (
        "We have written this down.",
        "The operator is told.",
        "Call {telephone} and say the number.",
    ),
    "help.incident": (
        "We have written this down.",
        "The operator is told.",
        "Nobody else gets this compartment before somebody has looked.",
        "Call {telephone} and say the number.",
    ),
    "did_you_get_it": ("Did you get your parcel?", "Door {door} was shut very quickly."),
    "reopen": ("Your parcel is still yours.", "Door {door} can be opened once more.", "Your code stays good."),
    "jammed": (
        "Door {door} did not open. The parcel is safe.",
        "Its code stays good.",
        "The waiting time is stopped.",
        "The operator is told.",
        "Call {telephone} and say the number.",
    ),
    "out_of_use": (
        "Door {door} is out of use now. The parcel is safe.",
        "Its code stays good.",
        "Please come back later.",
        _CALL,
    ),
    "board_silent": (
        "The lock does not answer.",
        "Nothing was opened, and nothing is lost.",
        "Codes stay good.",
        "Please try once more.",
        _CALL,
    ),
    "too_late": ("That took too long.", "The door was not opened.", "Codes stay good.", "Please try once more."),
    "stands_open": ("Door {door} stands open.", "Take a look inside, then push it shut.", "After that, try once more."),
    "one_moment": ("One moment, please.", "Other doors are still moving.", "Try again in a few seconds."),
    "thanks": ("Thank you. All done.",),
    "thanks.declined": ("Thank you. It goes back.", "Its sender is told."),
    # drop-off
    "choose_size": ("How large is your parcel?", "The smallest one that fits is best."),
    "choose_size.within_reach": (
        "How large is your parcel?",
        "The smallest one that fits is best.",
        "You get a door within reach, where one is free.",
    ),
    "place": ("Put your parcel in, then close the door.", "Door {instead} does not work."),
    "place.still_open": ("Door {door} is still open.", "Put your parcel in, then push the door shut."),
    "place.cancelled": ("Take your parcel out again.", "Then close the door."),
    "no_parcel": ("No parcel was found inside.", "The door is shut, but the compartment seems empty."),
    "no_parcel.elsewhere": (
        "No parcel was found inside.",
        "Perhaps it lies behind door {elsewhere}.",
        "Open door {door} again, or cancel.",
    ),
    "is_it_inside": ("Is the parcel inside?", "Door {door} was shut very quickly."),
    "receipt": ("We have your parcel.", "Take a picture of this number."),
    "cancelled": ("Cancelled. Nothing was handed in.", _TAKE_IT_ALONG),
    # couriers
    "badge_pin": ("Type the PIN of your badge.", "Then press Enter."),
    "look": ("Please look into door {door}.", "We are not sure what is inside.", "The books say: {expected}."),
    "look.interrupted": (
        "Is {expected} in door {door}?",
        "It was cut off before we knew.",
        "Please take a look inside.",
    ),
    "look_inside": ("What is inside?", "The books say: {expected}.", "Tell us, then close the door."),
    "look_inside.scan_it": ("Scan its label.", "Or type the number.", "Then close the door."),
    "look_inside.said": ("Thank you. Please close the door.", "Written down: {number}."),
    "what_is_inside": ("What is inside door {door}?", "The door is shut. Tell us what you saw."),
    "others_inside": ("Is the rest inside too?", "The books also have: {numbers}.", "Door {door} is shut."),
    "ready": ("Scan the next label.", "Sent when the network is back: {waiting}."),
    "ready.technician": (
        "Doors to look at are marked.",
        "Faults: {faults}. Alarms: {alarms}.",
        "All else is done at the service connection.",
    ),
    "ready.full": ("No door is free.", "Nothing more can be put in now."),
    "ready.quota": ("Your share of doors is used up.", "Nothing more can be put in now."),
    "last": ("Your last parcel is in door {door}.", "Open it again, or take the parcel back?"),
    "collect": ("Some parcels wait for you.", "Parcels: {parcels}. Doors: {doors}.", "The first is door {door}."),
    "offer": ("Door {door} has the same recipient.", "Does this parcel fit in there too?"),
    "put": (
        "Put it in and shut the door.",
        "Or scan the next label.",
        "Door {instead} does not work.",
        "It weighs {weight}.",
    ),
    "put.reopened": ("Door {door} is open once more.", "Shut it when you are done."),
    "put.added": ("Put it in with the other.", "Then shut the door."),
    "put.cancelled": ("Take the parcel out again.", "Then close the door."),
    "take_out": ("Take the parcel out again.", "Then close the door."),
    "scan_out": ("Take out and scan:", "{numbers}", "Then close the door."),
    "scan_out.extra": (
        "{extra} is not in the books.",
        "It is written down. Take it with you.",
        "Still to scan: {numbers}",
        "Then close the door.",
    ),
    "scan_out.last": ("{last} is scanned.", "Of: {numbers}", "Close the door when all are out."),
    "taken": ("Did you take everything?", "Not scanned yet: {left}."),
    "summary": ("Thank you. That was your round.", "Put in: {in}. Taken out: {out}.", "Still expected: {expected}."),
    "summary.waiting": (
        "Thank you. That was your round.",
        "Put in: {in}. Taken out: {out}.",
        "Still expected: {expected}.",
        "Sent when the network is back: {waiting}.",
    ),
    # refusals: the code by itself
    "refused.malformed": (
        "This code cannot be read.",
        "Hold it flat, 20 cm away, screen bright.",
        "Or type your PIN.",
    ),
    "refused.malformed.pin": ("A PIN has eight digits.", "Nothing was counted. Please type it again."),
    "refused.other_site": (
        "This code is for locker {site}.",
        "That is {name}.",
        "You find it here: {address}.",
        "You stand at locker {site_number}.",
        "The code stays good there.",
    ),
    "refused.unknown_claim": ("This locker does not know this code yet.", "Your parcel is safe.", _CALL),
    "refused.unknown_purpose": ("This code is for something else.", "It opens no door here.", _CALL),
    "refused.unknown_key": ("This locker must update first.", "Your parcel is safe, and your code stays good.", _CALL),
    "refused.key_not_valid_yet": ("This code does not work yet.", "Please try again later.", _CALL),
    "refused.key_expired": ("This code is too old.", _NEW_CODE, _CALL),
    "refused.key_purpose": ("This code does not work here.", _NEW_CODE, _CALL),
    "refused.key_carrier": ("This code does not work here.", _NEW_CODE, _CALL),
    "refused.bad_signature": ("This code does not work here.", _NEW_CODE, _CALL),
    # the code against what the site knows
    "refused.revoked": ("This code was called off.", _NEW_CODE, _CALL),
    "refused.superseded": ("A newer code has replaced this one.", "Show the one that was sent last.", _CALL),
    "refused.not_yet_valid": ("It is too early for this code.", "It works from {from}.", "It stays good until then."),
    "refused.expired": ("This code is no longer good.", _NEW_CODE, _CALL),
    "refused.not_here_yet": ("Your parcel is not here yet.", "You are told when it is.", "Your code stays good."),
    "refused.already_used": (
        "This code was used already.",
        "That was on {when}.",
        "Something left behind, or was it not you?",
        _CALL,
    ),
    "refused.already_used.handed_in": (
        "This parcel is handed in already.",
        "Its door stays shut until the courier comes.",
        _CALL,
    ),
    "refused.overdue": ("The waiting time is over.", "Your parcel is safe and waits for the courier.", _CALL),
    "refused.cancelled": ("This parcel was cancelled.", "Its sender knows more.", _CALL),
    "refused.taken_back": ("Your parcel goes back to its sender.", "Its sender knows more.", _CALL),
    "refused.needs_second_factor": ("This code needs a PIN as well.", "Show it again, then type the PIN.", _CALL),
    "refused.wrong_second_factor": ("That PIN does not belong to it.", "Wait {wait}.", "Then try once more.", _CALL),
    "refused.too_many_openings": (
        "Opened too often within one hour.",
        "Your parcel is safe, and your code stays good.",
        "Please come back in an hour.",
        _CALL,
    ),
    # PIN
    "refused.unknown_pin": (
        "This PIN opens nothing here.",
        "Wait {wait}, then try again.",
        "Check its eight digits and the locker number.",
        _CALL,
    ),
    "refused.unknown_pin.offline": (
        "This PIN opens nothing here.",
        "Wait {wait}, then try again.",
        "No network now: a new PIN may be unknown.",
        "A code held to the camera works.",
        _CALL,
    ),
    "refused.too_many_pins": (
        "Too many wrong PINs.",
        "Wait {wait}, then try again.",
        "Codes held to the camera go on working.",
        "Your parcel is safe.",
        _CALL,
    ),
    # badges
    "refused.unknown_badge": ("This badge is not known here.", "Please ask your office.", _CALL),
    "refused.badge_ended": ("This badge has run out.", "Please ask your office for a new one.", _CALL),
    "refused.no_roster": ("This locker has no list of badges yet.", "Pick-up goes on working.", _CALL),
    "refused.roster_too_old": (
        "The list of badges is too old.",
        "It is renewed when the network is back.",
        "Pick-up goes on working.",
        _CALL,
    ),
    "refused.not_permitted": ("Your badge does not allow this here.", "Please ask your office.", _CALL),
    "refused.wrong_carrier": ("This parcel belongs to another carrier.", _TAKE_IT_ALONG, _CALL),
    # labels and deposits
    "refused.label_unreadable": ("This label cannot be read.", "Hold it flat, or type its number."),
    "refused.not_announced": ("Nobody has announced this parcel.", _TAKE_IT_ALONG, _CALL),
    "refused.already_here": ("This parcel is here already.", "The books say: door {door}.", _CALL),
    "refused.redirected": ("This parcel goes to another locker now.", _TAKE_IT_ALONG, _CALL),
    "refused.no_free_compartment": (
        "No free door is large enough.",
        "Please close door {shut}, with nothing inside.",
        _TAKE_IT_ALONG,
        "A door should be free within {soon}.",
        "Another locker near here: {name}, {address}.",
        _CALL,
    ),
    "refused.carrier_quota": (
        "Your share of doors is used up.",
        _TAKE_IT_ALONG,
        "Doors become free as people pick up.",
    ),
    "refused.doors_open": ("First close the doors that stand open.", "Then scan this label again."),
    # the locker itself
    "refused.restoring": (
        "This locker is being restored.",
        "Your parcel is safe, and your code stays good.",
        "Please come back later.",
        _CALL,
    ),
    "refused.out_of_order": (
        "This locker takes nothing in now.",
        "Parcels inside are safe.",
        _TAKE_IT_ALONG,
        _CALL,
    ),
}

# Where one message id has several sentences: the first of these parameters that is set chooses among them.
VARIANTS: Final[dict[str, tuple[str, ...]]] = {
    "attract": ("full",),
    "opening": ("grace",),
    "take": ("declined", "grace", "still_open"),
    "help": ("reach", "shut", "noted", "incident"),
    "thanks": ("declined",),
    "choose_size": ("within_reach",),
    "place": ("cancelled", "still_open"),
    "put": ("cancelled", "reopened", "added"),
    "no_parcel": ("elsewhere",),
    "look": ("interrupted",),
    "look_inside": ("said", "scan_it"),
    "ready": ("technician", "full", "quota"),
    "scan_out": ("extra", "last"),
    "summary": ("waiting",),
    "refused.already_used": ("handed_in",),
    "refused.unknown_pin": ("offline",),
}

# choice id → what stands on it; `screen.choice` where one screen needs another word
CHOICES: Final[dict[str, str]] = {
    "S": "Small",
    "M": "Medium",
    "L": "Large",
    "XL": "Extra large",
    "add": "Put it there",
    "all": "Open all",
    "all_taken": "All taken",
    "back": "Back",
    "cancel": "Cancel",
    "cannot_reach": "Out of reach",
    "collect": "Take back",
    "courier": "Courier",
    "damaged": "Damaged",
    "decline": "Send it back",
    "dirty": "Dirty, broken",
    "does_not_fit": "Too large",
    "empty": "Empty",
    "problem.empty": "It is empty",
    "end": "Done",
    "pin.end": "Back",
    "second_factor.end": "Back",
    "send.end": "Back",
    "courier_number.end": "Back",
    "badge_pin.end": "Back",
    "ready.end": "End round",
    "reopen.end": "Leave it there",
    "board_silent.end": "Leave",
    "too_late.end": "Leave",
    "stands_open.end": "Leave",
    "one_moment.end": "Leave",
    "help": "Help",
    "last": "The last one",
    "left": "Some left inside",
    "look": "Look inside",
    "missing": "Some missing",
    "more_time": "More time",
    "next": "Next door",
    "no": "No",
    "not_now": "Not now",
    "occupied": "Occupied",
    "one": "Only this one",
    "open": "Open",
    "open_again": "Open again",
    "other_size": "Larger door",
    "own_door": "Its own door",
    "parcel": "A parcel",
    "pin": "Type my PIN",
    "problem": "Something is wrong",
    "send": "Return or send",
    "something_else": "Something else",
    "try_again": "Try again",
    "undo": "Take it back",
    "wrong": "Not my parcel",
    "yes": "Yes",
}

# What else stands on the screen: by the page, not by the core.
LABELS: Final[dict[str, str]] = {
    "locker": "Locker {site_number}",
    "telephone": "Help {telephone}",
    "offline": "offline, still works",
    "offline_unsent": "offline: {unsent} to send",
    "unsent": "{unsent} to send",
    "and_more": "{numbers} and {more} more",
    "parcel_of": "Parcel {nth} of {of}",
    "door": "Door",
    "number": "Your number",
    "receipt": "Receipt",
    "other": "Door {others} stands open. Please push it shut.",
    "others": "Doors {others} stand open. Please push them shut.",
    "unread.glare": "The light is reflected. Tilt it a little.",
    "unread.too_far": "A code is seen. Hold it closer.",
    "unread.blurred": "A code is seen. Hold it still, screen bright.",
    "idle": "Are you still there?",
    "seconds": "s",
    "call": "Call",
    "open": "open",
    "you_are_here": "You are here",
    "map": "Map of the doors",
    "free_doors": "Free doors",
    "S": "Small",
    "M": "Medium",
    "L": "Large",
    "XL": "Extra large",
    "this_round": "This round",
    "expected": "Expected",
    "to_collect": "To take back",
    "in": "Put in",
    "out": "Taken out",
    "enter": "Enter",
    "delete": "Delete",
    "digits": "Digits typed so far",
    "type_here": "Number on the label",
    "type_number": "Type number",
    "letters": "Letters",
    "language": "Language",
    "comfort": "See and hear better",
    "contrast": "High contrast",
    "large": "Large text",
    "low": "Lower screen",
    "sound": "Sound",
    "on": "on",
    "off": "off",
    "free": "free",
    "in_doubt": "in doubt",
    "this_door": "this door",
    "lost": "One moment, please. The screen is being connected again.",
    "replaced": "This screen is now shown in another window.",
    "show_here": "Show it here",
    "boot_starting": "The locker is starting.",
    "boot_slow": "This takes longer than usual.",
    "boot_failed": "The screen does not work at the moment.",
}


def choice(screen: str, choice: str) -> str:
    """What stands on a choice.  KeyError when it has no words."""
    return CHOICES.get(f"{screen}.{choice}") or CHOICES[choice]


def label(name: str, parameters: Mapping[str, Any]) -> str:
    """One of LABELS; empty when a parameter of it is not known."""
    return LABELS[name].format_map(parameters) if _known(LABELS[name], parameters) else ""


def said(name: str, parameters: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The headline of a screen and the sentences below it.

    parameters: as the screen has them, already in words (`spoken.parameters`).  Where a headline's parameter is not
    known, the next sentence is the headline.  KeyError when there are no sentences for `name`.
    """
    sentences = SENTENCES[key_of(name, parameters)]
    headline, *instruction = (each.format_map(parameters) for each in sentences if _known(each, parameters))
    return headline, tuple(instruction)


def key_of(name: str, parameters: Mapping[str, Any]) -> str:
    """Which of SENTENCES are said for the screen `name`."""
    key = f"refused.{parameters['reason']}" if name == "refused" else name
    narrower = f"{key}.{parameters.get('source', '')}"
    if name == "refused" and narrower in SENTENCES:
        return narrower
    variant = next((v for v in VARIANTS.get(key, ()) if parameters.get(v)), "")
    return f"{key}.{variant}" if variant else key


def _known(sentence: str, parameters: Mapping[str, Any]) -> bool:
    wanted = (field for _, field, _, _ in Formatter().parse(sentence) if field)
    return all(parameters.get(field) not in (None, "") for field in wanted)
