"""The files of a supervised mosquitto (mosquitto.conf(5), version 2)."""

import shutil
from pathlib import Path

from hub.broker.base import HUB_USERNAME, Account
from hub.broker.flavour import IN_FLIGHT, MAX_MESSAGE_BYTES, QUEUED_MESSAGES, Wanted
from hub.broker.hashes import mosquitto_hash

_CONFIG = """\
# Written by Harborlight at every start; changes made here are lost.
listener {port} {host}
{tls}allow_anonymous false
password_file {folder}/passwords
acl_file {folder}/access
use_username_as_clientid true
persistence true
persistence_location {folder}/
autosave_interval 60
max_queued_messages {queued}
max_inflight_messages {in_flight}
max_packet_size {size}
log_dest stderr
log_type error
log_type warning
log_type notice
connection_messages false
{user}"""


class Mosquitto:
    """Eclipse mosquitto, from the system's packages."""

    name = "mosquitto"

    def find(self) -> Path | None:
        """On PATH, or where Debian puts it, which is not on everybody's PATH."""
        found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
        return Path(found) if found else None

    def files(self, wanted: Wanted) -> dict[str, str]:
        """Configuration, password file, and access rules."""
        return {
            "mosquitto.conf": _config(wanted),
            "passwords": _passwords(wanted),
            "access": _access(wanted),
        }

    def command(self, program: Path, folder: Path) -> list[str]:
        """Start it with our file alone."""
        return [str(program), "-c", str(folder / "mosquitto.conf")]


def _config(wanted: Wanted) -> str:
    listener = wanted.listener
    tls = ""
    if listener.cert_file:
        tls = f"certfile {listener.cert_file}\nkeyfile {listener.key_file}\n"
    return _CONFIG.format(
        port=listener.port,
        host=listener.host,
        tls=tls,
        folder=wanted.folder,
        queued=QUEUED_MESSAGES,
        in_flight=IN_FLIGHT,
        size=MAX_MESSAGE_BYTES,
        user=f"user {wanted.run_as}\n" if wanted.run_as else "",
    )


def _passwords(wanted: Wanted) -> str:
    hub = f"{HUB_USERNAME}:{mosquitto_hash(wanted.hub_password)}\n"
    bridges = (f"{account.username}:{account.mosquitto_hash}\n" for account in wanted.accounts)
    return hub + "".join(bridges)


def _access(wanted: Wanted) -> str:
    hub = f"user {HUB_USERNAME}\ntopic readwrite harborlight/v1/#\n"
    return hub + "".join(map(_rules, wanted.accounts))


def _rules(account: Account) -> str:
    """A bridge says what is its own, and hears what was stored, who may take what, and facts."""
    own = f"harborlight/v1/{account.site}/{account.bridge}"
    heard = "".join(f"topic read {own}/{what}\n" for what in ("ack", "access", "checks"))
    return f"\nuser {account.username}\ntopic write {own}/#\n{heard}"
