"""Rule temperature: supplies are stored too cold or too warm.

Nasal naloxone may be stored up to 25 C, with excursions from 5 to 40 C, and is not to be frozen
(product labels). What an excursion does to it depends on how long it lasted; studies found sprays
that still worked after far worse. So the advice is to have it reviewed, never to throw it away.
"""

from collections.abc import Iterator

from hub.rules.base import Condition, Rule, device_key
from hub.rules.facts import Facts, TemperatureFact
from hub.rules.settings import RuleSettings, TemperatureSettings
from hub.rules.words import at_time, place

RULE = Rule(
    name="temperature",
    title="Temperature",
    severity="warning",
    describe="A probe reads outside the limits within which naloxone may be kept for a while.",
    pending_s=600.0,
    resolve_after_s=600.0,
)


def judge(facts: Facts, settings: RuleSettings, now_ms: int) -> Iterator[Condition]:
    """One condition for each probe outside the limits; open ones end well inside them."""
    limits = settings.temperature
    for reading in facts.temperatures:
        key = device_key(RULE, reading.device, reading.probe or "probe")
        is_open = key in facts.open_keys
        stale = now_ms - reading.observed_ms > limits.stale_after_s * 1000
        if stale and not is_open:
            continue
        side = _side(reading.temperature_c, limits, is_open=is_open)
        if side:
            yield _condition(key, reading, side, limits, stale=stale)


def _side(temperature_c: float, limits: TemperatureSettings, *, is_open: bool) -> str:
    margin_c = limits.hysteresis_c if is_open else 0.0
    if temperature_c < limits.low_c + margin_c:
        return "cold"
    return "warm" if temperature_c > limits.high_c - margin_c else ""


def _condition(
    key: str, reading: TemperatureFact, side: str, limits: TemperatureSettings, *, stale: bool
) -> Condition:
    old = " No newer reading has come since." if stale else ""
    cause = "Look at the heater" if side == "cold" else "Look at the cooling, the fan and the sun"
    return Condition(
        key=key,
        rule=RULE.name,
        severity=RULE.severity,
        site=reading.device.site,
        device_id=reading.device.device_id,
        subject=f"{reading.device.name}, {reading.probe or 'probe'}",
        title=f"Too {side}: {place(reading.device)}",
        detail=(
            f"{reading.probe or 'Probe'} read {reading.temperature_c:.1f} C at "
            f"{at_time(reading.observed_ms)}; limits {limits.low_c:g} to {limits.high_c:g} C.{old}"
        ),
        advice=f"Review stored naloxone; do not discard by itself. {cause}, and note how long.",
    )
