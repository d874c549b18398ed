"""How a bridge or a device stands now, in words. Pure.

What has not been heard lately is never shown as if it were: a device behind a silent bridge is
"not known", whatever it said last.
"""

from dataclasses import dataclass
from typing import Literal

from hub.store.views.fleet import BridgeView, DeviceView

Mark = Literal["live", "stale", "trouble", "unknown"]
"""Each has its own shape: a full disc, a broken ring, a triangle, an empty ring."""

DEFAULT_HEARTBEAT_S = 60
"""Reckoned with until a bridge has said its own."""

DISK_LOW_MB = 200
SPOOL_LONG = 500


@dataclass(frozen=True, slots=True)
class Condition:
    """How something stands.

    Attributes:
        mark: its shape.
        word: one or two words.
        detail: what else to know; "" if nothing.
        advice: what to do; "" if nothing.
        heard_ms: when it was last heard; None if never.
        stale_after_s: after so many seconds unheard it is no longer live; None where age says
            nothing.
    """

    mark: Mark
    word: str
    detail: str = ""
    advice: str = ""
    heard_ms: int | None = None
    stale_after_s: int | None = None


def stale_after_s(bridge: BridgeView) -> int:
    """After how long without a word a bridge is silent: two heartbeats, seconds."""
    return 2 * (bridge.heartbeat_s or DEFAULT_HEARTBEAT_S)


def bridge_condition(bridge: BridgeView, now_ms: int) -> Condition:
    """How a bridge stands."""
    heard, limit_s = bridge.last_heard_ms, stale_after_s(bridge)
    if heard is None:
        return Condition("unknown", "Not heard yet")
    advice = "Look whether it has power and network. It keeps what it learns, and sends it later."
    if bridge.state == "offline":
        return Condition("trouble", "Offline", "", advice, heard)
    if now_ms - heard > limit_s * 1000:
        return Condition("stale", "Silent", "It should have been heard by now.", advice, heard)
    troubles = _troubles(bridge)
    if troubles:
        return Condition("trouble", "Connected, with trouble", troubles, "", heard, limit_s)
    return Condition("live", "Connected", "", "", heard, limit_s)


def _troubles(bridge: BridgeView) -> str:
    said = []
    if bridge.undervoltage:
        said.append("its power supply is too weak")
    if bridge.clock_sane is False:
        said.append("its clock is not set, so times are when the hub heard it")
    if bridge.disk_free_mb is not None and bridge.disk_free_mb < DISK_LOW_MB:
        said.append(f"only {bridge.disk_free_mb} MB of disk are free")
    if (bridge.spool_depth or 0) > SPOOL_LONG:
        said.append(f"{bridge.spool_depth} messages wait to be sent")
    if bridge.spool_dropped:
        said.append(f"{bridge.spool_dropped} messages were lost: its disk was full or damaged")
    text = "; ".join(said)
    return text[:1].upper() + text[1:]


def device_condition(device: DeviceView, now_ms: int) -> Condition:
    """How a device stands; what its bridge does not know now, nobody does."""
    bridge = bridge_condition(device.bridge, now_ms)
    heard = device.last_heard_ms
    if bridge.mark in {"stale", "unknown"} or device.bridge.state == "offline":
        detail = f"Its bridge is {bridge.word.lower()}: what you see is from then."
        return Condition("stale", "Not known now", detail, "", heard)
    if device.state == "unreachable":
        return _in_trouble("Can't be reached", device)
    if device.state == "fault":
        return _in_trouble("Can't be understood", device)
    if device.state == "ok":
        return Condition("live", "Heard", "", "", heard)
    return Condition("unknown", "Not heard yet", "", "", heard)


def _in_trouble(word: str, device: DeviceView) -> Condition:
    detail, advice = _sentence(device.detail), _sentence(device.advice)
    return Condition("trouble", word, detail, advice, device.last_heard_ms)


def _sentence(text: str) -> str:
    plain = text.strip()
    return plain if not plain or plain[-1] in ".!?" else f"{plain}."
