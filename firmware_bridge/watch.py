"""Folders into which instruments drop files.

A file is taken when it is complete: its size and time of change have stayed the same over two polls
and for a while. It is taken once, known again by its content. Only regular files in the folder
itself are looked at; hidden and half-written ones (`.part`, `.tmp`, `~`) and links are passed over.

A file that can't be read is handed out once more when it has stayed the same for longer, for a copy
over a network share may have its size and time before its content; then it is set apart.

A file that was handed out is remembered at the next poll, when its reader is done with it: a bridge
that is killed in between takes it again rather than never. Nothing here raises for what the folder
or its network share does; `trouble` says what is wrong.
"""

import hashlib
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from firmware_bridge.watch_memory import Memory
from firmware_bridge.watch_reject import set_apart

MAX_BYTES = 8 * 1024 * 1024
"""Of a larger file one byte more is handed out, so that its reader refuses it."""

MAX_REMEMBERED = 5000
MAX_FILES_A_POLL = 20
SETTLE_S = 2.0
EMPTY_SETTLE_S = 60.0
PATIENCE_S = 10.0
"""So long a file that can't be read must have stayed the same before it is set apart."""

MAX_LISTED = 20_000
UNREADABLE = "unreadable"

_UNFINISHED = (".part", ".filepart", ".tmp", ".crdownload", ".partial", ".lock", "~")
_LITTER = frozenset({"thumbs.db", "desktop.ini"})
_OPEN_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """One complete file.

    Attributes:
        path: where it lay when it was read.
        name: its name alone, made fit to be shown.
        content: its bytes, at most `MAX_BYTES` + 1.
        sha256: of the content, in hex.
        modified_s: when it was last written, in seconds since 1970, by the clock of its writer.
    """

    path: Path
    name: str
    content: bytes
    sha256: str
    modified_s: float


@dataclass(frozen=True, slots=True)
class _Look:
    """What a file looked like: it is at rest as long as this is the same.

    Attributes:
        size: in bytes.
        modified_ns: when it was last written; whoever copies a file may set it back.
        changed_ns: when anything of it was last changed, which nobody can set. Backups and virus
            scanners change it too, so a file need not keep it to be at rest; but one that was
            taken and has another is looked into again.
    """

    size: int
    modified_ns: int
    changed_ns: int = field(default=0, compare=False)


@dataclass(slots=True)
class _Waiting:
    """A file that may still be written to."""

    look: _Look
    since_s: float
    polls: int = 1
    wanted_s: float = 0.0

    def is_complete(self, now_s: float, settle_s: float) -> bool:
        least_s = 0.0 if self.look.size else EMPTY_SETTLE_S
        wanted_s = max(settle_s, least_s, self.wanted_s)
        return self.polls >= 2 and now_s - self.since_s >= wanted_s


