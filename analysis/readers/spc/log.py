"""The log of a Galactic SPC file: lines of `name = value`, of which facts of the measurement stay.

Free notes are left behind, and so is whoever was logged on: programs write their name there.

Source: Galactic Industries, "Universal Data Format Specification" (SPC.H): LOGSTC.
"""

from analysis.readers.binary import Bytes
from analysis.readers.errors import ReaderError

_HEAD_BYTES = 64
MAX_TEXT = 64 * 1024
# By the names that programs write, in lower case.
_KEPT = {
    "model": "instrument",
    "instrument": "instrument",
    "instrum": "instrument",
    "serial": "serial",
    "scans": "scans",
    "accum": "scans",
    "res": "resolution",
    "apod": "apodization",
    "apodization": "apodization",
    "det": "detector",
    "detector": "detector",
    "integration time": "integration_time",
    "time": "integration_time",
    "excit_line": "laser_nm",
    "ramanfreq": "laser_cm1",
    "acq. date": "date",
}


def read_log(data: Bytes, at: int) -> dict[str, str]:
    """What is kept of the log that begins at an offset; says so where the log is damaged."""
    if not at:
        return {}
    try:
        size, _, text_at = data.unpack("iii", at, "the log")
        data.require(at, size, "the log")
        if not _HEAD_BYTES <= text_at <= size:
            return {"log": "damaged, left out"}
    except ReaderError:
        return {"log": "damaged, left out"}
    raw = data.raw[at + text_at : at + min(size, text_at + MAX_TEXT)].split(b"\0", 1)[0]
    return _facts(raw.decode("latin-1"))


def _facts(text: str) -> dict[str, str]:
    facts: dict[str, str] = {}
    for line in text.splitlines():
        name, parted, value = line.partition("=")
        kept = _KEPT.get(name.strip().lower())
        if parted and kept and value.strip():
            facts.setdefault(kept, " ".join(value.split()))
    return facts
