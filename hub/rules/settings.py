"""What a programme can set about rules: limits, waiting times, and which rules are off.

All have defaults that suit a small programme; `docs/rules.md` lists them by rule. A section that
is not known is refused, so that a misspelt limit can't be silently without effect.
"""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Seconds = Annotated[float, Field(ge=0, le=30 * 86_400)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TimingSettings(_Section):
    """Waiting times of one rule, where its own do not suit."""

    pending_s: Seconds | None = Field(
        default=None, description="A condition must stand this long before anybody is told."
    )
    resolve_after_s: Seconds | None = Field(
        default=None, description="A condition must be gone this long before the alert is over."
    )
    renotify_s: Seconds | None = Field(
        default=None,
        description="A critical alert that nobody acknowledged is told again after this; 0: never.",
    )


class StockSettings(_Section):
    """Rules low-stock and empty."""

    low_fraction: float = Field(
        default=0.25,
        ge=0,
        le=1,
        description="The low mark where a slot has none: this part of its par level (or capacity).",
    )
    naloxone_words: tuple[str, ...] = Field(
        default=("naloxone", "narcan", "nyxoid", "kloxxado", "rivive", "prenoxad", "zimhi"),
        description="A product with one of these words in its text is naloxone.",
    )
    rate_days: float = Field(
        default=7.0, gt=0, le=90, description="Days to empty are reckoned from so many days."
    )


class SilenceSettings(_Section):
    """Rule silent-device."""

    heartbeats: float = Field(
        default=3.0, ge=1, description="A bridge is silent after so many heartbeats unheard."
    )
    at_least_s: Seconds = Field(
        default=120.0, description="... but never before so many seconds, however quick they are."
    )


class TemperatureSettings(_Section):
    """Rule temperature. The limits are those of nasal naloxone's label (excursions 5 to 40 C)."""

    low_c: float = Field(default=5.0, ge=-60, le=60, description="Below this it is too cold.")
    high_c: float = Field(default=40.0, ge=-60, le=90, description="Above this it is too warm.")
    hysteresis_c: float = Field(
        default=1.0, ge=0, le=10, description="An open alert ends only so far inside the limits."
    )
    stale_after_s: Seconds = Field(
        default=2 * 3600.0,
        description="An older reading says nothing about now; the alert then says how old it is.",
    )

    @model_validator(mode="after")
    def _limits_in_order(self) -> Self:
        if self.low_c + 2 * self.hysteresis_c >= self.high_c:
            raise ValueError("low_c must be below high_c by more than twice hysteresis_c")
        return self


class MachineFaultSettings(_Section):
    """Rule machine-fault."""

    door_open_s: Seconds = Field(
        default=900.0, description="A door may stand open this long (a restock takes time)."
    )
    event_stands_s: Seconds = Field(
        default=3600.0,
        description="An event that happened once (a failed vend) counts as standing this long.",
    )


class TargetSettings(_Section):
    """Rule target-detected."""

    stands_s: Seconds = Field(
        default=7 * 86_400.0, description="A detection is kept before staff this long."
    )
    expected: tuple[str, ...] = Field(
        default=(),
        description="Targets that are usual here and raise no alert by themselves, by their name.",
    )


class DeadLetterSettings(_Section):
    """Rule dead-letters."""

    window_s: Seconds = Field(default=3600.0, description="Messages refused within this time.")
    at_least: int = Field(default=1, ge=1, description="... from so many refusals on.")


class BridgeFaultSettings(_Section):
    """Rule bridge-fault."""

    spool_depth: int = Field(
        default=2_000, ge=1, description="So many messages waiting at a bridge are too many."
    )
    disk_free_mb: int = Field(
        default=200, ge=0, description="Less free space (MB) at a bridge is too little."
    )


class AlertSettings(_Section):
    """How alerts behave, whatever the rule."""

    flap_firings: int = Field(
        default=3, ge=2, description="An alert that fired so often within flap_window_s flaps."
    )
    flap_window_s: Seconds = Field(default=3600.0, description="See flap_firings.")
    flap_hold_s: Seconds = Field(
        default=1800.0, description="A flapping alert is over only after so long a quiet."
    )


class RuleSettings(_Section):
    """Section `rules` of the hub's configuration."""

    disabled: tuple[str, ...] = Field(default=(), description="Names of rules that are off.")
    timing: dict[str, TimingSettings] = Field(
        default_factory=dict, description="Waiting times by the name of a rule."
    )
    alerts: AlertSettings = Field(default=AlertSettings(), description="How alerts behave.")
    stock: StockSettings = Field(default=StockSettings(), description="Low stock and empty.")
    silence: SilenceSettings = Field(default=SilenceSettings(), description="Silent devices.")
    temperature: TemperatureSettings = Field(
        default=TemperatureSettings(), description="Temperatures where supplies are stored."
    )
    machine_fault: MachineFaultSettings = Field(
        default=MachineFaultSettings(), description="Jams, doors, cooling."
    )
    target: TargetSettings = Field(default=TargetSettings(), description="Targets in a check.")
    dead_letters: DeadLetterSettings = Field(
        default=DeadLetterSettings(), description="Messages that the hub refused."
    )
    bridge_fault: BridgeFaultSettings = Field(
        default=BridgeFaultSettings(), description="Trouble at a bridge."
    )
