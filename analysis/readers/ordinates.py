r"""What the name of an ordinate says, in all formats that have one as text.

A name that says two things ("TRANSMITTANCE\REFLECTANCE") or names something that is not read (a
derivative of an absorbance, an emission) stays as it is, and the judgement refuses it by that name.
"""

import re

from analysis.readers.measurement import (
    ABSORBANCE,
    COUNTS,
    INTENSITY,
    INTERFEROGRAM,
    KUBELKA_MUNK,
    LOG_REFLECTANCE,
    REFLECTANCE,
    SINGLE_BEAM,
    TRANSMITTANCE,
)

# How attenuated total reflection was measured, beside an ordinate of its own.
_ACCESSORY = re.compile(r"\(?\b(?:attenuated\s+total\s+(?:internal\s+)?reflec\w*|atr)\b\)?")
_NOT_READ = re.compile(
    r"deriv|\bd\^?[12]?\s*\(?\s*(?:log|abs|trans)\w*\)?\s*/\s*d|emissi|acoust|phase|refracti|"
    r"extinction|dielectric|imaginary|ellipt|dichroi|depolari"
)
# A logarithm comes before what it is taken of.
_LOGARITHMS = tuple(
    (re.compile(rf"(?:log\s*_?(?:10)?\s*\(?\s*1\s*/\s*|-\s*log\s*_?(?:10)?\s*\(?\s*){of}"), ours)
    for of, ours in (("r", LOG_REFLECTANCE), ("t", ABSORBANCE))
)
_WHOLE = {
    **dict.fromkeys(("a", "abs", "abs."), ABSORBANCE),
    **dict.fromkeys(("t", "%t", "t%", "t (%)", "t(%)"), TRANSMITTANCE),
    **dict.fromkeys(("r", "%r", "r%", "r (%)", "r(%)"), REFLECTANCE),
}
# Absorption per concentration and path, as in the quantitative spectra of NIST ("base 10"), is
# absorbance but for a factor.
_LIGHT = (
    (re.compile(r"transmi|%\s*t\b"), TRANSMITTANCE),
    (re.compile(r"absorb|base 10"), ABSORBANCE),
    (re.compile(r"reflec|%\s*r\b"), REFLECTANCE),
    (re.compile(r"kubelka"), KUBELKA_MUNK),
    (re.compile(r"interferogram"), INTERFEROGRAM),
    (re.compile(r"single.?beam"), SINGLE_BEAM),
)
_INTENSITIES = (
    (re.compile(r"count"), COUNTS),
    (re.compile(r"intens"), INTENSITY),
)


def ordinate_of(name: str) -> str:
    """The ordinate that a name says: one that all formats share, or the name itself.

    Args:
        name: in any case.

    Returns:
        "" where the name says nothing of an ordinate.
    """
    plain = " ".join(name.lower().split())
    if _NOT_READ.search(plain):
        return name
    if plain in _WHOLE:
        return _WHOLE[plain]
    for pattern, ours in _LOGARITHMS:
        if pattern.search(plain):
            return ours
    plain = _ACCESSORY.sub(" ", plain)
    said = {ours for pattern, ours in _LIGHT if pattern.search(plain)}
    if said:
        return said.pop() if len(said) == 1 else name
    return next((ours for pattern, ours in _INTENSITIES if pattern.search(plain)), "")
