"""Where files go that can't be read: a folder beside them, each with its reason.

All is done inside of the one opened folder, so that no link in it leads anywhere else.
"""

import os
from pathlib import Path

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
MAX_TRIES = 100


def set_apart(file: Path, folder: Path, mark: str, reason: str) -> Path:
    """Move a file into a folder, with `NAME.reason.txt` beside it; nothing is overwritten.

    Args:
        file: what to move; on the same file system.
        folder: made if it is not there; a link is refused.
        mark: to tell it from another file of that name.
        reason: one line for a person.

    Returns:
        Where it lies now.

    Raises:
        OSError: it could not be moved.
    """
    folder.mkdir(exist_ok=True)
    inside = os.open(folder, _FOLDER)
    try:
        name = _with_reason(inside, file.name, mark, reason)
        try:
            os.rename(file, name, dst_dir_fd=inside)
        except OSError:
            os.unlink(f"{name}.reason.txt", dir_fd=inside)
            raise
    finally:
        os.close(inside)
    return folder / name


def _with_reason(inside: int, name: str, mark: str, reason: str) -> str:
    """Write the reason under the first name that is free; that name."""
    plain = Path(name)
    names = [name, *(f"{plain.stem}-{mark}{n or ''}{plain.suffix}" for n in range(MAX_TRIES))]
    for wanted in names:
        if _is_there(inside, wanted):
            continue
        try:
            file = os.open(f"{wanted}.reason.txt", _NEW_FILE, 0o644, dir_fd=inside)
        except FileExistsError:
            continue
        with os.fdopen(file, "wb") as opened:
            opened.write(f"{reason}\n".encode("utf-8", "replace"))
        return wanted
    raise FileExistsError(None, "too many files of that name")


def _is_there(inside: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=inside, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True
