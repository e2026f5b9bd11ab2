"""Numbers to keep: read out on the telephone, and as a code that the phone can photograph."""

from __future__ import annotations

import io

import cv2
import numpy as np
import segno
import zxingcpp

from edge.core.screens import Screen
from edge.core.site import CompartmentPlan, Policy, Site
from kiosk_ui.present import Present
from kiosk_ui.view import fragment

SITE = Site(number=1042, compartments=(CompartmentPlan(1),), name="Station Road", policy=Policy(telephone="0800 1042"))


def drawn(name: str, **params: str) -> str:
    return fragment(SITE, Present(Screen(name, {"receipt": "1042-317", **params}, ("end",), 3, "good")))


def photographed(text: str, html: str) -> list[str]:
    """What a phone reads of the code for `text`, which is the one on the screen."""
    code = segno.make_qr(text, error="m")
    assert code.svg_inline(omitsize=True, svgclass="code", lineclass="dark", border=4) in html
    picture = io.BytesIO()
    code.save(picture, kind="png", scale=6)
    frame = cv2.imdecode(np.frombuffer(picture.getvalue(), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert frame is not None
    return [found.text for found in zxingcpp.read_barcodes(frame)]


def test_the_receipt_is_a_number_and_a_code_that_says_the_same() -> None:
    html = drawn("receipt")
    assert "1042-317" in html
    assert photographed("LOCKER RECEIPT 1042-317", html) == ["LOCKER RECEIPT 1042-317"]


def test_an_incident_is_a_number_a_telephone_and_a_code_that_says_both() -> None:
    said = "LOCKER 1042 NUMBER 204 CALL 0800 1042"
    for html in (drawn("jammed", ticket="204"), drawn("help", incident="204")):
        assert ">204</p>" in html
        assert ">0800 1042</p>" in html
        assert photographed(said, html) == [said]


def test_help_is_a_telephone_number_that_a_phone_can_dial() -> None:
    html = drawn("help", telephone="0800 1042")
    assert ">0800 1042</p>" in html
    assert photographed("tel:08001042", html) == ["tel:08001042"]


def test_a_pickup_needs_no_proof() -> None:
    assert 'class="code"' not in drawn("thanks")
