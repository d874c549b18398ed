"""Rule silent-device: a bridge or a device can't be heard, so nothing is known of it now."""

from collections.abc import Iterator

from hub.rules.base import Condition, Rule, device_key
from hub.rules.facts import BridgeFact, DeviceFact, Facts
from hub.rules.settings import RuleSettings, SilenceSettings
from hub.rules.words import at_time, place, span

RULE = Rule(
    name="silent-device",
    title="Silent",
    severity="warning",
    describe="A bridge or a device has not been heard, or can't be understood. Stock, sales and "
    "temperatures shown for it are old.",
    pending_s=60.0,
    resolve_after_s=60.0,
)
_USUAL_HEARTBEAT_S = 60.0
_OLD = (
    "No sales and no temperatures are known since then: that is not the same as no demand, and "
    "its stock figures may be old."
)


def judge(facts: Facts, settings: RuleSettings, now_ms: int) -> Iterator[Condition]:
    """One condition for each silent bridge; for devices only where their bridge is heard.

    An open condition of a device stands while its bridge is silent: silence is no recovery.
    """
    silent = {
        bridge: why
        for bridge in facts.bridges
        if (why := _silence(bridge, settings.silence, now_ms))
    }
    for bridge, why in silent.items():
        behind = [device.name for device in facts.devices if device.bridge == bridge]
        yield _bridge_condition(bridge, why, behind)
    for device in facts.devices:
        known = device.bridge not in silent
        open_still = not known and device_key(RULE, device) in facts.open_keys
        if (known and device.state in {"fault", "unreachable"}) or open_still:
            yield _device_condition(device)


def _silence(bridge: BridgeFact, settings: SilenceSettings, now_ms: int) -> str:
    heard_ms = bridge.last_heard_ms if bridge.last_heard_ms is not None else bridge.status_ms
    if bridge.state == "offline":
        return f"The broker reports it offline. Last heard {at_time(heard_ms)}."
    beat_s = bridge.heartbeat_s or _USUAL_HEARTBEAT_S
    allowed_s = max(settings.at_least_s, settings.heartbeats * beat_s)
    if heard_ms is not None and now_ms - heard_ms <= allowed_s * 1000:
        return ""
    return f"Nothing heard since {at_time(heard_ms)}; it should speak every {span(beat_s)}."


def _bridge_condition(bridge: BridgeFact, why: str, behind: list[str]) -> Condition:
    devices = f" Behind it: {', '.join(behind[:12])}." if behind else ""
    return Condition(
        key=f"{RULE.name}/{bridge.site}/{bridge.bridge}",
        rule=RULE.name,
        severity=RULE.severity,
        site=bridge.site,
        device_id=None,
        subject=f"bridge {bridge.bridge}",
        title=f"Silent: bridge {bridge.bridge} at {bridge.site}",
        detail=f"{why}{devices} {_OLD}",
        advice="Look at its power and network. It keeps what happens meanwhile and sends it later.",
    )


def _device_condition(device: DeviceFact) -> Condition:
    heard = f"Last understood {at_time(device.last_heard_ms)}."
    fault = device.state == "fault"
    what = "it answers, but can't be understood" if fault else "it does not answer"
    return Condition(
        key=device_key(RULE, device),
        rule=RULE.name,
        severity=RULE.severity,
        site=device.site,
        device_id=device.device_id,
        subject=device.name,
        title=f"{'Not understood' if fault else 'Silent'}: {place(device)}",
        detail=" ".join(filter(None, [f"{place(device)}: {what}.", device.detail, heard, _OLD])),
        advice=device.advice or "Look at its power and at the cable to the bridge.",
    )
