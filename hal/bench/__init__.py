"""Fake lock boards: they speak a make's own bytes on a pseudo-terminal, before the doors of a simulated world.

Written from the makes' published frames, not from our drivers: a driver and its board here share no code, so that a
frame that both get wrong has to be wrong twice.  Nothing here was compared with a real board.
"""
