"""Every sentence of the matcher that a person may read, in one place.

The rules of them: an amount is never said to be nothing; a limit is always said with "not
detected"; no share is a dose. A test goes through all of them.
"""

from collections.abc import Sequence

OTHER_TECHNIQUE = (
    "The spectrum is of another technique or axis unit than the library. Use a library of the "
    "same kind."
)
CONSTANT = "The spectrum is the same everywhere: nothing was measured. Measure again."
TOO_COARSE = "The points lie too far apart for this library. Export the spectrum in full."
NO_CONTACT = (
    "The absorbance is below 0.3: too little sample touches the crystal. Press it on and measure "
    "again."
)
SATURATED = "The detector was at its end. Use less light, or a shorter time, and measure again."
TOO_NOISY = "The spectrum is noisy. Use more scans."
NO_REFERENCE = "no reference in this library"
NOT_CALIBRATED = "library is not calibrated"
TOO_MUCH_UNEXPLAINED = "too much of the signal is unexplained by this library"
BLOCKED = "the spectrum did not meet the quality checks"
CANT_BE_SEEN = "in this sample even half of the signal might not show"
FEW_BLANKS = "too few calibration blanks like this sample"
RARELY_SEEN = "usually below what infrared can show at street levels"
SHARE_NOTE = "Shares are shares of the signal, not of mass; they say nothing about strength."
DEMONSTRATION_NOTE = (
    "DEMONSTRATION library: rebuilt from band tables, for trying out only. Not for release."
)
BELOW_NOTE = "Amounts below that cannot be seen."


def too_little_overlap(covered: float) -> str:
    """The axis covers too little of the library's."""
    return (
        f"The spectrum covers {per_cent(covered)} of the library's axis; 80 % are needed. Export "
        "the whole range."
    )


def blocked_by(texts: Sequence[str]) -> str:
    """A verdict that quality stands in the way of."""
    return f"{BLOCKED}: {' '.join(texts)}" if texts else BLOCKED


def sisters(names: Sequence[str]) -> str:
    """Substances that can't be told apart."""
    return f"can't be told apart from {', '.join(names)}"


def may_stand_beside(name: str) -> str:
    """Another member of a family that was found."""
    return f"can't be judged beside {name}"


def per_cent(share: float) -> str:
    """A fraction as whole per cent, with one decimal below ten."""
    hundredth = 100 * share
    if hundredth >= 9.95:
        return f"{hundredth:.0f} %"
    return f"{hundredth:.1f} %".replace(".0 %", " %")


def verdict_line(
    target: str, verdict: str, share: float | None, limit: float | None, reason: str
) -> str:
    """One verdict as a sentence."""
    if verdict == "detected":
        amount = f", about {per_cent(share)} of the signal" if share is not None else ""
        return f"{target}: DETECTED{amount}."
    if verdict == "not_detected" and limit is not None:
        return f"{target}: not detected above {per_cent(limit)} of the signal. {BELOW_NOTE}"
    return f"{target}: inconclusive ({reason or 'no verdict can be given'})."
