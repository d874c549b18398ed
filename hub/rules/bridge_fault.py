"""Rule bridge-fault: a bridge works, but soon may not: spool, disk, clock or power is bad."""

from collections.abc import Iterator

from hub.rules.base import Condition, Rule, Severity
from hub.rules.facts import BridgeFact, Facts
from hub.rules.settings import BridgeFaultSettings, RuleSettings

RULE = Rule(
    name="bridge-fault",
    title="Bridge trouble",
    severity="warning",
    describe="A bridge says that its spool is deep, its disk nearly full, its clock wrong or its "
    "power weak.",
    pending_s=120.0,
    resolve_after_s=300.0,
)


def judge(facts: Facts, settings: RuleSettings, now_ms: int) -> Iterator[Condition]:  # noqa: ARG001 - every rule has the same face
    """One condition for each trouble of each bridge."""
    for bridge in facts.bridges:
        for what, severity, detail, advice in _troubles(bridge, settings.bridge_fault):
            yield Condition(
                key=f"{RULE.name}/{bridge.site}/{bridge.bridge}/{what}",
                rule=RULE.name,
                severity=severity,
                site=bridge.site,
                device_id=None,
                subject=f"bridge {bridge.bridge}, {what}",
                title=f"Bridge {bridge.bridge} at {bridge.site}: {what}",
                detail=detail,
                advice=advice,
            )


_Trouble = tuple[str, Severity, str, str]


def _troubles(bridge: BridgeFact, limits: BridgeFaultSettings) -> Iterator[_Trouble]:
    if bridge.spool_depth is not None and bridge.spool_depth >= limits.spool_depth:
        waiting = f"{bridge.spool_depth} messages wait at the bridge; limit {limits.spool_depth}."
        yield "spool deep", "warning", waiting, "Look at the network; what waits will come later."
    if bridge.spool_dropped:
        lost = f"{bridge.spool_dropped} messages are lost: the spool was full or damaged."
        yield "messages dropped", "critical", lost, "Count the slots: sales are missing. Add space."
    if bridge.disk_free_mb is not None and bridge.disk_free_mb < limits.disk_free_mb:
        free = f"{bridge.disk_free_mb} MB free; limit {limits.disk_free_mb} MB."
        yield "disk nearly full", "warning", free, "Make room, or use a larger card."
    if bridge.clock_sane is False:
        clock = "Its clock can't be right; records are dated by their arrival instead."
        yield "clock wrong", "warning", clock, "Let it reach a time server, or set its clock."
    if bridge.undervoltage:
        weak = "The processor reports that its supply voltage was too low."
        yield "power weak", "warning", weak, "Use the supply made for it, and a shorter cable."
