"""A vending machine that speaks DEX, a line that can be hurt, and a clock that is only counted.

Written from EVA-DTS 6.1.1 chapter 7 alone; it shares nothing with the code under test, not even
the CRC.
"""

import heapq
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from itertools import count

from firmware_bridge.drivers.base import Driver, Step
from firmware_bridge.drivers.readings import AuditReading, FaultReading, Reading

ENQ, EOT, NAK = b"\x05", b"\x04", b"\x15"
ACK0, ACK1, WACK = b"\x100", b"\x101", b"\x10;"
LATENCY_S = 0.03
FOREVER_S = 1e9

Machine = Generator[tuple[bytes, float], bytes | None, None]
Part = Generator[tuple[bytes, float], bytes | None, bytes | None]


def crc(data: bytes) -> bytes:
    value = 0
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ (0xA001 if value & 1 else 0)
    return bytes([value & 0xFF, value >> 8])


def block(start: int, data: bytes, end: int) -> bytes:
    return b"\x10" + bytes([start]) + data + b"\x10" + bytes([end]) + crc(data + bytes([end]))


@dataclass
class Behaviour:
    """How one machine behaves."""

    audit: bytes
    block_size: int = 40
    reply: bytes = b"00EPHOR00001R01L01"
    # Sends a block again when no ACK came; a thorough machine asks with ENQ first.
    naive: bool = True
    wacks: int = 0
    naks: int = 0
    data_delay_s: float = 0.12
    spoil_blocks: int = 0
    noise: bytes = b""
    ends_with_eot: bool = True
    served: int = 0
    requests: list[bytes] = field(default_factory=list)

    def blocks(self) -> list[bytes]:
        size = self.block_size
        pieces = [self.audit[i : i + size] for i in range(0, len(self.audit), size)]
        return [block(0x02, piece, 0x03 if piece is pieces[-1] else 0x17) for piece in pieces]


def vending_machine(how: Behaviour) -> Machine:
    """The usual machine: slave of the first handshake."""
    heard: bytes | None = None
    while True:
        if heard != ENQ:
            heard = yield b"", FOREVER_S
            continue
        heard = yield from take_request(how)
        if heard != EOT:
            continue
        yield b"", 0.12
        if not (yield from send_all(how, [block(0x01, how.reply, 0x03)])):
            continue
        yield EOT, how.data_delay_s
        willing = b"00" in (how.reply[:2], how.reply[10:12])
        if willing and (yield from send_all(how, how.blocks())):
            how.served += 1
            heard = yield (EOT if how.ends_with_eot else b""), 0.1


def take_request(how: Behaviour) -> Part:
    """From ENQ to EOT; gives what was heard last."""
    heard = yield ACK0, 2.0
    taken = False
    while heard is not None and heard != EOT:
        if heard[:2] == b"\x10\x01" and heard[-2:] == crc(heard[2:-4] + heard[-3:-2]):
            how.requests.append(heard[2:-4])
            taken = True
        if heard == ENQ and not taken:
            answer = ACK0
        elif how.naks:
            how.naks -= 1
            taken = False
            answer = NAK
        elif how.wacks:
            how.wacks -= 1
            answer = WACK
        else:
            answer = ACK1 if taken else NAK
        heard = yield answer, 2.0
    return heard if taken else None


def send_all(
    how: Behaviour, blocks: list[bytes]
) -> Generator[tuple[bytes, float], bytes | None, bool]:
    """ENQ and blocks, each until its own ACK came; False when given up."""
    heard: bytes | None = None
    for _ in range(3):
        heard = yield how.noise + ENQ, 1.0
        if heard == ACK0:
            break
    else:
        return False
    for number, piece in enumerate(blocks, start=1):
        if not (yield from send_block(how, piece, number)):
            return False
    return True


def send_block(
    how: Behaviour, piece: bytes, number: int
) -> Generator[tuple[bytes, float], bytes | None, bool]:
    wanted = (ACK0, ACK1)[number % 2]
    say = piece
    for _ in range(5):
        if how.spoil_blocks and say is piece:
            how.spoil_blocks -= 1
            heard = yield piece[:-1] + bytes([piece[-1] ^ 0x55]), 1.0
        else:
            heard = yield say, 1.0
        if heard == wanted:
            return True
        say = ENQ if heard is None and not how.naive else piece
    return False


