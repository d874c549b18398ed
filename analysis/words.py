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
DEMONSTRATION_MARK = "DEMONSTRATION LIBRARY \N{EN DASH} NOT FOR RELEASE"
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


def members_line(count: int, limit: float) -> str:
    """The members of a detected family that were not themselves detected, in one line."""
    who = "1 other member" if count == 1 else f"{count} other members"
    note = "" if count == 1 else " (the highest of their limits)"
    return f"{who}: not detected above {per_cent(limit)} of the signal{note}. {BELOW_NOTE}"


def undecided_members_line(count: int, reason: str) -> str:
    """The members of a detected family that nothing can be said of, for one reason, in one line."""
    return f"{count} other members: inconclusive ({reason})."


def bands_line(name: str, seen: int, missing: int, hidden: int) -> str:
    """How many of a named substance's bands the spectrum shows."""
    return f"{name}: {seen} bands seen, {missing} not seen, {hidden} hidden"


def band_line(position: float, unit: str, state: str, by: str) -> str:
    """One expected band."""
    said = {"seen": "seen", "missing": "not seen, though it should stand clear", "hidden": "hidden"}
    under = ""
    if state == "hidden":
        under = f" by {by}" if by else " by noise or by what is unexplained"
    elif by:
        under = f", together with {by}"
    return f"{position:.0f} {unit}: {said[state]}{under}"


def hit_bands(matched: int, expected: int) -> str:
    """How many bands of a hit the spectrum has."""
    return f"{matched} of {expected} bands are there"


def refuted(name: str, position: float, unit: str, bands: int, seen: int) -> str:
    """A named substance that leaves bands which point down."""
    return (
        f"{name}: the spectrum speaks against it. Taking it away leaves {bands} bands that point "
        f"down, the deepest at {position:.0f} {unit}; {seen} of its bands were seen. Look at it "
        "by eye."
    )


def step_line(number: int, name: str, score: float, share: float, passed_over: str) -> str:
    """One step of a subtraction; the share is of all that the steps took away."""
    over = f" (set aside, would dig bands that point down: {passed_over})" if passed_over else ""
    took = f"{per_cent(share)} of all that was taken away"
    return f"{number}. {name}, likeness {score:.2f}, {took}{over}"


STOPS = {
    "steps": "as many steps as were asked for",
    "noise": "what is left is noise, or below a hundredth of the signal",
    "nothing fits": "no reference is like what is left",
    "negative bands": "the nearest references would dig bands that point down",
}
STEPS_NOTE = (
    "Step by step is for looking at, beside the joint fit: it finds only what is large, and proves "
    "nothing."
)
NOTHING_DRAWN = "There is nothing to draw: the spectrum can't be compared with this library."
NO_MATPLOTLIB = (
    "a picture needs matplotlib, which is not installed: install harborlight[plot], or leave "
    "--plot away"
)


def more_lines(count: int) -> str:
    """What did not fit at the side of a picture."""
    return f"{count} more lines did not fit here: see the whole result."
