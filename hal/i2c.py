"""An I²C bus, as drivers of chips see it: some bytes from a register on, read or written in one transaction.

A bus has one owner in this process, however many chips of whatever kind hang on it: `shared_bus` hands the same one to
everybody who names the same path.  Transactions of different threads follow each other, and the kernel keeps those of
different processes apart.  `sim:FILE` in the place of `/dev/i2c-1` is a bus of simulated chips (hal.sim.chips).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final, Protocol, TypeVar

from edge.core.errors import BadInput, HardwareFault, machine_says

__all__ = ["ADDRESSES", "BLOCK_LIMIT", "SIMULATED", "I2cBus", "LinuxI2c", "address_fault", "shared_bus"]

BLOCK_LIMIT: Final = 32  # bytes of one transaction: the kernel's own limit for a block
ADDRESSES: Final = range(0x08, 0x78)  # 7 bits; the rest is reserved by the specification of the bus
SIMULATED: Final = "sim:"

T = TypeVar("T")


class I2cBus(Protocol):
    """One bus.  Thread-safe: one transaction at a time.

    Errors: HardwareFault with bus, address and register when no chip answers or the line fails; nothing can be said
    then of whether a write has arrived.  BadInput when an address, register or size is out of range.
    """

    def read(self, address: int, register: int, size: int = 1) -> bytes:
        """`size` bytes, 1 to BLOCK_LIMIT, from that register on: as the chip counts on by itself."""
        ...

    def write(self, address: int, register: int, data: bytes) -> None:
        """1 to BLOCK_LIMIT bytes from that register on."""
        ...

    def close(self) -> None:
        """Given back by one user; the last one closes the line."""
        ...


def _smbus(path: str) -> Any:
    """The line at that path, open.  OSError."""
    from smbus2 import SMBus  # only where there is a bus

    line = SMBus()
    try:
        line.open(path)
    except OSError:
        line.close()  # a file that is no bus has been opened by then
        raise
    return line


class LinuxI2c:
    """A bus of the machine, by smbus2.  Opened at the first transaction, and again after it could not be opened.

    The kernel refuses an address that one of its own drivers holds: that is said, and never overruled.
    """

    def __init__(self, path: str, opened: Callable[[str], Any] = _smbus) -> None:
        self.path, self._opened, self._gate = path, opened, threading.Lock()
        self._line: Any = None
        self.users = 1

    def read(self, address: int, register: int, size: int = 1) -> bytes:
        check(address, register, size)

        def job(line: Any) -> bytes:
            return bytes(line.read_i2c_block_data(address, register, size))

        return self._do(job, f"address 0x{address:02x} register 0x{register:02x}: read of {size} bytes")

    def write(self, address: int, register: int, data: bytes) -> None:
        check(address, register, len(data))

        def job(line: Any) -> None:
            line.write_i2c_block_data(address, register, list(data))

        self._do(job, f"address 0x{address:02x} register 0x{register:02x}: write of {data.hex(' ')}")

    def close(self) -> None:
        with _BUSES_GATE:
            self.users -= 1
            if self.users > 0:
                return
            _BUSES.pop(self.path, None)
        with self._gate:
            if self._line is not None:
                self._line.close()
                self._line = None

    def _do(self, job: Callable[[Any], T], what: str) -> T:
        with self._gate:
            line = self._open()
            try:
                return job(line)
            except OSError as error:
                raise HardwareFault(f"bus {self.path} {what}: {machine_says(error)}") from error

    def _open(self) -> Any:
        if self._line is None:
            try:
                self._line = self._opened(self.path)
            except OSError as error:
                raise HardwareFault(f"bus {self.path}: cannot be opened: {machine_says(error)}") from error
        return self._line


_BUSES: Final[dict[str, LinuxI2c]] = {}
_BUSES_GATE: Final = threading.Lock()


def shared_bus(path: str) -> I2cBus:
    """The bus at that path; each call is one more user of it, who closes it once.

    HardwareFault when the file of a simulated bus cannot be read; a real one says so at its first transaction.
    """
    if path.startswith(SIMULATED):
        from hal.sim.chips import FiledI2c

        return FiledI2c(path.removeprefix(SIMULATED))
    with _BUSES_GATE:
        bus = _BUSES.get(path)
        if bus is None:
            bus = _BUSES[path] = LinuxI2c(path)
        else:
            bus.users += 1
        return bus


def address_fault(address: int) -> str:
    """Why no chip can be at that address; empty when one can."""
    if address in ADDRESSES:
        return ""
    return f"address 0x{address:02x}, limits 0x{ADDRESSES[0]:02x} to 0x{ADDRESSES[-1]:02x}"


def check(address: int, register: int, size: int) -> None:
    """BadInput for what no bus carries."""
    if fault := address_fault(address):
        raise BadInput(f"i2c: {fault}")
    if not 0 <= register <= 0xFF or not 1 <= size <= BLOCK_LIMIT:
        raise BadInput(f"i2c: register {register}, limits 0 to 255; {size} bytes, limits 1 to {BLOCK_LIMIT}")
