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
TOO_DARK = "Hardly any light reached the detector. Check the lamp, the laser and the position."
NO_FULL_SCALE = (
    "The full scale of the detector (saturation_counts) is no number above 0, so that it was not "
    "held against it."
)
FLUORESCES = (
    "Nearly all of the signal is fluorescence, in which weak bands drown. Use a longer laser "
    "wavelength, or less sample."
)
WATER_VAPOUR = (
    "Water vapour of the room shows between the bands. Take a new background and measure again."
)
CARBON_DIOXIDE = (
    "Carbon dioxide of the room shows near 2349 cm-1. Take a new background; do not breathe on the "
    "instrument."
)
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


def other_technique(measured: tuple[str, str], library: tuple[str, str]) -> str:
    """A spectrum whose technique or axis unit is not the library's; each as (technique, unit)."""
    return (
        f"The spectrum is of another technique or axis unit ({measured[0]} over {measured[1]}) "
        f"than the library ({library[0]} over {library[1]}). Use a library of the same kind."
    )


def axis_seems_to_be(unit: str) -> str:
    """An axis that would fit in another unit."""
    return f" Its axis seems to be in {unit}, and cm-1 are wanted."


def axis_is_off(nominal_cm1: float, found_cm1: float, standard: str) -> str:
    """A band of a standard that lies too far from where it belongs."""
    return (
        f"The band of {standard} at {nominal_cm1:g} cm-1 was found at {found_cm1:.1f} cm-1. "
        "Calibrate the axis before more samples are measured."
    )


def band_not_found(nominal_cm1: float, standard: str) -> str:
    """A band of a standard that does not show."""
    return f"No band stands near {nominal_cm1:g} cm-1. Measure {standard} again, with more signal."


def no_band_of(standard: str) -> str:
    """A spectrum in which the standard has nothing to be held against."""
    return (
        f"No band of {standard} that this check knows lies in this spectrum's range. Use one over "
        "cm-1 that covers such a band."
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
