"""The work of a bridge with a vending machine, timed by itself: parsing, framing, a whole read."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from firmware_bridge.bench.rows import Row
from firmware_bridge.errors import BenchError
from firmware_bridge.evadts.errors import EvaDtsError
from firmware_bridge.evadts.parser import parse_audit
from firmware_bridge.framing.dex import ENQ, Reply, Request, Start, encode_block
from firmware_bridge.framing.dex_link import Timers
from firmware_bridge.framing.dex_session import DexSession, Received

BLOCK_BYTES = 240
LIMIT_BYTES = 1_048_576
ROUNDS = 5
Seconds = Callable[[], float]
"""Seconds that never go back; of processor time, so that other programs count less."""

_DLE_0, _DLE_1, _EOT, _ENQ = b"\x100", b"\x101", b"\x04", bytes([ENQ])


def audits(folder: Path) -> list[bytes]:
    """Every audit below a folder that can be parsed.

    Raises:
        BenchError: there is none.
    """
    found = [file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()]
    usable = [raw for raw in found if _parses(raw)]
    if not usable:
        raise BenchError(f"no EVA-DTS audit below {folder}: give a folder that holds some (--data)")
    return usable


def run(raws: Sequence[bytes], seconds: Seconds, round_s: float) -> Iterator[Row]:
    """Time everything; each figure is of the fastest of some rounds.

    Args:
        raws: audits.
        seconds: how long this program has worked.
        round_s: how long a round shall take.
    """
    whole = sum(map(len, raws))
    parse_s = best_s(lambda: [parse_audit(raw) for raw in raws], seconds, round_s)
    split_s = best_s(lambda: [_split(raw) for raw in raws], seconds, round_s)
    kind = f"{len(raws)} audits, {whole // len(raws)} bytes on average"
    yield Row("EVA-DTS audits parsed", len(raws) / parse_s, "a second", note=kind)
    yield Row("EVA-DTS parsed", whole / parse_s / 1e6, "MB/s", note=kind)
    note = "the same files only cut at line ends and asterisks; no other parser in Python was found"
    yield Row("times as long as cutting the text", parse_s / split_s, "times", note=note)
    scripts = [script(raw) for raw in raws]
    for raw, said in zip(raws, scripts, strict=True):
        if read_whole(said).data != raw:
            raise BenchError("a read did not give back what was sent: the framing is at fault")
    session_s = best_s(lambda: [read_whole(said) for said in scripts], seconds, round_s)
    line_s = whole * 10 / 9600
    note = "both handshakes, all blocks, checksums; the machine's side is ready-made bytes"
    yield Row("DEX reads (framing and session)", len(raws) / session_s, "a second", note=note)
    yield Row("DEX bytes read", whole / session_s / 1e6, "MB/s", note=note)
    note = "seconds on a 9600 baud line for one second of processor time"
    yield Row("line time for each processor time", line_s / session_s, "times", note=note)


def best_s(work: Callable[[], object], seconds: Seconds, round_s: float) -> float:
    """Seconds of one call, of the fastest of some rounds; one call before them does not count."""
    work()
    calls, fastest = 1, float("inf")
    for _ in range(ROUNDS):
        began_s = seconds()
        for _ in range(calls):
            work()
        took_s = max(seconds() - began_s, 1e-9)
        fastest = min(fastest, took_s / calls)
        calls = max(1, round(round_s / fastest))
    return fastest


def script(raw: bytes) -> list[list[bytes]]:
    """What a machine sends after each thing that we send, for a read of these bytes."""
    cuts = range(0, len(raw), BLOCK_BYTES)
    ends = [start + BLOCK_BYTES >= len(raw) for start in cuts]
    blocks = [
        encode_block(Start.DATA, raw[start : start + BLOCK_BYTES], last=end)
        for start, end in zip(cuts, ends, strict=True)
    ]
    reply = Reply("00", "SIM0000001", "R01L01").encode()
    return [
        [_DLE_0],
        [_DLE_1],
        [_ENQ],
        [reply],
        [_EOT, _ENQ],
        *([block] for block in blocks),
        [_EOT],
    ]


def read_whole(said: Sequence[Sequence[bytes]]) -> Received:
    """One read, as fast as it can be computed: time is only counted.

    Raises:
        BenchError: it came to nothing.
    """
    session = DexSession(Request("HBL0000001", "R", "R01L01"), Timers(), LIMIT_BYTES)
    now_s, sent = 0.0, session.call(0.0)
    for answers in said:
        while not sent and session.end is None:
            now_s = session.wake_at_s
            sent = session.wake(now_s)
        sent = b""
        for answer in answers:
            now_s += 0.001
            sent += session.feed(answer, now_s)
    if not isinstance(session.end, Received):
        raise BenchError(f"the read came to nothing: {session.end}")
    return session.end


def _parses(raw: bytes) -> bool:
    try:
        return bool(parse_audit(raw).selections)
    except EvaDtsError:
        return False


def _split(raw: bytes) -> list[list[bytes]]:
    return [line.split(b"*") for line in raw.splitlines()]
