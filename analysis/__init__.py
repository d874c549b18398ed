"""Spectra in, findings out: read, check, search and unmix spectra of street samples.

The face is small, and stays: `Spectrum`, `Reference`, `Library`, `Matcher` and what
`Matcher.identify` answers. Names load when they are first used, so that `import analysis` costs
next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.errors import AnalysisError, LibraryError, SpectrumError
    from analysis.findings import Component, Hit, Identification, QualityReason, TargetVerdict
    from analysis.identify import Matcher
    from analysis.library import Library
    from analysis.reference import Reference
    from analysis.spectrum import Spectrum

_HOME = {
    "AnalysisError": "analysis.errors",
    "Component": "analysis.findings",
    "Hit": "analysis.findings",
    "Identification": "analysis.findings",
    "Library": "analysis.library",
    "LibraryError": "analysis.errors",
    "Matcher": "analysis.identify",
    "QualityReason": "analysis.findings",
    "Reference": "analysis.reference",
    "Spectrum": "analysis.spectrum",
    "SpectrumError": "analysis.errors",
    "TargetVerdict": "analysis.findings",
}

__all__ = [
    "AnalysisError",
    "Component",
    "Hit",
    "Identification",
    "Library",
    "LibraryError",
    "Matcher",
    "QualityReason",
    "Reference",
    "Spectrum",
    "SpectrumError",
    "TargetVerdict",
]


def __getattr__(name: str) -> object:
    """Load a name of the face when it is first asked for (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module 'analysis' has no attribute {name!r}")
    found: object = getattr(import_module(_HOME[name]), name)
    globals()[name] = found
    return found
