"""Everything that reads what comes from outside, fed with what nobody would send.

Each target (`tests.fuzz.targets`) is a plain function of bytes that returns, or raises what is wrong.  `make test`
plays all of them for a moment, `make fuzz` lets coverage lead them for minutes, and `python -m tests.fuzz TARGET FILE`
plays one file once more.
"""
