"""What an instrument's own calibration says of one spectrum, and what was mended in it.

Parts of `messages.Findings` and `messages.SpectrumTaken`; a field added later carries `since`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountFinding:
    """An amount by a calibration of this instrument, with its interval; or why there is none.

    It is no result yet: `contract.check.amounts` has the rules by which it may stand on a card.

    Attributes:
        substance: of what, as the calibration names it; "" where its file can't be read.
        percent: of the weight; None where it was refused, and so for the next two.
        low_percent: lower end of the 95 % interval, sampling included.
        high_percent: its upper end.
        refused: name of the reason why there is no amount; "" where there is one.
        reason: the same in words.
        calibration: the file's name.
        calibration_hash: SHA-256 of the file; "" where it can't be read.
        from_percent: least amount that was calibrated; None where the file can't be read.
        to_percent: largest.
    """

    substance: str
    percent: float | None
    low_percent: float | None
    high_percent: float | None
    refused: str
    reason: str
    calibration: str
    calibration_hash: str
    from_percent: float | None
    to_percent: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """Something that could be mended in the counts, and whether it was.

    Attributes:
        name: "dark", "nonlinearity" or "stray_light".
        done: what was done, such as "subtracted", "none", or "not divided" and why.
    """

    name: str
    done: str
