"""The whole program as people run it: real processes, real sockets, a world that outlives them."""