def bidding_machine(how: Behaviour, *, at_s: float = 0.0, operation: bytes = b"S") -> Machine:
    """A machine that calls by itself, and again when it was not answered."""
    yield b"", -at_s
    while True:
        call = block(0x01, b"EPHOR00001" + operation + b"R01L01", 0x03)
        if not (yield from send_all(how, [call])):
            yield b"", -FOREVER_S
        heard = yield EOT, 2.0
        if heard != ENQ or (yield from take_request(how)) != EOT:
            continue
        yield b"", how.data_delay_s
        if operation == b"S" and (yield from send_all(how, how.blocks())):
            how.served += 1
            yield EOT, 0.0
        yield b"", -FOREVER_S


Hurt = Callable[[str, int, bytes, float], bytes]


def unhurt(way: str, number: int, data: bytes, now_s: float) -> bytes:
    return data


class World:
    """Driver, machine and the line between them; `hurt` may change what goes over the line."""

    def __init__(
        self, driver: Driver, machine: Machine, hurt: Hurt = unhurt, *, dribble: bool = False
    ) -> None:
        self.now_s = 1000.0
        self.readings: list[Reading] = []
        self.tx: list[bool] = []
        self.sent: list[bytes] = []
        self._driver = driver
        self._machine = machine
        self._hurt = hurt
        self._dribble = dribble
        self._to_driver: list[tuple[float, int, bytes]] = []
        self._order = count()
        self._numbers = {"to": count(), "from": count()}
        self._driver_wake_s = FOREVER_S
        self._machine_wake_s = FOREVER_S
        self._machine_deaf = False
        self._machine_says(next(machine))

    @property
    def audits(self) -> list[bytes]:
        return [reading.raw for reading in self.readings if isinstance(reading, AuditReading)]

    @property
    def faults(self) -> list[FaultReading]:
        return [reading for reading in self.readings if isinstance(reading, FaultReading)]

    def open(self) -> None:
        self._do(self._driver.opened(self.now_s))

    def request(self, what: str) -> None:
        self._do(self._driver.request(what, self.now_s))

    def run(self, seconds: float) -> None:
        end_s = self.now_s + seconds
        for _ in range(100_000):
            arrives_s = self._to_driver[0][0] if self._to_driver else FOREVER_S
            next_s = min(arrives_s, self._driver_wake_s, self._machine_wake_s)
            if next_s > end_s:
                self.now_s = end_s
                return
            self.now_s = max(self.now_s, next_s)
            if arrives_s == next_s:
                data = heapq.heappop(self._to_driver)[2]
                self._do(self._driver.feed(data, self.now_s))
            elif self._machine_wake_s == next_s:
                self._machine_says(self._machine.send(None))
            else:
                self._driver_wake_s = FOREVER_S
                self._do(self._driver.wake(self.now_s))
        raise AssertionError("the world is spinning")

    def inject(self, data: bytes) -> None:
        self._do(self._driver.feed(data, self.now_s))

    def _do(self, step: Step) -> None:
        self.readings.extend(step.readings)
        if step.wake_at_s is not None:
            self._driver_wake_s = step.wake_at_s
        if step.tx_enabled is not None and self.tx[-1:] != [step.tx_enabled]:
            self.tx.append(step.tx_enabled)
        if step.send:
            assert self.tx, "sent before the transmitter was asked for"
            assert self.tx[-1], "sent with the transmitter released"
            self.sent.append(step.send)
            number = next(self._numbers["to"])
            heard = self._hurt("to", number, step.send, self.now_s)
            if heard and not self._machine_deaf:
                self._machine_says(self._machine.send(heard))

    def _machine_says(self, said: tuple[bytes, float]) -> None:
        data, wait_s = said
        latency_s = LATENCY_S if data else 0.0
        # A negative wait is one in which the machine is deaf.
        self._machine_deaf = wait_s < 0
        self._machine_wake_s = self.now_s + latency_s + abs(wait_s)
        if not data:
            return
        data = self._hurt("from", next(self._numbers["from"]), data, self.now_s)
        step_s = 1 / 960
        pieces = [data[i : i + 1] for i in range(len(data))] if self._dribble else [data]
        for index, piece in enumerate(pieces):
            at_s = self.now_s + latency_s + index * step_s
            if piece:
                heapq.heappush(self._to_driver, (at_s, next(self._order), piece))
