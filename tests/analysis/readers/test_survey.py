"""All sample files, in our readers and in others: what the documents say is what is measured."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from analysis.bench import readers_report
from analysis.bench.reader_judge import REFUSED, RIGHT, WRONG, verdict
from analysis.bench.reader_peers import OURS, OURS_ANY, Reader, quietly, readers
from analysis.bench.readers import FORMATS, samples
from analysis.readers import ReaderError, read
from tests.conftest import ROOT

pytestmark = pytest.mark.shared_data
# Sound as far as its header goes, but its last check says 0 where the last Y is 26506.
DAMAGED = {"SPECFILE.DX"}


Verdicts = dict[str, dict[str, str]]


def of(name: str) -> dict[str, Reader]:
    return {reader.name: reader for reader in readers() if reader.format == name}


@pytest.fixture(scope="module")
def verdicts(shared_data: Path) -> dict[str, Verdicts]:
    """By format and reader: what became of each file."""
    return {
        name: {
            reader.name: {
                path.name: verdict(path, partial(quietly, reader.rows))
                for path in samples(shared_data, name)
            }
            for reader in of(name).values()
        }
        for name in FORMATS
    }


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_is_read_wrongly_and_more_is_right_than_in_any_peer(
    verdicts: dict[str, Verdicts], name: str
) -> None:
    found = {reader: list(given.values()) for reader, given in verdicts[name].items()}
    assert set(found[OURS]) <= {RIGHT, REFUSED}
    assert WRONG not in found[OURS_ANY]
    right = {reader: given.count(RIGHT) for reader, given in found.items()}
    assert right[OURS_ANY] == max(right.values()), right


@pytest.mark.parametrize("name", ["spc", "spa", "opus"])
def test_we_give_the_same_numbers_as_another_reader(
    shared_data: Path, verdicts: dict[str, Verdicts], name: str
) -> None:
    known = of(name)
    peer = next((reader for key, reader in known.items() if not key.startswith(OURS)), None)
    if peer is None:
        pytest.skip("the peer reader is not installed")
    compared = 0
    for path in samples(shared_data, name):
        both = {verdicts[name][one][path.name] for one in (peer.name, OURS_ANY)}
        if both != {RIGHT}:
            continue
        theirs = quietly(peer.rows, path)
        for x, y in known[OURS_ANY].rows(path):
            same = [row for row in theirs if row[0].size == x.size]
            assert same, path.name
            away = [np.abs(np.subtract(y, row[1])).max() for row in same]
            nearest = same[int(np.argmin(away))]
            np.testing.assert_allclose(x, nearest[0], rtol=1e-6, atol=1e-9, err_msg=path.name)
            assert min(away) <= 1e-5 * np.abs(y).max(), path.name
            compared += 1
    assert compared >= 4


def test_every_refusal_says_where_and_why(shared_data: Path, verdicts: dict[str, Verdicts]) -> None:
    for name in FORMATS:
        for path in samples(shared_data, name):
            if verdicts[name][OURS][path.name] == REFUSED:
                with pytest.raises(ReaderError, match=r"^(line|byte) \d+: .{10}"):
                    read(path)


def test_the_page_of_the_benchmark_is_what_is_measured(verdicts: dict[str, Verdicts]) -> None:
    result = json.loads((ROOT / "docs" / "benchmarks" / "readers.json").read_text())
    ours = {one["format"]: one for one in result["surveys"] if one["reader"] == OURS}
    for name in FORMATS:
        assert verdicts[name][OURS] == ours[name]["verdicts"], name


def test_the_page_for_technicians_has_the_table_of_the_benchmark() -> None:
    result = json.loads((ROOT / "docs" / "benchmarks" / "readers.json").read_text())
    page = (ROOT / "docs" / "readers.md").read_text()
    assert readers_report.survey_table(result) in page
    assert readers_report.reached(result)


def test_small_measured_files_cut_at_every_byte_are_refused(shared_data: Path) -> None:
    folder = shared_data / "formats" / "jcamp" / "nzhagen"
    for name in (
        "infrared_spectra/1-butene.jdx",
        "infrared_spectra/example_multiline_datasets.jdx",
    ):
        raw = (folder / name).read_bytes().rstrip()
        for end in [*range(200), *range(200, len(raw), 83), *range(len(raw) - 100, len(raw))]:
            with pytest.raises(ReaderError):
                read(raw[:end])
