"""The power of the locker and the health of its machine: what can be sensed of both, and what follows.

throttled    the firmware's word for under-voltage and heat
thermometer  the processor's temperature
ina219       a battery under the machine: is there mains, and how full is it
rail         whether the locks have power: "alive but cannot open" is a state of the site
watch        all of this as named faults, and under-voltage right after a pulse as a finding
"""
