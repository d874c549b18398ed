"""The keys that codes are hashed with: one file a bridge, in the hub's data folder, mode 0600.

They are not in the database, so that neither its copies nor who reads it can try codes.
"""

import os
from collections.abc import Callable
from pathlib import Path

from firmware_bridge.contract import access_codes
from firmware_bridge.contract.topics import BridgeAddress
from hub.errors import AccessError, HubError

FOLDER = "access-keys"


class AccessKeys:
    """The keys in a data folder."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / FOLDER

    def ensure(self, bridge: BridgeAddress, make: Callable[[], bytes]) -> str:
        """The key of a bridge as its file holds it, made where there is none.

        Enrolling a bridge again keeps it: the codes that were given out must go on.

        Raises:
            HubError: it can't be read or written.
        """
        path = self._path(bridge)
        try:
            if not path.exists():
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                write_secret(path, make().hex())
            return path.read_text(encoding="ascii").strip()
        except OSError as error:
            raise HubError(f"{path}: the access key can't be used: {error}") from error

    def key_of(self, bridge: BridgeAddress) -> bytes:
        """The key of a bridge.

        Raises:
            AccessError: it has none; the message says what to do.
        """
        path = self._path(bridge)
        try:
            return access_codes.key_from_text(path.read_text(encoding="ascii"))
        except (OSError, ValueError):
            raise AccessError(
                f"{bridge.username} has no access key at {path}; run `harborlight hub enrol "
                f"{bridge.site} {bridge.bridge}` and carry both files to the bridge"
            ) from None

    def forget(self, bridge: BridgeAddress) -> bool:
        """Delete a bridge's key; whether there was one."""
        path = self._path(bridge)
        there = path.exists()
        path.unlink(missing_ok=True)
        return there

    def _path(self, bridge: BridgeAddress) -> Path:
        return self._folder / f"{bridge.site}.{bridge.bridge}.key"


def write_secret(path: Path, secret: str) -> None:
    """Write a new file that only its owner may read.

    Raises:
        HubError: it can't be written.
    """
    try:
        path.unlink(missing_ok=True)
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(made, "w", encoding="utf-8") as file:
            file.write(secret + "\n")
    except OSError as error:
        raise HubError(f"{path}: it can't be written: {error.strerror}") from error
