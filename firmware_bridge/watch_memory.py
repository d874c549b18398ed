"""What a watched folder remembers over a restart: the content hashes of files that were taken."""

import json
import os
from pathlib import Path

MAX_STATE_BYTES = 1_000_000


class Memory:
    """The content hashes of files that were taken, in a small JSON file; oldest first."""

    def __init__(self, state_file: Path) -> None:
        self._file = state_file
        self._seen: dict[str, None] = dict.fromkeys(self._load())
        self.is_unsaved = False

    def __contains__(self, sha256: str) -> bool:
        return sha256 in self._seen

    def add(self, new: list[str], present: set[str], limit: int) -> str:
        """Remember up to a limit; returns what went wrong, or ""."""
        self._seen |= dict.fromkeys(new)
        excess = len(self._seen) - limit
        if excess > 0:
            gone = [old for old in self._seen if old not in present][:excess]
            for old in gone:
                del self._seen[old]
        return self._save()

    def _load(self) -> list[str]:
        try:
            if self._file.stat().st_size > MAX_STATE_BYTES:
                raise ValueError("too large")  # noqa: TRY301 - treated as any other damage
            seen = json.loads(self._file.read_text("utf-8"))["seen"]
            return [text for text in seen if isinstance(text, str)]
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
