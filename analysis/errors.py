"""The error family of spectra, libraries and matching.

Each error also is the matching built-in, so that a caller who knows nothing of this package still
catches the right thing.
"""


class AnalysisError(Exception):
    """Anything this package refuses; the message names what was wrong and what to do."""


class SpectrumError(AnalysisError, ValueError):
    """The numbers given are not a spectrum: not finite, not monotone, of unequal length, ..."""


class UnreadableError(AnalysisError, ValueError):
    """A file is not a spectrum that can be read: damaged, cut short or of an unknown format."""


class LibraryError(AnalysisError, ValueError):
    """A library can't be built, opened or used: damaged, empty, or mixed in kind."""


class CalibrationError(AnalysisError, ValueError):
    """A library can't be calibrated: too few references, or too few blanks."""


class AmountError(AnalysisError, ValueError):
    """An amount can't be calibrated or said.

    Attributes:
        reason: its name, for programs.
    """

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason
