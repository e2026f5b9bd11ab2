"""Commissioning: what a technician does before a new wall, from an empty file to a signed report.

`locker config new` and `locker hardware scan|learn|test|soak|report|verify-report` (docs/commissioning.md).  Every
pulse goes through the banks' own drivers and the coil guard; time, pauses and the person are handed in.
"""
