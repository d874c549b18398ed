"""Galactic SPC (GRAMS and many instruments): 0x4B, 0x4C and 0x4D, one array or many."""

from collections.abc import Iterator

from analysis.readers.assemble import assemble_all, judge
from analysis.readers.binary import Bytes
from analysis.readers.measurement import Measurement
from analysis.readers.spc.header import Header, open_file, read_header
from analysis.readers.spc.log import read_log
from analysis.readers.spc.subfiles import read_subfiles
from analysis.spectrum import Spectrum


def read_spc(raw: bytes, file: str = "") -> list[Spectrum]:
    """All spectra of a file.

    Args:
        raw: the whole file.
        file: its name, for the provenance.

    Raises:
        UnsupportedError: it holds no infrared, Raman or near-infrared spectrum.
        ReaderError: it is damaged, or disagrees with itself.
    """
    data = open_file(raw)
    header = read_header(data)
    judge(header.words)
    return assemble_all(_measurements(data, header), file)


def spc_measurements(raw: bytes) -> Iterator[Measurement]:
    """All arrays of a file, of whatever technique.

    Raises:
        ReaderError: as for `read_spc`.
    """
    data = open_file(raw)
    return _measurements(data, read_header(data))


def _measurements(data: Bytes, header: Header) -> Iterator[Measurement]:
    facts = {name: text for name, text in header.facts.items() if text}
    facts = read_log(data, header.log_at) | facts
    if header.is_old and header.is_multi:
        facts["pages_known"] = "no: the file does not say how many; a cut between can't be told"
    for sub in read_subfiles(data, header):
        place = {"page": f"{sub.number + 1}", "z": f"{sub.z:g} {header.z_unit}".strip()}
        yield Measurement(header.words, sub.x, sub.y, facts | place if header.is_multi else facts)
