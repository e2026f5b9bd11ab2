"""Proof of a drop-off: a number to read out, and a code that the phone can photograph."""

from __future__ import annotations

import io

import cv2
import numpy as np
import segno
import zxingcpp

from edge.core.screens import Screen
from edge.core.site import CompartmentPlan, Site
from kiosk_ui.present import Present
from kiosk_ui.view import fragment

SITE = Site(number=1042, compartments=(CompartmentPlan(1),), name="Station Road")


def drawn(name: str) -> str:
    return fragment(SITE, Present(Screen(name, {"receipt": "1042-317"}, ("end",), 3, "good")))


def test_the_receipt_is_a_number_and_a_code_that_says_the_same() -> None:
    html = drawn("receipt")
    assert "1042-317" in html
    code = segno.make_qr("LOCKER RECEIPT 1042-317", error="m")
    assert code.svg_inline(omitsize=True, svgclass="code", lineclass="dark", border=4) in html
    picture = io.BytesIO()
    code.save(picture, kind="png", scale=6)
    frame = cv2.imdecode(np.frombuffer(picture.getvalue(), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert frame is not None
    assert [found.text for found in zxingcpp.read_barcodes(frame)] == ["LOCKER RECEIPT 1042-317"]


def test_a_pickup_needs_no_proof() -> None:
    assert 'class="code"' not in drawn("thanks")
