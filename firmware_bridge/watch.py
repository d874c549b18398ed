"""Folders into which instruments drop files.

A file is taken when it is complete: its size and time of change have stayed the same over two polls
and for a while. It is taken once, known again by its content. Only regular files in the folder
itself are looked at; hidden and half-written ones (`.part`, `.tmp`, `~`) and links are passed over.

A file that was handed out is remembered at the next poll, when its reader is done with it: a bridge
that is killed in between takes it again rather than never. Nothing here raises for what the folder
or its network share does; `trouble` says what is wrong.
"""

import hashlib
import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path

MAX_BYTES = 8 * 1024 * 1024
"""Of a larger file one byte more is handed out, so that its reader refuses it."""

MAX_REMEMBERED = 5000
MAX_FILES_A_POLL = 20
SETTLE_S = 2.0
EMPTY_SETTLE_S = 60.0
UNREADABLE = "unreadable"

_UNFINISHED = (".part", ".tmp", ".crdownload", ".partial", "~")
_OPEN_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """One complete file.

    Attributes:
        path: where it lay when it was read.
        name: its name alone.
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
    """What a file looked like: it is the same as long as this is."""

    size: int
    modified_ns: int


@dataclass(slots=True)
class _Waiting:
    """A file that may still be written to."""

    look: _Look
    since_s: float
    polls: int = 1

    def is_complete(self, now_s: float, settle_s: float) -> bool:
        wanted_s = settle_s if self.look.size else max(settle_s, EMPTY_SETTLE_S)
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
        self._memory = _Memory(state_file)
        self._waiting: dict[str, _Waiting] = {}
        self._handled: dict[str, tuple[_Look, str]] = {}
        self._handed_out: list[str] = []
        self.trouble = ""

    def poll(self, now_s: float) -> list[DroppedFile]:
        """Look into the folder; the files that are complete and new, oldest first.

        Args:
            now_s: monotonic time, in seconds.
        """
        self.trouble = ""
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

    def reject(self, file: DroppedFile, reason: str) -> Path | None:
        """Move a file that can't be read to `unreadable/`, with the reason in a text beside it.

        Returns where it lies now; None where it could not be moved and stays where it is.
        """
        target_folder = self._folder / UNREADABLE
        try:
            target_folder.mkdir(exist_ok=True)
            if target_folder.is_symlink() or _look_at(file.path) != self._look_of(file.name):
                return None
            target = _free_name(target_folder, file)
            target.with_name(f"{target.name}.reason.txt").write_text(f"{reason}\n", "utf-8")
            file.path.rename(target)
        except OSError as problem:
            self.trouble = f"{file.name} can't be moved to {UNREADABLE}/: {problem.strerror}"
            return None
        return target

    def _list(self) -> dict[str, _Look] | None:
        """The regular files of the folder; None while it can't be read."""
        found: dict[str, _Look] = {}
        try:
            with os.scandir(self._folder) as entries:
                for entry in entries:
                    if _is_wanted(entry):
                        about = entry.stat(follow_symlinks=False)
                        found[entry.name] = _Look(about.st_size, about.st_mtime_ns)
        except FileNotFoundError:
            if self._folder.is_dir():  # one file went away while it was looked at
                return found
            self.trouble = f"the folder {self._folder} is not there"
            return None
        except OSError as problem:
            self.trouble = f"the folder {self._folder} can't be read: {problem.strerror}"
            return None
        return found

    def _forget_gone(self, found: dict[str, _Look]) -> None:
        self._waiting = {name: wait for name, wait in self._waiting.items() if name in found}
        self._handled = {name: seen for name, seen in self._handled.items() if name in found}

    def _is_complete(self, name: str, look: _Look, now_s: float) -> bool:
        if self._look_of(name) == look:
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
        return DroppedFile(path, name, content, sha256, look.modified_ns / 1e9)

    def _present(self) -> set[str]:
        return {sha256 for _, sha256 in self._handled.values()}

    def _remember_handed_out(self) -> None:
        if not self._handed_out and not self._memory.is_unsaved:
            return
        problem = self._memory.add(self._handed_out, self._present())
        self._handed_out = []
        if problem:
            self.trouble = problem


class _Memory:
    """The content hashes of files that were taken, in a small JSON file; oldest first."""

    def __init__(self, state_file: Path) -> None:
        self._file = state_file
        self._seen: dict[str, None] = dict.fromkeys(self._load())
        self.is_unsaved = False

    def __contains__(self, sha256: str) -> bool:
        return sha256 in self._seen

    def add(self, new: list[str], present: set[str]) -> str:
        """Remember; returns what went wrong, or ""."""
        self._seen |= dict.fromkeys(new)
        excess = len(self._seen) - MAX_REMEMBERED
        if excess > 0:
            gone = [old for old in self._seen if old not in present][:excess]
            for old in gone:
                del self._seen[old]
        return self._save()

    def _load(self) -> list[str]:
        try:
            if self._file.stat().st_size > 200 * MAX_REMEMBERED:
                raise ValueError("too large")  # noqa: TRY301 - treated as any other damage
            seen = json.loads(self._file.read_text("utf-8"))["seen"]
            return [text for text in seen if isinstance(text, str)][-MAX_REMEMBERED:]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            # Better to take files twice than never; the damaged memory is overwritten.
            return []

    def _save(self) -> str:
        self.is_unsaved = True
        temporary = self._file.with_name(f"{self._file.name}.new")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("w", encoding="utf-8") as file:
                json.dump({"version": 1, "seen": list(self._seen)}, file)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self._file)
        except OSError as problem:
            return f"{self._file} can't be written: {problem.strerror}"
        self.is_unsaved = False
        return ""


def _is_wanted(entry: os.DirEntry[str]) -> bool:
    is_hidden = entry.name.startswith((".", "~"))
    is_unfinished = entry.name.lower().endswith(_UNFINISHED)
    return not is_hidden and not is_unfinished and entry.is_file(follow_symlinks=False)


def _look_at(path: Path) -> _Look:
    about = path.lstat()
    return _Look(about.st_size, about.st_mtime_ns)


def _read(path: Path, look: _Look) -> bytes | None:
    """The content; None if the file is no longer what it looked like."""
    with os.fdopen(os.open(path, _OPEN_FLAGS), "rb") as file:
        content = file.read(MAX_BYTES + 1)
        about = os.fstat(file.fileno())
    is_same = _Look(about.st_size, about.st_mtime_ns) == look and stat.S_ISREG(about.st_mode)
    return content if is_same and len(content) == min(look.size, MAX_BYTES + 1) else None


def _free_name(folder: Path, file: DroppedFile) -> Path:
    """A name in the folder that nothing has yet."""
    plain = folder / file.name
    if not os.path.lexists(plain):
        return plain
    return folder / f"{plain.stem}-{file.sha256[:12]}{plain.suffix}"