class WatchedFolder:
    """One folder, polled by whoever has a clock.

    Args:
        folder: the folder to watch; it may come and go.
        state_file: where to remember what was taken.
        settle_s: how long a file must have stayed the same, in seconds.

    Attributes:
        trouble: what is wrong, for a person; "" if nothing is.
    """

    def __init__(self, folder: Path, state_file: Path, *, settle_s: float = SETTLE_S) -> None:
        self._folder = folder
        self._settle_s = settle_s
        self._memory = Memory(state_file)
        self._waiting: dict[str, _Waiting] = {}
        self._handled: dict[str, tuple[_Look, str]] = {}
        self._handed_out: list[str] = []
        self._patient: dict[str, str] = {}
        self._polled_s = 0.0
        self.trouble = ""

    def poll(self, now_s: float) -> list[DroppedFile]:
        """Look into the folder; the files that are complete and new, oldest first.

        Args:
            now_s: monotonic time, in seconds.
        """
        self.trouble = ""
        self._polled_s = now_s
        self._remember_handed_out()
        found = self._list()
        if found is None:
            return []
        self._forget_gone(found)
        complete = [name for name, look in found.items() if self._is_complete(name, look, now_s)]
        complete.sort(key=lambda name: (found[name].modified_ns, name))
        taken: list[DroppedFile] = []
        for name in complete[:MAX_FILES_A_POLL]:
            dropped = self._take(name, found[name])
            if dropped is not None:
                taken.append(dropped)
        self._handed_out = [dropped.sha256 for dropped in taken]
        return taken

    def give_time(self, file: DroppedFile) -> bool:
        """Whether a file that can't be read yet is handed out once more, when it has settled.

        A copy over a network share may have its full size and time before its content. Each
        content gets this once.
        """
        name = file.path.name
        if self._patient.get(name) == file.sha256 or self._look_of(name) is None:
            return False
        look, _ = self._handled.pop(name)
        self._patient[name] = file.sha256
        self._waiting[name] = _Waiting(look, self._polled_s, wanted_s=PATIENCE_S)
        self._handed_out = [sha256 for sha256 in self._handed_out if sha256 != file.sha256]
        return True

    def reject(self, file: DroppedFile, reason: str) -> Path | None:
        """Move a file that can't be read to `unreadable/`, with the reason in a text beside it.

        Returns where it lies now; None where it could not be moved and stays where it is.
        """
        try:
            if _look_at(file.path) != self._look_of(file.path.name):
                return None
            return set_apart(file.path, self._folder / UNREADABLE, file.sha256[:12], reason)
        except OSError as problem:
            self.trouble = f"{file.name} can't be moved to {UNREADABLE}/: {problem.strerror}"
            return None

    def _list(self) -> dict[str, _Look] | None:
        """The regular files of the folder; None while it can't be read."""
        found: dict[str, _Look] = {}
        try:
            with os.scandir(self._folder) as entries:
                for entry in entries:
                    look = _look_in(entry)
                    if look is not None:
                        found[entry.name] = look
                    if len(found) >= MAX_LISTED:
                        self.trouble = f"more than {MAX_LISTED:,} files lie in {self._folder}"
                        break
        except FileNotFoundError:
            self.trouble = f"the folder {self._folder} is not there"
            return None
        except OSError as problem:
            self.trouble = f"the folder {self._folder} can't be read: {problem.strerror}"
            return None
        return found

    def _forget_gone(self, found: dict[str, _Look]) -> None:
        self._waiting = {name: wait for name, wait in self._waiting.items() if name in found}
        self._handled = {name: seen for name, seen in self._handled.items() if name in found}
        self._patient = {name: seen for name, seen in self._patient.items() if name in found}

    def _is_complete(self, name: str, look: _Look, now_s: float) -> bool:
        known = self._look_of(name)
        if known == look and known.changed_ns == look.changed_ns:
            return False
        waiting = self._waiting.get(name)
        if waiting is None or waiting.look != look:
            self._waiting[name] = _Waiting(look, now_s)
            return False
        waiting.polls += 1
        return waiting.is_complete(now_s, self._settle_s)

    def _look_of(self, name: str) -> _Look | None:
        """What a file looked like when it was taken, or found to be known."""
        handled = self._handled.get(name)
        return handled[0] if handled else None

    def _take(self, name: str, look: _Look) -> DroppedFile | None:
        path = self._folder / name
        try:
            content = _read(path, look)
        except OSError as problem:
            self.trouble = f"{name} can't be read: {problem.strerror or problem}"
            return None
        if content is None:  # it changed after all
            self._waiting.pop(name, None)
            return None
        sha256 = hashlib.sha256(content).hexdigest()
        is_new = sha256 not in self._memory and sha256 not in self._handed_out
        if is_new and len(self._present()) >= MAX_REMEMBERED:
            self.trouble = (
                f"more than {MAX_REMEMBERED} files lie in {self._folder}; move old ones away"
            )
            return None
        self._handled[name] = (look, sha256)
        self._waiting.pop(name, None)
        if not is_new:
            return None
        self._handed_out.append(sha256)
        return DroppedFile(path, _plain(name), content, sha256, look.modified_ns / 1e9)

    def _present(self) -> set[str]:
        return {sha256 for _, sha256 in self._handled.values()}

    def _remember_handed_out(self) -> None:
        if not self._handed_out and not self._memory.is_unsaved:
            return
        problem = self._memory.add(self._handed_out, self._present(), MAX_REMEMBERED)
        self._handed_out = []
        if problem:
            self.trouble = problem


def _look_in(entry: os.DirEntry[str]) -> _Look | None:
    """What a file of the folder looks like; None where it is not wanted, or went away."""
    lowered = entry.name.lower()
    if lowered.startswith((".", "~")) or lowered.endswith(_UNFINISHED) or lowered in _LITTER:
        return None
    try:
        about = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(about.st_mode):
        return None
    return _as_look(about)


def _look_at(path: Path) -> _Look:
    return _as_look(path.lstat())


def _as_look(about: os.stat_result) -> _Look:
    return _Look(about.st_size, about.st_mtime_ns, about.st_ctime_ns)


def _read(path: Path, look: _Look) -> bytes | None:
    """The content; None if the file is no longer what it looked like."""
    with os.fdopen(os.open(path, _OPEN_FLAGS), "rb") as file:
        content = file.read(MAX_BYTES + 1)
        about = os.fstat(file.fileno())
    is_same = _as_look(about) == look and stat.S_ISREG(about.st_mode)
    return content if is_same and len(content) == min(look.size, MAX_BYTES + 1) else None


def _plain(name: str) -> str:
    """A name that can be shown and sent: names on a share may hold any bytes."""
    shown = name.encode("utf-8", "replace").decode()
    return "".join(letter if letter.isprintable() else "?" for letter in shown)
