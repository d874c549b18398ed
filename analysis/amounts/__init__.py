"""Amounts, for a site that has standards: calibrations of one substance on one instrument.

A spectrum alone tells no amount. Where a site has weighed standards, a `Calibration` is fitted to
their spectra, validated by leaving out one standard at a time, and gives an amount with an interval
that holds model error, repeatability and sampling error, or refuses by name.
"""

from analysis.amounts.calibration import Calibration, Prediction
from analysis.amounts.features import Bands
from analysis.amounts.store import load, parse, save
from analysis.amounts.validation import Report

__all__ = ["Bands", "Calibration", "Prediction", "Report", "load", "parse", "save"]
