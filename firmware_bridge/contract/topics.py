"""Where messages travel. MQTT 3.1.1, QoS 1; no level has a dot or a space (NATS maps them).

harborlight/v1/SITE/BRIDGE/DEVICE/KIND   bridge to hub: a message (never retained)
harborlight/v1/SITE/BRIDGE/status        bridge to hub: retained; also the last will
harborlight/v1/SITE/BRIDGE/ack           hub to bridge: what has been stored
harborlight/v1/SITE/BRIDGE/access        hub to bridge: who may take what; retained
harborlight/v1/SITE/BRIDGE/checks        hub to bridge: a fact of a check, entered at the hub
"""

import re
from dataclasses import dataclass

from firmware_bridge.contract.errors import TopicError

ROOT = "harborlight/v1"
MESSAGES = f"{ROOT}/+/+/+/+"
STATUSES = f"{ROOT}/+/+/status"
NAME_RULE = "1 to 40 characters of a-z, 0-9 and '-', not starting or ending with '-'"
RESERVED = frozenset({"status", "ack", "access", "checks", "cmd"})
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


def require_name(name: str, what: str) -> str:
    """The name, if it can be one level of a topic.

    Raises:
        TopicError: it can't; the message says what is accepted.
    """
    if not _NAME.fullmatch(name) or name in RESERVED:
        raise TopicError(f"{what} {name[:60]!r} can't be used in a topic: use {NAME_RULE}")
    return name


@dataclass(frozen=True, slots=True)
class MessageTopic:
    """The address of one message."""

    site: str
    bridge: str
    device: str
    kind: str

    def __str__(self) -> str:
        return f"{ROOT}/{self.site}/{self.bridge}/{self.device}/{self.kind}"


@dataclass(frozen=True, slots=True)
class BridgeAddress:
    """One bridge at one site."""

    site: str
    bridge: str

    @property
    def status_topic(self) -> str:
        """Where the bridge says whether it is there (retained, and its last will)."""
        return f"{ROOT}/{self.site}/{self.bridge}/status"

    @property
    def ack_topic(self) -> str:
        """Where the hub says what it has stored."""
        return f"{ROOT}/{self.site}/{self.bridge}/ack"

    @property
    def access_topic(self) -> str:
        """Where the hub says who may take what (retained)."""
        return f"{ROOT}/{self.site}/{self.bridge}/access"

    @property
    def checks_topic(self) -> str:
        """Where the hub says what was entered there of this bridge's checks (not retained)."""
        return f"{ROOT}/{self.site}/{self.bridge}/checks"

    @property
    def username(self) -> str:
        """The name under which this bridge signs in to a broker of the hub's own."""
        return f"{self.site}/{self.bridge}"

    @property
    def client_id(self) -> str:
        """The MQTT client id of this bridge."""
        return f"hl-{self.site}-{self.bridge}"


def parse(topic: str) -> MessageTopic | BridgeAddress:
    """What a topic that the hub subscribes to addresses: a message, or a bridge's status.

    Raises:
        TopicError: it is neither.
    """
    levels = topic.split("/")
    if levels[:2] != ROOT.split("/"):
        raise TopicError(f"topic {topic[:200]!r} does not begin with {ROOT!r}")
    match levels[2:]:
        case [site, bridge, "status"]:
            return BridgeAddress(require_name(site, "site"), require_name(bridge, "bridge"))
        case [site, bridge, device, kind]:
            names = (site, "site"), (bridge, "bridge"), (device, "device"), (kind, "kind")
            return MessageTopic(*(require_name(name, what) for name, what in names))
        case _:
            raise TopicError(f"topic {topic[:200]!r} is neither a message nor a status")
