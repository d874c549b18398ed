"""What is known of a sample's spectra, as the rules of a card take it. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from firmware_bridge.contract.check.reconcile import Group
from firmware_bridge.contract.messages import Findings

GroupOf = Callable[[str], Group | None]
"""Which group a substance belongs to; None for any other. The table of substances knows."""

UNKNOWN_FROM = 0.20
"""From this part of the signal unexplained, the card says that something in it is unknown."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One spectrum's findings, under its id."""

    spectrum: str
    findings: Findings

    @property
    def has_unknown(self) -> bool:
        """Whether a part of it matches nothing."""
        return (self.findings.unexplained or 0) >= UNKNOWN_FROM
