"""Reading the measured data beside the checkout, by the rules of its SOURCE.txt files."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from analysis.errors import AnalysisError
from analysis.spectrum import Spectrum
from analysis.substances import find_substance

RAMAN_NAMES: Mapping[str, str] = {
    "2-aminobutane": "2-amino butane",
    "2-butanone": "methyl ethyl ketone",
    "2-propanol": "isopropanol",
    "citric acid anhydrate": "citric acid",
    "citric acid monohydrate": "citric acid",
    "dimethylsulfoxide": "dmso",
    "k2hpo4": "potassium hydrogen phosphate",
    "metamizol mg": "metamizole",
    "methyl parabene": "methyl paraben",
}
"""Other names of one substance in the two folders, in small letters."""


def infrared_spectra(data: Path) -> dict[str, Spectrum]:
    """The measured infrared spectra by slug: `1 - y / 100`, scaled to a highest point of 1.

    Raises:
        AnalysisError: there are none.
    """
    files = sorted((data / "ir" / "measured").glob("*.json"))
    return {file.stem: _infrared(file) for file in _some(files, data / "ir" / "measured")}


def raman_spectra(folder: Path, *, raw: bool) -> dict[str, list[Spectrum]]:
    """One instrument's Raman spectra by substance; those under several names come together.

    Args:
        folder: of ENLIGHTEN files.
        raw: Raw minus Dark, which keeps the fluorescence, instead of "Processed".

    Raises:
        AnalysisError: there are none.
    """
    found: dict[str, list[Spectrum]] = {}
    for file in _some(sorted(folder.glob("*.csv")), folder):
        name = file.stem.lower()
        found.setdefault(RAMAN_NAMES.get(name, name), []).append(_raman(file, raw=raw))
    return found


def how_often(data: Path) -> dict[str, float]:
    """How often each substance was found in published samples, by slug of our table."""
    path = data / "composition" / "unc_substances_detected.csv"
    counts: dict[str, float] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            known = find_substance(row["substance"])
            if known is not None and row["any_2025"]:
                counts[known.slug] = counts.get(known.slug, 0.0) + float(row["any_2025"])
    return counts


def _some(files: list[Path], folder: Path) -> list[Path]:
    if not files:
        raise AnalysisError(f"no measured spectra in {folder}")
    return files


def _infrared(file: Path) -> Spectrum:
    facts = json.loads(file.read_text(encoding="utf-8"))
    values = 1 - np.array(facts["y"], dtype=np.float64) / 100
    step = (facts["lastX"] - facts["firstX"]) / (facts["n_full"] - 1)
    axis = facts["firstX"] + step * np.arange(values.size)
    return Spectrum(axis, values / values.max(), form=str(facts.get("form") or ""))


def _raman(path: Path, *, raw: bool) -> Spectrum:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    head = next(k for k, row in enumerate(rows) if row and row[0] == "Pixel")
    at = {name: k for k, name in enumerate(rows[head])}
    body = [row for row in rows[head + 1 :] if len(row) == len(at) and "NA" not in row]
    column = {name: np.array([float(row[k]) for row in body]) for name, k in at.items()}
    values = column["Raw"] - column["Dark"] if raw else column["Processed"]
    return Spectrum(column["Wavenumber"], values, "raman")
