"""Load cells under the floors of compartments: what lies inside, weighed.

options     the `[[load_cell]]` tables
cell        what every kind of cell gives: counts of its converter
nau7802     a converter on I²C               hx711, hx711_iio, hx711_gpio   another, by kernel or by pins
mux         several NAU7802 on one bus       line     one wire, one burst of samples at a time
memory      what outlives the process: zeros, and what came and went
weighing    counts → grams → empty, present or unknown; steadiness, range, drift
sensors     the ContentSensors of all cells  wiring   from the tables to open cells
"""
