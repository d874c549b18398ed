"""An instrument's own calibrations of amounts, loaded once and asked with every spectrum.

A file that can't be used never stops the bridge: it is told at the start, by `harborlight bridge
check-config` and by `harborlight doctor`, and stands in every check as a refusal. A file that is
changed counts from the next start.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from firmware_bridge.contract.check.amounts import folded
from firmware_bridge.contract.messages import AmountFinding
from firmware_bridge.text import told

if TYPE_CHECKING:
    from analysis import Spectrum
    from analysis.amounts import Calibration

MAKE_AGAIN = (
    "make it again (harborlight library amounts fit), or take it out of the device's amounts"
)
MEASURE_MORE = (
    "measure more standards and fit it again; harborlight library amounts report says how far it is"
)
ONE_ONLY = "name one calibration of a substance for each device"
DIGITS = 4
"""Decimals of a percentage in a message."""


@dataclass(frozen=True, slots=True)
class Held:
    """One calibration file of a device.

    Attributes:
        file: which.
        digest: SHA-256 of its content; "" where it can't be read.
        calibration: what is in it; None where it can't be used at all.
        refused: name of the reason why it gives no amounts; "" where it does.
        trouble: the same in words.
        advice: what to do about it.
    """

    file: Path
    digest: str = ""
    calibration: "Calibration | None" = None
    refused: str = ""
    trouble: str = ""
    advice: str = ""

    @property
    def line(self) -> str:
        """What it is, or what is wrong with it, for a person."""
        made = self.calibration
        if self.trouble or made is None:
            return f"{self.file.name}: gives no amounts: {self.trouble}"
        span = f"{100 * made.low:.3g} to {100 * made.high:.3g} %"
        return f"{self.file.name}: {made.substance}, {span}, instrument {made.instrument}"


def load(files: Iterable[Path]) -> tuple[Held, ...]:
    """The calibrations of one device, in order; one that can't be used says so in `trouble`."""
    held: list[Held] = []
    for file in files:
        one = _load(file)
        taken = {folded(h.calibration.substance) for h in held if h.calibration and not h.refused}
        made = one.calibration
        if made is not None and not one.refused and folded(made.substance) in taken:
            trouble = f"another calibration of {made.substance} stands before it"
            one = Held(one.file, one.digest, made, "second", trouble, ONE_ONLY)
        held.append(one)
    return tuple(held)


def _load(file: Path) -> Held:
    from analysis.amounts import parse  # noqa: PLC0415 - numpy only where there is a spectrum
    from analysis.errors import AmountError  # noqa: PLC0415 - as above

    try:
        content = file.read_bytes()
    except OSError as error:
        trouble = f"it can't be read: {error.strerror or error}"
        return Held(file, refused="unreadable", trouble=trouble, advice=MAKE_AGAIN)
    try:
        made = parse(content, file.name)
    except AmountError as error:
        return Held(file, refused="unreadable", trouble=str(error), advice=MAKE_AGAIN)
    digest = hashlib.sha256(content).hexdigest()
    faults = "; ".join(made.report.faults)
    if faults:
        return Held(file, digest, made, "not-validated", faults, MEASURE_MORE)
    return Held(file, digest, made)


def predicted(held: Sequence[Held], spectrum: "Spectrum") -> tuple[AmountFinding, ...]:
    """What each calibration says of a spectrum: an amount, or why there is none."""
    return tuple(_predicted(one, spectrum) for one in held)


def _predicted(held: Held, spectrum: "Spectrum") -> AmountFinding:
    from analysis.errors import AmountError  # noqa: PLC0415 - numpy only where there is a spectrum

    if held.calibration is None or held.refused:
        return _finding(held, refused=held.refused, reason=held.trouble)
    try:
        found = held.calibration.predict([spectrum])
    except AmountError as error:
        return _finding(held, refused=error.reason, reason=str(error))
    except ValueError as error:  # whatever a file holds, the findings must go on their way
        return _finding(held, refused="failed", reason=str(error))
    return _finding(held, (found.fraction, found.low, found.high))


def _finding(
    held: Held,
    fractions: tuple[float, float, float] | None = None,
    *,
    refused: str = "",
    reason: str = "",
) -> AmountFinding:
    made = held.calibration
    amount, low, high = (None,) * 3 if fractions is None else map(_percent, fractions)
    return AmountFinding(
        substance="" if made is None else told(made.substance, 120),
        percent=amount,
        low_percent=low,
        high_percent=high,
        refused=refused,
        reason=told(reason, 400),
        calibration=told(held.file.name, 120),
        calibration_hash=held.digest,
        from_percent=None if made is None else _percent(made.low),
        to_percent=None if made is None else _percent(made.high),
    )


def _percent(fraction: float) -> float:
    return round(100 * fraction, DIGITS)
