"""From JCAMP-DX text to spectra: blocks and pages, one by one.

Source: McDonald and Wilks, Appl. Spectrosc. 42 (1988) 151; Davies and Lampen, Appl. Spectrosc. 47
(1993) 1093 (NTUPLES).
"""

import re
from collections.abc import Iterator

from analysis.readers.assemble import assemble, judge, require_room, settled
from analysis.readers.errors import UnsupportedError
from analysis.readers.jcamp.blocks import Block, parse_blocks
from analysis.readers.jcamp.ntuples import pages
from analysis.readers.jcamp.traces import read_trace
from analysis.readers.jcamp.words import words_of
from analysis.readers.measurement import Measurement
from analysis.spectrum import Spectrum

_KEPT = {
    "title": "TITLE",
    "data_type": "DATA TYPE",
    "x_unit": "XUNITS",
    "y_unit": "YUNITS",
    "instrument": "SPECTROMETER/DATA SYSTEM",
    "resolution": "RESOLUTION",
    "date": "DATE",
    "longdate": "LONG DATE",
    "processing": "DATA PROCESSING",
    "page": "PAGE",
}
# The label of analysis.writers, as labels are compared.
_OWN = "$HARBORLIGHTPROVENANCE"
_MOST_OWN = 100
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
# What is known anew at each reading, and what a spectrum has for itself.
_NOT_OWN = frozenset(
    {"kind_known", "axis_known", "format", "kind", "axis", "axis_unit", "values", "self"}
)


def read_jcamp(text: str, file: str = "") -> list[Spectrum]:
    """Read all spectra of a file.

    Blocks inside a LINK that hold something else (peaks, a structure) are passed over where there
    is at least one spectrum; a damaged one makes the whole file unreadable.

    Args:
        text: the whole file, lines parted by LF.
        file: its name, for the provenance.

    Raises:
        ReaderError: the file is damaged or disagrees with itself.
        UnsupportedError: it holds no infrared, Raman or near-infrared spectrum.
    """
    spectra: list[Spectrum] = []
    others: list[UnsupportedError] = []
    points = 0
    for block in jcamp_blocks(text):
        try:
            spectra.append(read_block(block, file))
        except UnsupportedError as other:
            others.append(other)
            continue
        points += len(spectra[-1])
        require_room(len(spectra), points)
    return settled(spectra, others)


def jcamp_blocks(text: str) -> Iterator[Block]:
    """All blocks with numbers of their own: those inside of LINK, and each page of NTUPLES.

    Raises:
        ReaderError: the skeleton of the file is damaged.
    """
    for block in _leaves(parse_blocks(text)):
        yield from pages(block) if "NTUPLES" in block.records else [block]


def read_block(block: Block, file: str = "") -> Spectrum:
    """Read one block that is no LINK.

    Raises:
        ReaderError: as for `read_jcamp`.
    """
    words = words_of(block)
    judge(words)
    trace = read_trace(block)
    facts = {name: text for name, label in _KEPT.items() if (text := block.value(label))}
    if trace.missing:
        facts["missing_points"] = str(trace.missing)
    version = block.value("JCAMP-DX") or block.value("JCAMPDX")
    facts = _own(block) | facts
    facts["format"] = f"JCAMP-DX {version[:20]}".strip()
    return assemble(Measurement(words, trace.x, trace.y, facts), file)


def _own(block: Block) -> dict[str, str]:
    """What our own writer has put beside a spectrum."""
    record = block.records.get(_OWN)
    lines = record.text.split("\n")[:_MOST_OWN] if record else []
    facts = (line.partition(" = ") for line in lines)
    return {
        name: text
        for name, _, text in facts
        if text and _NAME.fullmatch(name) and name not in _NOT_OWN
    }


def _leaves(blocks: list[Block]) -> Iterator[Block]:
    for block in blocks:
        if block.is_link:
            yield from _leaves(block.children)
        else:
            yield block
