"""A client for QEMU's debugger port: enough to stop at an address and to change registers."""

import struct
from collections.abc import Callable

REGISTERS = ("eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "eip", "eflags")


class Debugger:
    """Speaks GDB's remote protocol on CONNECTION, with a guest that stands still."""

    def __init__(self, connection, wait: Callable[[Callable[[], bool], float], None]) -> None:
        """wait: passes on what the guest says until a condition holds; see Machine.wait."""
        self._connection = connection
        self._connection.setblocking(False)
        self._wait = wait
        self._data = bytearray()

    def _packet_came(self) -> bool:
        try:
            self._data += self._connection.recv(1 << 16)
        except BlockingIOError:
            pass
        return b"#" in self._data and len(self._data) >= self._data.index(b"#") + 3

    def _send(self, data: bytes) -> None:
        try:
            self._connection.send(data)
        except ConnectionError:
            pass  # QEMU has ended: whoever waits for its reply says why

    def _ask(self, text: str, seconds: float = 3.0) -> str:
        self._send(f"${text}#{sum(text.encode()) & 255:02x}".encode())
        self._wait(self._packet_came, seconds)
        start, end = self._data.index(b"$"), self._data.index(b"#")
        reply = self._data[start + 1:end].decode()
        del self._data[:end + 3]
        self._send(b"+")
        return reply

    def run_to(self, address: int, seconds: float = 3.0) -> None:
        """Lets the guest go on until it is about to execute ADDRESS."""
        self._ask(f"Z1,{address:x},1")
        self._ask("c", seconds)
        self._ask(f"z1,{address:x},1")

    def reads(self, word: int, end: int) -> bool:
        """Lets the guest go on until it is about to execute END, or has read the WORD at that
        address; returns whether it has."""
        self._ask(f"Z3,{word:x},4")
        self.run_to(end)
        self._ask(f"z3,{word:x},4")
        return self.registers()["eip"] != end

    def step(self) -> None:
        """Has the guest execute one instruction."""
        self._ask("s")

    def registers(self) -> dict[str, int]:
        """Returns the general registers, EIP and EFLAGS."""
        data = bytes.fromhex(self._ask("g"))
        return dict(zip(REGISTERS, struct.unpack_from("<10I", data)))

    def set_registers(self, **values: int) -> None:
        """Changes some of those registers."""
        data = bytearray.fromhex(self._ask("g"))
        for name, value in values.items():
            struct.pack_into("<I", data, 4 * REGISTERS.index(name), value)
        self._ask(f"G{data.hex()}")

    def go(self) -> None:
        """Lets the guest go on."""
        self._send(b"$c#63")
