"""Anybody does anything in any order: what must always be true stays true, and nothing of it raises."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

from tests.core.rules import Anybody

# The same lives each time: whoever breaks something is told, and nobody else.  `make fuzz` plays others, and longer.
TestAnybody = Anybody.TestCase
TestAnybody.settings = settings(
    max_examples=40, stateful_step_count=80, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck)
)
