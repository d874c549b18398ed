"""A small made-up world, calibrated once, and the shipped library."""

import numpy as np
import pytest

from analysis import Library, Matcher, Reference, Spectrum
from tests.analysis.worlds import references


@pytest.fixture(scope="session")
def small_references() -> list[Reference]:
    """Twenty substances of random bands; family "targets" has four of them."""
    return references(20, seed=3)


@pytest.fixture(scope="session")
def small(small_references: list[Reference]) -> Matcher:
    """A calibrated matcher of the small world, watching its targets."""
    return Matcher(Library.build(small_references), ["targets"]).calibrate(n=200, seed=1)


@pytest.fixture(scope="session")
def demonstration() -> Matcher:
    """The shipped library with its shipped calibration and the default watch list."""
    return Matcher(Library.demonstration())


@pytest.fixture
def ramp() -> Spectrum:
    """A spectrum of one broad band, over the demonstration library's axis."""
    axis = np.arange(650.0, 1900.0, 2.0)
    return Spectrum(axis, np.exp(-(((axis - 1200) / 30) ** 2)))
