"""The showroom, played by hand: a real browser before a real locker in its simulated street."""
