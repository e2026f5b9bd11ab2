"""Stands in for the camera process where the way of a line alone is timed: says when it wrote each line, in its text.

A line for each line that it gets, in the words of `hal.camera.wire`; a status first, so that it counts as alive.
"""

from __future__ import annotations

import sys
import time

from hal.camera.wire import CodeLine, StatusLine, encode_code, encode_status


def main() -> None:
    out = sys.stdout.buffer
    out.write(encode_status(StatusLine(frame_age_s=0.0, frames=1)))
    out.flush()
    while sys.stdin.buffer.readline():
        out.write(encode_code(CodeLine(str(time.perf_counter_ns()), "QRCode", 0.0)))
        out.flush()


if __name__ == "__main__":
    main()
