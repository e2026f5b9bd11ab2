"""A killed process is back before the door that it pulsed has sprung open: it must not call that door quiet."""

from __future__ import annotations

import pytest

from edge.core import events, inputs
from edge.core.words import CompartmentState, ContentSensor, ParcelState
from hal.sim.chronicle import Deed
from tests.core.desk import sent
from tests.runtime.observer import check
from tests.runtime.test_power_cut import ready, standing
from tests.sim.site import SimSite

LABEL = "JD0001"


def killed_at_the_pulse(site: SimSite) -> None:
    site.aim(Deed.PULSE_BEGAN, site.kill)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("hands_s", [0.2, 3.0])
def test_i6_a_deposit_killed_at_its_pulse_and_restarted_at_once_leaves_no_compartment_free(
    seed: int, hands_s: float
) -> None:
    """With the quickest hands the door is shut again before an idle wall would have been read a second time."""
    with ready(40 + seed) as site:
        site.let(site.courier_comes())
        site.world.parcels.make(LABEL, text=LABEL)
        killed_at_the_pulse(site)
        site.tell(inputs.Scan(LABEL, "Code128"))
        site.run_for(0.05)
        assert site.runtime is None, "it was killed"
        door = site.pulses()[-1].door
        site.world.person.put(LABEL, door, after_s=0.2 + hands_s / 2)
        site.world.person.shut(door, after_s=0.2 + hands_s)
        site.start()
        site.run_for(20)
        assert site.world.inside(door)
        assert site.state.compartments[door].state is not CompartmentState.FREE, "I6"
        assert not site.state.alarms, "nobody forced a door"
        assert len(site.pulses()) == 1
        check(site, [LABEL])
        site.let(site.collects(LABEL, door))
        assert not site.world.inside(door), "I3"


@pytest.mark.parametrize("content", [ContentSensor.INFRARED, ContentSensor.NONE])
def test_i3_a_pickup_killed_at_its_pulse_and_restarted_at_once_raises_no_alarm(content: ContentSensor) -> None:
    with ready(50, content) as site:
        door = standing(site, LABEL)
        killed_at_the_pulse(site)
        site.world.person.collects(door)
        site.tell(inputs.Scan(site.code(LABEL)))
        site.run_for(0.05)
        assert site.runtime is None, "it was killed"
        site.start()
        site.run_for(20)
        assert not site.world.inside(door)
        assert not site.state.alarms, "nobody forced a door"
        assert site.state.parcels[sent(LABEL).parcel].state in (ParcelState.COLLECTED, ParcelState.UNCERTAIN)
        assert not any(isinstance(event, events.DoorForced) for event in site.events())
        check(site, [LABEL])
