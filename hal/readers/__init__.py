"""Scanners that give codes as bytes: serial ones, and those that pretend to be a keyboard.  docs/readers.md.

A `dialect` is what the bytes mean (pure, time is an argument), a `line` is how they travel, the `guard` is what is
believed of them, and `reader` is the one loop over the three.
"""
