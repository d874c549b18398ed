"""Raw audits on disk, so that a better parser can read them again; bounded for an SD card.

What is kept: each audit that says something new, and each that could not be parsed. One gzip file
each, in a folder of the machine's own:

    STATE_DIR/audits/DEVICE/00000042-20261123T140500Z-audit.gz
    STATE_DIR/audits/DEVICE/00000043-20261123T141000Z-events.gz     pushed by the machine
    STATE_DIR/audits/DEVICE/00000044-20261123T141000Z-unparsed.gz

The number rises by one with each, also where the clock is wrong. They stay on the bridge (mode
0600) and are never sent; an audit names no person.
"""

import gzip
import hashlib
import os
import re
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

import structlog

Kind = Literal["audit", "events", "unparsed"]
"""A whole audit, events that a machine pushed, or what could not be parsed."""

_NAME = re.compile(r"([0-9]{8})-[0-9TZ]+-(audit|events|unparsed)\.gz")
_EVERY_READ = re.compile(rb"(?:ID5|EA3|G85|SE|MA5\*TEMP)(?:\*|\Z)")
_MAX_BYTES = 1 << 21
_log = structlog.get_logger("bridge.raw_audits")


class RawAudits:
    """The raw audits of one machine.

    Args:
        folder: where they lie; made when the first one comes.
        max_files: so many of each kind are kept; 0 keeps none.
        max_bytes: so much room all of them together may take.
    """

    def __init__(self, folder: Path, max_files: int, max_bytes: int) -> None:
        self._folder, self._max_files, self._max_bytes = folder, max_files, max_bytes
        self._last: dict[str, bytes] | None = None
        self._number = 0
        self._trouble = ""

    def keep(self, raw: bytes, wall_ms: int, kind: Kind) -> Path | None:
        """Keep this audit where it says something new; a disk that refuses is logged once.

        Args:
            raw: as received.
            wall_ms: when, for the file's name; Unix time in milliseconds.
            kind: what it is; each kind has its own newest one, and its own number of files.

        Returns:
            The file; None where nothing was kept.
        """
        if not raw or not self._max_files:
            return None
        try:
            return self._keep(raw, wall_ms, kind)
        except OSError as error:
            if str(error) != self._trouble:
                _log.warning("raw audit not kept", folder=str(self._folder), error=str(error))
            self._trouble = str(error)
            return None

    def _keep(self, raw: bytes, wall_ms: int, kind: Kind) -> Path | None:
        last, content = self._known(), content_of(raw)
        packed = gzip.compress(raw, mtime=0)
        if last.get(kind) == content or len(packed) > self._max_bytes:
            return None
        stamp = datetime.fromtimestamp(max(0, wall_ms) / 1000, UTC).strftime("%Y%m%dT%H%M%SZ")
        file = self._folder / f"{self._number + 1:08d}-{stamp}-{kind}.gz"
        _write(file, packed)
        self._number += 1
        last[kind] = content
        self._make_room()
        return file

    def _known(self) -> dict[str, bytes]:
        """The content of the newest file of each kind, read once; half files are swept away."""
        if self._last is None:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for half in self._folder.glob("*.part"):
                half.unlink(missing_ok=True)
            files = list(self._files())
            self._number = max((number for number, _, _ in files), default=0)
            newest = {kind: file for _, kind, file in files}
            self._last = {kind: _content_of_file(file) for kind, file in newest.items()}
        return self._last

    def _files(self) -> Iterator[tuple[int, str, Path]]:
        """Number, kind and path of each file, oldest first."""
        for file in sorted(self._folder.iterdir()):
            if name := _NAME.fullmatch(file.name):
                yield int(name.group(1)), name.group(2), file

    def _make_room(self) -> None:
        files = list(self._files())
        for kind in get_args(Kind):
            of_kind = [file for _, this, file in files if this == kind]
            for file in of_kind[: -self._max_files]:
                file.unlink(missing_ok=True)
        left = [(file, file.stat().st_size) for _, _, file in files if file.exists()]
        too_much = sum(size for _, size in left) - self._max_bytes
        for file, size in left:
            if too_much <= 0:
                return
            file.unlink(missing_ok=True)
            too_much -= size


def content_of(raw: bytes) -> bytes:
    """A digest of what an audit says, without what every read changes.

    That is the machine's clock, the count of reads, the checksum, the temperature, and for how
    long an event has stood.
    """
    digest = hashlib.blake2b(digest_size=16)
    for line in raw.splitlines():
        if _EVERY_READ.match(line):
            continue
        said = b"*".join(line.split(b"*", 6)[:6]) if line.startswith(b"EA2*") else line
        digest.update(said + b"\n")
    return digest.digest()


def _content_of_file(file: Path) -> bytes:
    try:
        with gzip.open(file) as stream:
            return content_of(stream.read(_MAX_BYTES))
    except (OSError, EOFError, zlib.error):
        return b""


def _write(file: Path, packed: bytes) -> None:
    """All of it or nothing, also when the power goes."""
    part = file.with_name(f"{file.name}.part")
    try:
        with open(part, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as stream:
            stream.write(packed)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(file)
    except OSError:
        part.unlink(missing_ok=True)
        raise
