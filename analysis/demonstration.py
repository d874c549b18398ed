"""References rebuilt from the shipped band tables: enough to try everything, never to rely on.

The tables are facts taken from measured spectra (their provenance stands in the file); a spectrum
rebuilt from them is not a measurement.
"""

import json
from importlib.resources import files
from typing import TypedDict

import numpy as np

from analysis.reference import Reference
from analysis.spectrum import FloatArray, Spectrum
from analysis.substances import substances

START_CM1 = 655.0
STOP_CM1 = 1895.0
STEP_CM1 = 4.0
FLOOR_FROM_CM1 = 1900.0
FLOOR_SPAN_CM1 = 1250.0
DECIMALS = 6
"""Rounded, so that every processor comes to the same library version."""


class BandTable(TypedDict):
    """One substance's table, as the file has it.

    `floor` is a and b of the floor a + b * (1900 - x) / 1250; each band is centre in cm-1, full
    width at half height in cm-1, relative height.
    """

    slug: str
    form: str | None
    inchikey: str
    floor: tuple[float, float]
    bands: list[tuple[float, float, float]]


class BandFile(TypedDict):
    """The file `analysis/data/demonstration_bands.json`."""

    provenance: str
    grade: str
    substances: list[BandTable]


def rebuilt(table: BandTable, axis_cm1: FloatArray) -> FloatArray:
    """Absorbance from a band table: Lorentzian bands over a linear floor, shape of the axis."""
    offset, slope = table["floor"]
    values: FloatArray = offset + slope * (FLOOR_FROM_CM1 - axis_cm1) / FLOOR_SPAN_CM1
    for centre, width, height in table["bands"]:
        values = values + height / (1.0 + ((axis_cm1 - centre) / (width / 2)) ** 2)
    rounded: FloatArray = np.round(values, DECIMALS)
    return rounded


def demonstration_references() -> tuple[Reference, ...]:
    """All references of the demonstration library."""
    text = files("analysis").joinpath("data/demonstration_bands.json").read_text("utf-8")
    content: BandFile = json.loads(text)
    axis: FloatArray = np.arange(START_CM1, STOP_CM1 + STEP_CM1 / 2, STEP_CM1)
    return tuple(_reference(table, axis) for table in content["substances"])


def _reference(table: BandTable, axis: FloatArray) -> Reference:
    known = substances()[table["slug"]]
    return Reference(
        spectrum=Spectrum(axis, rebuilt(table, axis), "ir-absorbance", "cm-1"),
        substance=known.name,
        family=known.family,
        form=table["form"],
        inchikey=table["inchikey"],
        instrument="rebuilt from a band table",
        source="band table of an ENFSI Drugs Working Group spectrum",
    )
