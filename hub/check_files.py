"""Writes exports of checks: two tables, an object a sample, or the spectra as JCAMP-DX."""

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from hub import check_rows
from hub.check_rows import DETAIL_COLUMNS, NOTICE, SAMPLE_COLUMNS, Cell, Programme
from hub.check_samples import Sample
from hub.errors import AccessError
from hub.spectrum_files import spectrum_of
from hub.store import Transaction
from hub.store.views import checks

if TYPE_CHECKING:
    from analysis.spectrum import Spectrum

Format = Literal["unc", "json", "jcamp"]


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: how many samples, and spectra that could not be."""

    samples: int
    left_out: tuple[str, ...] = ()


def write(
    transaction: Transaction,
    samples: Iterable[Sample],
    programme: Programme,
    form: Format,
    out: Path,
) -> Written:
    """Write the samples that may leave into a folder.

    Raises:
        AccessError: the folder can't be written, or holds something already.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()):
            raise AccessError(f"{out} is not empty; name a new folder")
        (out / "NOTICE.txt").write_text(f"{NOTICE}\n", encoding="utf-8")
        chosen = (sample for sample in samples if sample.may_leave)
        if form == "unc":
            return _tables(list(chosen), programme, out)
        if form == "json":
            return _objects(chosen, programme, out)
        return _spectra(transaction, chosen, out)
    except OSError as error:
        raise AccessError(f"{out} can't be written: {error}") from error


def _tables(samples: Sequence[Sample], programme: Programme, out: Path) -> Written:
    from analysis.substances import names_of  # noqa: PLC0415 - only where it is needed

    names = {name: names_of(name) for name in check_rows.flagged_substances()}
    rows = [check_rows.sample_row(sample, programme, names) for sample in samples]
    _csv(out / "analysis_dataset.csv", SAMPLE_COLUMNS, rows)
    details = [row for sample in samples for row in check_rows.detail_rows(sample)]
    _csv(out / "lab_detail.csv", DETAIL_COLUMNS, details)
    return Written(len(rows))


def _csv(path: Path, columns: Sequence[str], rows: Iterable[dict[str, Cell]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _objects(samples: Iterable[Sample], programme: Programme, out: Path) -> Written:
    count = 0
    for count, sample in enumerate(samples, 1):  # noqa: B007 - counted
        told = check_rows.sample_object(sample, programme)
        text = json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False)
        (out / f"{sample.record.code}.json").write_text(f"{text}\n", encoding="utf-8")
    return Written(count)


def _spectra(transaction: Transaction, samples: Iterable[Sample], out: Path) -> Written:
    from analysis.errors import SpectrumError  # noqa: PLC0415 - numpy only where there are spectra
    from analysis.writers import write_jcamp  # noqa: PLC0415 - as above

    count, left_out = 0, []
    for sample in samples:
        spectra = []
        for name in sample.record.spectra:
            try:
                spectra.append(_spectrum(transaction, sample, name))
            except SpectrumError as error:
                left_out.append(f"{name}: {error}")
        if spectra:
            (out / f"{sample.record.code}.jdx").write_bytes(write_jcamp(spectra))
            count += 1
    return Written(count, tuple(left_out))


def _spectrum(transaction: Transaction, sample: Sample, name: str) -> "Spectrum":
    from analysis.errors import SpectrumError  # noqa: PLC0415 - as above

    view = checks.find_check(transaction, name)
    if view is None:
        raise SpectrumError("the spectrum has not come")
    code = sample.record.code
    return spectrum_of(view, {"title": f"{code} {name}", "sampleid": code, "date": sample.day})
