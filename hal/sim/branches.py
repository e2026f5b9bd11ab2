"""A simulated I²C bus with TCA9548A multiplexers: whoever selects no branch, or two with the same chip, finds out."""

from __future__ import annotations

from collections.abc import Mapping

from edge.core.errors import HardwareFault
from hal.i2c import check
from hal.sim.chips import Chip

__all__ = ["BranchedI2c"]


class BranchedI2c:
    """`muxes`: by their address, the chips of each branch by theirs.  A chip that two open branches have shorts out.

    Drive it: `dead` addresses, `forgetful` multiplexers that lost their supply.
    """

    def __init__(self, muxes: Mapping[int, Mapping[int, Mapping[int, Chip]]], path: str = "sim") -> None:
        self.path, self._muxes = path, muxes
        self._open = dict.fromkeys(muxes, 0)
        self.dead: set[int] = set()
        self.forgetful: set[int] = set()

    def read(self, address: int, register: int, size: int = 1) -> bytes:
        check(address, register, size)
        if address in self._open:
            self._alive(address)
            self._open[address] = 0 if address in self.forgetful else register
            return bytes([self._open[address]]) * size
        return self._chip(address).read(register, size)

    def write(self, address: int, register: int, data: bytes) -> None:
        check(address, register, len(data))
        self._chip(address).write(register, data)

    def close(self) -> None:
        """Nothing to end."""

    def _alive(self, address: int) -> None:
        if address in self.dead:
            raise HardwareFault(f"bus {self.path} address 0x{address:02x}: no acknowledgement")

    def _chip(self, address: int) -> Chip:
        self._alive(address)
        found = [
            chips[address]
            for mux, branches in self._muxes.items()
            for number, chips in branches.items()
            if self._open[mux] >> number & 1 and address in chips
        ]
        if len(found) != 1:
            raise HardwareFault(f"bus {self.path} address 0x{address:02x}: {len(found)} chips answer at once")
        return found[0]
