"""A spectrum as CSV: facts, names of the columns with their units, rows."""

from analysis.spectrum import Spectrum

_X_NAMES = {"cm-1": "Wavenumber (cm-1)", "nm": "Wavelength (nm)"}
_SHIFT = "Raman shift (cm-1)"
_Y_NAMES = {
    "ir-absorbance": "Absorbance",
    "ir-transmittance": "Transmittance",
    "raman": "Raman intensity",
    "nir": "Absorbance",
    "counts": "Counts",
}
TECHNIQUES = {
    "ir-absorbance": "infrared",
    "ir-transmittance": "infrared",
    "raman": "Raman",
    "nir": "near-infrared",
    "counts": "detector counts",
}


def write_csv(spectrum: Spectrum) -> bytes:
    """One spectrum in UTF-8: a line per fact, one with the names of the columns, the numbers.

    Numbers are written with all their digits, so that reading gives the same again.
    """
    is_shift = spectrum.kind == "raman" and spectrum.axis_unit == "cm-1"
    x_name = _SHIFT if is_shift else _X_NAMES[spectrum.axis_unit]
    lines = [f"technique,{TECHNIQUES[spectrum.kind]}"]
    lines += [
        f"{name},{one_line(text)}"
        for name, text in sorted(spectrum.provenance.items())
        if name != "technique" and one_line(text)
    ]
    lines += ["", f"{x_name},{_Y_NAMES[spectrum.kind]}"]
    rows = zip(spectrum.axis.tolist(), spectrum.values.tolist(), strict=True)
    lines += [f"{x!r},{y!r}" for x, y in rows]
    return ("\n".join(lines) + "\n").encode()


def one_line(text: str, length: int = 200) -> str:
    """Text without line ends and what is no letter, cut to a length."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(plain.split())[:length]
