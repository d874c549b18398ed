"""Spectra to files that other programs read: JCAMP-DX and CSV.

What is written here is read back by `analysis.readers` as the same spectrum: exactly, but for the
values of `form="difdup"`, which are rounded to half a YFACTOR (a billionth of the largest value).
"""

from analysis.writers.csv_text import write_csv
from analysis.writers.jcamp import FORMS, write_jcamp

__all__ = ["FORMS", "write_csv", "write_jcamp"]
