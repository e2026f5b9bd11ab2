"""The figures of docs/benchmarks.md: `make bench` prints them and writes bench.json.

Every figure stands beside its floor (the least that the same work costs anybody) or a peer, taken in the same run:
absolute times say as much about the machine and its load as about the program.
"""
