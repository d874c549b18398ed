"""The key that signs sessions, in a file that only its owner may read."""

import secrets
from pathlib import Path

from dashboard.errors import SettingsError


def new_key() -> str:
    """A key that nobody can guess."""
    return secrets.token_hex(32)


def signing_key(path: Path) -> str:
    """The key in a file, made where it is missing.

    Raises:
        SettingsError: the file can't be read or made, or others may read it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
        key = path.read_text(encoding="ascii").strip()
        if not key:
            key = new_key()
            path.write_text(f"{key}\n", encoding="ascii")
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"{path}: the key that signs sessions can't be read or made: {error}"
        ) from error
    if len(key) < 32 or path.stat().st_mode & 0o077:
        raise SettingsError(
            f"{path}: too short, or others may read it; delete it, and a new one is made"
        )
    return key
