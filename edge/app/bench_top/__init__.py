"""`locker bench-top`: a fake lock board on this desk, to try a driver or a configuration without hardware."""

from edge.app.bench_top.main import run

__all__ = ["run"]
