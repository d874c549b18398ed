"""No measured spectrum may be blocked, and measured standards stand where they should."""

from pathlib import Path

import numpy as np
import pytest

from analysis.preprocess.despike import despike
from analysis.preprocess.recipe import Recipe
from analysis.quality import check, check_wavenumbers
from analysis.quality.fluorescence import smooth_share
from tests.analysis.test_measured import infrared, raman

pytestmark = pytest.mark.shared_data
A, B = "instrument-a-2026", "instrument-b-2025"


def test_no_measured_infrared_spectrum_is_blocked(shared_data: Path) -> None:
    recipe = Recipe("infrared", "cm-1", 655.0, 4.0, 311, 7)
    files = sorted((shared_data / "ir" / "measured").glob("*.json"))
    for file in files:
        said = [q for q in check(infrared(file.parent, file.stem), recipe) if q.text]
        assert not said, (file.stem, said)
    assert len(files) == 71


@pytest.mark.parametrize(("folder", "count"), [(A, 80), (B, 30)])
def test_no_measured_raman_spectrum_is_blocked_or_loses_a_band(
    shared_data: Path, folder: str, count: int
) -> None:
    recipe = Recipe("raman", "cm-1", 310.0, 1.0, 1980, 9)
    files = sorted((shared_data / "raman" / folder).glob("*.csv"))
    for file in files:
        spectrum = raman(file, raw=folder == B)
        blocked = [q for q in check(spectrum, recipe) if q.blocks]
        assert not blocked, (file.stem, blocked)
        assert despike(spectrum.values).taken == 0, file.stem
    assert len(files) == count


@pytest.mark.parametrize(
    ("folder", "name", "standard"),
    [
        (A, "polystyrene", "polystyrene"),
        (A, "Silicon", "silicon"),
        (B, "polystyrene", "polystyrene"),
    ],
)
def test_measured_standards_stand_where_they_should(
    shared_data: Path, folder: str, name: str, standard: str
) -> None:
    spectrum = raman(shared_data / "raman" / folder / f"{name}.csv", raw=folder == B)
    reasons = check_wavenumbers(spectrum, "silicon" if standard == "silicon" else "polystyrene")
    assert max(abs(q.value) for q in reasons) < (0.2 if folder == A else 1.0)


def test_what_fluoresces_has_a_larger_share_than_what_was_flattened(shared_data: Path) -> None:
    raw = raman(shared_data / "raman" / B / "lactose.csv", raw=True)
    flat = raman(shared_data / "raman" / A / "lactose.csv", raw=False)
    shares = [float(smooth_share(s.axis, s.values[np.newaxis])[0]) for s in (raw, flat)]
    assert shares[0] > 0.8
    assert shares[1] < 0.4
