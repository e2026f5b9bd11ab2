"""Sabotages of the product, one line each: whoever makes one must be caught by a named check of the simulation."""
