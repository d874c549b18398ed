"""Spectra that the hub holds, as JCAMP-DX files: for partners, and for calibrating amounts."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from firmware_bridge.contract.messages import SpectrumTaken
from hub.errors import AccessError
from hub.store import Transaction
from hub.store.views import checks
from hub.store.views.checks import CheckView

if TYPE_CHECKING:
    from analysis.spectrum import Spectrum

_ID = re.compile("[0-9A-Za-z-]{1,64}")
"""What the name of a file is made from."""


def write(transaction: Transaction, names: Sequence[str], out: Path) -> int:
    """Write spectra into a folder, a file each, named like the spectrum; how many.

    All are looked at before the first is written; a file that is there already stays as it is.

    Raises:
        AccessError: one is not known or can't be a spectrum, or the folder can't be written.
    """
    from analysis.errors import SpectrumError  # noqa: PLC0415 - numpy only where there are spectra
    from analysis.writers import write_jcamp  # noqa: PLC0415 - as above

    made = {}
    for name in dict.fromkeys(names):
        view = checks.find_check(transaction, name) if _ID.fullmatch(name) else None
        if view is None:
            raise AccessError(
                f"{name}: no such spectrum; its page on the dashboard has the full id"
            )
        try:
            made[name] = write_jcamp([spectrum_of(view, {"title": name})])
        except SpectrumError as error:
            raise AccessError(f"{name}: {error}") from error
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in made.items():
            with (out / f"{name}.jdx").open("xb") as file:
                file.write(content)
    except OSError as error:
        raise AccessError(f"{out} can't be written: {error}") from error
    return len(made)


def spectrum_of(view: CheckView, labels: Mapping[str, str]) -> "Spectrum":
    """One spectrum with where it comes from; never the name of a file, which can hold initials.

    Args:
        view: of the spectrum and its findings.
        labels: more to say of it, by name.

    Raises:
        SpectrumError: it has not come, or its numbers are none.
    """
    from analysis.errors import SpectrumError  # noqa: PLC0415 - numpy only where there are spectra
    from analysis.spectrum import Spectrum  # noqa: PLC0415 - as above

    if view.spectrum is None:
        raise SpectrumError("the spectrum has not come")
    taken, found = view.spectrum, view.findings
    known = {
        **labels,
        "instrument": taken.instrument,
        "scans": "" if taken.scans is None else str(taken.scans),
        "integration_time_us": str(taken.integration_time_us or ""),
        "background_age_s": "" if taken.background_age_s is None else str(taken.background_age_s),
        **{each.name: each.done for each in taken.corrections},
        "library": "" if found is None else f"{found.library_name} {found.library_version}",
        "recipe": "" if found is None else found.recipe,
    }
    facts = {key: value for key, value in known.items() if value}
    return Spectrum(taken.axis, taken.values, _kind(taken), taken.axis_unit, **facts)


def _kind(taken: SpectrumTaken) -> str:
    """As the bridge matched it; infrared in another ordinate than absorbance is plain counts."""
    if taken.technique == "ir":
        return "ir-absorbance" if taken.quantity == "absorbance" else "counts"
    return {"raman": "raman", "nir": "nir"}.get(taken.technique, "counts")
